"""What a look at a CSR or certificate says, from a `dipper.pki/1` report. What a file holds is shown literally."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.render.values import Day, Person
from bot.render.views.dns import FINDINGS_SHOWN, FindingLine, finding_line, findings_by_weight, rows_of
from bot.render.views.look import Case, Look, RenderFacts, Report, Turn
from engine.onboarding.outcome import Say
from engine.process.model import Half, Role, Task

_KINDS = {"csr": "CSR", "certificate": "certificate", "pkcs7": "PKCS#7 container", "public_key": "public key"}
ITEMS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class ItemLine:
    file: str
    kind: str
    subject: str
    names: str
    key: str
    signature: str
    issuer: str
    serial: str
    starts: Day | None
    ends: Day | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A half that the task's check needs and that does not agree. `why` is a word of `parts/compared.md`."""

    half: str
    state: str
    why: str
    seen: str


@dataclass(frozen=True, slots=True)
class CertificateAnswerView:
    """`task_title` is empty where the file belongs to no task that is open now: it was looked at all the same.

    `compared`: what could not be compared, or does not fit. `advice`: handed in by somebody who does not act for the task, so
    that it closes nothing. `issuer`: the known authority to which the chain leads.
    """

    onboarding: str
    about: str
    rest: str
    short_id: str
    company: str
    environment: str
    task: str
    task_title: str
    task_closed: bool
    report: str
    unreadable: str
    verdict: str
    kind: str
    file: str
    asked_by: Person | None
    turn: Turn
    items: tuple[ItemLine, ...]
    more_items: int
    errors: tuple[FindingLine, ...]
    warnings: tuple[FindingLine, ...]
    more_findings: int
    renew_by: Day | None
    compared: tuple[ComparedLine, ...]
    advice: bool
    issuer: str


def certificate_answer(say: Say, case: Case, facts: RenderFacts) -> CertificateAnswerView:
    look = Look(case, facts)
    report_id = say.data.get("report", "")
    report = facts.report(report_id) or {}
    items = tuple(item_line(row) for row in rows_of(report, "items"))
    rows = findings_by_weight(rows_of(report, "findings"))
    errors = tuple(finding_line(row) for row in rows if row.get("severity") in ("error", "blocker"))
    warnings = tuple(finding_line(row) for row in rows if row.get("severity") == "warning")
    task_id = say.data.get("advice") or say.data.get("task") or (say.subject if "." in say.subject else "")
    task = look.process.task(task_id) if task_id else None
    head = look.head(task.title if task else "")
    shown = errors[:FINDINGS_SHOWN], warnings[:FINDINGS_SHOWN]
    return CertificateAnswerView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"report:{report_id}",
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        task=task_id,
        task_title=task.title if task else "",
        task_closed=task is not None and look.task(task_id)[1].closing is not None,
        report=report_id,
        unreadable=str(report.get("unreadable") or ""),
        verdict=say.data.get("verdict") or str(report.get("verdict", "unknown")),
        kind=_KINDS.get(say.data.get("kind", "") or (items[0].kind if items else ""), "")
        or (items[0].kind if items else ""),
        file=items[0].file if items else "",
        asked_by=look.actor(say.data.get("asked_by", "") or say.data.get("by", "")),
        turn=look.turn(look.process.step(task.step), task)
        if task
        else Turn((), look.role_title(Role.CERTIFICATE_ADMIN)),
        items=items[:ITEMS_SHOWN],
        more_items=max(0, len(items) - ITEMS_SHOWN),
        errors=shown[0],
        warnings=shown[1],
        more_findings=len(errors) + len(warnings) - len(shown[0]) - len(shown[1]),
        renew_by=_day(report.get("renew_by")),
        compared=tuple(_compared(look, task, report)),
        advice="advice" in say.data,
        issuer=next(
            (
                str(row.get("seen"))
                for row in rows_of(report, "compared")
                if row.get("half") == Half.ISSUER and row.get("state") == "agrees"
            ),
            "",
        ),
    )


def _compared(look: Look, task: Task | None, report: Report) -> Iterator[ComparedLine]:
    """Of the halves that the task's check needs; what does not fit first."""
    needed = task.check.halves if task and task.check else ()
    lines = [
        ComparedLine(*(str(row.get(name) or "") for name in ("half", "state", "why", "seen")))
        for row in rows_of(report, "compared")
    ]
    posted = {str(item.get("spki_sha256")) for item in rows_of(report, "items")} & look.state.posted_keys.keys()
    if posted:
        lines.append(
            ComparedLine(Half.UNPOSTED, "disagrees", "posted", str(look.moment(look.state.posted_keys[min(posted)])))
        )
    wanted = [line for line in lines if line.half in needed and line.state != "agrees"]
    yield from sorted(wanted, key=lambda line: line.state != "disagrees")


def item_line(row: Mapping[str, Any]) -> ItemLine:
    kind = str(row.get("kind") or "")
    names = row.get("names")
    return ItemLine(
        file=str(row.get("file") or ""),
        kind=_KINDS.get(kind, kind.replace("_", " ")),
        subject=str(row.get("subject") or ""),
        names=", ".join(str(name) for name in names) if isinstance(names, list | tuple) else "",
        key=str(row.get("key") or ""),
        signature=str(row.get("signature") or ""),
        issuer=str(row.get("issuer") or ""),
        serial=str(row.get("serial") or ""),
        starts=_day(row.get("not_before")),
        ends=_day(row.get("not_after")),
        fingerprint=str(row.get("sha256") or ""),
    )


def _day(value: object) -> Day | None:
    return Day(datetime.fromisoformat(value).date()) if isinstance(value, str) else None
