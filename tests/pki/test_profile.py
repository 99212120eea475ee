"""Profiles as data: the shipped ones load, and a broken one says which field is wrong."""

import pytest

from engine.pki import BadProfile, parse, shipped
from engine.pki.profile import SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_profile_says_for_every_rule_where_it_is_from(name: str) -> None:
    profile = shipped(name)
    assert profile.name == name
    for path in ("subject_dn.common_name", "public_key", "signature"):
        assert profile.origin(path).source != "the profile does not say"
        assert profile.origin(path).confidence in {"sourced", "inferred", "unknown"}


def test_a_policy_as_the_api_gives_it_is_a_profile_and_every_rule_in_it_is_sourced() -> None:
    text = """{"validity": {"secondsmin": 3600, "secondsmax": 86400, "not_before_negative_skew": 120, "issuer_expiry": 0},
      "subject_dn": {"common_name": {"presence": "REQUIRED", "format": "^[a-z.]+$"}, "extra_attributes": null},
      "san": {"dns_names": {"static": false, "list": ["."], "mincount": 0, "maxcount": 3}, "other_names": {}},
      "extended_key_usages": {"ekus": {"static": false, "list": ["^1.3.6.1.5.5.7.3.[1-3]"], "mincount": 0, "maxcount": 3},
        "critical": true},
      "signature": {"hash_algorithm": {"presence": "OPTIONAL", "list": ["SHA-256", "SHA-512"]}},
      "public_key": {"key_type": "RSA", "allowed_lengths": [2048, 4096], "key_format": "PKCS8"},
      "public_key_signature": "OPTIONAL", "custom_extensions": []}"""
    profile = parse(text, "policy.json")
    assert (profile.seconds_max, profile.key_lengths, profile.hashes) == (86400, (2048, 4096), ("sha256", "sha512"))
    assert profile.origin("subject_dn.common_name").confidence == "sourced"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{", "neither YAML nor JSON"),
        ("[]", "at the top level"),
        ("colour: blue", "at the top level"),
        ("subject_dn: {country: {presence: MAYBE}}", "subject_dn.country"),
        ("subject_dn: {country: {presence: REQUIRED, format: '('}}", "subject_dn.country"),
        ("subject_dn: {country: 3}", "subject_dn.country"),
        ("validity: {secondsmax: long}", "secondsmax"),
        ("validity: 3", "validity must be a mapping"),
        ("validity: {}\nsources: {validity: {confidence: sure}}", "sources.validity"),
        ("subject_dn: {country: {presence: REQUIRED, format: '" + "a" * 5000 + "'}}", "more than 4096"),
        ("public_key: {allowed_lengths: [long]}", "allowed_lengths"),
        ("public_key: {allowed_lengths: [-2048]}", "allowed_lengths"),
        ("public_key: {allowed_lengths: 2048}", "allowed_lengths"),
        ("public_key: {key_type: 5}", "public_key"),
        ("signature: {hash_algorithm: {list: 5}}", "hash_algorithm"),
        ("san: {dns_names: {list: 3}}", "dns_names"),
        ("extended_key_usages: {ekus: {list: [], required: 1}}", "extended_key_usages"),
        ("{'a': " * 3000, "neither YAML nor JSON"),
    ],
)
def test_a_broken_profile_says_what_is_wrong_with_it(text: str, names: str) -> None:
    with pytest.raises(BadProfile, match=names):
        parse(text, "ours")


def test_a_list_of_patterns_without_limits_allows_any_number() -> None:
    profile = parse("san: {dns_names: {list: ['northwind.example$']}, emails: {}}", "ours")
    assert profile.san["dns_names"].maxcount > 1000
    assert "emails" not in profile.san


def test_a_profile_names_the_rules_that_nobody_has_published() -> None:
    assert shipped("dual-purpose").unproven() == ("subject_dn", "san", "extended_key_usages", "key_usages")
    assert parse("san: {dns_names: {list: ['.']}}", "policy").unproven() == ()


def test_a_name_that_is_not_shipped_lists_those_that_are() -> None:
    with pytest.raises(BadProfile, match="dual-purpose"):
        shipped("dual")
