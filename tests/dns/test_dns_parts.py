"""The pure parts: misfits, CAA sets, proofs of absence, providers, the watch, serials, addresses, names of time."""

import base64
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dns.caa import judge_set, parse_property
from engine.dns.denial import Denials, Proof
from engine.dns.misfit import Misfit, misfit
from engine.dns.names import serial_before
from engine.dns.providers import is_parking, provider_of, providers
from engine.dns.suffixes import is_platform_name, is_public_suffix
from engine.dns.tokens import distance
from engine.dns.watch import POLICY, Watch, next_look

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ZONE = dns.name.from_text("northwind.example.")
TXT = dns.rdatatype.TXT

# Values


@pytest.mark.parametrize(
    "found",
    ["v=spf1 -all", "MS=ms12345", "google-site-verification=8gqZr-2mX_4HYTabcdefghijkl", "", "_", "domain", "x" * 5000],
)
def test_a_value_that_has_nothing_to_do_with_it_is_no_misfit(found):
    assert misfit(found, T) is None


def test_the_value_itself_is_no_misfit():
    assert misfit(T, T) is None


@given(st.integers(1, len(T) - 2), st.characters(codec="ascii", categories=["Ll", "Lu", "Nd"]))
@settings(max_examples=100)
def test_one_changed_character_is_a_misfit_of_some_kind(place, char):
    changed = T[:place] + char + T[place + 1 :]
    assert changed == T or misfit(changed, T) is not None


@given(st.text(max_size=120), st.text(min_size=1, max_size=120))
@settings(max_examples=200)
def test_any_two_texts_can_be_compared(found, wanted):
    kind = misfit(found, wanted)
    assert kind is None or kind in Misfit


@given(st.text("ab", max_size=8), st.text("ab", max_size=8))
@settings(max_examples=150)
def test_the_distance_is_even_handed_and_bounded(one, other):
    assert distance(one, other, 3) == distance(other, one, 3)
    assert (distance(one, other, 3) == 0) == (one == other)


# CAA


def caa(*records):
    rdatas = [dns.rdata.from_text("IN", "CAA", record) for record in records]
    return judge_set(ZONE, tuple(rdatas))


CAA_SETS = [
    (['0 issue "globalsign.com"'], "allowed", None),
    (['0 issue "globalsign.com; x=y"'], "allowed", None),
    (['0 issue "letsencrypt.org"', '0 issue "globalsign.com"'], "allowed", None),
    (['0 iodef "mailto:a@northwind.example"'], "allowed", None),
    (['0 issuewild ";"'], "allowed", None),
    (['128 issue "globalsign.com"'], "allowed", None),
    (['0 issue "GlobalSign.com"'], "allowed", None),
    (['0 unknown "x"'], "allowed", None),
    (['0 issue ";"'], "forbidden", "caa-nobody"),
    (['0 issue ""'], "forbidden", "caa-nobody"),
    (['0 issue "letsencrypt.org"'], "forbidden", "caa-other-issuer"),
    (['0 issue "eu.globalsign.com"'], "forbidden", "caa-other-issuer"),
    (['0 issue "globalsign.com.evil.example"'], "forbidden", "caa-other-issuer"),
    (['0 issue "%%%%"'], "forbidden", "caa-malformed"),
    (['128 tbs "x"', '0 issue "globalsign.com"'], "forbidden", "caa-critical-unknown"),
    (['0 issue "globalsign.com; accounturi=https://x.example/1"'], "unknown", "caa-restricted"),
    (['0 issue "globalsign.com; validationmethods=http-01"'], "unknown", "caa-restricted"),
    (['0 issue "globalsign.com; validationmethods=http-01"', '0 issue "globalsign.com"'], "allowed", None),
]


@pytest.mark.parametrize(("records", "status", "code"), CAA_SETS, ids=[" ".join(case[0]) for case in CAA_SETS])
def test_a_caa_set_is_judged_by_the_standard(records, status, code):
    result = caa(*records)
    assert (result.status, result.code) == (status, code)


def test_upper_case_is_allowed_and_noted():
    assert caa('0 issue "GLOBALSIGN.COM"').notes == ("caa-upper-case",)
    assert caa('0 issue "globalsign.com"', '0 issue "GLOBALSIGN.COM"').notes == ()


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_can_be_read_as_a_caa_value(value):
    prop = parse_property(value)
    assert prop.issuer is None or not prop.malformed


