"""The world of a first start: the workspace "Northwind demo", its people and one channel."""

import secrets

from sandbox.clock import Clock
from sandbox.world import AppRecord, Changed, Channel, Message, Team, User, World, new_id

HOME_TEAM = Team("T0NORTHWIND", "Northwind demo", "northwind-demo")
GUEST_TEAM = Team("T0EXAMPLEDNS", "Example DNS", "example-dns")

# id, handle, name, title, colour
PEOPLE = (
    ("U0LENA", "lena", "Lena Whitcombe", "Lead: runs the onboarding", "2f6f9f"),
    ("U0UMA", "uma", "Uma Hartley", "Primary User Admin", "8a4f9e"),
    ("U0PRIYA", "priya", "Priya Sandhurst", "Primary Certificate Admin", "b0413e"),
    ("U0CARL", "carl", "Carl Penrose", "Certificate Admin", "3d7d55"),
    ("U0MO", "mo", "Mo Ashdown", "Message Admin", "8a6d1f"),
    ("U0ALEX", "alex", "Alex Fairburn", "Dipper admin", "455a64"),
    ("U0NIA", "nia", "Nia Colwell", "New here, has no part yet", "6b5b95"),
)
DNS_CONTACT = User(
    id="U0DORA",
    name="dora",
    real_name="Dora Milburn",
    team_id=GUEST_TEAM.id,
    title="DNS contact, from another company",
    email="dora@dns.example",
    is_stranger=True,
    color="00695c",
)
MAIN_CHANNEL = "C0ONBOARDING"


def first_world(clock: Clock, changed: Changed, *, bot_name: str, tokens: dict[str, str]) -> World:
    """Everybody but Nia is in #dip-onboarding, and so is the app. `tokens` may name bot_token, app_token and signing_secret."""
    bot_user = "U0DIPPER"
    app = AppRecord(
        id="A0DIPPER",
        bot_id="B0DIPPER",
        bot_user=bot_user,
        bot_token=tokens.get("bot_token") or f"xoxb-sandbox-{secrets.token_hex(12)}",
        app_token=tokens.get("app_token") or f"xapp-1-A0DIPPER-{secrets.token_hex(12)}",
        signing_secret=tokens.get("signing_secret") or secrets.token_hex(16),
        verification_token=secrets.token_hex(12),
    )
    world = World(clock=clock, team=HOME_TEAM, app=app, changed=changed)
    world.put_app()
    for team in (HOME_TEAM, GUEST_TEAM):
        world.teams[team.id] = team
        changed("team", team.id, team)
    for id_, handle, name, title, colour in PEOPLE:
        world.put_user(
            User(
                id=id_,
                name=handle,
                real_name=name,
                team_id=HOME_TEAM.id,
                title=title,
                email=f"{handle}@northwind.example",
                is_admin=handle == "alex",
                color=colour,
            )
        )
    world.put_user(DNS_CONTACT)
    handle = bot_name.lower().replace(" ", "")
    world.put_user(User(bot_user, handle, bot_name, HOME_TEAM.id, "App", is_bot=True, color="111827"))
    everybody = [id_ for id_, *_ in PEOPLE if id_ != "U0NIA"] + [DNS_CONTACT.id, bot_user]
    now = int(clock.now())
    for channel in (
        Channel(MAIN_CHANNEL, "dip-onboarding", "public", everybody, topic="Onboarding to the DIP", creator="U0LENA"),
        Channel(
            "C0GENERAL", "general", "public", [id_ for id_, *_ in PEOPLE], topic="Everything else", creator="U0ALEX"
        ),
        Channel(new_id("C"), "certificates", "private", ["U0LENA", "U0CARL"], creator="U0CARL"),
    ):
        channel.created = now
        world.put_channel(channel)
    world.channels[MAIN_CHANNEL].shared = False
    world.put_message(
        Message(
            channel=MAIN_CHANNEL,
            ts=world.next_ts(),
            user="U0LENA",
            text="Hello all. We use this channel for the onboarding; type `/dip start` or `/dip` to begin.",
        )
    )
    return world
