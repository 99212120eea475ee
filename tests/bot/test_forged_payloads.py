"""Payloads that no button of ours would send: whoever may not see an onboarding learns nothing of it and changes nothing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.house import House
from bot.render.renderer import Rendered
from bot.slack_calls import SlackCalls
from engine.onboarding.commands import RecordCheck, SetClaim
from engine.onboarding.now import DNS_CHECK
from engine.onboarding.state import Onboarding
from engine.onboarding.values import BOT
from engine.store import outbox, reads
from engine.store.kept import Kept
from handlers.ids import Verb, action_id, action_value, form_id
from handlers.parse import Meta
from sandbox.driver import Workspace

TEAM, OPEN_CHANNEL = "T0NORTHWIND", "C0ONBOARDING"
STRANGER = "U0NIA"


@pytest.fixture
async def running(house: House) -> House:
    await house._greet_slack()
    return house


@pytest.fixture
async def hidden(running: House, workspace: Workspace, start: Any) -> Onboarding:
    """An onboarding in a private channel of Lena's, in Step 5, which Nia has no part in."""
    channel = await workspace.new_channel("secret", "lena", private=True)
    return (await start(running, channel=channel, now_at=5)).state


class Presser:
    """Nia, who says whatever she likes in Slack's name. `told` is what she is shown alone, `forms` what opens for her."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.told: list[str] = []
        self.forms: list[Mapping[str, Any]] = []
        self._sent = 0

    async def whisper(self, channel: str, person: str, message: Rendered, thread: str | None = None) -> None:
        self.told.append(message.text)

    async def open_view(self, trigger: str, view: Mapping[str, Any]) -> str:
        self.forms.append(view)
        return "V1"

    async def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        self.forms.append(view)

    async def sends(self, body: dict[str, Any]) -> dict[str, Any]:
        """What Slack is answered; what is said afterwards has been said when this returns."""
        self._sent += 1
        common = {"team": {"id": TEAM}, "user": {"id": STRANGER, "team_id": TEAM}, "trigger_id": f"1.{self._sent}"}
        answer = await self.house.app.async_dispatch(AsyncBoltRequest(body=common | body, mode="socket_mode"))
        await self.house.errands.idle()
        return json.loads(answer.body) if answer.body else {}

    async def presses(self, verb: Verb, onboarding: str, subject: str = "") -> str:
        """What she is told by a button that she claims to have seen in a channel of everybody's."""
        before = len(self.told)
        action = {
            "type": "button",
            "action_id": action_id(verb, subject),
            "block_id": "b",
            "value": action_value(onboarding, subject),
            "action_ts": f"9.{self._sent}",
        }
        place = {"channel": {"id": OPEN_CHANNEL}, "container": {"type": "message", "channel_id": OPEN_CHANNEL}}
        await self.sends({"type": "block_actions", "actions": [action]} | place)
        return "\n".join(self.told[before:])

    async def submits(self, verb: Verb, meta: Meta, **values: dict[str, Any]) -> str:
        """The errors that the form shows her."""
        view = {
            "id": f"V{self._sent}",
            "type": "modal",
            "callback_id": form_id(verb),
            "private_metadata": meta.text(),
            "blocks": [{"type": "input", "block_id": name} for name in values],
            "state": {"values": {name: {"value": value} for name, value in values.items()}},
        }
        return json.dumps(await self.sends({"type": "view_submission", "view": view}), ensure_ascii=False)


@pytest.fixture
def nia(running: House, monkeypatch: pytest.MonkeyPatch) -> Presser:
    made = Presser(running)
    for call in ("whisper", "open_view", "update_view"):
        monkeypatch.setattr(SlackCalls, call, lambda _self, *given, call=call: getattr(made, call)(*given))
    return made


