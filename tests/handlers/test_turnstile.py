"""How often one person may have a domain or a webhook checked."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.turnstile import Turnstile

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WITHIN = timedelta(minutes=10)


@given(st.integers(1, 5), st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_in_any_stretch_nobody_passes_more_often_than_allowed(most, gaps):
    turnstile, now, passed = Turnstile(most, WITHIN), NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if turnstile.let_in("U1", now):
            passed.append(now)
    for first, moment in enumerate(passed):
        assert sum(moment <= other < moment + WITHIN for other in passed[first:]) <= most


def test_one_person_takes_nothing_from_another_and_after_a_while_it_goes_on():
    turnstile = Turnstile(1, WITHIN)
    assert [turnstile.let_in(person, NOW) for person in ("U1", "U1", "U2")] == [True, False, True]
    assert turnstile.let_in("U1", NOW + WITHIN)
