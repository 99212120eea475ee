"""Payloads of any shape become a value or BadPayload; nothing else ever comes out of the parser."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.ids import Verb, action_id, action_value, form_id
from handlers.parse import (
    BadPayload,
    Meta,
    channel_in,
    parse_click,
    parse_command,
    parse_mention,
    parse_message_shortcut,
    parse_meta,
    parse_submission,
    person_in,
    team_of,
    unescaped,
    words_of,
)

CLICK = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "trigger_id": "1.2.3",
    "container": {"type": "message", "message_ts": "10.1", "channel_id": "C1", "thread_ts": "9.1"},
    "channel": {"id": "C1"},
    "message": {"ts": "10.1", "thread_ts": "9.1"},
    "actions": [{"action_id": action_id(Verb.DONE, "0.1"), "value": action_value("O1", "0.1"), "action_ts": "11.1"}],
}
SUBMISSION = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "trigger_id": "1.2.3",
    "view": {
        "id": "V1",
        "callback_id": form_id(Verb.TICK),
        "private_metadata": Meta("O1", "3", "C1", "9.1").text(),
        "blocks": [],
        "state": {
            "values": {
                "ticks:0": {"value": {"type": "checkboxes", "selected_options": [{"value": "3.1"}]}},
                "ticks:1": {"value": {"type": "checkboxes", "selected_options": [{"value": "3.9"}]}},
                "note": {"value": {"type": "plain_text_input", "value": "  said so  "}},
                "empty": {"value": {"type": "plain_text_input", "value": None}},
                "who": {"value": {"type": "multi_users_select", "selected_users": ["U2", "U3"]}},
                "on": {"value": {"type": "datepicker", "selected_date": "2026-11-24"}},
                "kind": {"value": {"type": "static_select", "selected_option": {"value": "uit"}}},
            }
        },
    },
}
COMMAND = {"team_id": "T1", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2.3", "text": "Status NW-7F3K"}
MENTION = {
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {"type": "app_mention", "user": "U1", "channel": "C1", "thread_ts": "9.1", "text": "<@U0BOT> Status Now"},
}
SHORTCUT = {
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "channel": {"id": "C1"},
    "trigger_id": "1.2.3",
    "message_ts": "10.1",
    "message": {"ts": "10.1", "text": "hello", "files": [{"id": "F1"}, "not a file", {"name": "no id"}]},
}
PARSERS = [
    (parse_click, CLICK),
    (parse_submission, SUBMISSION),
    (parse_command, COMMAND),
    (parse_mention, MENTION),
    (parse_message_shortcut, SHORTCUT),
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def paths(value, before=()):
    """Every place in a payload, the payload itself left out."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*before, key)
        yield from paths(inner, (*before, key))


def with_instead(payload, path, value):
    copy = json.loads(json.dumps(payload))
    place = copy
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


@pytest.mark.parametrize(("parse", "payload"), PARSERS, ids=[parse.__name__ for parse, _ in PARSERS])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_payload_becomes_a_value_or_a_bad_payload(parse, payload, data):
    path = data.draw(st.sampled_from(list(paths(payload))))
    wrong = data.draw(anything | st.just(...))
    try:
        parse(with_instead(payload, path, wrong))
    except BadPayload as bad:
        assert len(str(bad)) < 100


@pytest.mark.parametrize(("parse", "payload"), PARSERS, ids=[parse.__name__ for parse, _ in PARSERS])
@settings(max_examples=50, deadline=None)
@given(body=st.dictionaries(st.text(max_size=10), anything, max_size=4))
@example(body={})
def test_a_payload_of_something_else_is_a_bad_payload(parse, payload, body):
    with pytest.raises(BadPayload):
        parse(body)


@pytest.mark.parametrize(("parse", "payload"), PARSERS, ids=[parse.__name__ for parse, _ in PARSERS])
def test_a_missing_person_stops_at_the_parser(parse, payload):
    name = "user_id" if parse is parse_command else "user"
    where = ("event", name) if parse is parse_mention else (name,)
    with pytest.raises(BadPayload):
        parse(with_instead(payload, where, ...))


def test_a_click_says_who_did_what_where_and_its_key_names_press_person_and_button():
    click = parse_click(CLICK)
    assert (click.person, click.verb, click.onboarding, click.subject) == ("U1", Verb.DONE, "O1", "0.1")
    assert (click.place.channel, click.place.thread, click.place.message) == ("C1", "9.1", "10.1")
    assert click.key == "click:11.1:U1:do:done:0.1"
    assert not click.in_form


