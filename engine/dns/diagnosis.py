"""From findings to a verdict: what is to be done next, by whom, and when it will be right."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import dns.rdatatype
from structlog import get_logger

from engine.dns.answers import TXT, Answers, Name, Reply
from engine.dns.caa import CaaResult, judge_caa
from engine.dns.case import Case, State
from engine.dns.claim import Claim
from engine.dns.gather import admission, gather
from engine.dns.names import host_in
from engine.dns.options import Options
from engine.dns.providers import Provider, provider_of
from engine.dns.rules import RULES, DnsFinding, Rule, Skipped, Verdict, expiring, questions_of_all, stale_value
from engine.dns.rules.fallback import no_verdict, rule_failed, values_found
from engine.dns.secure import Security, judge_security
from engine.dns.watch import Policy, Watch, next_look

_log = get_logger(__name__)
T = TypeVar("T")

_ORDER: tuple[Verdict, ...] = ("broken", "wrong", "unknown", "not_yet")
"""Which blocker decides where there are several: time heals only the last."""


@dataclass(frozen=True, slots=True)
class Record:
    """The record as it should stand in the zone; `name` is what goes into a panel's name field, `@` for the zone."""

    name: str
    fqdn: Name
    zone: Name
    value: str | None
    ttl: int | None


@dataclass(frozen=True, slots=True)
class ServerRow:
    """One server's line in the table. None means not known."""

    state: State
    zone: Name
    udp: bool
    tcp: bool | None
    edns: bool | None
    error: str | None


@dataclass(frozen=True, slots=True)
class ResolverRow:
    """One resolver's line in the table. `match` and `ttl_seconds` are None where it gave no answer to compare."""

    address: str
    system: bool
    rcode: str | None
    match: bool | None
    ttl_seconds: int | None
    authenticated: bool | None
    ede: str | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answer. Times carry zones; `elapsed` is how long the check took."""

    claim: Claim
    checked_at: datetime
    verdict: Verdict
    next_action: str
    ready_at: datetime | None
    recheck_at: datetime | None
    record: Record | None
    findings: tuple[DnsFinding, ...]
    servers: tuple[ServerRow, ...]
    resolvers: tuple[ResolverRow, ...]
    dnssec: Security
    caa: CaaResult
    provider: Provider | None
    skipped: tuple[tuple[str, str], ...]
    queries: int
    elapsed: timedelta

    @property
    def domain(self) -> str:
        """The domain as people write it."""
        return self.claim.domain_text

    def blockers(self) -> tuple[DnsFinding, ...]:
        """What stands in the way, the most specific first."""
        return tuple(each for each in self.findings if each.severity == "blocker")


async def diagnose(claim: Claim, options: Options, now: datetime) -> Diagnosis:
    """Asks the domain's servers and judges: would GlobalSign accept a Submit now, and if not, why.

    `now` is the moment of asking, with its zone; ValueError without one. Never raises for what servers do. Many may
    be called at once; they take turns, and their time limit begins when it is their turn.
    """
    if now.tzinfo is None:
        raise ValueError("now has no time zone")
    async with admission():
        started = time.monotonic()
        answers = await gather(claim, options, questions_of_all)
        return judge(claim, answers, options, now, timedelta(seconds=time.monotonic() - started))


def judge(claim: Claim, answers: Answers, options: Options, now: datetime, elapsed: timedelta) -> Diagnosis:
    """The diagnosis of answers already gathered. Pure."""
    faults: list[DnsFinding] = []
    no_security = Security("indeterminate", "The signatures could not be judged.", None)
    security = _guarded("dnssec", lambda: judge_security(answers, options.anchors(), now), no_security, faults)
    no_caa = CaaResult("unknown", claim.domain, (), "caa-no-answer", "The CAA records could not be judged.")
    caa = _guarded("caa", lambda: judge_caa(claim, answers, security), no_caa, faults)
    case = Case(claim=claim, answers=answers, now=now, security=security, caa=caa)
    findings, skipped = _run(RULES, case)
    findings += faults
    verdict = _verdict(case, findings)
    if verdict != "ready":
        findings = [each for each in findings if each.code != "all-right"]
    findings = _in_order(findings, verdict)
    if verdict == "unknown" and not any(each.severity == "blocker" for each in findings):
        findings.append(no_verdict(case))
    if (found := values_found(case)) is not None:
        findings.append(found)
    ready_at = _ready_at(verdict, findings, now)
    findings += _too_late(case, findings, ready_at)
    return Diagnosis(
        claim=claim,
        checked_at=now,
        verdict=verdict,
        next_action=_next_action(verdict, findings, claim),
        ready_at=ready_at,
        recheck_at=_recheck_at(case, verdict, findings, ready_at, options.watch),
        record=_record(case),
        findings=tuple(findings),
        servers=_servers(case),
        resolvers=tuple(_resolver(case, each.txt, system=each.system) for each in answers.resolvers),
        dnssec=security,
        caa=caa,
        provider=_provider(answers),
        skipped=tuple(skipped),
        queries=answers.queries,
        elapsed=elapsed,
    )


def _guarded(part: str, work: Callable[[], T], instead: T, faults: list[DnsFinding]) -> T:
    """The result of a part of the judgement, or what stands for it, with a finding, if our own code fails."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001  # hostile keys and records pass through here; the fault is said and logged
        _log.exception("dns_part_failed", part=part)
        faults.append(rule_failed(part, error))
        return instead


