"""Cases as values: what each server says is written down, no packet is sent, and one rule judges it.

`judged` is a fixture: a function that builds a case and gives the codes that a rule reports, without what it skipped.
A server's answers are a dict from "NAME TYPE" (TYPE alone: at the domain) to records in zone file form, to a response
code such as "NXDOMAIN", or to a Failure. What is not written is an empty answer.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import dns.name
import dns.rdatatype
import dns.rrset
import pytest

from engine.dns.answers import Answers, Cut, Failure, Listed, Look, Message, Question, Recursive, Reply, Server
from engine.dns.caa import CaaResult, judge_caa
from engine.dns.case import Case
from engine.dns.claim import Claim
from engine.dns.rules import Rule, Skipped, questions_of_all
from engine.dns.secure import Security

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UNSIGNED = Security("insecure", "The zone is not signed.", None)
Said = Sequence[str] | str | Failure | Message


def absolute(text: str, origin: dns.name.Name) -> dns.name.Name:
    return origin if text == "@" else dns.name.from_text(text, origin)


def message(
    name: dns.name.Name,
    kind: str,
    said: Said,
    *,
    soa: dns.rrset.RRset | None = None,
    aa: bool = True,
    ra: bool = False,
    ad: bool = False,
    edns: bool = True,
    ttl: int = 300,
    errors: tuple[tuple[int, str], ...] = (),
) -> Message:
    """A message with records of the type; records may be of another type, as "CNAME www" for a CNAME."""
    if isinstance(said, Message):
        return said
    answer: list[dns.rrset.RRset] = []
    rcode = "NOERROR"
    if isinstance(said, str):
        rcode = said
    else:
        for each in said:
            first, _, rest = each.partition(" ")
            other = first in ("CNAME", "TXT", "SOA")
            text, of = (rest, first) if other else (each, kind)
            answer.append(dns.rrset.from_text_list(name, ttl, "IN", of, [text]))
        merged: dict[Any, dns.rrset.RRset] = {}
        for rrset in answer:
            merged.setdefault(rrset.rdtype, rrset).update(rrset)
        answer = list(merged.values())
    authority = (soa,) if soa is not None and not answer and rcode in ("NOERROR", "NXDOMAIN") else ()
    return Message(rcode, aa, ra, ad, edns, errors, tuple(answer), authority, ())


def build(
    servers: Mapping[str, Mapping[str, Said]] | None = None,
    *,
    domain: str = "northwind.example",
    zone: str = "northwind.example",
    value: str | None = T,
    everywhere: Mapping[str, Said] | None = None,
    serials: Mapping[str, int] | None = None,
    soas: Mapping[str, str] | None = None,
    again: Mapping[str, Sequence[Said]] | None = None,
    tcp: Mapping[str, Said] | None = None,
    listed: Mapping[str, Listed] | None = None,
    reply: Mapping[str, Mapping[str, Any]] | None = None,
    soa_reply: Mapping[str, Mapping[str, Any]] | None = None,
    flags: Mapping[str, Mapping[str, bool]] | None = None,
    resolvers: Sequence[Recursive] = (),
    security: Security = UNSIGNED,
    caa: CaaResult | None = None,
    ttl: int = 300,
    looks: Sequence[Look] = (),
    look: bool = True,
    answers: Mapping[str, Any] | None = None,
    **claim: Any,
) -> Case:
    origin = dns.name.from_text(zone)
    made = Claim.parse(domain, value, **claim)
    held = {"ns1": {}, "ns2": {}} if servers is None else servers
    replies: dict[tuple[Server, Question], tuple[Reply, ...]] = {}
    over_tcp: dict[Server, Reply] = {}
    names: dict[str, Listed] = {}
    ordered = []
    for number, (short, own) in enumerate(held.items(), 1):
        server = Server(f"{short}.northwind.example." if "." not in short else short, f"192.0.2.{number}")
        ordered.append(server)
        names[server.name] = (listed or {}).get(short, Listed.BOTH)
        text = (soas or {}).get(short, "ns1.northwind.example. dns.northwind.example. {} 900 300 604800 300")
        soa = dns.rrset.from_text(origin, 300, "IN", "SOA", text.format((serials or {}).get(short, 5)))
        said: dict[Question, Said] = {Question(each.name, each.type): () for each in questions_of_all(made, origin)}
        for kind in ("TXT", "CAA"):
            said[Question(made.domain, dns.rdatatype.from_text(kind))] = ()
        said[Question(origin, dns.rdatatype.SOA)] = (f"SOA {soa[0].to_text()}",)
        for key, what in ((everywhere or {}) | own).items():
            where, _, kind = key.rpartition(" ")
            name = absolute(where, made.domain) if where else made.domain
            said[Question(name, dns.rdatatype.from_text(kind))] = what
        for question, what in said.items():
            settings = {"soa": soa, "ttl": ttl} | dict((flags or {}).get(short, {}))
            extra = dict((reply or {}).get(short, {}))
            if question == Question(origin, dns.rdatatype.SOA):
                extra |= (soa_reply or {}).get(short, {})
            tries = [what]
            if question == Question(made.domain, dns.rdatatype.TXT):
                tries += list((again or {}).get(short, ()))
            replies[server, question] = tuple(one_reply(server, question, each, settings, extra) for each in tries)
        if tcp and short in tcp:
            question = Question(made.domain, dns.rdatatype.TXT)
            over_tcp[server] = one_reply(server, question, tcp[short], {"soa": soa}, {"tcp": True})
    first = Look(
        name=made.domain,
        zone=origin,
        servers=tuple(ordered),
        listed=MappingProxyType(names),
        unresolved=(),
        replies=MappingProxyType(replies),
        tcp=MappingProxyType(over_tcp),
        parent_ns=tuple(dns.name.from_text(name) for name, each in names.items() if each is not Listed.ZONE),
    )
    fields: dict[str, Any] = {
        "looks": (first, *looks) if look else (),
        "cuts": MappingProxyType({origin: Cut(origin, origin.parent(), first.parent_ns, MappingProxyType({}), None)}),
        "resolvers": tuple(resolvers),
    }
    gathered = Answers(**(fields | dict(answers or {})))
    judged_caa = caa if caa is not None else judge_caa(made, gathered, security)
    return Case(claim=made, answers=gathered, now=NOW, security=security, caa=judged_caa)


def one_reply(
    server: Server, question: Question, said: Said, settings: Mapping[str, Any], extra: Mapping[str, Any]
) -> Reply:
    if isinstance(said, Failure):
        return Reply(server, question, None, said, **extra)
    kind = dns.rdatatype.to_text(question.type)
    return Reply(server, question, message(question.name, kind, said, **settings), None, 1.0, **extra)


def resolver(
    said: Said, *, system: bool = False, soa: str | None = None, own_ttl: int = 300, **settings: Any
) -> Recursive:
    """A resolver that says this about the domain's TXT, with an SOA record beside an absence.

    `own_ttl` is what remains of the SOA record that it gives when asked for it.
    """
    name = dns.name.from_text("northwind.example.")
    server = Server("", "198.51.100.1")
    text = soa or "ns1.northwind.example. dns.northwind.example. 4 900 300 604800 300"
    record = dns.rrset.from_text(name, settings.pop("soa_ttl", 200), "IN", "SOA", text)
    made = {"soa": record, "aa": False, "ra": True} | settings
    txt = one_reply(server, Question(name, dns.rdatatype.TXT), said, made, {})
    own = one_reply(
        server, Question(name, dns.rdatatype.SOA), (f"SOA {record[0].to_text()}",), made | {"ttl": own_ttl}, {}
    )
    return Recursive(server, system, txt, own)


@pytest.fixture
def judged() -> Callable[..., list[str]]:
    """The codes that a rule reports for a case, in order."""

    def run(rule: Rule, **spec: Any) -> list[str]:
        return [each.code for each in rule.judge(build(**spec)) if not isinstance(each, Skipped)]

    return run


@pytest.fixture
def case_of() -> Callable[..., Case]:
    """The case itself."""
    return build


@pytest.fixture
def findings() -> Callable[..., list[Any]]:
    """The findings themselves."""

    def run(rule: Rule, **spec: Any) -> list[Any]:
        return [each for each in rule.judge(build(**spec)) if not isinstance(each, Skipped)]

    return run


@pytest.fixture
def recursive() -> Callable[..., Recursive]:
    return resolver
