"""The record can be proven, every way of changing it is found and named, and every copy can be made anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from engine.desk import Desk, Told
from engine.onboarding.commands import AssignRole, Block, Close, NewHolder, Unblock
from engine.onboarding.events import ContentRemoved
from engine.process.model import Environment, Role
from engine.store import kept, people, reads
from engine.store.audit import Break, verify
from engine.store.housekeeping import forget_old_deliveries, retire
from engine.store.kept import Kept
from engine.store.privacy import (
    companies_named,
    erase_company,
    erase_onboarding,
    erase_person,
    holdings,
    onboardings_named,
)
from engine.store.rebuild import rebuild
from engine.store.tables import companies, due, inbox, journal, members, onboardings, texts
from engine.store.transaction import Transaction


@pytest.fixture
async def told(desk: Desk, start) -> Told:
    """An onboarding with a few events, two of which hold somebody's own words."""
    told = await start(desk, number="1234567", once="view:1")
    outside = NewHolder(outside="Ada Byron, ada@dns.example")
    await desk.tell(AssignRole(told.state.id, "ULEAD", Role.DNS_CONTACT, outside), once="view:2")
    await desk.tell(Block(told.state.id, "ULEAD", 0, "Ada is on leave"), keep=[Kept("R1", "dns-txt", {"a": 1})])
    return await desk.tell(Unblock(told.state.id, "ULEAD", 0))


def change(desk: Desk, function: Callable[[Connection], object]) -> None:
    with desk.database.writer.begin() as connection:
        function(connection)


async def test_an_untouched_record_is_whole(desk: Desk, told: Told):
    proof = await desk.read(verify)
    assert proof.holds
    assert (proof.onboardings, proof.events, proof.removed) == (1, told.state.seq, 0)
    assert proof.texts >= 4
    assert await desk.read(verify, told.state.short_id) == proof
    assert (await desk.read(verify, "XX-0000")).onboardings == 0


_REASON = texts.c.field == "reason"


def _rows(onboarding: str, number: int):
    return (journal.c.onboarding == onboarding) & (journal.c.number == number)


def _swap(connection: Connection, id_: str):
    for was, becomes in ((2, -1), (3, 2), (-1, 3)):
        connection.execute(update(journal).where(_rows(id_, was)).values(number=becomes))


def _repeat_last(connection: Connection, id_: str):
    last = connection.execute(
        select(journal).where(journal.c.onboarding == id_).order_by(journal.c.number.desc())
    ).first()
    connection.execute(insert(journal), {**last._mapping, "number": last.number + 1})


@pytest.mark.parametrize(
    ("tamper", "what", "number"),
    [
        (lambda c, i: c.execute(update(journal).where(_rows(i, 3)).values(data='{"at":1}')), Break.LINK, 3),
        (lambda c, i: c.execute(update(journal).where(_rows(i, 2)).values(type="Finished")), Break.LINK, 2),
        (lambda c, i: c.execute(update(journal).where(_rows(i, 2)).values(link="0" * 64)), Break.LINK, 2),
        (lambda c, i: c.execute(delete(journal).where(_rows(i, 2))), Break.LINK, 3),
        (lambda c, i: c.execute(delete(journal).where(_rows(i, 1))), Break.LINK, 2),
        (_swap, Break.LINK, 2),
        (_repeat_last, Break.LINK, None),
        (lambda c, i: c.execute(delete(journal).where(journal.c.number > 3)), Break.CUT_OFF, 4),
        (lambda c, i: c.execute(update(texts).where(_REASON).values(body="all well")), Break.TEXT_CHANGED, None),
        (lambda c, i: c.execute(update(texts).where(_REASON).values(salt=b"x")), Break.TEXT_CHANGED, None),
        (lambda c, i: c.execute(update(texts).where(_REASON).values(body=None)), Break.TEXT_MISSING, None),
        (lambda c, i: c.execute(delete(texts).where(texts.c.field == "name")), Break.TEXT_MISSING, 1),
        (lambda c, i: c.execute(update(onboardings).values(snapshot=b"{}")), Break.SNAPSHOT, 0),
        (lambda c, i: c.execute(delete(onboardings)), Break.SNAPSHOT, 0),
    ],
    ids=[
        "data changed", "type changed", "link changed", "one taken out", "first taken out", "two swapped", "one put in",
        "cut off", "text changed", "salt changed", "text blanked", "text taken out", "state changed", "state taken out",
    ],
)  # fmt: skip
async def test_every_way_of_changing_the_record_is_found_and_its_first_place_named(
    desk: Desk, told: Told, tamper, what: Break, number: int | None
):
    change(desk, lambda connection: tamper(connection, told.state.id))
    proof = await desk.read(verify)
    assert not proof.holds
    assert proof.broken[0].what is what
    assert proof.broken[0].onboarding == told.state.id
    if number is not None:
        assert proof.broken[0].number == number


