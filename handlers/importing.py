"""`/dip import`: one form for what a whole sheet of companies has in common, a look at the sheet, then all at once.

The look is an errand: nothing is promised before the second form is sent. That one is on disk before it is acknowledged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from slack_bolt.context.ack.async_ack import AsyncAck

from engine.imports import Line, Problem, Request, Sheet
from engine.onboarding.outcome import Refused
from engine.process.model import Environment, Participant, Role, Route
from handlers.deadline import note_import
from handlers.forms import Sent, channel_of
from handlers.ids import Verb
from handlers.parse import Submission
from handlers.ports import Office


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at a sheet found: what can be used, what is wrong with the rest, or why it was not read at all."""

    sheet: Sheet = field(default_factory=Sheet)
    refused: Mapping[int, Refused] = field(default_factory=dict)
    unreadable: str = ""
    holds: str = ""  # the kind of secret that it holds

    @property
    def good(self) -> tuple[Line, ...]:
        return tuple(line for line in self.sheet.lines if line.number not in self.refused)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a sheet: each line that was started with its short id, and what was not started and why."""

    started: tuple[tuple[Line, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: Mapping[int, Refused] = field(default_factory=dict)
    unreadable: str = ""
    holds: str = ""  # the kind of secret that it holds


async def look(sent: Sent, ack: AsyncAck) -> None:
    """The first form: the sheet is looked at beside the answer to Slack, and the form then shows what was found.

    Raises FormError for a channel that cannot be used.
    """
    channel, shared = await channel_of(sent)
    request = Request(
        team=sent.form.team,
        by=sent.by,
        file=sent.need("sheet"),
        channel=channel,
        shared=shared,
        environment=Environment(sent.need("environment")),
        participant=Participant(sent.need("participant")),
        route=Route(sent.need("route")),
        nation=sent.one("nation") or "ENG",
        leads=sent.many("leads") or (sent.by,),
        holders={role: people for role in Role if role is not Role.LEAD and (people := sent.many(role.value))},
    )
    sent.office.errands.run("look at a sheet of companies", _show(sent.office, sent.form, request))
    await ack(response_action="update", view=await sent.office.words.notice("import-reading"))


async def _show(office: Office, form: Submission, request: Request) -> None:
    checked = await office.importer.check(request)
    facts = office.facts(
        form.team, form.person, subject=request.text(), channel=request.channel, data={"checked": checked}
    )
    await office.slack.update_view(form.view_id, await office.words.form(Verb.IMPORT_ALL, facts))


async def start_all(sent: Sent, ack: AsyncAck) -> None:
    """The second form: what was asked for is on disk when Slack is answered."""
    await note_import(sent.office, sent.form.subject, sent.by, once=sent.form.key)
    await ack(response_action="update", view=await sent.office.words.notice("import-under-way"))
