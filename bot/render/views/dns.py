"""The request to the DNS contact, and what a look at the DNS says. What servers and files sent is shown literally.

Read from a `dipper.dns/1` report. A report may be absent (nothing was looked at yet), so nothing here needs one to be
there.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import dns.exception
import dns.name

from bot.render.values import Code, Day, Moment, Person, Span
from bot.render.views.look import Case, Closed, Look, RenderFacts, Report, Turn
from engine.dns.suffixes import registrable
from engine.onboarding import now
from engine.onboarding.outcome import Say
from engine.onboarding.values import Grade
from engine.process.model import Role

SERVERS_SHOWN = 8
FINDINGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Record:
    """Where the record goes. `sure`: a look at the DNS saw the zone; otherwise it is taken from the registered
    domain.
    """

    name: str
    full_name: str
    zone: str
    servers: tuple[str, ...]
    ttl: str
    sure: bool

    @property
    def is_apex(self) -> bool:
        return self.name == "@"


@dataclass(frozen=True, slots=True)
class DnsRequestView:
    onboarding: str
    about: str
    rest: str
    short_id: str
    company: str
    environment: str
    task: str
    claim: str
    turn: Turn
    own: bool
    asked_by: Person | None
    ask: Person | None
    domain: str
    record: Record
    is_apex: bool
    value: Code
    previous: tuple[Code, ...]
    due: Day | None
    shown_on: Day | None
    replaced_on: Day | None
    done_at: Moment | None
    closed: Closed | None
    proven: bool
    contact: str


def dns_request(say: Say, case: Case, facts: RenderFacts) -> DnsRequestView:
    """The request of the claim that `say.subject`, its slot or its data names: the present one, or an older one,
    replaced.
    """
    look = Look(case, facts)
    claim = look.state.claim
    if claim is None:
        raise LookupError("a DNS request without a claim")
    wanted = _claim_number(say, claim.number)
    old = wanted != claim.number and bool(claim.previous)
    value = claim.previous[max(0, len(claim.previous) - (claim.number - wanted))] if old else claim.value
    task = now.dns_task(look.state, look.process)
    state = look.state.task(task.id) if task else None
    domain = look.text(claim.domain)
    report = facts.report(state.seen.report) if state and state.seen else None
    record = record_of(domain, report)
    turn = look.turn(look.process.step(task.step), task) if task else Turn((), look.role_title(Role.DNS_CONTACT))
    asker = look.actor(claim.by)
    head = look.head(f"TXT record for {domain}")
    due = claim.needed_by or look.state.dns_due
    return DnsRequestView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"step:{task.step}" if task else "",
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        task=task.id if task else "",
        claim=str(wanted),
        turn=turn,
        own="self" in say.data,
        asked_by=asker,
        ask=asker if asker not in turn.people else None,
        domain=domain,
        record=record,
        is_apex=record.is_apex,
        value=Code(look.text(value)),
        previous=tuple(Code(look.text(text)) for text in claim.previous if text != value),
        due=Day(due) if due else None,
        shown_on=Day(claim.shown_on) if claim.shown_on else None,
        replaced_on=Day((claim.at or facts.now).date()) if old else None,
        done_at=look.moment(state.closing.at) if state and state.closing else None,
        closed=look.closed(state.closing) if state and state.closing else None,
        proven=bool(state and state.closing and state.closing.grade is Grade.VERIFIED),
        contact=asker.name if asker else head.company,
    )


def _claim_number(say: Say, present: int) -> int:
    return int(say.subject) if say.subject.isdigit() else present


def record_of(domain: str, report: Report | None) -> Record:
    """Name, zone and servers of the record: as the last look saw them, else as the registered domain suggests."""
    seen = _mapping(report.get("record")) if report else {}
    if report and seen.get("zone"):
        zone = _name(seen.get("zone"))
        servers = dict.fromkeys(_name(server.get("name")) for server in rows_of(report, "servers"))
        ttl = f"{seen['ttl']} seconds" if isinstance(seen.get("ttl"), int) else ""
        return Record(
            _text(seen.get("name")) or "@", _name(seen.get("fqdn")) or domain, zone, tuple(servers), ttl, sure=True
        )
    zone = _registered(domain)
    host = domain.removesuffix(zone).rstrip(".")
    return Record(host or "@", domain, zone, (), "", sure=False)


def _registered(domain: str) -> str:
    if not domain:
        return ""
    try:
        return registrable(dns.name.from_text(domain)).to_text(omit_final_dot=True)
    except (dns.exception.DNSException, UnicodeError):
        return domain


@dataclass(frozen=True, slots=True)
class ServerLine:
    name: str
    address: str
    serial: str
    has: bool
    error: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    summary: str
    seen: str
    why: str
    fix: str
    source: str
    inferred: bool
    who: str
    eta: str


@dataclass(frozen=True, slots=True)
class DnsAnswerView:
    """An answer of "Check now" or of the watch. `asked_by`: who pressed; nobody where the watch speaks. `slow`: it
    takes longer than expected.
    """

    onboarding: str
    about: str
    rest: str
    short_id: str
    company: str
    environment: str
    task: str
    report: str
    verdict: str
    domain: str
    asked_by: Person | None
    turn: Turn
    submitter: Turn
    submit_task: str
    servers: tuple[ServerLine, ...]
    more_servers: int
    names_with: int
    names: int
    addresses: int
    main: FindingLine | None
    others: tuple[FindingLine, ...]
    more_findings: int
    next_action: str
    ready_at: Moment | None
    next_look: Moment | None
    looked_at: Moment
    slow: bool


def dns_answer(say: Say, case: Case, facts: RenderFacts) -> DnsAnswerView:
    look = Look(case, facts)
    task = now.dns_task(look.state, look.process)
    if task is None:
        raise LookupError("a DNS answer where no task has a DNS check")
    state = look.state.task(task.id)
    seen = state.seen
    report_id = say.data.get("report") or (seen.report if seen else "")
    report = facts.report(report_id) or {}
    claim = look.state.claim
    domain = look.text(claim.domain) if claim else _name(report.get("domain"))
    servers = tuple(server_line(row) for row in rows_of(report, "servers"))
    names = {line.name for line in servers}
    lacking = {line.name for line in servers if not line.has}
    findings = _worth_saying(report)
    submit = _submit_task(look, task.id)
    step = look.process.step(task.step)
    head = look.head(f"TXT record for {domain}")
    return DnsAnswerView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"report:{report_id}",
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        task=task.id,
        report=report_id,
        verdict=say.data.get("verdict") or (seen.verdict if seen else _text(report.get("verdict"))),
        domain=domain,
        asked_by=look.actor(say.data.get("asked_by", "")),
        turn=look.turn(step, task),
        submitter=look.turn(step, look.process.task(submit)) if submit else look.turn(step),
        submit_task=submit,
        servers=servers[:SERVERS_SHOWN],
        more_servers=max(0, len(servers) - SERVERS_SHOWN),
        names_with=len(names - lacking),
        names=len(names),
        addresses=len(servers),
        main=findings[0] if findings else None,
        others=findings[1:FINDINGS_SHOWN],
        more_findings=max(0, len(findings) - FINDINGS_SHOWN),
        next_action=_text(report.get("next_action")),
        ready_at=_time(look, report.get("ready_at")),
        next_look=look.moment(seen.look_again_at)
        if seen and seen.look_again_at
        else _time(look, report.get("recheck_at")),
        looked_at=look.moment(seen.at) if seen else look.moment(facts.now),
        slow="slow" in say.data,
    )


_SAID_BY_THE_ANSWER = "all-right"
_NOT_THERE = frozenset({"value-not-among-txt", "no-txt-record", "nxdomain", "empty-non-terminal"})


def _worth_saying(report: Mapping[str, Any]) -> tuple[FindingLine, ...]:
    """By weight. That the record is not there says nothing new beside what became of it, and would ask for another."""
    rows = [row for row in findings_by_weight(rows_of(report, "findings")) if row.get("code") != _SAID_BY_THE_ANSWER]
    told = (row for number, row in enumerate(rows) if number == 0 or row.get("code") not in _NOT_THERE)
    return tuple(finding_line(row) for row in told)


def _submit_task(look: Look, after: str) -> str:
    """The first open task of the step after the record: what the Certificate Admin does in the portal."""
    number = int(after.split(".", 1)[0])
    ids = [task.id for task in look.process.step(number).tasks if task.id in look.state.step(number).tasks]
    for task_id in ids[ids.index(after) + 1 :]:
        if look.state.task(task_id).closing is None:
            return task_id
    return ""


def server_line(row: Mapping[str, Any]) -> ServerLine:
    serial = row.get("serial")
    error = _text(row.get("error"))
    return ServerLine(
        name=_name(row.get("name")),
        address=_text(row.get("address")),
        serial=str(serial) if isinstance(serial, int) else "",
        has=row.get("match") is True,
        error=error,
    )


_WEIGHT = {"blocker": 0, "error": 0, "warning": 1, "note": 2}


def findings_by_weight(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: _WEIGHT.get(_text(row.get("severity")), 3))


def finding_line(row: Mapping[str, Any]) -> FindingLine:
    eta = row.get("eta_seconds")
    return FindingLine(
        summary=_quoted(row.get("summary")),
        seen=_text(row.get("seen")),
        why=_quoted(row.get("why")),
        fix=_quoted(row.get("fix")),
        source=_text(row.get("source")),
        inferred=row.get("confidence") == "inferred",
        who=_text(row.get("who")),
        eta=str(Span(timedelta(seconds=eta))) if isinstance(eta, int | float) else "",
    )


_CODE = re.compile(r"`([^`\n]*)`")


def _quoted(value: object) -> str:
    """An engine's sentence is shown literally, since it may quote what a server said; its code marks become quotation marks."""
    return _CODE.sub(r"“\1”", _text(value))


def _time(look: Look, value: object) -> Moment | None:
    if not isinstance(value, str):
        return None
    at = datetime.fromisoformat(value)
    return look.moment(at) if at.tzinfo else None


def rows_of(report: Report, name: str) -> Sequence[Mapping[str, Any]]:
    rows = report.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, Sequence) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _name(value: object) -> str:
    """A domain name as people write it, without the final dot."""
    return _text(value).removesuffix(".")
