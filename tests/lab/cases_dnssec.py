"""Faults of signatures and of CAA: classes D19 to D22."""

# ruff: noqa: E501  # tables: one case a line reads better than one field a line

from datetime import datetime, timedelta
from typing import Any, cast

import dns.name
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.zone
from dns.rdtypes.ANY.DS import DS
from lab.cases import BOTH, HOLDS, Case, one
from lab.signing import Key, key_for, resign
from lab.world import VALUE, Leaf, Tamper

TXT, CAA, DNSKEY = dns.rdatatype.TXT, dns.rdatatype.CAA, dns.rdatatype.DNSKEY
SIGNED = {"signed": "nsec"}
HASHED = {"signed": "nsec3"}
DAY = timedelta(days=1)
RESIGN, REGISTRAR = "Sign the zone", "at the registrar"


def _owner(zone: dns.zone.Zone) -> dns.name.Name:
    return zone.origin or dns.name.root


def _unsigned_txt(zone: dns.zone.Zone, key: Key, now: datetime) -> None:
    zone.delete_rdataset(_owner(zone), dns.rdatatype.RRSIG, TXT)


def _foreign_signature(zone: dns.zone.Zone, key: Key, now: datetime) -> None:
    resign(zone, _owner(zone), TXT, key_for("a key that no zone has"), now - DAY, now + 20 * DAY)


def _changed_after_signing(zone: dns.zone.Zone, key: Key, now: datetime) -> None:
    zone.find_rdataset(_owner(zone), TXT).add(dns.rdata.from_text("IN", "TXT", '"added later"'))


def _caa_changed(zone: dns.zone.Zone, key: Key, now: datetime) -> None:
    zone.find_rdataset(_owner(zone), CAA).add(dns.rdata.from_text("IN", "CAA", '0 issue "added.later"'))


def _signed_only(begins: timedelta, ends: timedelta) -> Tamper:
    """The record alone is signed for another time than the rest."""

    def tamper(zone: dns.zone.Zone, key: Key, now: datetime) -> None:
        resign(zone, _owner(zone), TXT, key, now + begins, now + ends)

    return tamper


TAMPERED: dict[str, Tamper] = {
    "record unsigned": _unsigned_txt,
    "record signed by a foreign key": _foreign_signature,
    "record changed after signing": _changed_after_signing,
    "record's signature expired": _signed_only(-20 * DAY, -5 * DAY),
}


def ds_of_another(key: Key, zone: dns.name.Name) -> list[DS]:
    """The parent still has the DS record of a key that the zone had elsewhere."""
    return [key_for("the key of the DNS host before").ds(zone)]


def ds_with_wrong_digest(key: Key, zone: dns.name.Name) -> list[DS]:
    """The DS record has the right key tag, and a digest that fits no key."""
    return [cast("DS", key.ds(zone).replace(digest=bytes(32)))]


def _ds_with_wrong_algorithm(key: Key, zone: dns.name.Name) -> list[DS]:
    return [cast("DS", key.ds(zone).replace(algorithm=8))]


def _caa(
    code: str, label: str, lines: str, *, verdict: str = "ready", who: str = "dns_admin", word: str, **rest: Any
) -> Case:
    records = f"{HOLDS}\n{lines}"
    return one("D22", code, label, records, verdict=verdict, who=who, word=word, servers=None, **rest)


