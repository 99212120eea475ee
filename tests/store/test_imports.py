"""A sheet of companies is read line by line, and everything that is wrong with it is said at once."""

from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.desk import Desk, Told
from engine.imports import COLUMNS, MOST_LINES, Flaw, Request, Sheet, decoded, read_sheet
from engine.onboarding.commands import NewHolder
from engine.onboarding.outcome import Refused
from engine.process.loader import load_process
from engine.process.model import Environment, Participant, Role, Route
from engine.store import duework, reads
from engine.store.audit import verify

REQUEST = Request(
    team="T1",
    by="ULEAD",
    file="F1",
    channel="C1",
    shared=False,
    environment=Environment.UIT,
    participant=Participant.ACTIVE_MP,
    route=Route.OTHER,
    nation="ENG",
    leads=("ULEAD",),
    holders={Role.CERTIFICATE_ADMIN: ("UCERT", "UDEPUTY")},
)
PROCESS = load_process()


def read(text: str, request: Request = REQUEST) -> Sheet:
    return read_sheet(text, request, PROCESS)


def flaws(text: str) -> list[tuple[int, Flaw, str]]:
    return [(one.line, one.flaw, one.column or one.value) for one in read(text).problems]


def test_a_line_needs_only_a_name_and_takes_the_rest_from_what_was_chosen():
    [line] = read("company\nNorthwind Energy Ltd\n").lines
    start = line.start
    assert (line.number, start.name, start.environment, start.now_at) == (2, "Northwind Energy Ltd", Environment.UIT, 0)
    assert (start.leads, start.channel, start.nation) == (("ULEAD",), "C1", "ENG")
    assert start.holders == {Role.CERTIFICATE_ADMIN: NewHolder("UCERT", "UDEPUTY")}


def test_columns_come_in_any_order_under_the_names_that_people_give_them():
    sheet = read(
        "Domain;Where are you now?;Registered company name;Participant type;Environment;Company number;nation\n"
        "https://Northwind.example/;Step 5: Domain;Northwind;Non-active market participant;production;01234567;Scotland\n"
    )
    [line] = sheet.lines
    start = line.start
    assert (start.domain, start.now_at, start.number, start.nation) == ("northwind.example", 5, "01234567", "SCT")
    assert (start.participant, start.environment) == (Participant.NON_ACTIVE_MP, Environment.PRODUCTION)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_sheet_may_be_separated_by_commas_semicolons_or_tabs(mark: str):
    [line] = read(f"company{mark}step\nNorthwind{mark}3\n").lines
    assert (line.start.name, line.start.now_at) == ("Northwind", 3)


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252"])
def test_excels_own_codings_are_read(coding: str):
    [line] = read(decoded("company\nCafé Énergie Ltd\n".encode(coding))).lines
    assert line.start.name == "Café Énergie Ltd"


def test_people_are_named_by_member_id_the_deputy_second_and_a_dns_contact_may_be_outside():
    [line] = read("company,lead,certificate_admin,dns_contact\nA,ULENA,UCARL UNIA,Dora <dora@dns.example>\n").lines
    assert line.start.leads == ("ULENA",)
    assert line.start.holders[Role.CERTIFICATE_ADMIN] == NewHolder("UCARL", "UNIA")
    assert line.start.holders[Role.DNS_CONTACT] == NewHolder(outside="Dora <dora@dns.example>")


def test_every_mistake_is_said_with_its_line_and_the_good_lines_stay():
    text = (
        "company,number,step,environment,domain,lead,channel,nation,participant\n"
        "Good One,1,4,,,,,,\n"
        ",2,,,,,,,\n"
        "Bad Step,3,nine,,,,,,\n"
        "\n"
        "Bad Env,4,,live,,,,,\n"
        "Bad Domain,5,,,-nope-,,,,\n"
        "Bad Lead,6,,,,lena@northwind.example,,,\n"
        "Bad Channel,7,,,,,dip-onboarding,,\n"
        "Bad Nation,8,,,,,,France,\n"
        "Bad Type,9,,,,,,,bank\n"
        "Good One,1,5,,,,,,\n"
        "Too,1,2,3,4,5,6,7,8,9,10\n"
        "Good Two,11,8,production,,,,,\n"
    )
    assert flaws(text) == [
        (3, Flaw.NO_NAME, "company"),
        (4, Flaw.BAD_STEP, "step"),
        (6, Flaw.NOT_ONE_OF, "environment"),
        (7, Flaw.BAD_DOMAIN, "domain"),
        (8, Flaw.NO_MEMBER_ID, "lead"),
        (9, Flaw.NO_CHANNEL_ID, "channel"),
        (10, Flaw.NOT_ONE_OF, "nation"),
        (11, Flaw.NOT_ONE_OF, "participant"),
        (12, Flaw.TWICE, "company"),
        (13, Flaw.TOO_MANY_CELLS, ""),
    ]
    assert [line.number for line in read(text).lines] == [2, 14]


