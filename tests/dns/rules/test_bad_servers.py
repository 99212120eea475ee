import dns.name
import dns.rrset
import pytest

from engine.dns.answers import Failure, Message
from engine.dns.rules import bad_servers as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

_ROOT = dns.rrset.from_text("example.", 300, "IN", "NS", "a.nic.example.")
UPWARD = Message("NOERROR", False, False, False, True, (), (), (_ROOT,), ())
"""A referral to the servers above the zone: what a server says that has no copy of the zone and still knows the root's."""

HITS = [
    (["server-refers-upward"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": UPWARD}}}),
    (["server-silent"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": Failure.SILENT}}}),
    (["server-closed"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": Failure.CLOSED}}}),
    (["server-unreachable"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": Failure.UNREACHABLE}}}),
    (["server-private-address"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": Failure.PRIVATE}}}),
    (["server-malformed"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": Failure.MALFORMED}}}),
    (["server-refused"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": "REFUSED"}}}),
    (["server-failing"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": "SERVFAIL"}}}),
    (["server-not-authoritative"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "flags": {"ns2": {"aa": False}}}),
    (["server-answers-from-cache"], {"everywhere": {"TXT": HOLDS}, "flags": {"ns2": {"aa": False, "ra": True}}}),
    (["server-silent", "no-server-answers"], {"everywhere": {"TXT": Failure.SILENT}}),
    (["tcp-refused"], {"everywhere": {"TXT": HOLDS}, "tcp": {"ns2": Failure.SILENT}}),
    (["forged-answers"], {"everywhere": {"TXT": HOLDS}, "reply": {"ns2": {"foreign": 1}}}),
    (["limit-reached"], {"everywhere": {"TXT": HOLDS}, "answers": {"limits": frozenset({"seconds"})}}),
    (["parent-not-answering"], {"look": False, "answers": {"stopped_at": dns.name.from_text("example.")}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}},
    {},
    {"everywhere": {"TXT": "NXDOMAIN"}},
    {"everywhere": {"TXT": HOLDS}, "tcp": {"ns1": HOLDS, "ns2": HOLDS}},
    {"everywhere": {"TXT": HOLDS}, "answers": {"limits": frozenset({"addresses"})}},
    {"everywhere": {"TXT": HOLDS}, "answers": {"no_ipv6": True}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_each_way_of_answering_badly_has_its_code(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_good_servers_and_our_own_lack_of_ipv6_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []


def test_servers_that_answer_over_tcp_alone_are_told_so(findings):
    silent = {"everywhere": {"TXT": Failure.SILENT}}
    assert "over TCP they do" in _what_to_do(findings(rule, **silent, tcp={"ns1": HOLDS, "ns2": HOLDS}))
    assert "over TCP" not in _what_to_do(findings(rule, **silent))
    refusing = {"everywhere": {"TXT": "REFUSED"}, "tcp": {"ns1": "REFUSED", "ns2": "REFUSED"}}
    assert "over TCP" not in _what_to_do(findings(rule, **refusing))


def _what_to_do(found):
    return next(each.fix for each in found if each.code == "no-server-answers")
