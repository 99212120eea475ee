"""What people type by hand: rows of a list, and until when to be quiet."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.reminders.calendar import PersonFacts
from handlers.forms import FormError, rows_from
from handlers.when import moment

FIELDS = ("mpid", "role", "dip_id")
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday
LONDON, KIRIBATI = PersonFacts(), PersonFacts(tz="Pacific/Kiritimati")


@settings(max_examples=200)
@given(st.text(max_size=3000))
@example(",")
@example('"')
@example("\x00\t;,")
def test_any_pasted_text_becomes_rows_of_known_fields_or_an_error_at_its_field(text):
    try:
        rows = rows_from(text, FIELDS)
    except FormError as error:
        assert error.input_id == "rows"
        assert error.code in {"needed", "too-many-columns"}
    else:
        assert rows
        for row in rows:
            assert set(row) <= set(FIELDS)
            assert row
            assert all(row.values())


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)] * 3), min_size=1, max_size=5
    ),
    st.sampled_from([",", ";", "\t", ", "]),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_rows_come_back_as_they_were_pasted_whatever_divides_them(cells, between, end):
    pasted = end.join(between.join(row) for row in cells)
    expected = [dict(zip(FIELDS, row, strict=True)) for row in cells]
    heading = cells[0][0].lower() == FIELDS[0]
    assert list(rows_from("NWEL,Supplier,9\n" + pasted, FIELDS)[1:]) == expected or heading


def test_lines_of_nothing_but_separators_as_a_table_ends_with_are_no_rows():
    assert rows_from("NWEL,Supplier\n,,\n;\n\t\t\n", FIELDS) == ({"mpid": "NWEL", "role": "Supplier"},)


def test_a_heading_is_skipped_only_where_it_stands_first():
    assert rows_from("MPID,Role\nNWEL,Supplier", FIELDS) == ({"mpid": "NWEL", "role": "Supplier"},)
    assert len(rows_from("NWEL,Supplier\nMPID,Role", FIELDS)) == 2


def test_a_line_with_too_many_columns_is_named_by_its_number():
    with pytest.raises(FormError) as caught:
        rows_from("NWEL,Supplier\nA,B,C,D", FIELDS)
    assert (caught.value.code, caught.value.data) == ("too-many-columns", {"line": "2", "most": "3"})


def test_a_heading_alone_is_no_row():
    with pytest.raises(FormError) as caught:
        rows_from("mpid,role,dip id\n", FIELDS)
    assert caught.value.code == "needed"


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("1h", NOW + timedelta(hours=1)),
        ("1 h", NOW + timedelta(hours=1)),
        ("until 3 hours", NOW + timedelta(hours=3)),
        ("in 45 min", NOW + timedelta(minutes=45)),
        ("in 2 days", datetime(2026, 11, 26, 9, tzinfo=UTC)),
        ("in 2 days 14:00", datetime(2026, 11, 26, 14, tzinfo=UTC)),
        ("1 week", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("16:00", datetime(2026, 11, 24, 16, tzinfo=UTC)),
        ("at 9:15", datetime(2026, 11, 25, 9, 15, tzinfo=UTC)),  # today's is over
        ("today 8:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),  # past: refused where it is used
        ("tomorrow at 4 pm", datetime(2026, 11, 25, 16, tzinfo=UTC)),
        ("tomorrow, 9.30am", datetime(2026, 11, 25, 9, 30, tzinfo=UTC)),
        ("tomorrow morning", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("tomorrow noon", datetime(2026, 11, 25, 12, tzinfo=UTC)),
        ("Fri", datetime(2026, 11, 27, 9, tzinfo=UTC)),
        ("next Friday", datetime(2026, 11, 27, 9, tzinfo=UTC)),
        ("Sat", datetime(2026, 11, 30, 9, tzinfo=UTC)),
        ("Sat 20:00", datetime(2026, 11, 28, 20, tzinfo=UTC)),
        ("Tuesday", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("Tuesday 12:00", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        ("Tuesday 9:00", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("next week", datetime(2026, 11, 30, 9, tzinfo=UTC)),
        ("27 Nov", datetime(2026, 11, 27, 9, tzinfo=UTC)),
        ("27th November 2026 14:00", datetime(2026, 11, 27, 14, tzinfo=UTC)),
        ("Jan 5", datetime(2027, 1, 5, 9, tzinfo=UTC)),
        ("2026-11-27 14:00", datetime(2026, 11, 27, 14, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("until tomorrow", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("2026-11-28", datetime(2026, 11, 30, 9, tzinfo=UTC)),  # a Saturday becomes Monday
        ("until 2026-12-25", datetime(2026, 12, 29, 9, tzinfo=UTC)),  # Christmas, a weekend, Boxing Day's substitute
    ],
)
def test_a_typed_time_is_what_was_said_and_a_day_alone_its_next_working_morning(typed, ends):
    assert moment(typed, NOW, LONDON) == ends


def test_tomorrow_is_that_of_whoever_asks():
    """On Kiritimati the 24th is almost over; its next morning is still the 24th in UTC."""
    assert moment("tomorrow", NOW, KIRIBATI) == datetime(2026, 11, 24, 19, tzinfo=UTC)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.dates().map(str) | st.integers().map(str) | st.integers().map(lambda n: f"{n} h"))
@example("9999-12-31")
@example("0001-01-01")
@example("2199-12-31 23:59")
@example("999 weeks 23:59")
def test_any_typed_end_is_a_time_with_its_zone_or_none(text):
    for person in (LONDON, KIRIBATI):
        end = moment(text, NOW, person)
        assert end is None or end.tzinfo is not None


def test_a_time_that_nobody_can_read_is_none_and_never_a_guess():
    for unreadable in (
        *("", "until", "soon", "2026-13-01", str(date.max) + "x", "9", "tomorrow 9", "25:00", "13 pm", "31 June"),
        *("27/11", "m", "99999 h", "2 hours 14:00", "next", "today tomorrow", "٣ h"),
    ):
        assert moment(unreadable, NOW, LONDON) is None