def text(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def names_it(said: str, hidden: Onboarding) -> bool:
    return any(word in said for word in ("Northwind Energy", hidden.short_id, "Lena", "U0LENA", hidden.id))


AT_ONCE = [
    (Verb.DONE, "5.1"),
    (Verb.DONE, "1.1"),
    (Verb.DONE, "8.1"),
    (Verb.CHECK, "5.4"),
    (Verb.WAIT_OVER, "5"),
    (Verb.ANSWER, "5.worked"),
    (Verb.UNBLOCK, "5"),
    (Verb.ASK, "5"),
    (Verb.RESTORE, ""),
    (Verb.STOP_WATCHING, ""),
    (Verb.TICK, "5"),
    (Verb.MORE, "5"),
    (Verb.STATUS, ""),
]


@pytest.mark.parametrize(("verb", "subject"), AT_ONCE)
async def test_a_button_of_somebody_elses_onboarding_answers_as_one_of_none(nia, hidden, running, verb, subject):
    before = await running.desk.read(reads.history, hidden.id)
    said = await nia.presses(verb, hidden.id, subject)
    assert "I know no such onboarding that you may see" in said
    assert said == await nia.presses(verb, "O-no-such", subject)
    assert await running.desk.read(reads.history, hidden.id) == before


FORMS = [
    (Verb.WAIT, "5", {"on": text("elexon"), "reason": text("x")}),
    (Verb.BLOCK, "5", {"reason": text("x")}),
    (Verb.BLOCK, "8", {"reason": text("x")}),
    (Verb.REOPEN, "1", {"reason": text("x")}),
    (Verb.OVERRIDE, "5.4", {"reason": text("x")}),
    (Verb.CLOSE, "", {"why": text("cancelled")}),
    (Verb.EDIT, "", {"company_name": text("Mine Ltd")}),
    (Verb.HAND_OVER, "", {"to": text(STRANGER)}),
    (Verb.NAME, "lead", {"people": {"type": "users_select", "selected_user": STRANGER}}),
    (Verb.TICK, "5", {"note": text("x")}),
    (Verb.ROWS, "7", {"rows": text("A,B,C")}),
    (Verb.EVIDENCE, "", {"task": text("5.1")}),
]


@pytest.mark.parametrize(("verb", "subject", "values"), FORMS)
async def test_a_form_about_somebody_elses_onboarding_is_refused_as_one_about_none(
    nia, hidden, running, verb, subject, values
):
    before = await running.desk.read(reads.history, hidden.id)
    answers = [
        await nia.submits(verb, Meta(onboarding, subject, OPEN_CHANNEL, "1.1"), **values)
        for onboarding in (hidden.id, "O-no-such")
    ]
    assert "I know no such onboarding that you may see" in answers[0]
    assert answers[0] == answers[1]
    assert await running.desk.read(reads.history, hidden.id) == before


async def test_a_channel_that_is_said_to_be_the_onboardings_own_opens_no_form_about_it(nia, hidden):
    said = await nia.submits(Verb.BLOCK, Meta(hidden.id, "5", hidden.channel, "1.1"), reason=text("x"))
    assert not names_it(said, hidden)


START = {
    "company_name": text("Northwind Energy Ltd"),
    "environment": text("uit"),
    "participant": text("active_mp"),
    "route": text("sit"),
}


async def test_a_second_start_names_the_open_onboarding_to_nobody_who_says_to_be_in_its_channel(nia, hidden, workspace):
    channel = {"type": "conversations_select", "selected_conversation": OPEN_CHANNEL}
    said = await nia.submits(Verb.START, Meta("", "", hidden.channel, ""), **START, channel=channel)
    assert "already has an open onboarding" in said
    assert not names_it(said.replace(START["company_name"]["value"], ""), hidden)


@pytest.mark.parametrize("by", ["the form", "the command"])
async def test_nobody_starts_in_a_private_channel_that_they_are_not_in(nia, hidden, running, by):
    start = START | {"company_name": text("Nia's Own Ltd")}
    chosen = {"channel": {"type": "conversations_select", "selected_conversation": hidden.channel}}
    meta = Meta("", "", OPEN_CHANNEL if by == "the form" else hidden.channel, "")
    said = await nia.submits(Verb.START, meta, **(start | (chosen if by == "the form" else {})))
    assert "I am not in that channel" in said
    assert len(await running.desk.read(reads.in_channel, TEAM, hidden.channel)) == 1


async def test_a_report_is_shown_with_its_own_onboarding_only(nia, hidden, running, start):
    own = (await start(running, "Nia's Own Ltd", leads=(STRANGER,), by=STRANGER)).state
    await running.desk.tell(SetClaim(hidden.id, "U0LENA", "northwind.example", "_globalsign-domain-verification=x"))
    report = Kept("R0HIDDEN", DNS_CHECK, {"verdict": "ready", "domain": "northwind.example"})
    state = (await running.desk.read(reads.case, hidden.id)).state
    seen = RecordCheck(hidden.id, BOT, "5.4", DNS_CHECK, "ready", report.id, claim=state.claim.number)
    await running.desk.tell(seen, keep=(report,))
    said = await nia.presses(Verb.EVERYTHING, own.id, report.id)
    assert nia.forms == []
    assert "northwind.example" not in said


async def test_nobody_frees_the_channel_of_an_onboarding_that_they_may_not_see(nia, hidden, running):
    await running.desk.write(outbox.park_lane, hidden.channel, reason="archived", now=running.clock())
    said = await nia.presses(Verb.TRY_AGAIN, hidden.id)
    assert "I know no such onboarding that you may see" in said
    assert await running.desk.read(outbox.parked_lanes)


async def test_a_hand_over_shows_nothing_of_an_onboarding_in_which_its_sender_holds_nothing(nia, hidden):
    chosen = {"type": "checkboxes", "selected_options": [{"value": hidden.id}]}
    to = {"type": "users_select", "selected_user": "U0CARL"}
    await nia.submits(Verb.HAND_OVER_ALL, Meta("", "", OPEN_CHANNEL, ""), to=to, onboardings=chosen)
    [preview] = nia.forms
    assert not names_it(json.dumps(preview, ensure_ascii=False), hidden)
