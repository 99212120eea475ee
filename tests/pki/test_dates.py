"""Beginning and end. The last second still counts."""

from datetime import timedelta

import pytest

from engine.pki import parse, shipped
from tests.pki.conftest import NOW, Authority, codes, issue, look

OURS = {"expired", "ends-soon", "not-yet-valid", "validity-reversed", "validity-outside-profile"}
DAY = timedelta(days=1)


def lasting(start: timedelta, end: timedelta) -> bytes:
    return issue(not_before=NOW + start, not_after=NOW + end).pem


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (-90 * DAY, -DAY, "expired"),
        (-90 * DAY, timedelta(seconds=-1), "expired"),
        (DAY, 90 * DAY, "not-yet-valid"),
        (timedelta(seconds=1), 90 * DAY, "not-yet-valid"),
        (-90 * DAY, 29 * DAY, "ends-soon"),
        (-90 * DAY, timedelta(0), "ends-soon"),
    ],
)
def test_a_certificate_out_of_its_dates_is_reported(start: timedelta, end: timedelta, code: str) -> None:
    assert codes(lasting(start, end)) & OURS == {code}


@pytest.mark.parametrize(
    ("start", "end"),
    [(-90 * DAY, 90 * DAY), (timedelta(0), 90 * DAY), (-DAY, 31 * DAY), (-3 * DAY, 4 * DAY), (-DAY, 20 * DAY)],
)
def test_a_certificate_in_date_is_left_alone_and_a_short_lived_one_is_not_nagged_about(
    start: timedelta, end: timedelta
) -> None:
    assert not codes(lasting(start, end)) & OURS


def test_the_time_that_is_judged_for_decides() -> None:
    assert not codes(lasting(-90 * DAY, -DAY), now=NOW - 40 * DAY) & OURS
    assert codes(lasting(-90 * DAY, 90 * DAY), now=NOW + 91 * DAY) & OURS == {"expired"}


def test_a_length_outside_the_policy_is_reported() -> None:
    policy = parse('{"validity": {"secondsmin": 864000, "secondsmax": 17280000}}', "ours")
    assert codes(lasting(-90 * DAY, 120 * DAY), profile=policy) & OURS == {"validity-outside-profile"}
    assert codes(lasting(-DAY, 2 * DAY), profile=policy) & OURS == {"validity-outside-profile"}
    assert not codes(lasting(-90 * DAY, 110 * DAY), profile=policy) & OURS
    assert not codes(lasting(-90 * DAY, 365 * 4 * DAY), profile=shipped("atlas-api")) & OURS
    assert codes(lasting(-90 * DAY, 365 * 6 * DAY), profile=shipped("atlas-api")) & OURS == {"validity-outside-profile"}


@pytest.mark.parametrize("longest", [0, -1])
def test_a_longest_validity_of_nothing_is_no_limit(longest: int) -> None:
    policy = parse(f'{{"validity": {{"secondsmin": 0, "secondsmax": {longest}}}}}', "ours")
    assert not codes(lasting(-90 * DAY, 120 * DAY), profile=policy) & OURS


def test_a_certificate_that_ends_before_it_begins_is_reported(ca: Authority) -> None:
    from tests.pki.conftest import der
    from tests.pki.test_csr_signature import swapped

    start, end = b"261114090000Z", b"270523090000Z"
    swapped_dates = swapped(der(ca.leaf.pem), start + b"\x17\x0d" + end, end + b"\x17\x0d" + start)
    assert "validity-reversed" in codes(swapped_dates)
    assert "validity-reversed" not in codes(ca.leaf.pem)


def test_the_renewal_date_is_the_earliest_end_with_its_reason(ca: Authority) -> None:
    report = look(ca.leaf.pem, ca.intermediate.pem)
    assert report.renew_by == ca.leaf.certificate.not_valid_after_utc
    claims = {"northwind.example": NOW + 40 * DAY, "other.example": NOW + DAY}
    report = look(ca.leaf.pem, claims=claims)
    assert report.renew_by == NOW + 40 * DAY
    assert "northwind.example" in (report.renew_reason or "")
    report = look(ca.leaf.pem, ends={"the API credential ends": NOW + 3 * DAY})
    assert (report.renew_by, report.renew_reason) == (NOW + 3 * DAY, "the API credential ends")
