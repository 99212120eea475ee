"""Signed worlds with one broken link: which one, and that its repair is ready."""

from datetime import timedelta

import dns.dnssec
import dns.rdataset
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
RECORD = f'@ TXT "{T}"\n@ CAA 0 issue "globalsign.com"'
NAME = "northwind.example."


def codes(diagnosis):
    return {finding.code for finding in diagnosis.findings}


def signed(world, records=RECORD):
    world.zone("northwind.example", records, [world.address(1), world.address(2)])
    return world.zones["northwind.example"]


def blocker(diagnosis, class_, code):
    assert diagnosis.verdict == "broken", (diagnosis.verdict, diagnosis.dnssec, diagnosis.findings)
    first = diagnosis.blockers()[0]
    assert (first.class_, first.code) == (class_, code), diagnosis.findings
    return first


async def sign_for(world, inception, expiration):
    made = signed(world)
    world.delegate("northwind.example")
    world.sign(made, inception, expiration)
    return await world.diagnose(value=T)


async def test_an_expired_signature_is_broken(signed_world, now):
    diagnosis = await sign_for(signed_world, now - timedelta(days=30), now - timedelta(days=2))
    blocker(diagnosis, "D19", "signature-expired")
    assert diagnosis.dnssec.status == "bogus"


async def test_a_signature_that_begins_tomorrow_is_broken(signed_world, now):
    diagnosis = await sign_for(signed_world, now + timedelta(days=4), now + timedelta(days=30))
    blocker(diagnosis, "D19", "signature-not-yet-valid")


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(minutes=59), timedelta(hours=20)])
async def test_validators_disagree_shortly_after_the_end(signed_world, now, ago):
    diagnosis = await sign_for(signed_world, now - timedelta(days=30), now - ago)
    blocker(diagnosis, "D20", "validators-disagree")


async def test_validators_disagree_shortly_before_the_beginning(signed_world, now):
    diagnosis = await sign_for(signed_world, now + timedelta(minutes=10), now + timedelta(days=30))
    blocker(diagnosis, "D20", "validators-disagree")


@pytest.mark.parametrize(
    ("before", "left", "warns"),
    [(30, 27, False), (30, 4, False), (27, 2.9, True), (1, 1, True), (90, 5, True), (12, 10, False)],
)
async def test_a_signature_that_ends_soon_is_a_warning(signed_world, now, before, left, warns):
    diagnosis = await sign_for(signed_world, now - timedelta(days=before), now + timedelta(days=left))
    assert diagnosis.verdict == "ready"
    assert ("signature-expires-soon" in codes(diagnosis)) is warns
    assert diagnosis.dnssec.expires_at <= now + timedelta(days=left)


async def test_a_ds_record_without_its_key_is_broken(signed_world):
    made = signed(signed_world)
    other = dns.dnssec.make_dnskey(ec.generate_private_key(ec.SECP256R1()).public_key(), "ECDSAP256SHA256", flags=257)
    right, made.dnskey = made.dnskey, other
    signed_world.delegate("northwind.example")
    made.dnskey = right
    diagnosis = await signed_world.diagnose(value=T)
    blocker(diagnosis, "D19", "ds-without-key")


async def test_a_ds_record_above_an_unsigned_zone_is_broken(signed_world):
    made = signed(signed_world)
    signed_world.delegate("northwind.example")
    made.dnskey = made.key = None
    diagnosis = await signed_world.diagnose(value=T)
    blocker(diagnosis, "D19", "ds-without-key")


async def test_a_ds_record_with_a_wrong_digest_is_broken(signed_world):
    made = signed(signed_world)
    signed_world.delegate("northwind.example")
    ds = made.ds()
    wrong = ds.replace(digest=bytes([ds.digest[0] ^ 1]) + ds.digest[1:])
    signed_world.zones["example"].zone.replace_rdataset(NAME, dns.rdataset.from_rdata(300, wrong))
    blocker(await signed_world.diagnose(value=T), "D19", "ds-digest-wrong")


async def test_a_ds_record_with_a_wrong_algorithm_is_broken(signed_world):
    made = signed(signed_world)
    signed_world.delegate("northwind.example")
    wrong = made.ds().replace(algorithm=8)
    signed_world.zones["example"].zone.replace_rdataset(NAME, dns.rdataset.from_rdata(300, wrong))
    blocker(await signed_world.diagnose(value=T), "D19", "ds-algorithm-wrong")


async def test_a_ds_record_of_unknown_algorithms_only_makes_the_zone_unsigned_not_broken(signed_world):
    made = signed(signed_world)
    signed_world.delegate("northwind.example")
    unknown = made.ds().replace(algorithm=200)
    signed_world.zones["example"].zone.replace_rdataset(NAME, dns.rdataset.from_rdata(300, unknown))
    diagnosis = await signed_world.diagnose(value=T)
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("ready", "insecure"), diagnosis.findings