DNSSEC_CASES: tuple[Case, ...] = (
    one("D19", "signature-expired", "expired", HOLDS, verdict="broken", word=RESIGN, servers=None, zone=SIGNED | {"begins": -40 * DAY, "ends": -10 * DAY}, zone_right=SIGNED),
    one("D19", "signature-expired", "expired-record", HOLDS, verdict="broken", word=RESIGN, zone=HASHED | {"tamper": _signed_only(-40 * DAY, -10 * DAY)}, zone_right=HASHED),
    one(
        "D19", "signature-expired", "expired-copy", HOLDS, verdict="broken", word=RESIGN, servers=("k",),
        zone=SIGNED | {"copies": {"k": {"tamper": _signed_only(-40 * DAY, -10 * DAY)}}}, zone_right=SIGNED,
    ),
    one("D19", "signature-not-yet-valid", "early", HOLDS, verdict="broken", word="clock", zone=SIGNED | {"tamper": _signed_only(10 * DAY, 40 * DAY)}, zone_right=SIGNED),
    one("D19", "signature-missing", "unsigned-record", HOLDS, verdict="broken", word=REGISTRAR, zone=SIGNED | {"tamper": _unsigned_txt}, zone_right=SIGNED),
    one("D19", "signature-without-key", "keyless", HOLDS, verdict="broken", word="Publish the key", zone=SIGNED | {"tamper": _foreign_signature}, zone_right=SIGNED),
    one("D19", "signature-wrong", "altered", HOLDS, verdict="broken", word=RESIGN, zone=HASHED | {"tamper": _changed_after_signing}, zone_right=HASHED),
    one("D19", "signature-wrong", "altered-under-way", HOLDS, verdict="broken", word=RESIGN, servers=("bad-signature",), zone=SIGNED | {"on": ("k", "bad-signature")}, zone_right=SIGNED),
    one("D19", "ds-without-key", "old-ds", HOLDS, verdict="broken", word=REGISTRAR, servers=None, zone=SIGNED | {"ds": ds_of_another}, zone_right=SIGNED),
    one("D19", "ds-without-key", "no-key", HOLDS, verdict="broken", word=REGISTRAR, servers=None, zone=SIGNED | {"publish_key": False}, zone_right=SIGNED),
    one("D19", "ds-digest-wrong", "digest", HOLDS, verdict="broken", word=REGISTRAR, servers=None, zone=SIGNED | {"ds": ds_with_wrong_digest}, zone_right=SIGNED),
    one("D19", "ds-algorithm-wrong", "algorithm", HOLDS, verdict="broken", word=REGISTRAR, servers=None, zone=SIGNED | {"ds": _ds_with_wrong_algorithm}, zone_right=SIGNED),
    one("D19", "denial-missing", "denial", "", verdict="broken", word="chain is whole", servers=("no-denial",), zone=SIGNED | {"on": ("no-denial",)}, zone_right=SIGNED),
    one("D19", "denial-missing", "denial3", "", verdict="broken", word="chain is whole", servers=("no-denial",), zone=HASHED | {"on": ("no-denial",)}, zone_right=HASHED),
    one("D19", "wildcard-proof-missing", "wild-proof", f'* TXT "{VALUE}"', below="dip", verdict="broken", word="Repair the signing of the zone", servers=("no-denial",), zone=SIGNED | {"on": ("no-denial",)}, zone_right=SIGNED),
    Case(
        "signature-expired", "D19", "dip.above.com",
        (Leaf("above.com", signed="nsec", begins=-40 * DAY, ends=-10 * DAY), Leaf("dip.above.com", HOLDS, on=("b",), signed="nsec")),
        (Leaf("above.com", signed="nsec"), Leaf("dip.above.com", HOLDS, on=("b",), signed="nsec")),
        verdict="broken", word=RESIGN, servers=None,
    ),
    one("D20", "validators-disagree", "just-ended", HOLDS, verdict="broken", word="clock", servers=BOTH, zone=SIGNED | {"tamper": _signed_only(-10 * DAY, timedelta(minutes=-20))}, zone_right=SIGNED),
    one("D20", "validators-disagree", "about-to-begin", HOLDS, verdict="broken", word="clock", servers=BOTH, zone=SIGNED | {"tamper": _signed_only(timedelta(minutes=20), 10 * DAY)}, zone_right=SIGNED),
    one("D21", "signature-expires-soon", "ending", HOLDS, verdict="ready", word=RESIGN, servers=None, zone=SIGNED | {"begins": -28 * DAY, "ends": 2 * DAY}, zone_right=SIGNED),
    one("D21", "signature-expires-soon", "ending-tenth", HOLDS, verdict="ready", word=RESIGN, servers=None, zone=HASHED | {"begins": -95 * DAY, "ends": 5 * DAY}, zone_right=HASHED),
    _caa("caa-other-issuer", "caa-other", '@ CAA 0 issue "letsencrypt.org"', word="globalsign.com"),
    _caa("caa-other-issuer", "caa-below", '@ CAA 0 issue "sub.globalsign.com"', word="globalsign.com"),
    _caa("caa-other-issuer", "caa-parent", f'@ CAA 0 issue "letsencrypt.org"\ndip TXT "{VALUE}"', below="dip", word="at caa-parent.co.uk"),
    _caa("caa-other-issuer", "caa-target", f'dip CNAME there\nthere TXT "{VALUE}"\nthere CAA 0 issue "letsencrypt.org"', below="dip", word="globalsign.com"),
    _caa("caa-nobody", "caa-nobody", '@ CAA 0 issue ";"', word="globalsign.com"),
    _caa("caa-malformed", "caa-malformed", '@ CAA 0 issue "%%%%"', word="globalsign.com"),
    _caa("caa-critical-unknown", "caa-critical", '@ CAA 128 tbs "unknown"\n@ CAA 0 issue "globalsign.com"', word="or its flag 128"),
    _caa("caa-restricted", "caa-account", '@ CAA 0 issue "globalsign.com; accounturi=https://ca.example/acct/1"', word="remove the parameters"),
    _caa("caa-restricted", "caa-method", '@ CAA 0 issue "globalsign.com; validationmethods=http-01"', word="remove the parameters"),
    _caa("caa-upper-case", "caa-upper", '@ CAA 0 issue "GlobalSign.com"', word="lower case"),
    _caa("caa-wildcard-barred", "caa-wild", '@ CAA 0 issue "globalsign.com"\n@ CAA 0 issuewild ";"', who="nobody", word="wildcard"),
    _caa("caa-huge-set", "caa-huge", "\n".join(f'@ CAA 0 issue "ca{n}.example"' for n in range(60)) + '\n@ CAA 0 issue "globalsign.com"', word="not needed"),
    _caa("caa-no-answer", "caa-fails", "", word="repaired", zone={"on": ("caa-servfail",)}, more=("caa-query-breaks",)),
    _caa("caa-loop", "caa-circle", f'a.b TXT "{VALUE}"\nb CNAME c\nc CNAME b', below="a.b", word="CNAME"),
    _caa("caa-bogus", "caa-altered", '@ CAA 0 issue "globalsign.com"', word="Repair DNSSEC", zone=SIGNED | {"tamper": _caa_changed}, zone_right=SIGNED, more=("signature-wrong",)),
)  # fmt: skip
