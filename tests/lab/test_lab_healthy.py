"""Worlds in which everything is right must stay silent: `ready`, and not a single warning."""

# ruff: noqa: E501  # tables: one case a line reads better than one field a line

from dataclasses import dataclass

import pytest
from lab.world import VALUE, Leaf, World

HOLDS = f'@ TXT "{VALUE}"'


@dataclass(frozen=True, slots=True)
class Healthy:
    """A domain in its zones, with the codes of notes that may stand beside `all-right`."""

    title: str
    domain: str
    leaves: tuple[Leaf, ...]
    dnssec: str = "insecure"
    notes: tuple[str, ...] = ()


def _one(title: str, leaf: Leaf, *, domain: str = "", dnssec: str = "insecure", notes: tuple[str, ...] = ()) -> Healthy:
    return Healthy(title, domain or leaf.origin, (leaf,), dnssec, notes)


def _unknown_algorithm(key, zone):
    return [key.ds(zone).replace(algorithm=250)]


CASES = (
    _one("an unsigned zone on two servers", Leaf("plain.co.uk", HOLDS)),
    _one("a single server", Leaf("single.co.uk", HOLDS, on=("a",))),
    _one("IPv4 and IPv6", Leaf("dual.co.uk", HOLDS, on=("bind", "bind6"))),
    _one("five servers of three makes", Leaf("five.com", HOLDS, on=("a", "b", "k", "bind", "bind6"), signed="nsec"), dnssec="secure"),
    _one("signed with NSEC", Leaf("nsec.co.uk", HOLDS, signed="nsec"), dnssec="secure"),
    _one("signed with NSEC3", Leaf("nsec3.co.uk", HOLDS, signed="nsec3"), dnssec="secure"),
    _one("signed, with a DS record of an algorithm that nobody knows", Leaf("future.com", HOLDS, signed="nsec", ds=_unknown_algorithm)),
    _one("www is a CNAME elsewhere", Leaf("www-alias.co.uk", f"{HOLDS}\nwww CNAME shop.example.com.\n@ MX 10 mail.example.com.")),
    _one("a wildcard below another name", Leaf("wild-elsewhere.co.uk", f'{HOLDS}\n*.shop TXT "other"')),
    _one("a wildcard beside the record", Leaf("wild-beside.co.uk", f'{HOLDS}\n* TXT "other"\n* A 192.0.2.1')),
    _one("several TXT values", Leaf("several.co.uk", f'{HOLDS}\n@ TXT "v=spf1 include:_spf.example.com ~all"\n@ TXT "MS=ms12345678"')),
    _one("another GlobalSign value beside it", Leaf("two-claims.co.uk", f'{HOLDS}\n@ TXT "{VALUE[:-12]}zzzzzzzzzzzz"')),
    _one("a TTL of a day", Leaf("long-ttl.co.uk", f'@ 86400 TXT "{VALUE}"')),
    _one("a name inside the zone", Leaf("inside.co.uk", f'dip TXT "{VALUE}"\n@ TXT "v=spf1 -all"'), domain="dip.inside.co.uk"),
    _one("a deep name in a signed zone", Leaf("deep.com", f'x.y.z TXT "{VALUE}"', signed="nsec3"), domain="x.y.z.deep.com", dnssec="secure"),
    _one("an international name", Leaf("xn--mller-kva.co.uk", HOLDS), domain="xn--mller-kva.co.uk"),
    _one("one record of two strings", Leaf("strings.co.uk", f'@ TXT "{VALUE[:30]}" "{VALUE[30:]}"')),
    _one("name servers of its own, with glue", Leaf("glued.co.uk", f"{HOLDS}\nns1 A {{a}}\nns2 A {{k}}", ns=("ns1", "ns2"))),
    _one("CAA names GlobalSign", Leaf("caa.co.uk", f'{HOLDS}\n@ CAA 0 issue "globalsign.com"\n@ CAA 0 iodef "mailto:pki@example.com"')),
    _one("CAA in a signed zone", Leaf("caa-signed.com", f'{HOLDS}\n@ CAA 0 issue "letsencrypt.org"\n@ CAA 0 issue "globalsign.com; a=b"', signed="nsec"), dnssec="secure"),
    _one("more TXT records than UDP carries", Leaf("large.co.uk", "\n".join([HOLDS, *(f'@ TXT "{n} {"x" * 200}"' for n in range(12))]))),
    _one("the answer to absence may not be kept", Leaf("no-negative.co.uk", HOLDS, minimum=0, soa_ttl=0)),
    _one("a CNAME to a name that holds the value", Leaf("followed.co.uk", f'dip CNAME target\ntarget TXT "{VALUE}"'), domain="dip.followed.co.uk", notes=("cname-followed",)),
    _one("a server far away", Leaf("far.co.uk", HOLDS, on=("k", "slow"))),
    _one("answers that come twice", Leaf("repeated.com", HOLDS, on=("twice",), signed="nsec"), dnssec="secure"),
    _one("a server that sends everybody to TCP", Leaf("over-tcp.com", HOLDS, on=("cut-off",), signed="nsec3"), dnssec="secure"),
    Healthy(
        "a CNAME into a zone elsewhere, both signed",
        "dip.from.com",
        (
            Leaf("from.com", "dip CNAME there.to.co.uk.", signed="nsec"),
            Leaf("to.co.uk", f'there TXT "{VALUE}"', on=("b", "bind"), signed="nsec3"),
        ),
        dnssec="secure",
        notes=("cname-followed",),
    ),
    Healthy(
        "a delegated sub-zone on other servers",
        "dip.split.co.uk",
        (Leaf("split.co.uk", signed="nsec"), Leaf("dip.split.co.uk", HOLDS, on=("b", "bind"), signed="nsec3")),
        dnssec="secure",
    ),
    Healthy(
        "an unsigned sub-zone of a signed zone",
        "dip.half.com",
        (Leaf("half.com", signed="nsec3"), Leaf("dip.half.com", HOLDS, on=("b",))),
    ),
    Healthy(
        "a sub-zone on its parent's own servers",
        "dip.same.co.uk",
        (Leaf("same.co.uk", signed="nsec"), Leaf("dip.same.co.uk", HOLDS, signed="nsec")),
        dnssec="secure",
    ),
    Healthy(
        "a sub-zone on its parent's own servers, which have other names in it",
        "dip.renamed.co.uk",
        (
            Leaf("renamed.co.uk", "ns1 A {a}\nns2 A {k}", ns=("ns1", "ns2")),
            Leaf("dip.renamed.co.uk", f"{HOLDS}\nns1 A {{a}}\nns2 A {{k}}", ns=("ns1", "ns2")),
        ),
    ),
    Healthy(
        "three signed zones, one below the other, on the same servers",
        "x.y.nest.co.uk",
        (
            Leaf("nest.co.uk", signed="nsec"),
            Leaf("y.nest.co.uk", signed="nsec3"),
            Leaf("x.y.nest.co.uk", HOLDS, signed="nsec"),
        ),
        dnssec="secure",
    ),
    Healthy(
        "two unsigned zones below a signed one, all on the same servers",
        "x.y.lone.co.uk",
        (Leaf("lone.co.uk", signed="nsec"), Leaf("y.lone.co.uk"), Leaf("x.y.lone.co.uk", HOLDS)),
    ),
    Healthy(
        "an unsigned zone elsewhere, below an unsigned one on the servers of the signed one above",
        "x.y.far-off.co.uk",
        (Leaf("far-off.co.uk", signed="nsec3"), Leaf("y.far-off.co.uk"), Leaf("x.y.far-off.co.uk", HOLDS, on=("b",))),
    ),
    Healthy(
        "a zone whose sub-zone is broken",
        "whole.co.uk",
        (
            Leaf("whole.co.uk", HOLDS),
            Leaf("sub.whole.co.uk", on=("closed",), ns=(), delegated="sub.whole.co.uk. NS closed.hosts.com."),
        ),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(start_world) -> World:
    return start_world(leaf for case in CASES for leaf in case.leaves)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
async def test_a_healthy_world_is_ready_and_silent(world, case):
    diagnosis = await world.diagnose(case.domain)
    codes = sorted(finding.code for finding in diagnosis.findings)
    assert (diagnosis.verdict, codes) == ("ready", sorted(("all-right", *case.notes))), diagnosis.findings
    assert diagnosis.dnssec.status == case.dnssec, diagnosis.dnssec
    assert {row.state.holds for row in diagnosis.servers} == {True}
    assert diagnosis.next_action.endswith("press SUBMIT.")
    assert diagnosis.queries <= 160
