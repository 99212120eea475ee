"""Names against the domains that were verified, and the end of their proofs."""

from datetime import timedelta

import pytest

from tests.pki.conftest import NOW, codes, issue, look, make_csr

OURS = {"name-outside-domains", "no-name-to-match", "public-suffix-name", "claim-runs-out"}
DOMAIN = ("example.co.uk",)


@pytest.mark.parametrize(
    "host", ["evil-example.co.uk", "example.co.uk.evil.com", "example.com", "a.other.co.uk", "*.evil-example.co.uk"]
)
def test_a_name_outside_the_verified_domains_is_an_error(host: str) -> None:
    assert "name-outside-domains" in codes(make_csr(host, [host]), domains=DOMAIN)
    assert "name-outside-domains" in codes(issue(host, [host]).pem, domains=DOMAIN)


@pytest.mark.parametrize("host", ["example.co.uk", "a.example.co.uk", "a.b.Example.co.uk", "*.example.co.uk"])
def test_a_name_at_or_below_one_of_them_is_left_alone(host: str) -> None:
    assert not codes(make_csr(host, [host]), domains=("other.example", "Example.co.uk.")) & OURS


def test_a_common_name_counts_as_a_name_where_it_is_a_host() -> None:
    assert "name-outside-domains" in codes(make_csr("a.evil.com", ["a.example.co.uk"]), domains=DOMAIN)
    assert not codes(make_csr("Evil Inc.", ["a.example.co.uk"]), domains=DOMAIN) & {"name-outside-domains"}


def test_without_any_name_it_cannot_be_judged_and_that_is_said() -> None:
    assert codes(make_csr("Northwind", None), domains=DOMAIN) & OURS == {"no-name-to-match"}
    assert not codes(make_csr("Northwind", None)) & OURS


def test_a_public_suffix_is_nobodys() -> None:
    assert "public-suffix-name" in codes(make_csr("co.uk", ["co.uk"]))
    assert "public-suffix-name" not in codes(make_csr("northwind.co.uk", ["northwind.co.uk"]))


@pytest.mark.parametrize(("days", "severity"), [(-1, "error"), (0, "error"), (13, "warning")])
def test_a_proof_that_runs_out_is_reported(days: int, severity: str) -> None:
    report = look(
        make_csr("a.example.co.uk", ["a.example.co.uk"]), claims={"example.co.uk": NOW + timedelta(days=days)}
    )
    assert [(each.code, each.severity) for each in report.findings] == [("claim-runs-out", severity)]


def test_a_proof_that_lasts_or_is_for_another_domain_is_left_alone() -> None:
    claims = {"example.co.uk": NOW + timedelta(days=60), "other.example": NOW - timedelta(days=1)}
    assert not codes(make_csr("a.example.co.uk", ["a.example.co.uk"]), claims=claims) & OURS


def test_a_platforms_own_domain_can_be_proved_and_a_registrys_cannot() -> None:
    platform = make_csr("github.io", ["github.io", "*.github.io"])
    assert not codes(platform, domains=("github.io",)) & (OURS | {"bad-wildcard"})
    assert "public-suffix-name" in codes(make_csr("co.uk", ["co.uk"]))
