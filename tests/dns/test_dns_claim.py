"""Domains and values as people type them: cleaned and said, or refused with a reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dns import BadInput, Claim
from engine.dns.claim import clean_value, parse_domain

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"

CLEANED = [
    ("northwind.example", "northwind.example", set()),
    ("Northwind.EXAMPLE", "northwind.example", {"lower-cased"}),
    ("northwind.example.", "northwind.example", {"final-dot-removed"}),
    ("  northwind.example\n", "northwind.example", {"blanks-removed"}),
    ("northwind .example", "northwind.example", {"blanks-removed"}),
    ("https://northwind.example", "northwind.example", {"scheme-removed"}),
    ("https://northwind.example/a?b#c", "northwind.example", {"scheme-removed", "path-removed"}),
    ("northwind.example:8443", "northwind.example", {"port-removed"}),
    (
        "https://user:pw@northwind.example:8443/x",
        "northwind.example",
        {"scheme-removed", "path-removed", "email-removed", "port-removed"},
    ),
    ("it@northwind.example", "northwind.example", {"email-removed"}),
    ("@northwind.example", "northwind.example", {"at-sign-removed"}),
    ("*.northwind.example", "northwind.example", {"wildcard-removed"}),
    ("www.northwind.example", "www.northwind.example", {"www-kept"}),
    ("müller.example", "xn--mller-kva.example", {"u-label-converted"}),
    ("MÜLLER.example", "xn--mller-kva.example", {"u-label-converted"}),
    ("northwind。example", "northwind.example", {"dots-converted"}),
    ("straße.example", "xn--strae-oqa.example", {"u-label-converted", "idna-differs"}),
    ("nоrthwind.example", "xn--nrthwind-nbh.example", {"u-label-converted", "mixed-script"}),
    ("\u200bnorthwind.example", "northwind.example", {"blanks-removed"}),
    ("_dmarc.northwind.example", "_dmarc.northwind.example", {"underscore-in-domain"}),
]


@pytest.mark.parametrize(("typed", "meant", "codes"), CLEANED, ids=[repr(case[0]) for case in CLEANED])
def test_what_can_be_meant_safely_is_cleaned_and_said(typed, meant, codes):
    name, changes = parse_domain(typed)
    assert name.to_text() == f"{meant}."
    assert {change.code for change in changes} == codes


REFUSED = [
    "", " ", ".", "..", "a..example", "192.0.2.1", "https://192.0.2.1/", "[2001:db8::1]", "2001:db8::1", "[2001:db8::1]:53",
    "fe80::1%eth0", "0x7f000001", "2130706433", "x" * 64 + ".example", ".".join(["x" * 60] * 5), "north wind.example",
    "north$wind.example", "-northwind.example", "northwind-.example", "xn--zz99999999.example", "northwind.exa\x00mple",
    "http://", "a" * 3000, "日本\u0000.example", "\ud800.example",
]  # fmt: skip


@pytest.mark.parametrize("typed", REFUSED, ids=[repr(each)[:30] for each in REFUSED])
def test_what_is_no_domain_is_refused_with_a_reason(typed):
    with pytest.raises(BadInput) as refusal:
        parse_domain(typed)
    assert str(refusal.value).endswith(".")
    assert "\x00" not in str(refusal.value)


@given(st.text(max_size=300))
@settings(max_examples=400)
def test_any_text_is_a_domain_or_a_reason(text):
    try:
        name, _ = parse_domain(text)
    except BadInput as refusal:
        assert len(str(refusal)) < 400
    else:
        assert name.is_absolute()
        assert parse_domain(name.to_text())[0] == name


VALUES = [
    (T, T, set()),
    (f'"{T}"', T, {"value-cleaned"}),
    (f" {T}\n", T, {"value-cleaned"}),
    (f"“{T}”", T, {"value-cleaned"}),
    (f"@ TXT {T}", T, {"value-words-removed"}),
    (f"Name: @ Value: {T}", T, {"value-words-removed"}),
    (f"{T[:50]}\n{T[50:]}", T, {"value-cleaned"}),
    (f"\u200b{T}\u00a0", T, {"value-cleaned"}),
    ("some-other-shape", "some-other-shape", {"value-shape"}),
    ("Value: some other shape", "some other shape", {"value-words-removed", "value-shape"}),
]


@pytest.mark.parametrize(("typed", "meant", "codes"), VALUES, ids=[repr(case[0])[:40] for case in VALUES])
def test_a_value_is_cleaned_of_what_was_pasted_with_it(typed, meant, codes):
    value, changes = clean_value(typed)
    assert value == meant
    assert {change.code for change in changes} == codes


@pytest.mark.parametrize("typed", ["", " ", '""', "x" * 5000, "a\x00b"])
def test_a_value_that_cannot_be_meant_is_refused(typed):
    with pytest.raises(BadInput):
        clean_value(typed)


@given(st.text(max_size=200))
@settings(max_examples=300)
def test_any_text_is_a_value_or_a_reason_and_cleaning_ends(text):
    try:
        value, _ = clean_value(text)
    except BadInput:
        return
    assert value == value.strip()


def test_a_claim_cleans_all_that_it_is_given():
    claim = Claim.parse(
        "Northwind.example", f'"{T}"', previous=[f" {T} "], company_domains=["HTTPS://southwind.example"]
    )
    assert (claim.domain_text, claim.value, claim.previous) == ("northwind.example", T, (T,))
    assert claim.company_domains[0].to_text() == "southwind.example."