def test_a_long_caa_value_is_read_in_time():
    assert parse_property(b"a" * 255).issuer == "a" * 255
    assert parse_property(b"a." * 120 + b"!").malformed
    assert parse_property(b"a;" + b"b=c " * 60 + b"\x01").malformed


# Proofs of absence


def nsec(owner, after, types):
    return dns.rrset.from_text(f"{owner}", 300, "IN", "NSEC", f"{after} {types}")


def name(text):
    return dns.name.from_text(text, ZONE)


PLAIN = [
    nsec("northwind.example.", "b.northwind.example.", "NS SOA RRSIG NSEC"),
    nsec("b.northwind.example.", "f.e.northwind.example.", "TXT RRSIG NSEC"),
    nsec("f.e.northwind.example.", "northwind.example.", "A RRSIG NSEC"),
]


def test_nsec_proves_what_is_absent_and_nothing_else():
    proof = Denials.of(ZONE, PLAIN)
    assert proof.no_data(ZONE, TXT) is Proof.PROVEN
    assert proof.no_data(name("b"), TXT) is Proof.NONE
    assert proof.no_data(name("f.e"), TXT) is Proof.PROVEN
    assert proof.no_data(name("e"), TXT) is Proof.PROVEN
    assert proof.no_name(name("c")) is Proof.PROVEN
    assert proof.no_name(name("z")) is Proof.PROVEN
    assert proof.no_name(name("b")) is Proof.NONE
    assert proof.no_name(name("e")) is Proof.NONE
    assert Denials.of(ZONE, PLAIN[1:]).no_name(name("c")) is Proof.NONE
    assert Denials.of(ZONE, []).no_name(name("c")) is Proof.NONE


def test_nsec_of_a_delegation_proves_nothing_about_the_child():
    cut = [nsec("d.northwind.example.", "e.northwind.example.", "NS RRSIG NSEC")]
    assert Denials.of(ZONE, cut).no_data(name("d"), TXT) is Proof.NONE
    assert Denials.of(ZONE, cut).no_data(name("d"), dns.rdatatype.DS) is Proof.PROVEN


def hashed(names, *, iterations=1, flags=0, types=None):
    """An NSEC3 chain over names, as a zone with exactly these would have it."""
    owners = sorted((dns.dnssec.nsec3_hash(each, "aabb", iterations, 1), each) for each in names)
    chain = []
    for (digest, each), (after, _) in pairwise([*owners, owners[0]]):
        text = f"1 {flags} {iterations} aabb {after} {(types or {}).get(each, 'A')}"
        chain.append(dns.rrset.from_text(f"{digest}.northwind.example.", 300, "IN", "NSEC3", text))
    return chain


def test_nsec3_proves_what_is_absent_and_nothing_else():
    chain = hashed([ZONE, name("b"), name("e"), name("f.e")], types={name("b"): "TXT"})
    proof = Denials.of(ZONE, chain)
    assert proof.no_data(ZONE, TXT) is Proof.PROVEN
    assert proof.no_data(name("b"), TXT) is Proof.NONE
    assert proof.no_name(name("c")) is Proof.PROVEN
    assert proof.no_name(name("x.y.z")) is Proof.PROVEN
    assert proof.no_name(name("b")) is Proof.NONE
    assert proof.no_name(name("e")) is Proof.NONE


def test_nsec3_with_opt_out_leaves_room_for_unsigned_delegations():
    proof = Denials.of(ZONE, hashed([ZONE, name("b")], flags=1))
    assert proof.no_data(name("c"), dns.rdatatype.DS) is Proof.OPT_OUT
    assert Denials.of(ZONE, hashed([ZONE, name("b")])).no_data(name("c"), dns.rdatatype.DS) is Proof.NONE


def test_nsec3_with_too_many_iterations_is_not_looked_at():
    assert Denials.of(ZONE, hashed([ZONE], iterations=151)).no_name(name("c")) is Proof.INSECURE


def test_the_hash_is_the_one_of_the_standard():
    digest = dns.dnssec.nsec3_hash("example.", "aabbccdd", 12, 1)
    assert digest == "0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM"
    assert len(base64.b32hexdecode(digest)) == 20


# Providers, suffixes, addresses