async def test_another_onboardings_events_cannot_stand_in(desk: Desk, told: Told, start):
    other = await start(desk, name="Other Firm", number="7")
    change(desk, lambda c: c.execute(delete(journal).where(journal.c.onboarding == told.state.id)))
    change(desk, lambda c: c.execute(update(journal).values(onboarding=told.state.id)))
    broken = (await desk.read(verify)).broken
    assert {(one.onboarding, one.what) for one in broken} >= {
        (told.state.id, Break.LINK),
        (other.state.id, Break.CUT_OFF),
    }


async def test_every_copy_can_be_made_anew_just_as_it_was(desk: Desk, told: Told, clock):
    def copies(connection: Connection):
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in (onboardings, members, companies, due)
        }

    before = await desk.read(copies)

    def spoil(connection: Connection):
        connection.execute(update(onboardings).values(snapshot=b"{}", life="closed", head="?"))
        for table in (members, companies, due):
            connection.execute(delete(table))

    change(desk, spoil)
    assert not (await desk.read(verify)).holds
    change(desk, lambda connection: rebuild(connection, clock()))
    assert await desk.read(copies) == before
    assert (await desk.read(verify)).holds


async def test_a_rebuild_that_fails_changes_nothing(desk: Desk, told: Told, clock):
    change(desk, lambda c: c.execute(update(journal).where(_rows(told.state.id, 2)).values(type="Nonsense")))
    with pytest.raises(ValueError, match="Nonsense"):
        change(desk, lambda connection: rebuild(connection, clock()))
    assert (await desk.read(reads.case, told.state.id)) is not None


async def test_erasing_a_person_blanks_their_words_and_leaves_the_chain_whole(desk: Desk, told: Told, clock):
    seen = people.PersonSeen("T1", "ULEAD", "Leah Lead", "Europe/London", False, False, False, clock())
    await desk.write(people.keep_person, seen)
    await desk.write(people.keep_preference, people.Preference("T1", "ULEAD", reminders_off=True))
    erased = await desk.within(erase_person, "ULEAD", by="operator", now=clock())
    assert erased.texts == 1
    case = await desk.read(reads.case, told.state.id)
    assert case is not None
    assert "Ada is on leave" not in case.texts.values()
    assert case.texts[case.state.name.id] == "Northwind Energy Ltd"
    assert await desk.read(people.person, "T1", "ULEAD") is None
    assert not (await desk.read(people.preference, "T1", "ULEAD")).reminders_off
    proof = await desk.read(verify)
    assert (proof.holds, proof.removed) == (True, 1)


async def test_erasing_somebody_outside_slack_finds_them_by_what_was_entered(desk: Desk, told: Told, clock):
    assert (await desk.within(erase_person, "Ada Byron", by="operator", now=clock())).texts == 0
    erased = await desk.within(erase_person, "Ada Byron, ada@dns.example", by="operator", now=clock())
    assert erased.texts == 1
    removed = (await desk.read(reads.history, told.state.id))[-1].event
    assert isinstance(removed, ContentRemoved)
    assert (removed.what, removed.by, len(removed.texts)) == ("person", "operator", 1)
    with desk.database.reader.connect() as connection:
        said = " ".join(connection.execute(select(journal.c.data)).scalars())
    assert "Ada" not in said


async def test_a_removal_is_an_event_and_nothing_else_excuses_a_missing_text(desk: Desk, told: Told, clock):
    await desk.within(erase_onboarding, told.state.id, by="operator", now=clock())
    proof = await desk.read(verify)
    assert proof.holds
    [removal] = proof.removals
    assert (removal.what, removal.by, removal.texts) == ("onboarding", "operator", proof.removed)
    assert (removal.short_id, removal.at, removal.reports) == (told.state.short_id, clock(), 1)
    await desk.within(erase_onboarding, told.state.id, by="operator", now=clock())
    assert len((await desk.read(verify)).removals) == 1, "there was nothing left to remove"
    change(desk, lambda c: c.execute(update(texts).where(texts.c.field == "name").values(body="Northwind")))
    assert [one.what for one in (await desk.read(verify)).broken] == [Break.TEXT_BACK]


