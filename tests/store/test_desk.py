"""What a command does to the database: all of it together, once, and found again."""

import asyncio
import re
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from engine.desk import Desk
from engine.onboarding.commands import CarryOut, EditDetails, MoveChannel, SetClaim, Snooze, Tick, TickTasks
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.process.model import Environment, Participant
from engine.store import kept, outbox, reads
from engine.store.dialects import Database
from engine.store.kept import Kept, Shelf
from engine.store.tables import companies, due, inbox, journal, onboardings, texts


def count(connection, table, *where):
    return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


async def test_a_start_is_found_again_by_id_name_channel_person_and_state(desk: Desk, start):
    told = await start(desk, number="1234567", channel="C7")
    assert re.fullmatch(r"NE-[2-9A-HJ-NP-TV-Z]{4}", told.state.short_id)
    case = await desk.read(reads.case, told.state.id)
    assert case is not None
    assert case.state == told.state
    assert case.texts[told.state.name.id] == "Northwind Energy Ltd"
    assert case.process.step(5).title
    [named] = (await desk.read(reads.find_onboarding, "T1", told.state.short_id.lower())).found
    assert (named.id, named.name, named.channel) == (told.state.id, "Northwind Energy Ltd", "C7")
    for words in ("NORTHWIND energy limited", "northwind"):
        assert (await desk.read(reads.find_onboarding, "T1", words)).found == (named,)
    assert await desk.read(reads.in_channel, "T1", "C7") == (named,)
    [row] = await desk.read(reads.of_person, "T1", "ULEAD")
    assert (row.state, row.name) == (told.state, "Northwind Energy Ltd")
    assert [row.state.id for row in await desk.read(reads.board, "T1", lead="ULEAD")] == [told.state.id]
    assert await desk.read(reads.board, "T1", lead="UOTHER") == ()
    assert await desk.read(reads.in_channel, "T2", "C7") == ()


async def test_a_name_that_is_nearly_right_is_only_offered_as_closest(desk: Desk, start):
    told = await start(desk)
    lookup = await desk.read(reads.find_onboarding, "T1", "Nortwind Enrgy Ltd")
    assert lookup.found == ()
    assert [one.id for one in lookup.closest] == [told.state.id]
    assert (await desk.read(reads.find_onboarding, "T1", "quite something else")).closest == ()
    assert (await desk.read(reads.find_onboarding, "T1", "")).found == ()


async def test_state_journal_due_work_and_messages_are_written_by_one_commit(desk: Desk, start):
    told = await start(desk)
    with desk.database.reader.connect() as connection:
        assert count(connection, journal) == told.state.seq == len(told.events)
        assert count(connection, texts) > 0
    assert await desk.read(outbox.unsent) > 0
    [fact, *_] = await desk.read(reads.history, told.state.id)
    assert fact.event == told.events[0]


async def test_a_repeated_delivery_has_no_second_effect_and_tells_the_state(desk: Desk, start):
    first = await start(desk, once="view:V1")
    again = await start(desk, once="view:V1", name="Another Name Ltd")
    assert again.repeated
    assert again.state == first.state
    with desk.database.reader.connect() as connection:
        assert count(connection, onboardings) == 1


async def test_the_same_click_twice_in_one_batch_has_one_effect(desk: Desk, start):
    told = await start(desk)
    open_task = next(one.id for one in told.state.step(0).tasks.values() if one.closing is None)
    tick = TickTasks(told.state.id, "ULEAD", 0, (Tick(open_task),), for_owner=True)
    outcomes = await asyncio.gather(*(desk.tell(tick, once="click:1") for _ in range(2)))
    assert [one.repeated for one in outcomes] == [False, True]
    assert outcomes[0].state == outcomes[1].state


async def test_a_refusal_is_not_stored_and_does_not_spend_its_key(desk: Desk, start):
    told = await start(desk)
    for _ in range(2):
        with pytest.raises(Refused):
            await desk.tell(TickTasks(told.state.id, "USTRANGER", 0, (Tick("0.1"),)), once="click:9")
    with desk.database.reader.connect() as connection:
        assert count(connection, inbox) == 0
        assert count(connection, journal) == told.state.seq


async def test_an_unknown_onboarding_is_refused(desk: Desk):
    with pytest.raises(Refused) as raised:
        await desk.tell(MoveChannel("Onone", "ULEAD", "C2"))
    assert raised.value.code == RefusalCode.UNKNOWN_ONBOARDING


async def test_a_company_is_known_by_its_number_or_else_its_name_and_has_one_open_track_an_environment(
    desk: Desk, start
):
    uit = await start(desk, number="1234567")
    with pytest.raises(Refused) as raised:
        await start(desk, name="Quite Another Name", number="01234567")
    assert raised.value.data["short_id"] == uit.state.short_id
    with pytest.raises(Refused):
        await start(desk, name="northwind energy limited")
    other = await start(desk, number="7654321")
    production = await start(desk, number="1234567", environment=Environment.PRODUCTION)
    elsewhere = await start(desk, number="1234567", team="T2")
    assert production.state.company == uit.state.company
    assert len({uit.state.company, other.state.company, elsewhere.state.company}) == 3


