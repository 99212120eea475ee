"""Looks at a company's TXT record: one for all its onboardings that wait for or watch the same value (decision 23)."""

import asyncio
import secrets
from datetime import UTC, datetime, time
from weakref import WeakValueDictionary

import structlog

from bot.clock import Clock
from engine.checks import Checks, DnsJob, Seen, watch_policy
from engine.desk import Desk
from engine.onboarding.commands import RecordCheck
from engine.onboarding.now import DNS_CHECK, looks_for_record, next_look, token_is_used
from engine.onboarding.outcome import Refused
from engine.onboarding.values import BOT
from engine.store import reads
from engine.store.kept import Kept
from engine.store.reads import Case

_log = structlog.get_logger(__name__)


class DnsLooks:
    def __init__(self, desk: Desk, checks: Checks, clock: Clock) -> None:
        self._desk = desk
        self._checks = checks
        self._clock = clock
        self._of_company: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def look(self, case: Case) -> None:
        """Look if it is still due, and tell every onboarding of the company that the answer is news or due for."""
        lock = self._of_company.setdefault(case.state.company, asyncio.Lock())
        async with lock:
            now_case = await self._desk.read(reads.case, case.state.id)
            if now_case is None or not _is_due(now_case, self._clock()):
                return  # a look of the company's other track has just answered it
            job = _job(now_case, self._clock())
            if job is None:
                return
            seen = await self._checks.dns(job, self._clock())
            await self._tell(now_case, seen)
            for sister in await self._desk.read(reads.sisters, now_case.state.company, now_case.state.id):
                if _same_record(sister, job) and self._is_news(sister, seen):
                    await self._tell_sister(sister, seen)

    def _is_news(self, case: Case, seen: Seen) -> bool:
        """Another verdict than theirs; or their own look would come within half the time between two daily ones."""
        task = looks_for_record(case.state, case.process)
        at = next_look(case.state, case.process)
        if task is None or at is None:
            return False
        known = case.state.task(task.id).seen
        soon = self._clock() + case.process.cadences.dns_watch_every / 2
        return at <= soon or known is None or known.verdict != seen.verdict

    async def _tell_sister(self, case: Case, seen: Seen) -> None:
        try:
            await self._tell(case, seen)
        except Refused as refused:
            _log.info("a look was refused by the other track", onboarding=case.state.id, reason=refused.code)

    async def _tell(self, case: Case, seen: Seen) -> None:
        task = looks_for_record(case.state, case.process)
        if task is None or case.state.claim is None:
            return
        report = Kept(f"R{secrets.token_hex(10).upper()}", DNS_CHECK, seen.report)
        record = RecordCheck(
            case.state.id,
            BOT,
            task.id,
            DNS_CHECK,
            seen.verdict,
            report.id,
            claim=case.state.claim.number,
            ready_at=seen.ready_at,
            look_again_at=seen.look_again_at,
            cause=seen.cause,
            agrees=seen.agrees,
        )
        await self._desk.tell(record, keep=(report,))


def _is_due(case: Case, now: datetime) -> bool:
    at = next_look(case.state, case.process)
    return at is not None and at <= now


def _record(case: Case) -> tuple[str, str] | None:
    """Domain and value that are looked for; None while there is nothing to look for, or it was erased."""
    claim = case.state.claim
    if claim is None or claim.value is None or looks_for_record(case.state, case.process) is None:
        return None
    domain, value = case.texts.get(claim.domain.id), case.texts.get(claim.value.id)
    return None if domain is None or value is None else (domain, value)


def _same_record(case: Case, job: DnsJob) -> bool:
    record = _record(case)
    return record is not None and (_plain(record[0]), record[1].strip()) == (
        _plain(job.domain),
        (job.value or "").strip(),
    )


def _plain(domain: str) -> str:
    return domain.strip().rstrip(".").lower()


def _job(case: Case, now: datetime) -> DnsJob | None:
    record, task, claim = _record(case), looks_for_record(case.state, case.process), case.state.claim
    if record is None or task is None or claim is None:
        return None
    its = case.state.task(task.id)
    closing, seen = its.closing, its.seen if its.seen and its.seen.claim == claim.number else None
    shown_on = None if token_is_used(case.state) else claim.shown_on
    return DnsJob(
        domain=record[0],
        value=record[1],
        previous=tuple(case.texts[old.id] for old in claim.previous if old.id in case.texts),
        shown_on=datetime.combine(shown_on, time(), UTC) if shown_on else None,
        token_days=case.process.cadences.token_days,
        verified_at=closing.at if closing is not None and closing.report else None,
        awaited_since=now if its.check_asked else (seen and seen.moved) or claim.at,
        watch=watch_policy(case.process.cadences),
    )
