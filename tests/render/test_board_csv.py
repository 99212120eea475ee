"""A list as CSV: read back as it was, in parts that fit, and no cell that a spreadsheet would carry out."""

import csv
from datetime import UTC, datetime

from bot.render.values import Moment, Person
from bot.render.views.board_csv import csv_parts
from bot.render.views.boards import ListLine, OpenTurn

NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
CARL = OpenTurn(4, "Credentials", "", Person("U1", "Carl Carter"), Moment(NOW))
VETTING = OpenTurn(3, "GlobalSign", "GlobalSign", None, Moment(NOW))


def line(company: str, *turns: OpenTurn, life: str = "") -> ListLine:
    return ListLine("O1", "NW-7F3K", company, "UIT", life, turns, "DIP certificate", Moment(NOW))


def read(parts: tuple[str, ...]) -> list[list[str]]:
    return list(csv.reader("\n".join(parts).splitlines()))


def test_every_open_turn_is_a_row_and_an_onboarding_without_one_still_stands():
    heading, *rows = read(csv_parts([line("North, wind", VETTING, CARL), line("East", life="paused")], 3000, "UTC"))
    assert heading[:2] == ["id", "company"]
    assert [row[1:8] for row in rows] == [
        ["North, wind", "UIT", "open", "3 GlobalSign", "", "GlobalSign", "2026-11-24"],
        ["North, wind", "UIT", "open", "4 Credentials", "Carl Carter", "", "2026-11-24"],
        ["East", "UIT", "paused", "", "", "", ""],
    ]
    assert {row[9] for row in rows} == {"2026-11-24"}


def test_days_are_those_of_the_reader():
    [_, row] = read(csv_parts([line("North", CARL)], 3000, "Europe/Berlin"))
    assert row[7] == "2026-11-25"


def test_it_is_cut_between_rows_and_its_heading_stands_once():
    lines = [line(f"Company {number}", CARL) for number in range(50)]
    parts = csv_parts(lines, 600, "UTC")
    assert len(parts) > 5
    assert all(len(part) <= 600 for part in parts)
    assert [row[1] for row in read(parts)] == ["company", *(f"Company {number}" for number in range(50))]


def test_a_row_longer_than_a_part_stands_whole():
    parts = csv_parts([line("x" * 700, CARL), line("North", CARL)], 600, "UTC")
    assert [len(row) for row in read(parts)] == [10, 10, 10]


def test_a_name_that_a_spreadsheet_would_carry_out_is_text():
    for name in ("=1+1", "+1", "-1", "@SUM(A1)"):
        [_, row] = read(csv_parts([line(name, CARL)], 3000, "UTC"))
        assert row[1] == f"'{name}"
