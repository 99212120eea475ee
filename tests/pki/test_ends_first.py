"""What ends before the certificate does."""

from datetime import timedelta

from tests.pki.conftest import NOW, Authority, codes, ec_key, issue

CODE = "something-ends-first"
DAY = timedelta(days=1)


def test_an_issuer_that_ends_earlier_is_warned_of(ca: Authority) -> None:
    short = issue("Short", ca=True, key=ec_key(60), issuer=ca.root, not_after=NOW + 20 * DAY)
    assert "something-ends-first" in codes(issue(issuer=short).pem, short.pem)
    assert CODE not in codes(ca.leaf.pem, ca.intermediate.pem)


def test_a_proof_or_another_thing_that_ends_earlier_is_warned_of(ca: Authority) -> None:
    assert CODE in codes(ca.leaf.pem, claims={"northwind.example": NOW + 20 * DAY})
    assert CODE not in codes(ca.leaf.pem, claims={"northwind.example": NOW + 300 * DAY})
    assert CODE not in codes(ca.leaf.pem, claims={"northwind.example": NOW + 300 * DAY, "other.example": NOW + DAY})
    assert CODE in codes(ca.leaf.pem, ends={"the API credential ends": NOW + 3 * DAY})
    assert CODE not in codes(ca.leaf.pem, ends={"the API credential ends": NOW + 999 * DAY})


def test_what_is_already_over_is_told_by_others() -> None:
    assert CODE not in codes(issue(not_before=NOW - 9 * DAY, not_after=NOW - DAY).pem)
