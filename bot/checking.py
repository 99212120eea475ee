"""Does the checks that are due: asks the DNS, downloads and reads what was shared, and tells the desk what was seen.

Nothing of this runs inside a handler. A download sends the token to Slack's own file host only and follows no redirect.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection

from bot.clock import Clock
from bot.looks import DnsLooks
from bot.settings import SlackSettings, is_loopback
from bot.slack_errors import code_of
from engine import pki
from engine.checks import CERTIFICATE, CSR, BadInput, BadUrl, Checks, DnsJob, HoldsSecret, MaterialJob, Seen
from engine.desk import Desk
from engine.incidents import tell_secret
from engine.onboarding.commands import NoteFile, RecordFile
from engine.onboarding.evolve import step_of
from engine.onboarding.now import profile_of
from engine.onboarding.outcome import Refused
from engine.onboarding.state import Onboarding
from engine.onboarding.values import BOT, Pending
from engine.process.model import Environment
from engine.store import duework, reads
from engine.store.duework import Claimed
from engine.store.kept import Kept, Shelf, of_onboarding
from engine.store.reads import Case

_log = structlog.get_logger(__name__)

FILE_ENDINGS = frozenset({".csr", ".pem", ".cer", ".crt", ".p7b"})
SECRET_ENDINGS = frozenset({".key", ".pfx", ".p12", ".jks", ".ppk"})
UNKNOWN, SECRET = "unknown", "secret"
MAX_FILE_BYTES = 1024 * 1024
_DOWNLOAD_SECONDS = 20
_ATLAS_STEP = 4
_MOST_KNOWN = 50  # CSRs and certificates of one onboarding
_PART_BYTES = 64 * 1024


class Unreadable(StrEnum):
    """Why a file in Slack cannot be had however often it is tried; `templates/parts/unreadable.md` words it."""

    TOO_LARGE = "too-large"
    ELSEWHERE = "elsewhere"  # its content is not kept at Slack's file host
    GONE = "gone"
    NOT_ALLOWED = "not-allowed"  # the scope files:read is missing


_FOR_GOOD = {
    "file_not_found": Unreadable.GONE,
    "file_deleted": Unreadable.GONE,
    "missing_scope": Unreadable.NOT_ALLOWED,
}


class DownloadFailed(Exception):
    """A shared file cannot be had, now or ever."""

    def __init__(self, why: Unreadable, details: str = "") -> None:
        super().__init__(f"{why.value}{': ' if details else ''}{details}")
        self.why = why


class Checking:
    """Implements the scheduler's Checker and the handlers' AdHocChecks."""

    def __init__(self, desk: Desk, checks: Checks, client: AsyncWebClient, slack: SlackSettings, clock: Clock) -> None:
        self._desk = desk
        self._checks = checks
        self._client = client
        self._slack = slack
        self._clock = clock
        self._looks = DnsLooks(desk, checks, clock)

    async def carry_out(self, claimed: Claimed) -> None:
        if duework.is_of_channel(claimed):
            await self._place_file(claimed)
            return
        case = await self._desk.read(reads.case, claimed.onboarding)
        if case is None:
            return
        item = case.state.pending.get(claimed.due.subject)
        if item is not None:
            await self._read_pending(case, item)
        elif "." in claimed.due.subject:
            await self._looks.look(case)

    async def dns(self, domain: str, value: str | None) -> Mapping[str, object]:
        """For a command: the report, or why the domain is none."""
        try:
            seen = await self._checks.dns(DnsJob(domain, value), self._clock())
        except BadInput as error:
            return {"bad_input": str(error)}
        return {"report": seen.report}

    async def webhook(self, url: str) -> Mapping[str, object]:
        """For a command: the report of a probe, or why the address is none."""
        try:
            return {"report": await self._checks.webhook(url, self._clock())}
        except BadUrl as error:
            return {"bad_input": str(error)}

    async def material(self, data: bytes, name: str) -> Mapping[str, object]:
        try:
            seen = await self._inspect(MaterialJob(name, data))
        except HoldsSecret as secret:
            return {"secret": secret.kind.value}
        return {"report": seen.report}

    async def file(self, file_id: str) -> Mapping[str, object]:
        """A file in Slack, looked at as `material`; or why it cannot be had."""
        try:
            name, data = await self.content(file_id)
        except DownloadFailed as failed:
            return {"unreadable": failed.why.value}
        return await self.material(data, name)

    async def content(self, file_id: str) -> tuple[str, bytes]:
        """Name and content of a file in Slack. Raises DownloadFailed."""
        info = await self._info(file_id)
        return str(info.get("name") or file_id), await self._download(info)

    async def _read_pending(self, case: Case, item: Pending) -> None:
        try:
            name, data = await self._bytes_of(case, item)
            files = await self._desk.read(_files_of_company, case.state.company)
            task = _task_of(case, item, data, files)
            step = step_of(task) if task else _certificate_step(case.state)
            seen = await self._inspect(
                MaterialJob(
                    name,
                    data,
                    step=step,
                    usage=_profile(case, step),
                    domains=_domains(case),
                    organisation=case.texts.get(case.state.name.id),
                    known=_known(case, step, files),
                    requested=_requested(case, step, files),
                    other_track=tuple(_named(file) for file in files if file.onboarding != case.state.id),
                    ends=_ends_beside(case.state, step),
                )
            )
        except HoldsSecret as secret:
            await self._tell_secret(case.state, secret.kind.name.lower(), item.by, secret.keys)
            await self._desk.tell(RecordFile(case.state.id, BOT, item.id, SECRET, "refused", ""))
            return
        except DownloadFailed as failed:
            _log.warning("a shared file cannot be read", onboarding=case.state.id, item=item.id, reason=str(failed))
            report = Kept(_new_id(), UNKNOWN, {"verdict": UNKNOWN, "unreadable": failed.why.value})
            read = RecordFile(case.state.id, BOT, item.id, UNKNOWN, UNKNOWN, report.id)
            await self._desk.tell(read, keep=(report,))
            return
        report = Kept(_new_id(), seen.kind, seen.report)
        kept = [report]
        if seen.kind != UNKNOWN:
            kept.append(Kept(_new_id(), seen.kind, as_kept(name, data, step, report.id), Shelf.FILES))
        await self._desk.tell(
            RecordFile(
                case.state.id,
                BOT,
                item.id,
                seen.kind,
                seen.verdict,
                report.id,
                ends=dict(seen.ends),
                agrees=seen.agrees,
                disagrees=seen.disagrees,
                key=seen.key,
                task=task,
            ),
            keep=kept,
        )

    async def _tell_secret(self, state: Onboarding, kind: str, person: str, keys: tuple[str, ...]) -> None:
        await tell_secret(self._desk, state.id, state.company, kind, person, keys)

    async def _bytes_of(self, case: Case, item: Pending) -> tuple[str, bytes]:
        if item.text is not None:
            return "pasted text", case.texts.get(item.text.id, "").encode()
        return await self.content(item.file or item.id)

    async def _place_file(self, claimed: Claimed) -> None:
        """A file shared where onboardings live: whose thread is it in, and is it one to be read?

        A file that is gone again, or that the onboarding does not take (it is closed), is done with.
        """
        team, channel, file_id = duework.file_noted(claimed)
        try:
            await self._place(team, channel, file_id, claimed.due.person or BOT)
        except (Refused, DownloadFailed) as error:
            _log.info("a shared file is left alone", channel=channel, file=file_id, reason=str(error))
        await self._desk.write(duework.done_with, claimed)

    async def _place(self, team: str, channel: str, file_id: str, person: str) -> None:
        info = await self._info(file_id)
        name = str(info.get("name") or "")
        ending = PurePosixPath(name.lower()).suffix
        for thread in _threads(info, channel):
            named = await self._desk.read(reads.by_thread, team, channel, thread)
            if named is None:
                continue
            by = str(info.get("user") or person)
            if ending in SECRET_ENDINGS:
                case = await self._desk.read(reads.case, named.id)
                if case is not None:
                    await self._tell_secret(case.state, *await self._secret_of(info, ending, by))
            elif ending in FILE_ENDINGS:
                await self._desk.tell(NoteFile(named.id, by, file_id, name, str(info.get("permalink") or "")))

    async def _secret_of(self, info: Mapping[str, Any], ending: str, person: str) -> tuple[str, str, tuple[str, ...]]:
        """What was posted, by whom, and whose key it is: an open key is read for its public half, and let go."""
        if ending != ".key":
            return {".ppk": "putty_key", ".jks": "jks"}.get(ending, "pfx"), person, ()
        try:
            keys = await asyncio.to_thread(pki.public_halves, await self._download(info))
        except DownloadFailed as failed:
            _log.info("a posted key cannot be read for its public half", reason=str(failed))
            keys = ()
        return "pem_private_key", person, keys

    async def _info(self, file_id: str) -> dict[str, Any]:
        """Raises DownloadFailed for a file that is gone or may not be read; other errors pass and are tried again."""
        try:
            answer = await self._client.files_info(file=file_id)
        except SlackApiError as error:
            why = _FOR_GOOD.get(code_of(error))
            if why is None:
                raise
            raise DownloadFailed(why, code_of(error)) from None
        return dict(answer["file"])

    async def _download(self, info: Mapping[str, Any]) -> bytes:
        url = str(info.get("url_private_download") or info.get("url_private") or "")
        if not self._is_at_file_host(url):
            raise DownloadFailed(Unreadable.ELSEWHERE, urlsplit(url).hostname or "")
        if int(info.get("size") or 0) > MAX_FILE_BYTES:
            raise DownloadFailed(Unreadable.TOO_LARGE)
        token = self._slack.bot_token.get_secret_value() if self._slack.bot_token else ""
        timeout = aiohttp.ClientTimeout(total=_DOWNLOAD_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False) as answer,
        ):
            if answer.status in (404, 410):
                raise DownloadFailed(Unreadable.GONE, str(answer.status))
            redirected = 300 <= answer.status < 400
            if (
                redirected
                or answer.status in (401, 403)
                or (answer.status == 200 and answer.content_type == "text/html")
            ):
                raise DownloadFailed(Unreadable.NOT_ALLOWED, str(answer.status))
            answer.raise_for_status()
            data = bytearray()
            async for part in answer.content.iter_chunked(_PART_BYTES):
                data += part
                if len(data) > MAX_FILE_BYTES:
                    raise DownloadFailed(Unreadable.TOO_LARGE)
        return bytes(data)

    def _is_at_file_host(self, url: str) -> bool:
        """Whether the token may be shown there: one of the set hosts, and over TLS unless it is this machine."""
        parts = urlsplit(url)
        return parts.netloc in self._slack.file_hosts and (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        )

    async def _inspect(self, job: MaterialJob) -> Seen:
        return await asyncio.to_thread(self._checks.material, job, self._clock())


def as_kept(name: str, data: bytes, step: int, report: str) -> dict[str, Any]:
    """A CSR or certificate as it is kept, with its report's id: as text where it is text, else (DER, P7B) as base64."""
    body: dict[str, Any] = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "step": step, "report": report}
    try:
        return body | {"content": data.decode("utf-8")}
    except UnicodeDecodeError:
        return body | {"base64": base64.b64encode(data).decode()}