async def test_an_unsigned_zone_below_signed_ones_is_insecure_and_ready(signed_world):
    signed_world.zone("northwind.example", RECORD, [signed_world.address(1)], signed=False)
    diagnosis = await signed_world.diagnose(value=T)
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("ready", "insecure"), diagnosis.dnssec
    assert codes(diagnosis) == {"all-right"}


def without(made, kind, covers=None):
    for name in list(made.zone.nodes):
        made.zone.delete_rdataset(name, kind, covers or dns.rdatatype.NONE)


async def test_a_txt_record_without_its_signature_is_broken(signed_world):
    made = signed(signed_world)
    signed_world.build()
    made.zone.delete_rdataset(NAME, "RRSIG", "TXT")
    await signed_world.start()
    blocker(await signed_world.diagnose(value=T), "D19", "signature-missing")


async def test_a_txt_record_changed_after_signing_is_broken(signed_world):
    made = signed(signed_world, '@ TXT "other"')
    signed_world.build()
    made.zone.replace_rdataset(NAME, dns.rdataset.from_text("IN", "TXT", 300, f'"{T}"'))
    await signed_world.start()
    blocker(await signed_world.diagnose(value=T), "D19", "signature-wrong")


async def test_a_missing_proof_of_absence_is_broken(signed_world):
    made = signed(signed_world, "")
    signed_world.build()
    made.zone.delete_rdataset(NAME, "RRSIG", "NSEC")
    await signed_world.start()
    diagnosis = await signed_world.diagnose(value=T)
    assert diagnosis.verdict == "broken"
    assert codes(diagnosis) & {"denial-missing", "signature-missing"}


async def test_absence_with_its_proof_is_secure_and_wrong(signed_world):
    signed(signed_world, '@ TXT "v=spf1 -all"')
    diagnosis = await signed_world.diagnose("dip.northwind.example", value=T)
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("wrong", "secure"), diagnosis.dnssec
    assert diagnosis.blockers()[0].code == "nxdomain"


async def test_a_wildcard_answer_with_its_proof_is_secure(signed_world):
    signed(signed_world, f'* TXT "{T}"')
    diagnosis = await signed_world.diagnose("dip.northwind.example", value=T)
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("ready", "secure"), diagnosis.dnssec
    assert codes(diagnosis) == {"wildcard-gives-value", "all-right"}


async def test_one_server_with_old_signatures_is_named(signed_world, now):
    made = signed(signed_world)
    signed_world.build()
    address = signed_world.address(2)
    copy = signed_world.make_zone("northwind.example", RECORD, [signed_world.address(1), address])
    copy.key, copy.dnskey = made.key, made.dnskey
    signed_world.sign(copy, now - timedelta(days=40), now - timedelta(days=10))
    signed_world.copies[address, "northwind.example"] = copy
    await signed_world.start()
    diagnosis = await signed_world.diagnose(value=T)
    assert diagnosis.verdict == "broken"
    problem = next(each for each in diagnosis.findings if each.servers == ("ns2.northwind.example. 127.53.2.2",))
    assert problem.code == "signature-expired"


async def test_caa_that_fails_alone_is_a_warning(signed_world):
    made = signed(signed_world)
    signed_world.build()
    made.zone.delete_rdataset(NAME, "RRSIG", "CAA")
    await signed_world.start()
    diagnosis = await signed_world.diagnose(value=T)
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert diagnosis.caa.status == "unknown"
    assert {"signature-missing", "caa-bogus"} <= codes(diagnosis)


async def test_a_zone_between_on_the_same_servers_is_validated_too(signed_world):
    world = signed_world
    world.zone("co.example", "", [world.TLD])
    world.zone("northwind.co.example", RECORD, [world.address(1), world.address(2)])
    diagnosis = await world.diagnose("northwind.co.example", value=T)
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("ready", "secure"), diagnosis.dnssec
    assert codes(diagnosis) == {"all-right"}


async def test_without_an_anchor_for_these_roots_nothing_is_said_about_dnssec(signed_world):
    signed(signed_world)
    diagnosis = await signed_world.diagnose(value=T, trust_anchor=None)
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("ready", "indeterminate")


async def test_a_wrong_anchor_is_broken(signed_world):
    signed(signed_world)
    signed_world.build()
    other = dns.dnssec.make_dnskey(ec.generate_private_key(ec.SECP256R1()).public_key(), "ECDSAP256SHA256", flags=257)
    anchor = (dns.rrset.from_rdata(dns.name.root, 300, dns.dnssec.make_ds(".", other, "SHA256")),)
    diagnosis = await signed_world.diagnose(value=T, trust_anchor=anchor)
    assert diagnosis.verdict == "broken"