async def test_two_starts_of_one_company_at_once_leave_one_onboarding(desk: Desk, start):
    outcomes = await asyncio.gather(*(start(desk) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Refused) for one in outcomes) == 3
    with desk.database.reader.connect() as connection:
        assert (count(connection, onboardings), count(connection, companies)) == (1, 1)


async def test_a_short_id_that_is_taken_is_drawn_again(database: Database, clock, process, start):
    draws = Random(1)
    same = iter([b"samesame"] * 3)
    desk = Desk(
        database,
        now=clock,
        randomness=lambda size: next(same, draws.randbytes(size)) if size == 8 else draws.randbytes(size),
        process=lambda: process,
    )
    desk.start()
    first, second = await start(desk), await start(desk, name="Nordic Electric Ltd")
    assert (first.state.short_id[:3], second.state.short_id[:3]) == ("NE-", "NE-")
    assert first.state.short_id != second.state.short_id
    await desk.stop()


async def test_a_changed_name_is_the_one_found_from_now_on(desk: Desk, start):
    told = await start(desk)
    await desk.tell(EditDetails(told.state.id, "ULEAD", name="Southwind Power Ltd"))
    assert (await desk.read(reads.find_onboarding, "T1", "southwind power")).found[0].name == "Southwind Power Ltd"
    assert (await desk.read(reads.find_onboarding, "T1", "northwind energy")).found == ()


@pytest.mark.parametrize("hostile", ["\ud800 <!channel> Ltd", "a\x00b' OR 1=1 -- Ltd", "Ltd", "🏭 电力", "x" * 150])
async def test_any_name_is_stored_as_it_can_be_or_refused_with_its_reason(desk: Desk, start, hostile: str):
    try:
        told = await start(desk, name=hostile)
    except Refused as refused:
        assert refused.code in set(RefusalCode)
        return
    case = await desk.read(reads.case, told.state.id)
    assert case is not None
    assert case.texts[told.state.name.id] == re.sub("[\x00\ud800]", "\ufffd", hostile)
    found = await desk.read(reads.find_onboarding, "T1", case.texts[told.state.name.id])
    assert [one.id for one in found.found] == [told.state.id]


async def test_what_is_kept_beside_the_events_is_found_by_its_id_and_never_overwritten(desk: Desk, start):
    told = await start(desk)
    snooze = Snooze(told.state.id, "ULEAD", until=told.state.started_at + timedelta(hours=3))
    report = Kept("R1", "dns-txt", {"verdict": "ready", "seen": "a\x00b"})
    file = Kept("F1", "csr", {"pem": "..."}, Shelf.FILES)
    await desk.tell(snooze, keep=[report, file])
    await desk.tell(snooze, keep=[Kept("R1", "dns-txt", {"verdict": "wrong"})])
    found = await desk.read(kept.find, "R1")
    assert found is not None
    assert found.onboarding == told.state.id
    assert found.body is not None
    assert found.body["verdict"] == "ready"
    assert (await desk.read(kept.find, "F1", Shelf.FILES)) is not None
    assert await desk.read(kept.find, "F1") is None
    assert [one.id for one in await desk.read(kept.of_onboarding, told.state.id)] == ["R1"]


async def test_due_work_follows_the_state_and_time_that_no_longer_fits_changes_nothing(desk: Desk, start):
    told = await start(desk)
    with desk.database.reader.connect() as connection:
        planned = count(connection, due, due.c.onboarding == told.state.id)
    assert planned > 0
    late = await desk.tell(CarryOut(told.state.id, "dipper", "remind/7.1/UNOBODY/1"))
    assert late.events == ()


async def test_a_moved_onboarding_speaks_in_its_new_channel_and_leaves_nothing_unsent_behind(desk: Desk, start, clock):
    told = await start(desk)
    moved = await desk.tell(MoveChannel(told.state.id, "ULEAD", "C2"))
    assert moved.state.channel == "C2"
    messages = await desk.write(outbox.next_messages, clock(), lease=timedelta(minutes=1))
    assert {one.lane for one in messages if not one.lane.startswith("direct:")} == {"C2"}


async def test_many_onboardings_told_at_once_are_each_told_in_order(desk: Desk, start):
    told = await asyncio.gather(*(start(desk, name=f"Company {number}", number=f"{number}") for number in range(1, 9)))
    assert len({one.state.short_id for one in told}) == 8

    async def claims(one):
        for number in range(1, 4):
            result = await desk.tell(
                SetClaim(one.state.id, "ULEAD", f"d{number}.example", f"_globalsign-domain-verification={number:032}")
            )
        return result

    results = await asyncio.gather(*(claims(one) for one in told), return_exceptions=True)
    for before, after in zip(told, results, strict=True):
        if isinstance(after, Refused):
            assert after.code in set(RefusalCode)
        else:
            assert after.state.seq > before.state.seq


async def test_a_participant_type_of_each_kind_can_start(desk: Desk, start):
    for number, participant in enumerate(Participant, 1):
        told = await start(desk, participant=participant, name=f"Firm {number}")
        assert told.state.participant is participant
