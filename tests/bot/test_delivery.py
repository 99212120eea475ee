"""The outbox worker against the local workspace: in order, at Slack's pace, and what becomes of each kind of failure."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import BURST, PASSING, Delivery, Pace
from bot.house import House
from engine.onboarding.commands import AssignRole, NewHolder, Tick, TickTasks
from engine.onboarding.outcome import Lane, Say
from engine.process.model import Role
from engine.store import outbox, reads
from sandbox.driver import Workspace

CHANNEL = "dip-onboarding"
REPEAT = "This may be a repeat"


@pytest.fixture
async def delivery(house: House, clock: Any) -> AsyncIterator[Delivery]:
    """Runs beside the test; time for retries and leases passes only when the test moves `clock`."""
    made = Delivery(
        house.desk, house.client, house.wording, house.health, house.clock, real_clock=clock, posts_per_second=1000
    )
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await made.stop()


@pytest.fixture
async def told(house: House, delivery: Delivery, start: Callable[..., Awaitable[Any]]) -> Any:
    """A started onboarding whose card and first message stand in the channel."""
    began = await start(house)
    await delivery.until_idle()
    return began


async def name_user_admin(house: House, onboarding: str, person: str = "U0UMA") -> None:
    """Something that is said in the thread by a message of its own."""
    await house.desk.tell(
        AssignRole(onboarding, "U0LENA", Role.PRIMARY_USER_ADMIN, NewHolder(person=person, deputy=None))
    )


async def texts(workspace: Workspace, since: int = 0) -> list[str]:
    """What Slack took, in its order."""
    calls = await workspace.payloads(since=since)
    return [call["args"]["text"] for call in calls if call["ok"] and call["method"].startswith("chat.")]


async def failures(house: House) -> tuple[outbox.Failure, ...]:
    return await house.desk.read(outbox.failures)


async def unsent(house: House) -> int:
    return await house.desk.read(outbox.unsent)


async def cards(workspace: Workspace) -> list[Any]:
    return [message for message in await workspace.messages(CHANNEL) if "Northwind Energy Ltd" in message.text]


async def told_in_thread(workspace: Workspace) -> dict[str, str]:
    """What stands in the thread, by its ts."""
    [card] = await cards(workspace)
    return {message.ts: message.text for message in (await workspace.thread_messages(card.thread))[1:]}


async def new_in_thread(workspace: Workspace, before: dict[str, str]) -> list[str]:
    return [text for ts, text in (await told_in_thread(workspace)).items() if ts not in before]


async def test_the_card_comes_first_and_everything_else_in_its_thread(house, workspace, told):
    card, first = [call["args"] for call in await workspace.payloads("chat.postMessage")]
    assert "Northwind Energy Ltd" in card["text"]
    assert "thread_ts" not in card or card["thread_ts"] is None
    [posted] = await cards(workspace)
    assert first["thread_ts"] == posted.ts
    case = await house.desk.read(reads.case, told.state.id)
    assert (case.card, case.thread) == (case.slots["card"], case.slots["card"])
    assert await unsent(house) == 0


async def test_no_message_unfurls_links_and_each_says_which_it_is(workspace, told):
    for call in await workspace.payloads("chat.postMessage"):
        assert (call["args"]["unfurl_links"], call["args"]["unfurl_media"]) == (False, False)
        assert call["args"]["metadata"]["event_payload"]["id"].isdigit()


async def test_what_changed_twice_before_it_was_sent_is_said_once(house, workspace, delivery, start, told):
    before = len(await workspace.payloads())
    await workspace.fault("ratelimited", method="chat.update", seconds=5)
    for task in ("0.1", "0.2", "0.3"):
        await house.desk.tell(TickTasks(told.state.id, "U0LENA", 0, (Tick(task),)))
    await delivery.until_idle()
    updates = [call for call in await workspace.payloads("chat.update", since=before) if call["ok"]]
    assert len(updates) <= 2


async def test_one_person_is_written_to_in_one_conversation_opened_once(house, workspace, delivery, told):
    for number in (1, 2):
        say = Say("thread/person-left", Lane.DIRECT, person="U0LENA", data={"person": f"U0GONE{number}"})
        await house.desk.write(
            lambda connection, say=say: outbox.add(connection, [outbox.new_message(told.state, say, house.clock())])
        )
    await delivery.until_idle()
    assert await failures(house) == ()
    assert len(await workspace.payloads("conversations.open")) == 1


async def test_slacks_wait_is_honoured_to_the_second_and_holds_up_no_other_channel(
    house, workspace, delivery, start, told, clock
):
    other = await workspace.new_channel("second", "lena")
    await workspace.fault("ratelimited", method="chat.postMessage", channel="C0ONBOARDING", seconds=30)
    await name_user_admin(house, told.state.id)
    await start(house, "Eastwind Power Ltd", channel=other)
    await delivery.until_idle()
    assert any("Eastwind" in text for text in await texts(workspace))
    before = await told_in_thread(workspace)
    [failure] = await failures(house)
    assert (failure.error, failure.retry_at) == ("ratelimited", clock.now + timedelta(seconds=30))
    clock.pass_(seconds=29)
    await delivery.until_idle()
    assert await new_in_thread(workspace, before) == []
    clock.pass_(seconds=1)
    await delivery.until_idle()
    [new] = await new_in_thread(workspace, before)
    assert REPEAT not in new
    assert await failures(house) == ()


@pytest.mark.parametrize("kind", ["http", "reset"])
async def test_after_a_failure_of_slacks_nothing_is_lost_and_the_next_try_says_that_it_may_be_one(
    house, workspace, delivery, told, clock, kind
):
    await workspace.fault(kind, method="chat.postMessage", status=503)
    await name_user_admin(house, told.state.id)
    await delivery.until_idle()
    before = await told_in_thread(workspace)
    clock.pass_(minutes=1)
    await delivery.until_idle()
    [new] = await new_in_thread(workspace, before)
    assert REPEAT in new
    assert await unsent(house) == 0


@pytest.mark.parametrize("code", sorted(PASSING))
async def test_an_error_that_passes_is_never_final_and_the_next_try_says_that_it_may_be_one(
    house, workspace, delivery, told, clock, code
):
    await workspace.fault("error", method="chat.postMessage", error=code)
    await name_user_admin(house, told.state.id)
    await delivery.until_idle()
    before = await told_in_thread(workspace)
    assert await unsent(house) > 0
    clock.pass_(minutes=1)
    await delivery.until_idle()
    [new] = await new_in_thread(workspace, before)
    assert REPEAT in new
    assert (await unsent(house), await failures(house)) == (0, ())


@pytest.mark.parametrize("kind", ["http", "http_after", "reset", "reset_after"])
async def test_an_update_of_unknown_fate_is_made_again_without_a_word_about_it(
    house, workspace, delivery, told, clock, kind
):
    await workspace.fault(kind, method="chat.update", status=500)
    before = await told_in_thread(workspace)
    await house.desk.tell(TickTasks(told.state.id, "U0LENA", 0, (Tick("0.1"),)))
    await delivery.until_idle()
    for _ in range(3):
        clock.pass_(minutes=2)
        await delivery.until_idle()
    assert (await unsent(house), await failures(house)) == (0, ())
    after = await told_in_thread(workspace)
    assert after != before
    assert after.keys() == before.keys()
    assert not any(REPEAT in text for text in after.values())
    [card] = await cards(workspace)
    assert REPEAT not in card.text


@pytest.mark.parametrize("kind", ["http_after", "reset_after"])
async def test_what_slack_had_stored_before_it_failed_stands_twice_and_the_second_is_marked(
    house, workspace, delivery, told, clock, kind
):
    await workspace.fault(kind, method="chat.postMessage", status=500)
    before = await told_in_thread(workspace)
    await name_user_admin(house, told.state.id)
    await delivery.until_idle()
    clock.pass_(minutes=1)
    await delivery.until_idle()
    first, second = await new_in_thread(workspace, before)
    assert REPEAT not in first
    assert REPEAT in second


async def test_when_slack_is_away_for_a_day_everything_is_said_afterwards_in_its_order(
    house, workspace, delivery, told, clock
):
    await workspace.fault("away")
    before = await told_in_thread(workspace)
    await name_user_admin(house, told.state.id, "U0UMA")
    await name_user_admin(house, told.state.id, "U0NIA")
    for _ in range(12):
        clock.pass_(hours=2)
        await delivery.until_idle()
    assert await unsent(house) > 0
    await workspace.clear_faults()
    for _ in range(4):
        clock.pass_(hours=1)
        await delivery.until_idle()
    new = await new_in_thread(workspace, before)
    assert ["uma" in text.lower() for text in new] == [True, False]
    assert "nia" in new[1].lower()
    assert await unsent(house) == 0


async def test_a_missing_scope_is_named_with_what_is_needed_and_mended_by_itself(
    house, workspace, delivery, told, clock
):
    await workspace.control("app/scopes", {"remove": ["chat:write"]})
    await name_user_admin(house, told.state.id)
    await delivery.until_idle()
    [failure, *_] = await failures(house)
    assert "missing_scope" in failure.error
    assert "chat:write" in failure.error
    assert "missing_scope" in str((await house.health())["slack"])
    await workspace.control("app/scopes", {"add": ["chat:write"]})
    clock.pass_(minutes=1)
    await delivery.until_idle()
    assert (await failures(house), await unsent(house)) == ((), 0)
    assert (await house.health())["slack"] is None


async def test_a_revoked_token_keeps_everything_until_it_is_back(house, workspace, delivery, told, clock):
    await workspace.control("app/revoke", {})
    await name_user_admin(house, told.state.id)
    await delivery.until_idle()
    assert "revoked" in str((await house.health())["slack"]) or "inactive" in str((await house.health())["slack"])
    await workspace.control("app/restore", {})
    clock.pass_(minutes=20)
    await delivery.until_idle()
    assert await unsent(house) == 0


async def test_an_archived_channel_is_left_alone_its_lead_asked_and_nothing_that_waits_is_lost(
    house, workspace, delivery, told, clock
):
    await workspace.change_channel(CHANNEL, archived=True)
    await name_user_admin(house, told.state.id)
    await delivery.until_idle()
    assert set(await house.desk.read(outbox.parked_lanes)) == {"C0ONBOARDING"}
    direct = [call["args"] for call in await workspace.payloads("chat.postMessage") if call["ok"]][-1]
    assert direct["channel"].startswith("D")
    assert "Northwind" in direct["text"]
    await workspace.change_channel(CHANNEL, archived=False)
    await house.desk.unpark(told.state.id)
    clock.pass_(minutes=1)
    await delivery.until_idle()
    assert (await unsent(house), await failures(house)) == (0, ())


async def test_a_card_that_somebody_deleted_is_posted_anew_and_its_thread_kept(house, workspace, delivery, told, clock):
    [card] = await cards(workspace)
    await workspace.bot.delete(card)
    await name_user_admin(house, told.state.id)
    await house.desk.tell(TickTasks(told.state.id, "U0LENA", 0, (Tick("0.1"),)))
    for _ in range(5):
        clock.pass_(minutes=1)
        await delivery.until_idle()
    assert (await unsent(house), await failures(house)) == (0, ())
    assert len(await cards(workspace)) == 1


async def test_what_slack_refuses_for_good_is_kept_with_its_reason_and_the_channel_goes_on(
    house, workspace, delivery, told
):
    await workspace.fault("error", method="chat.postMessage", error="invalid_blocks")
    await name_user_admin(house, told.state.id, "U0UMA")
    await name_user_admin(house, told.state.id, "U0NIA")
    await delivery.until_idle()
    [failure] = await failures(house)
    assert failure.error.startswith("invalid_blocks")
    assert failure.retry_at is None
    assert await unsent(house) == 0


async def test_a_message_that_cannot_be_worded_stops_no_other(house, workspace, delivery, told):
    say = Say("thread/no-such-template", Lane.THREAD)
    await house.desk.write(
        lambda connection: outbox.add(connection, [outbox.new_message(told.state, say, house.clock())])
    )
    before = await told_in_thread(workspace)
    await name_user_admin(house, told.state.id)
    await delivery.until_idle()
    [failure] = await failures(house)
    assert failure.template == "thread/no-such-template"
    assert len(await told_in_thread(workspace)) > len(before)


async def test_what_was_under_way_when_the_bot_died_is_sent_again_after_its_lease(house, workspace, start, clock):
    began = await start(house)
    dead = await house.desk.write(outbox.next_messages, clock(), lease=timedelta(seconds=60))
    assert len(dead) == 1
    made = Delivery(
        house.desk, house.client, house.wording, house.health, house.clock, real_clock=clock, posts_per_second=1000
    )
    task = asyncio.create_task(made.run())
    await made.until_idle()
    assert await workspace.payloads("chat.postMessage") == []
    clock.pass_(seconds=61)
    await made.until_idle()
    assert len(await cards(workspace)) == 1
    assert (await house.desk.read(reads.case, began.state.id)).card is not None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@given(
    per_second=st.floats(0.1, 50),
    burst=st.integers(1, 10),
    gaps=st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
def test_in_any_stretch_a_channel_gets_no_more_than_the_burst_and_its_rate(per_second, burst, gaps):
    pace, now, sent = Pace(per_second, burst), 1000.0, []
    for gap in gaps:
        now += gap
        sent.append(now + pace.reserve("C1", now))
    assert sent == sorted(sent)
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            assert last - first + 1 <= burst + (sent[last] - sent[first]) * per_second + 1e-6 + 1


def test_channels_do_not_slow_each_other():
    pace = Pace(1.0, BURST)
    for _ in range(BURST):
        assert pace.reserve("C1", 1000.0) == 0
    assert pace.reserve("C1", 1000.0) > 0
    assert pace.reserve("C2", 1000.0) == 0
