"""Public authorities are ending client authentication, on dates that are data."""

from engine.pki.rules.client_auth_ends import ends
from tests.pki.conftest import CLIENT, SERVER, Issued, codes, issue

CODE = "client-authentication-ends"


def by(organisation: str, usages: object = (CLIENT, SERVER)) -> Issued:
    authority = issue(f"{organisation} Issuing", ca=True, organisation=organisation)
    return issue(issuer=authority, usages=usages)  # type: ignore[arg-type]


def test_a_dual_purpose_certificate_of_such_an_authority_is_noted() -> None:
    assert CODE in codes(by("Sectigo Limited").pem)
    assert CODE in codes(by("GlobalSign nv-sa").pem)


def test_others_are_left_alone() -> None:
    assert CODE not in codes(by("Northwind Private CA").pem)
    assert CODE not in codes(by("Sectigo Limited", [SERVER]).pem)
    assert CODE not in codes(by("Sectigo Limited", [CLIENT]).pem)


def test_every_authority_in_the_data_has_a_source() -> None:
    assert all(end.source and end.issuer for end in ends())
    assert {end.issuer for end in ends() if end.ends is None} == {"GlobalSign"}