def _run(rules: tuple[Rule, ...], case: Case) -> tuple[list[DnsFinding], list[tuple[str, str]]]:
    findings: list[DnsFinding] = []
    skipped: list[tuple[str, str]] = []
    for rule in rules:
        name = rule.__name__.rpartition(".")[2]
        try:
            for each in rule.judge(case):
                if isinstance(each, Skipped):
                    skipped.append((name, each.reason))
                else:
                    findings.append(each)
        except Exception as error:  # noqa: BLE001  # one rule's fault must not hide what the others found
            _log.exception("dns_rule_failed", rule=name, domain=case.claim.domain_text)
            findings.append(rule_failed(name, error))
    return findings, skipped


def _verdict(case: Case, findings: list[DnsFinding]) -> Verdict:
    effects = {each.effect for each in findings if each.effect}
    if case.claim.value is None and not any(each.class_ == "D28" for each in findings):
        return "broken" if "broken" in effects else "unknown"
    for verdict in _ORDER:
        if verdict in effects:
            return verdict
    if any(each.code == "rule-failed" for each in findings):
        return "unknown"
    return "ready" if case.claim.value is not None and case.holders and not case.lackers else "unknown"


def _in_order(findings: list[DnsFinding], verdict: Verdict) -> list[DnsFinding]:
    """What decides first, then other blockers, warnings, notes; bare absence is a note where its cause is known."""
    caused = any(each.effect == "wrong" and each.class_ != "D12" for each in findings)
    findings = [
        replace(each, severity="note", effect=None) if caused and each.class_ == "D12" else each for each in findings
    ]
    severities = ("blocker", "error", "warning", "note")
    return sorted(findings, key=lambda each: (each.effect != verdict, severities.index(each.severity)))


def _too_late(case: Case, findings: list[DnsFinding], ready_at: datetime | None) -> list[DnsFinding]:
    """What runs out before the waiting is over, where that was not said already."""
    if ready_at is None:
        return []
    said = {each.code for each in findings}
    ending = (stale_value.before(case, ready_at), expiring.before(case, ready_at))
    return [each for each in ending if each is not None and each.code not in said]


def _next_action(verdict: Verdict, findings: list[DnsFinding], claim: Claim) -> str:
    for each in findings:
        if each.effect == verdict:
            return each.fix
    if verdict == "ready" and claim.verified:
        return "Nothing to do; GlobalSign has verified the domain."
    if verdict == "ready":
        return 'Open Certificates, DOMAIN in the portal, tick "DNS record added" and press SUBMIT.'
    return next((each.fix for each in reversed(findings) if each.code in ("no-verdict", "rule-failed")), "Check again.")


def _ready_at(verdict: Verdict, findings: list[DnsFinding], now: datetime) -> datetime | None:
    etas = [each.eta for each in findings if each.eta is not None]
    if verdict == "ready":
        return now + max(etas, default=timedelta(0))
    if verdict == "not_yet":
        needed = [each for each in findings if each.effect == "not_yet"]
        if any(each.eta is None for each in needed):
            return None
        return now + max(etas, default=timedelta(0))
    return None


_CACHES = frozenset({"D16", "D17", "D18"})


def _recheck_at(
    case: Case, verdict: Verdict, findings: list[DnsFinding], ready_at: datetime | None, policy: Policy
) -> datetime:
    now = case.now.astimezone(UTC)
    behind = {each.class_ for each in findings if each.effect == "not_yet"}
    ttl = ready_at - now if verdict == "not_yet" and ready_at and behind <= _CACHES else None
    watch = Watch(since=case.claim.awaited_since or now, last_look=now, verdict=verdict, ready_at=ready_at, ttl=ttl)
    return next_look(watch, policy)


def _record(case: Case) -> Record | None:
    look = case.answers.first
    if look is None:
        return None
    ttl = None
    for server in look.servers:
        reply = look.txt(server)
        if reply and reply.message and (rrset := reply.message.records(look.name, TXT)):
            ttl = rrset.ttl
            break
    return Record(host_in(look.name, look.zone), look.name, look.zone, case.claim.value, ttl)


def _servers(case: Case) -> tuple[ServerRow, ...]:
    look = case.look
    if look is None:
        return ()
    rows = []
    for state in case.states:
        reply, tcp = state.reply, look.tcp.get(state.server)
        message = reply.message if reply else None
        answered = message is not None
        error = None
        if reply and reply.failure:
            error = str(reply.failure)
        elif state.bad:
            error = str(state.bad)
        rows.append(
            ServerRow(
                state=state,
                zone=look.zone,
                udp=answered,
                tcp=tcp.message is not None if tcp and (tcp.rtt_ms is not None or answered) else None,
                edns=message.edns if message else None,
                error=error,
            )
        )
    return tuple(rows)


def _resolver(case: Case, reply: Reply, *, system: bool) -> ResolverRow:
    message = reply.message
    if message is None:
        return ResolverRow(reply.server.address, system, None, None, None, None, None)
    records = [rrset for rrset in message.answer if rrset.rdtype == TXT]
    values = tuple(b"".join(rdata.strings).decode("utf-8", "backslashreplace") for each in records for rdata in each)
    soa = next((rrset for rrset in message.authority if rrset.rdtype == dns.rdatatype.SOA), None)
    ttl = records[0].ttl if records else soa.ttl if soa is not None else None
    match = None
    if case.claim.value is not None and message.rcode in ("NOERROR", "NXDOMAIN"):
        match = case.claim.value in values
    ede = "; ".join(f"{code} {text}".strip() for code, text in message.errors) or None
    return ResolverRow(reply.server.address, system, message.rcode, match, ttl, message.authenticated, ede)


def _provider(answers: Answers) -> Provider | None:
    look = answers.first
    return provider_of(name.to_text() for name in look.parent_ns) if look else None
