"""Days on which a company is closed, as they are typed and shown again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.days import BadDays, days_from, days_text

CHRISTMAS = tuple(date(2026, 12, day) for day in (24, 25, 26))


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-24 to 2026-12-26",
        "2026-12-26\n\n2026-12-24 – 2026-12-25\n",
        "2026-12-24..2026-12-26",
        "2026-12-24-2026-12-26",
    ],
)
def test_days_and_spans_come_one_a_line_in_any_order(text: str):
    assert days_from(text) == CHRISTMAS
    assert days_text(CHRISTMAS) == "2026-12-24 to 2026-12-26"


@pytest.mark.parametrize(
    "text", ["Christmas", "2026-13-01", "2026-12-26 to 2026-12-24", "2026-01-01 to 2028-01-01", "24.12.2026"]
)
def test_what_names_no_days_is_said_by_its_line(text: str):
    with pytest.raises(BadDays, match=text.replace(".", r"\.")):
        days_from(f"2026-12-24\n{text}")


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40))
def test_what_is_shown_reads_back_as_it_was(days: set[date]):
    assert days_from(days_text(days)) == tuple(sorted(days))
