"""Old and new in words."""

from datetime import timedelta

from engine.pki import to_json
from engine.pki.compare import compare
from engine.pki.facts import read_certificate
from tests.pki.conftest import CLIENT, NOW, SERVER, Authority, ec_key, issue, look, rsa_key

DAY = timedelta(days=1)


def words(old: object, new: object) -> str:
    return " ".join(compare(read_certificate(old.der), read_certificate(new.der)))  # type: ignore[attr-defined]


def test_what_a_renewal_dropped_added_and_kept_is_said() -> None:
    old = issue(sans=["meter.northwind.example", "old.northwind.example"], key=rsa_key(1), usages=[CLIENT, SERVER])
    new = issue(
        sans=["meter.northwind.example", "new.northwind.example"], key=rsa_key(1), usages=[SERVER], not_before=NOW
    )
    said = words(old, new)
    for part in (
        "no longer has old.northwind.example",
        "also has new.northwind.example",
        "no longer be used for clientAuth",
        "same key",
    ):
        assert part in said


def test_a_gap_and_a_shorter_life_are_said() -> None:
    old = issue(key=rsa_key(1), not_after=NOW)
    new = issue(key=rsa_key(2), not_before=NOW + 3 * DAY, not_after=NOW + 40 * DAY)
    assert "3 days without any" in words(old, new)
    assert "lasted 10 days, the new one lasts 37" in words(old, new)


def test_a_new_issuer_is_called_normal(ca: Authority) -> None:
    newer = issue("Example Issuing 2", ca=True, key=ec_key(9), issuer=ca.root, organisation="Example CA")
    new = issue(issuer=newer, key=rsa_key(2), not_after=NOW + 200 * DAY)
    assert "which is normal" in words(ca.leaf, new)


def test_a_plain_renewal_has_nothing_to_tell(ca: Authority) -> None:
    new = issue(issuer=ca.intermediate, key=rsa_key(2), not_before=NOW - 9 * DAY, not_after=NOW + 181 * DAY)
    assert words(ca.leaf, new) == "They differ in key, serial number and dates only."


def test_the_report_compares_two_holders_certificates_and_no_more(ca: Authority) -> None:
    new = issue(issuer=ca.intermediate, key=rsa_key(2), not_before=NOW - 9 * DAY, not_after=NOW + 181 * DAY)
    assert to_json(look(new.pem, ca.leaf.pem, ca.intermediate.pem))["comparison"]
    assert to_json(look(ca.leaf.pem, ca.intermediate.pem))["comparison"] == []
