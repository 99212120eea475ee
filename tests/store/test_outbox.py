"""The outbox: order within a lane, one face a slot, and what becomes of what was begun."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.onboarding.outcome import Lane, Say
from engine.store import outbox, reads
from engine.store.dialects import Database
from engine.store.lost import try_channel_again
from engine.store.outbox import NewMessage

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LEASE = timedelta(minutes=1)


class Box:
    """The outbox's functions, each in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def do(self, function, *args, **kwargs):
        with self._database.writer.begin() as connection:
            return function(connection, *args, **kwargs)

    def add(self, *says: Say, onboarding: str = "O1", lane: str = "C1"):
        self.do(outbox.add, [NewMessage(onboarding, lane, say, AT) for say in says])

    def next(self, now: datetime = AT):
        return self.do(outbox.next_messages, now, lease=LEASE)

    def send(self, now: datetime = AT) -> list[str]:
        """Send all there is; returns the subjects in the order in which they went out."""
        went = []
        while messages := self.next(now):
            for message in messages:
                went.append(message.say.subject)
                self.do(outbox.mark_sent, message.id, channel=message.lane, ts=f"1.{message.id:06}", now=now)
        return went


@pytest.fixture
def box(database: Database) -> Box:
    return Box(database)


def say(subject: str, slot: str | None = None) -> Say:
    return Say("thread/step-open", Lane.THREAD, slot=slot, subject=subject)


def test_a_lane_is_sent_in_order_one_at_a_time_and_lanes_do_not_wait_for_each_other(box: Box):
    box.add(say("1"), say("2"), say("3"))
    box.add(say("a"), say("b"), lane="direct:U1")
    assert [one.say.subject for one in box.next()] == ["1", "a"]
    assert box.next() == ()


def test_all_is_sent_once_in_order(box: Box):
    box.add(say("1"), say("2"))
    box.add(say("3"))
    assert box.send() == ["1", "2", "3"]
    assert box.do(outbox.unsent) == 0


def test_a_newer_face_of_a_slot_replaces_one_not_begun_and_keeps_its_place(box: Box):
    box.add(say("old card", "card"), say("step"))
    box.add(say("new card", "card"))
    assert box.send() == ["new card", "step"]


def test_two_faces_of_a_slot_in_one_commit_are_one_message(box: Box):
    box.add(say("old", "step/5"), say("other"), say("new", "step/5"))
    assert box.send() == ["new", "other"]


def test_a_face_that_is_under_way_is_followed_by_the_newer_one(box: Box):
    box.add(say("old", "card"))
    [under_way] = box.next()
    box.add(say("new", "card"))
    box.do(outbox.mark_sent, under_way.id, channel="C1", ts="1.1", now=AT)
    assert box.send() == ["new"]


def test_slots_of_other_onboardings_and_lanes_are_left_alone(box: Box):
    box.add(say("1", "card"))
    box.add(say("2", "card"), onboarding="O2")
    box.add(say("3", "card"), lane="C2")
    assert sorted(box.send()) == ["1", "2", "3"]


def test_a_lease_that_runs_out_hands_the_message_out_again_as_a_possible_repeat(box: Box):
    box.add(say("1"), say("2"))
    [first] = box.next()
    assert not first.may_be_repeat
    assert box.next(AT + LEASE - timedelta(seconds=1)) == ()
    [again] = box.next(AT + LEASE)
    assert (again.id, again.may_be_repeat, again.attempts) == (first.id, True, 2)


def test_a_failed_message_holds_its_lane_until_its_time_and_keeps_its_error(box: Box):
    box.add(say("1"), say("2"))
    [first] = box.next()
    later = AT + timedelta(seconds=30)
    box.do(outbox.mark_failed, first.id, error="ratelimited", retry_at=later, now=AT)
    assert box.next(later - timedelta(seconds=1)) == ()
    assert box.do(outbox.next_retry) == later
    assert [one.error for one in box.do(outbox.failures)] == ["ratelimited"]
    [again] = box.next(later)
    assert (again.id, again.may_be_repeat) == (first.id, False)


def test_a_message_given_up_lets_its_lane_go_on_and_stays_to_be_seen(box: Box):
    box.add(say("1"), say("2"))
    [first] = box.next()
    box.do(outbox.mark_failed, first.id, error="invalid_blocks", retry_at=None, now=AT)
    assert box.send() == ["2"]
    [failure] = box.do(outbox.failures)
    assert (failure.id, failure.error, failure.retry_at) == (first.id, "invalid_blocks", None)


def test_a_message_whose_fate_is_unknown_comes_back_as_a_possible_repeat(box: Box):
    box.add(say("1"))
    [first] = box.next()
    again_at = AT + timedelta(seconds=5)
    box.do(outbox.mark_unknown, first.id, error="time-out", again_at=again_at)
    assert box.next(AT) == ()
    [again] = box.next(again_at)
    assert again.may_be_repeat


def test_a_sent_slot_is_known_by_its_message_and_the_first_card_begins_the_thread(box: Box):
    box.add(Say("card", Lane.CHANNEL, slot="card"))
    [card] = box.next()
    box.do(outbox.mark_sent, card.id, channel="C1", ts="1.1", now=AT)
    box.add(Say("card", Lane.CHANNEL, slot="card"))
    [again] = box.next()
    box.do(outbox.mark_sent, again.id, channel="C1", ts="2.2", now=AT)
    slots = box.do(reads.slots_of, "O1")
    assert (slots["card"].ts, slots["thread"].ts) == ("2.2", "1.1")
    box.do(outbox.forget_slot, "O1", "card")
    assert "card" not in box.do(reads.slots_of, "O1")


def test_a_parked_lane_keeps_its_messages_until_it_is_free(box: Box):
    box.add(say("1"))
    assert box.do(outbox.park_lane, "C1", reason="is_archived", now=AT)
    assert not box.do(outbox.park_lane, "C1", reason="is_archived", now=AT)
    assert box.send() == []
    assert box.do(outbox.parked_lanes) == {"C1": "is_archived"}
    box.do(outbox.free_lane, "C1")
    assert box.send() == ["1"]


async def test_a_parked_channel_sends_again_when_a_lead_says_that_it_is_back(box: Box, desk, start):
    told = await start(desk, leads=("ULEAD", "USECOND"))
    box.do(outbox.park_lane, "C1", reason="is_archived", now=AT)
    assert "C1" not in {one.lane for one in box.next()}
    box.do(try_channel_again, told.state.id)
    assert "C1" in {one.lane for one in box.next()}


async def test_a_thread_is_known_by_every_message_that_ever_began_it(box: Box, desk, start):
    told = await start(desk)
    box.send()
    case = await desk.read(reads.case, told.state.id)
    assert case is not None
    assert case.thread == case.card
    assert case.thread is not None
    assert (await desk.read(reads.by_thread, "T1", "C1", case.thread.ts)).id == told.state.id
    box.do(outbox.forget_slot, told.state.id, "card")
    box.do(outbox.forget_slot, told.state.id, "thread")
    assert (await desk.read(reads.by_thread, "T1", "C1", case.thread.ts)).id == told.state.id
    assert await desk.read(reads.by_thread, "T2", "C1", case.thread.ts) is None
    assert await desk.read(reads.by_thread, "T1", "C1", "9.9") is None