async def test_a_removal_taken_out_of_the_chain_leaves_the_texts_missing(desk: Desk, told: Told, clock):
    await desk.within(erase_onboarding, told.state.id, by="operator", now=clock())
    change(desk, lambda c: c.execute(delete(journal).where(journal.c.type == "ContentRemoved")))
    found = {one.what for one in (await desk.read(verify)).broken}
    assert found == {Break.TEXT_MISSING, Break.CUT_OFF}


async def test_what_is_told_while_an_operator_erases_goes_on_behind_the_removal(desk: Desk, told: Told, clock):
    """The command line writes to the same database beside the bot."""
    with desk.database.writer.begin() as connection:
        erase_onboarding(Transaction(connection), told.state.id, by="operator", now=clock())
    await desk.tell(Close(told.state.id, "ULEAD", "cancelled"))
    assert (await desk.read(verify)).holds


async def test_erasing_a_company_leaves_nothing_of_it_but_the_chain(desk: Desk, told: Told, start, clock):
    production = await start(desk, number="1234567", environment=Environment.PRODUCTION)
    other = await start(desk, name="Other Firm", number="7")
    for words in (told.state.short_id.lower(), "01234567", "northwind energy limited", told.state.company):
        assert await desk.read(companies_named, words) == (told.state.company,)
    erased = await desk.within(erase_company, told.state.company, by="operator", now=clock())
    assert erased.reports == 1
    for one in (told, production):
        case = await desk.read(reads.case, one.state.id)
        assert case is not None
        assert case.texts == {}
    assert (await desk.read(reads.find_onboarding, "T1", "northwind energy")).found == ()
    assert await desk.read(companies_named, "01234567") == ()
    report = await desk.read(kept.find, "R1")
    assert report is not None
    assert report.body is None
    with desk.database.reader.connect() as connection:
        bodies = " ".join(body or "" for body in connection.execute(select(texts.c.body)).scalars())
        left = set(connection.execute(select(texts.c.onboarding).where(texts.c.body.is_not(None))).scalars())
    assert "Northwind" not in bodies
    assert left == {other.state.id}
    assert (await desk.read(verify)).holds


async def test_an_erased_onboarding_can_still_be_told_and_rebuilt(desk: Desk, told: Told, clock):
    [id_] = await desk.read(onboardings_named, told.state.short_id)
    await desk.within(erase_onboarding, id_, by="operator", now=clock())
    await desk.tell(Close(told.state.id, "ULEAD", "cancelled", "done"))
    change(desk, lambda connection: rebuild(connection, clock()))
    assert (await desk.read(verify)).holds
    held = await desk.read(holdings)
    assert (held.onboardings, held.texts) == (1, 1)
    assert held.erased_texts > 3


async def test_what_was_closed_long_ago_is_erased_once_and_the_rest_is_left(desk: Desk, told: Told, start, clock):
    other = await start(desk, name="Other Firm", number="7")
    await desk.tell(Close(told.state.id, "ULEAD", "cancelled"))
    month = timedelta(days=30)
    assert await desk.within(retire, clock() - month, by="retention", now=clock()) == 0
    clock.pass_(2 * month)
    assert await desk.within(retire, clock() - month, by="retention", now=clock()) == 1
    assert await desk.within(retire, clock() - month, by="retention", now=clock()) == 0
    case = await desk.read(reads.case, other.state.id)
    assert case is not None
    assert case.texts
    assert (await desk.read(verify)).holds


def spent(connection: Connection) -> list[str]:
    return list(connection.execute(select(inbox.c.key)).scalars())


async def test_old_repeat_keys_are_forgotten_and_newer_ones_kept(desk: Desk, told: Told, clock):
    assert await desk.write(forget_old_deliveries, clock()) == 0
    assert "view:1" in await desk.read(spent)
    assert await desk.write(forget_old_deliveries, clock() + timedelta(seconds=1)) == 2
    assert await desk.read(spent) == []