def content_of(body: Mapping[str, Any]) -> bytes:
    return base64.b64decode(body["base64"]) if "base64" in body else str(body.get("content", "")).encode()


@dataclass(frozen=True, slots=True)
class _File:
    """A kept file of the company: whose, in which environment, and its body."""

    onboarding: str
    track: str
    kind: str
    body: Mapping[str, Any]


def _files_of_company(connection: Connection, company: str) -> list[_File]:
    """Oldest first; the newest of each onboarding are enough."""
    return [
        _File(state.id, _TRACK[state.environment], one.kind, one.body)
        for state in reads.of_company(connection, company)
        for one in of_onboarding(connection, state.id, Shelf.FILES)[-_MOST_KNOWN:]
        if one.body is not None and "step" in one.body
    ]


def _named(file: _File) -> "pki.NamedBytes":
    return pki.NamedBytes(f"{file.track}, Step {file.body['step']}: {file.body['name']}", content_of(file.body))


def _known(case: Case, step: int, files: Sequence[_File]) -> "tuple[pki.NamedBytes, ...]":
    """The company's CSRs and certificates of other steps and of its other track: a key is for one order."""
    mine = case.state.id
    return tuple(_named(file) for file in files if (file.onboarding, file.body["step"]) != (mine, step))


def _task_of(case: Case, item: Pending, data: bytes, files: Sequence[_File]) -> str | None:
    """The task that a file is for: the one it was handed in for, or whose CSR has its key."""
    if item.task is not None:
        return item.task
    from engine.comparing import keys_in  # noqa: PLC0415 -- with the first file

    keys = set(keys_in(pki.NamedBytes("shared", data)))
    for task in case.process.checked_by(CERTIFICATE):
        wanted = _requested(case, task.step, files)
        if wanted is not None and not keys.isdisjoint(keys_in(wanted)):
            return task.id
    return None