def test_one_company_may_stand_once_for_each_environment():
    assert len(read("company,environment\nNorthwind,uit\nNorthwind Ltd,production\nnorthwind,production\n").lines) == 3
    assert flaws("company\nNorthwind Ltd\nNorthwind  Limited\n") == [(3, Flaw.TWICE, "company")]


@pytest.mark.parametrize(
    ("text", "flaw", "line"),
    [
        ("", Flaw.EMPTY, 0),
        ("\n , \n", Flaw.EMPTY, 0),
        ("company\n", Flaw.EMPTY, 0),
        ("firm\nNorthwind\n", Flaw.UNKNOWN_COLUMN, 1),
        ("step\n3\n", Flaw.NO_COMPANY_COLUMN, 1),
        ("company,name\nA,B\n", Flaw.COLUMN_TWICE, 1),
        ("company\n" + "A\n" * (MOST_LINES + 1), Flaw.TOO_MANY_LINES, 0),
        ('company,step\n"Northwind,3\nEastwind,4\n', Flaw.SEVERAL_LINES, 2),
    ],
)
def test_what_is_wrong_with_the_sheet_as_a_whole_is_said_once(text: str, flaw: Flaw, line: int):
    sheet = read(text)
    assert [(one.flaw, one.line) for one in sheet.problems] == [(flaw, line)]
    assert sheet.lines == ()


def test_an_unknown_column_comes_with_the_closest_known_one():
    [problem] = read("company,domian\nA,b\n").problems
    assert (problem.value, problem.hint) == ("domian", "domain")


@settings(max_examples=200)
@given(st.text(max_size=300), st.lists(st.sampled_from(sorted(COLUMNS)), max_size=4))
@example('"', ["company"])
@example("\x00,\x00", ["company", "step"])
@example("٣", ["step", "company"])
def test_any_text_is_read_to_lines_and_problems(body: str, columns: list[str]):
    sheet = read(",".join(columns) + "\n" + body)
    assert sheet.lines or sheet.problems
    assert not {line.number for line in sheet.lines} & {problem.line for problem in sheet.problems}


def test_what_was_chosen_survives_the_way_through_a_form():
    assert Request.read(REQUEST.text()) == REQUEST
    assert "|" not in REQUEST.text()


def _starts(count: int):
    text = "company,step\n" + "".join(f"Company {number} Ltd,{number % 9}\n" for number in range(count))
    return [line.start for line in read(text).lines]


async def _claimed(desk: Desk, clock) -> duework.Claimed:
    await desk.note_import(REQUEST.text(), "ULEAD", once="view:V1", patience_seconds=5)
    [claimed] = await desk.write(duework.claim, clock(), clock(), lease=timedelta(minutes=2))
    return claimed


async def test_forty_companies_are_started_in_one_go_and_a_look_starts_none(desk: Desk, clock):
    starts = _starts(40)
    assert await desk.would_start(starts) == [None] * 40
    assert await desk.read(reads.board, "T1", closed=True) == ()
    before = desk.committer.batches
    told = await desk.start_all(starts, await _claimed(desk, clock))
    assert all(isinstance(one, Told) for one in told)
    assert desk.committer.batches - before <= 3
    rows = await desk.read(reads.board, "T1")
    assert len(rows) == 40
    assert len({row.state.short_id for row in rows}) == 40
    assert (await desk.read(verify)).holds


async def test_what_is_open_already_is_left_out_and_the_rest_is_started(desk: Desk, clock, start):
    there = await start(desk, name="Company 1 Limited")
    outcomes = await desk.would_start(_starts(3))
    assert [isinstance(one, Refused) for one in outcomes] == [False, True, False]
    told = await desk.start_all(_starts(3), await _claimed(desk, clock))
    assert [isinstance(one, Refused) for one in told] == [False, True, False]
    assert isinstance(told[1], Refused)
    assert told[1].data["short_id"] == there.state.short_id
    assert len(await desk.read(reads.board, "T1")) == 3


async def test_an_import_asked_for_twice_is_due_once_and_done_with_when_it_started(desk: Desk, clock):
    claimed = await _claimed(desk, clock)
    await desk.note_import(REQUEST.text(), "ULEAD", once="view:V1", patience_seconds=5)
    assert duework.import_noted(claimed) == REQUEST.text()
    await desk.start_all(_starts(2), claimed)
    assert await desk.read(duework.next_at) is not None, "the onboardings have due work of their own"
    again = await desk.start_all(_starts(2), claimed)
    assert all(isinstance(one, Refused) for one in again), "after a crash in between nothing is doubled"
