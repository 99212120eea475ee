"""The subject and the names by a policy in HVCA's shape."""

import json

import pytest

from engine.pki import parse, shipped
from tests.pki.conftest import codes, look, make_csr

SUBJECT = {"subject-missing", "subject-forbidden", "subject-static-differs", "subject-pattern", "subject-count"}
NAMES = {"san-count", "san-pattern"}


def policy(**sections: object) -> object:
    return parse(json.dumps(sections), "ours")


def rule(presence: str, form: str = "") -> dict[str, str]:
    return {"presence": presence, "format": form}


def count(low: int, high: int, *patterns: str, static: bool = False) -> dict[str, object]:
    return {"static": static, "list": list(patterns), "mincount": low, "maxcount": high}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"locality": rule("REQUIRED")}, "subject-missing"),
        ({"organization": rule("FORBIDDEN")}, "subject-forbidden"),
        ({"country": rule("STATIC", "IE")}, "subject-static-differs"),
        ({"common_name": rule("REQUIRED", "^dip-")}, "subject-pattern"),
        ({"organization": rule("OPTIONAL", "^Southwind")}, "subject-pattern"),
        ({"organizational_unit": count(1, 3)}, "subject-count"),
    ],
)
def test_a_departure_from_the_policy_is_an_error_of_its_own_kind(fields: dict[str, object], code: str) -> None:
    report = look(make_csr(), profile=policy(subject_dn=fields))
    assert [(each.code, each.severity, each.confidence) for each in report.findings] == [(code, "error", "sourced")]


@pytest.mark.parametrize(
    "fields",
    [
        {"organization": rule("REQUIRED", "Energy")},
        {"locality": rule("OPTIONAL", "^X")},
        {"locality": rule("FORBIDDEN")},
        {"country": rule("STATIC", "GB")},
        {"locality": rule("STATIC", "London")},
        {"organizational_unit": count(0, 3)},
        {"common_name": rule("REQUIRED", "northwind.example")},
        {"some_field_nobody_knows": rule("REQUIRED")},
    ],
)
def test_what_the_policy_allows_is_left_alone_and_patterns_are_found_anywhere(fields: dict[str, object]) -> None:
    assert not codes(make_csr(), profile=policy(subject_dn=fields)) & SUBJECT


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"dns_names": count(2, 5, ".")}, "san-count"),
        ({"dns_names": count(0, 0)}, "san-count"),
        ({"ip_addresses": count(1, 1, ".")}, "san-count"),
        ({"dns_names": count(0, 5, ".hvca.demo", "@northwind")}, "san-pattern"),
    ],
)
def test_names_that_the_policy_does_not_allow_are_errors(fields: dict[str, object], code: str) -> None:
    assert codes(make_csr(), profile=policy(san=fields)) & NAMES == {code}


@pytest.mark.parametrize(
    "fields",
    [
        {"dns_names": count(1, 5, ".")},
        {"dns_names": count(1, 5, "@nothing", ".northwind.example")},
        {"emails": count(0, 0)},
    ],
)
def test_names_that_the_policy_allows_are_left_alone(fields: dict[str, object]) -> None:
    assert not codes(make_csr(), profile=policy(san=fields)) & NAMES


def test_what_nobody_has_seen_written_down_finds_notes_only() -> None:
    for profile in ("signing", "mtls", "dual-purpose"):
        report = look(make_csr("Northwind", None, organisation=None, country="US"), profile=shipped(profile))
        found = [each for each in report.findings if each.code in SUBJECT | NAMES]
        assert found
        assert {(each.severity, each.confidence) for each in found} == {("note", "inferred")}
        assert report.verdict == "good"