def _requested(case: Case, step: int, files: Sequence[_File]) -> "pki.NamedBytes | None":
    """The CSR of this track that counted for the step's certificate: the one whose report its task rests on."""
    tasks = [task for task in case.process.checked_by(CERTIFICATE) if task.step == step]
    asked = [task.check.key_of for task in tasks if task.check and task.check.key_of]
    its = case.state.step(step).tasks.get(asked[0]) if asked and step in case.state.steps else None
    seen = its.seen if its else None
    report = seen.report if seen and seen.verdict == "good" else its.closing.report if its and its.closing else None
    if report is None:
        return None
    here = [f for f in files if (f.onboarding, f.kind, f.body["step"]) == (case.state.id, CSR, step)]
    found = [f for f in here if f.body.get("report") == report]
    old = [f for f in here if "report" not in f.body]  # kept before reports were noted with files
    return _named((found or old)[-1]) if found or old else None


_TRACK = {Environment.UIT: "UIT", Environment.PRODUCTION: "Production"}


def _threads(info: Mapping[str, Any], channel: str) -> list[str]:
    """The threads of the channel in which the file was shared (files.info: shares.public and shares.private)."""
    shares = info.get("shares") or {}
    here = [share for kind in ("public", "private") for share in (shares.get(kind) or {}).get(channel) or []]
    return [str(thread) for share in here if (thread := share.get("thread_ts") or share.get("ts"))]


def _certificate_step(state: Onboarding) -> int:
    """Which certificate is being made now: that of Step 4 or that of Step 6."""
    open_steps = {step.number for step in state.open_steps()}
    return 4 if 4 in open_steps and 6 not in open_steps else 6


def _profile(case: Case, step: int) -> str | None:
    """The profile that the process names for the step's CSR and certificate, for this company and what it answered."""
    checks = [task.check for task in case.process.step(step).tasks if task.check is not None]
    named = (profile_of(case.state, check) for check in checks)
    return next((name for name in named if name), None)


def _ends_beside(state: Onboarding, step: int) -> dict[str, datetime]:
    """The DIP certificate is renewed by way of the Atlas API certificate, so the end of that one counts too."""
    at = state.ends.get("atlas_certificate")
    return {"the Atlas API certificate ends": at} if at is not None and step != _ATLAS_STEP else {}


def _domains(case: Case) -> tuple[str, ...]:
    claim = case.state.claim
    domain = case.texts.get(claim.domain.id) if claim is not None else None
    return (domain,) if domain else ()


def _new_id() -> str:
    return "R" + secrets.token_hex(10).upper()
