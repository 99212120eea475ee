"""Many companies from one sheet: looked at before anything starts, then started all at once as due work.

The sheet itself stays in Slack: it is downloaded for the look and again for the start, and kept nowhere here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.checking import DownloadFailed, Unreadable
from bot.clock import Clock
from bot.scheduler import Checker
from engine.desk import Desk, Told
from engine.imports import LARGEST_SHEET_BYTES, Flaw, Line, Problem, Request, Sheet, decoded, read_sheet
from engine.onboarding.outcome import Refused
from engine.pki.secrets import find_secret
from engine.process.model import Process
from engine.store import duework
from engine.store.duework import Claimed
from handlers.importing import Checked, Imported
from handlers.members import channel_for
from handlers.ports import ChannelFacts, Directory, Facts, Slack, Words


class Importing:
    """Implements the handlers' Importer, and the scheduler's Checker for sheets; other due checks go on to `others`.

    `content` gives a Slack file's name and bytes, or raises DownloadFailed.
    """

    def __init__(
        self,
        desk: Desk,
        content: Callable[[str], Awaitable[tuple[str, bytes]]],
        directory: Directory,
        words: Words,
        slack: Slack,
        process: Callable[[], Process],
        others: Checker,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._content = content
        self._directory = directory
        self._words = words
        self._slack = slack
        self._process = process
        self._others = others
        self._clock = clock

    async def check(self, request: Request) -> Checked:
        """What would become of the sheet now. Nothing is started."""
        try:
            sheet = await self._sheet(request)
        except DownloadFailed as failed:
            return Checked(unreadable=failed.why.value)
        except _HoldsSecret as secret:
            return Checked(holds=str(secret))
        refused = await self._desk.would_start([line.start for line in sheet.lines])
        return Checked(sheet, _by_line(sheet.lines, refused))

    async def carry_out(self, claimed: Claimed) -> None:
        asked = duework.import_noted(claimed)
        if asked is None:
            await self._others.carry_out(claimed)
            return
        request = Request.read(asked)
        try:
            sheet = await self._sheet(request)
        except DownloadFailed as failed:
            await self._desk.write(duework.done_with, claimed)
            await self._tell(request, Imported(unreadable=failed.why.value))
            return
        except _HoldsSecret as secret:
            await self._desk.write(duework.done_with, claimed)
            await self._tell(request, Imported(holds=str(secret)))
            return
        outcomes = await self._desk.start_all([line.start for line in sheet.lines], claimed)
        started = tuple(
            (line, one.state.short_id) for line, one in zip(sheet.lines, outcomes, strict=True) if isinstance(one, Told)
        )
        await self._tell(request, Imported(started, sheet.problems, _by_line(sheet.lines, outcomes)))

    async def _tell(self, request: Request, imported: Imported) -> None:
        """The cards are the promise; this says how it went to whoever asked."""
        facts = Facts(request.team, request.by, self._clock(), data={"imported": imported})
        await self._slack.tell_privately(request.by, await self._words.answer("imported", facts))

    async def _sheet(self, request: Request) -> Sheet:
        """Raises DownloadFailed and _HoldsSecret."""
        _, data = await self._content(request.file)
        if len(data) > LARGEST_SHEET_BYTES:
            raise DownloadFailed(Unreadable.TOO_LARGE)
        text = decoded(data)
        secret = find_secret(text)
        if secret is not None:
            raise _HoldsSecret(secret.value)
        sheet = read_sheet(text, request, self._process())
        people = await self._unknown_people(request.team, sheet.lines)
        channels = await self._unusable_channels(request, sheet.lines)
        return sheet.without([*people, *channels])

    async def _unknown_people(self, team: str, lines: Sequence[Line]) -> list[Problem]:
        known: dict[str, bool] = {}
        problems = []
        for line in lines:
            for person in _people_in(line):
                if person not in known:
                    profile = await self._directory.profile(team, person)
                    known[person] = profile.name != person and not profile.gone
                if not known[person]:
                    problems.append(Problem(line.number, Flaw.UNKNOWN_MEMBER, value=person))
        return problems

    async def _unusable_channels(self, request: Request, lines: Sequence[Line]) -> list[Problem]:
        """Channels that the sheet names; the form's own was tested when it was sent."""
        seen: dict[str, ChannelFacts | None] = {}
        problems = []
        for line in lines:
            channel = line.start.channel
            if channel == request.channel:
                continue
            if channel not in seen:
                seen[channel] = await channel_for(self._directory, request.team, channel, request.by)
            facts = seen[channel]
            if facts is None or facts.archived:
                problems.append(Problem(line.number, Flaw.NOT_IN_CHANNEL, "channel", channel))
            elif facts.shared:
                problems.append(Problem(line.number, Flaw.CHANNEL_SHARED, "channel", channel))
        return problems


class _HoldsSecret(Exception):
    """The sheet holds a secret of this kind and was not read."""


def _people_in(line: Line) -> list[str]:
    held = [person for holder in line.start.holders.values() for person in (holder.person, holder.deputy)]
    return [person for person in dict.fromkeys((*line.start.leads, *held)) if person]


def _by_line(lines: Sequence[Line], outcomes: Sequence[Told | Refused | None]) -> Mapping[int, Refused]:
    pairs = zip(lines, outcomes, strict=True)
    return {line.number: outcome for line, outcome in pairs if isinstance(outcome, Refused)}
