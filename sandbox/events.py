"""The events that happen here, and the scopes of which an app must hold one to be told. Source: each event's page at Slack."""

EVENT_SCOPES: dict[str, frozenset[str]] = {
    "app_mention": frozenset({"app_mentions:read"}),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "channel_archive": frozenset({"channels:read"}),
    "channel_unarchive": frozenset({"channels:read"}),
    "channel_rename": frozenset({"channels:read"}),
    "channel_shared": frozenset({"channels:read", "groups:read"}),
    "channel_unshared": frozenset({"channels:read", "groups:read"}),
    "group_archive": frozenset({"groups:read"}),
    "group_unarchive": frozenset({"groups:read"}),
    "group_left": frozenset({"groups:read"}),
    "channel_left": frozenset({"channels:read"}),
    "file_shared": frozenset({"files:read"}),
    "user_change": frozenset({"users:read"}),
    "app_home_opened": frozenset(),
    "tokens_revoked": frozenset(),
    "app_uninstalled": frozenset(),
}
