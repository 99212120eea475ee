"""Fuzzes the path of a DNS answer: bytes that arrive, matched, read, and judged by every rule.

`python tests/fuzz/dns_messages.py -max_total_time=60 [corpus folder]` runs until it finds a crash. What it holds: no
bytes make the engine raise anything, and no bytes that do not hold the value make a verdict `ready`.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

sys.path.insert(0, str(Path(__file__).parents[2]))

from driver import instrumented, run

with instrumented("engine.dns"):
    import dns.name
    import dns.rdatatype

    from engine.dns.answers import Answers, Cut, Listed, Look, Question, Reply, Server
    from engine.dns.claim import Claim
    from engine.dns.diagnosis import judge
    from engine.dns.gather.wire import Form, Match, Unreadable, canonical, decode, make_query, match
    from engine.dns.options import Options
    from engine.dns.report import to_json

VALUE = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAME = dns.name.from_text("northwind.example.")
CLAIM = Claim.parse("northwind.example", VALUE)
SERVER = Server("ns1.northwind.example.", "192.0.2.1")
TYPES = (dns.rdatatype.TXT, dns.rdatatype.SOA, dns.rdatatype.NS, dns.rdatatype.CAA, dns.rdatatype.DNSKEY)


def one_input(data: bytes) -> None:
    """Takes the bytes as one server's answer to each question."""
    replies: dict[tuple[Server, Question], tuple[Reply, ...]] = {}
    message = None
    for kind in TYPES:
        question = Question(NAME, kind)
        query = make_query(question, recursive=False, form=Form.EDNS, mixed_case=True)
        wire = query.wire[:2] + data[:10] + query.question + data[10:]
        if match(query, wire) is Match.NO:
            continue
        try:
            message = decode(canonical(wire, query))
        except Unreadable:
            continue
        replies[SERVER, question] = (Reply(SERVER, question, message, None, 1.0),)
    look = Look(
        name=NAME,
        zone=NAME,
        servers=(SERVER,),
        listed=MappingProxyType({SERVER.name: Listed.BOTH}),
        unresolved=(),
        replies=MappingProxyType(replies),
        tcp=MappingProxyType({}),
        parent_ns=(dns.name.from_text(SERVER.name),),
    )
    cut = Cut(NAME, dns.name.root, look.parent_ns, MappingProxyType({}), message, message, message)
    root = Cut(dns.name.root, None, (), MappingProxyType({}), None, None, message)
    answers = Answers(looks=(look,), cuts=MappingProxyType({NAME: cut, dns.name.root: root}))
    diagnosis = judge(CLAIM, answers, Options(), NOW, timedelta(0))
    to_json(diagnosis)
    assert all(finding.code != "rule-failed" for finding in diagnosis.findings), diagnosis.findings
    assert diagnosis.verdict != "ready" or VALUE.encode() in data


if __name__ == "__main__":
    run(one_input)