def test_two_people_who_press_the_same_button_at_once_have_keys_of_their_own():
    other = with_instead(CLICK, ("user", "id"), "U2")
    assert parse_click(other).key != parse_click(CLICK).key


def test_a_button_that_is_none_of_ours_and_a_verb_that_is_gone_are_bad_payloads():
    for strange in ("other:done", "do:launch-missiles:1", "do:"):
        with pytest.raises(BadPayload):
            parse_click(with_instead(CLICK, ("actions", 0, "action_id"), strange))


def test_a_subject_may_hold_colons_itself():
    click = parse_click(with_instead(CLICK, ("actions", 0, "value"), "O1:report:R1"))
    assert (click.onboarding, click.subject) == ("O1", "report:R1")


def test_a_submission_holds_what_was_entered_and_leaves_out_what_was_left_empty():
    form = parse_submission(SUBMISSION)
    assert (form.verb, form.onboarding, form.subject, form.key) == (Verb.TICK, "O1", "3", "view:V1")
    assert form.values == {
        "ticks": ("3.1", "3.9"),
        "note": "said so",
        "who": ("U2", "U3"),
        "on": "2026-11-24",
        "kind": "uit",
    }


@given(st.text(), st.text(), st.text(), st.text())
def test_what_a_form_carries_comes_back_unless_it_holds_the_separator(onboarding, subject, channel, thread):
    meta = Meta(onboarding, subject, channel, thread)
    if "|" not in onboarding + subject + channel + thread:
        assert parse_meta(meta.text()) == meta
    assert isinstance(parse_meta(onboarding), Meta)


def test_the_commands_name_is_folded_but_what_follows_keeps_its_case():
    typed = parse_command(COMMAND)
    assert (typed.words.name, typed.words.rest) == ("status", ("NW-7F3K",))
    assert "NW-7F3K" not in repr(typed).split("words=")[0]


def test_a_mention_loses_the_bots_name_and_keeps_its_thread():
    typed = parse_mention(MENTION)
    assert (typed.words.name, typed.words.text, typed.thread, typed.trigger) == ("status", "Now", "9.1", None)


def test_only_real_files_of_a_message_are_named():
    assert parse_message_shortcut(SHORTCUT).files == ("F1",)


def test_typed_texts_are_not_shown_by_repr():
    assert "hello" not in repr(parse_message_shortcut(SHORTCUT))


@given(st.text())
def test_any_text_has_words_and_an_unescaped_form(text):
    words = words_of(text)
    assert words.name == words.name.lower()
    assert unescaped(text).count("&lt;") <= text.count("&")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<https://northwind.example|northwind.example>", "northwind.example"),
        ("<https://northwind.example>", "northwind.example"),
        ("<mailto:dora@dns.example|dora@dns.example>", "dora@dns.example"),
        ("Smith &amp; Sons &lt;Ltd&gt;", "Smith & Sons <Ltd>"),
        ("&amp;lt;", "&lt;"),
        ("plain", "plain"),
    ],
)
def test_what_slack_wrapped_and_escaped_is_read_as_it_was_typed(typed, read):
    assert unescaped(typed) == read


def test_a_link_that_is_opened_ten_thousand_times_and_never_closed_is_left_as_it_is():
    """Each opening was once compared with all that follows it: 40,000 characters held the bot up for ten seconds."""
    typed = "<https://" * 10_000
    assert unescaped(typed) == typed


OURS, THEIRS = "T1", "T2PARTNER"


@pytest.mark.parametrize(
    "body",
    [
        {"team_id": THEIRS, "authorizations": [{"team_id": OURS}], "event": {"team": THEIRS}},
        {"team": {"id": THEIRS}, "user": {"team_id": THEIRS}, "view": {"app_installed_team_id": OURS}},
        {"team": {"id": OURS}, "user": {"team_id": THEIRS}},
        {"team_id": OURS, "authorizations": []},
    ],
)
def test_in_a_channel_shared_with_another_workspace_ours_is_meant(body):
    """Slack names the channel's own workspace, or the sender's, where the payload is about a channel that is not ours."""
    assert team_of(body) == OURS


def test_only_whole_mentions_name_people_and_channels():
    assert person_in("<@U12AB|lena>") == "U12AB"
    assert person_in("<@U12AB>") == "U12AB"
    assert channel_in("<#C12AB|x>") == "C12AB"
    for not_one in ("lena", "<@u12ab>", "x<@U12AB>", "<#C1>", "<!channel>"):
        assert person_in(not_one) is None
    assert channel_in("<@U1>") is None