def test_at_least_25_providers_are_known_each_with_a_source_or_called_inferred():
    assert len(providers()) >= 25
    assert len({provider.key for provider in providers()}) == len(providers())
    assert all(provider.patterns and provider.name_field for provider in providers())
    assert {provider.confidence == "inferred" for provider in providers() if not provider.source} == {True}
    assert sum(provider.confidence == "sourced" for provider in providers()) >= 10


@pytest.mark.parametrize(
    ("servers", "key"),
    [
        (["ada.ns.cloudflare.com.", "bob.ns.cloudflare.com."], "cloudflare"),
        (["ns-12.awsdns-01.com.", "ns-1590.awsdns-06.co.uk."], "route53"),
        (["NS1.LIVEDNS.CO.UK."], "fasthosts"),
        (["ns57.domaincontrol.com.", "odd.example."], "godaddy"),
        (["ns1.northwind.example."], None),
        (["ns.cloudflare.com.evil.example."], None),
        ([], None),
    ],
)
def test_a_provider_is_known_by_its_name_servers(servers, key):
    found = provider_of(servers)
    assert (found.key if found else None) == key


def test_a_panel_that_wants_the_field_empty_is_told_so():
    route53 = provider_of(["ns-12.awsdns-01.com."])
    assert "nothing (leave it empty)" in route53.sentence("@")
    assert "`dip`" in route53.sentence("dip")


def test_parking_needs_every_server_to_be_a_parking_service():
    assert is_parking(["ns1.sedoparking.com."])
    assert not is_parking(["ns1.sedoparking.com.", "ns1.northwind.example."])
    assert not is_parking([])


def test_suffixes_and_platforms_are_told_from_companies():
    for text, suffix, platform in (
        ("co.uk.", True, False), ("uk.", True, False), ("northwind.co.uk.", False, False), ("example.", True, False),
        ("northwind.github.io.", False, True), ("www.northwind.example.", False, False),
    ):  # fmt: skip
        assert is_public_suffix(dns.name.from_text(text)) is suffix
        assert is_platform_name(dns.name.from_text(text)) is platform


# Time


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [(1, 2, True), (2, 1, False), (1, 1, False), (2**32 - 1, 0, True), (0, 2**32 - 1, False), (0, 2**31, False)],
)
def test_serials_compare_around_the_corner(one, other, before):
    assert serial_before(one, other) is before


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
@settings(max_examples=100)
def test_of_two_serials_at_most_one_is_before(one, other):
    assert not (serial_before(one, other) and serial_before(other, one))


@pytest.mark.parametrize(
    ("waited", "step"),
    [(0, 2), (19, 2), (20, 10), (119, 10), (120, 60), (47 * 60, 60), (48 * 60, 360), (30 * 24 * 60, 1440)],
)
def test_the_watch_slows_down(waited, step):
    last = NOW + timedelta(minutes=waited)
    watch = Watch(since=NOW, last_look=last, verdict="wrong")
    assert next_look(watch) == last + timedelta(minutes=step)


def test_after_success_the_watch_looks_daily():
    assert next_look(Watch(NOW, NOW, "ready")) == NOW + timedelta(days=1)


def test_where_only_caches_are_behind_nobody_looks_before_their_time_is_over():
    behind = Watch(NOW, NOW, "not_yet", ready_at=NOW + timedelta(minutes=50), ttl=timedelta(minutes=50))
    assert next_look(behind) == NOW + timedelta(minutes=50)


def test_an_estimate_that_comes_first_is_when_to_look():
    watch = Watch(NOW, NOW + timedelta(hours=3), "not_yet", ready_at=NOW + timedelta(hours=3, minutes=15))
    assert next_look(watch) == NOW + timedelta(hours=3, minutes=15)
    soon = Watch(NOW, NOW, "not_yet", ready_at=NOW + timedelta(seconds=1))
    assert next_look(soon) == NOW + POLICY.least


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from(["wrong", "not_yet", "broken", "unknown", "ready", None]),
)
@settings(max_examples=150)
def test_the_watch_is_never_faster_than_politeness_nor_slower_than_a_day(waited, ttl, verdict):
    last = NOW + timedelta(seconds=waited)
    due = next_look(Watch(NOW, last, verdict, ttl=timedelta(seconds=ttl)))
    assert POLICY.least <= due - last <= POLICY.most
