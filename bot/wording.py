"""Puts things into words: finds what a view needs, makes it, and has its template rendered.

Implements `handlers.ports.Words` and the delivery's `Speaker`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import Connection

from bot.clock import Clock
from bot.render.form_facts import everything, form_for
from bot.render.form_several import hand_over_all_form, moves_form
from bot.render.form_starts import import_form, production_form, start_form
from bot.render.forms import read_form, view_of
from bot.render.opened import Opened
from bot.render.parse import CODE_LIMIT
from bot.render.renderer import OUR_TEMPLATES, Rendered, Renderer
from bot.render.slack import Surface
from bot.render.values import Code, Moment, Person, joined
from bot.render.views import RenderFacts, answers, boards, digest, handing_over, imports, refusal, status, view_for
from bot.render.views.board_csv import csv_parts
from bot.render.views.dns import dns_request
from bot.render.views.forms import CopyText, MovedView, RefusedPart
from bot.render.views.look import Look
from bot.render.views.plain import plain
from bot.render.views.reminders import is_over
from bot.render.views.steps import step_of
from engine.desk import Desk
from engine.onboarding.outcome import Lane, Refused, Say
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import holds_role, people_of
from engine.onboarding.state import Onboarding
from engine.process.model import Process, Role
from engine.reminders.calendar import DEFAULT_NATION
from engine.store import kept, people, reads
from engine.store.outbox import Message
from engine.store.people import PersonSeen
from engine.store.reads import Case
from handlers.handing_over import Given, Preview
from handlers.ids import Verb, form_id
from handlers.importing import Checked, Imported
from handlers.moving_on import Moved
from handlers.parse import Meta
from handlers.ports import SPREADSHEETS_UTF8, CsvFile, Directory, Facts

DIGEST = "reminders/digest"


class Wording:
    """One a process. `workspace_url` is Slack's address of the workspace, for links to messages; `nation` the one whose
    bank holidays a form proposes; `admins` are who runs Dipper.
    """

    def __init__(
        self,
        renderer: Renderer,
        desk: Desk,
        directory: Directory,
        clock: Clock,
        process: Callable[[], Process],
    ) -> None:
        self._renderer = renderer
        self._desk = desk
        self._directory = directory
        self._clock = clock
        self._process = process
        self.workspace_url = ""
        self.bot = "@dipper"
        self.nation = DEFAULT_NATION
        self.retention_months: int | None = None
        self.admins: tuple[str, ...] = ()

    # The outbox's messages.

    async def message(self, message: Message, case: Case) -> Rendered | None:
        """The message from the state as it is now; None where there is nothing left to say."""
        say = message.say
        if is_over(say, case):
            return None
        facts = await self._render_facts(case, say=say)
        if say.template == DIGEST:
            who = facts.people.get(say.person or "", Person(say.person or "", say.person or ""))
            parts = await self._parts_of(say)
            if not parts:
                return None
            view: object = digest(who, parts)
        else:
            view = view_for(say, case, facts)
        rendered = self._renderer.render(say.template, view)
        is_update = say.slot is not None and say.slot in case.slots
        return (
            _marked(rendered, self._errors["may-be-a-repeat"]) if message.may_be_repeat and not is_update else rendered
        )

    async def _parts_of(self, say: Say) -> list[tuple[Say, Case, RenderFacts]]:
        """The reminders of a digest that still hold. Each value of its data: `outbox.digest`."""
        found = []
        for part in say.data.values():
            onboarding, subject, *late = part.split("|")
            case = await self._desk.read(reads.case, onboarding)
            data = {"late": "yes"} if late else {}
            one = Say("reminders/owner", Lane.THREAD, person=say.person, subject=subject, data=data)
            if case is not None and not is_over(one, case):
                found.append((one, case, await self._render_facts(case, say=one)))
        return found

    # What only the asker sees.

    async def answer(self, name: str, facts: Facts) -> Rendered:
        return self._renderer.render(f"answers/{name}", await self._answer_view(name, facts))

    async def list_csv(self, facts: Facts) -> CsvFile:
        """The list as CSV: as a file, and in as many messages as it needs where no file may be sent."""
        pairs = [(case, await self._render_facts(case)) for case in facts.cases]
        reader = (await self._directory.profile(facts.team, facts.person)).tz
        parts = csv_parts(boards.lines_of(pairs), CODE_LIMIT, reader)
        views = [answers.CsvView(n, len(parts), len(pairs), Code(part)) for n, part in enumerate(parts, 1)]
        about = self._renderer.plain("answers/list-csv-file", answers.CsvView(1, 1, len(pairs), Code(""))).strip()
        messages = [self._renderer.render("answers/list-csv", view) for view in views]
        return CsvFile("onboardings.csv", SPREADSHEETS_UTF8 + "\n".join(parts) + "\n", about, messages)

    async def refusal(self, refused: Refused, facts: Facts) -> Rendered:
        found = await self._render_facts(facts.case) if facts.case else await self._facts_alone(facts)
        return self._renderer.render(f"refusals/{refused.code}", refusal(refused, facts.case, found))

    async def refusal_in_form(self, refused: Refused, facts: Facts) -> str:
        """For a field of a form, which bears no buttons."""
        found = await self._render_facts(facts.case) if facts.case else await self._facts_alone(facts)
        return self._renderer.plain(f"refusals/{refused.code}", refusal(refused, facts.case, found)).strip()

    async def form_button(self, verb: Verb, facts: Facts) -> Rendered:
        onboarding = facts.case.state.id if facts.case else ""
        view = answers.TextView(verb=verb.value, subject=facts.subject, onboarding=onboarding)
        return self._renderer.render("answers/form-button", view)

    async def form_error(self, code: str, data: Mapping[str, str]) -> str:
        return self._errors[code].format(**data)

    async def notice(self, text: str) -> dict[str, Any]:
        words = self._errors[text] if text in _NOTES else text
        view = answers.TextView(text=words)
        return self._modal(Opened("notice", "forms/notice", view), form_id(Verb.SHOW), Meta())

    async def home(self, facts: Facts) -> dict[str, Any]:
        pairs = [(case, await self._render_facts(case)) for case in facts.cases]
        rendered = self._renderer.render("home", boards.home(pairs, facts.person), Surface.HOME)
        return {"type": "home", "blocks": rendered.blocks}

    async def form(self, verb: Verb, facts: Facts) -> dict[str, Any]:
        """The modal of a verb. Raises Refused where what it is about is not there."""
        onboarding = facts.case.state.id if facts.case else ""
        meta = Meta(onboarding, facts.subject, facts.channel, facts.thread)
        return self._modal(await self._opened(verb, facts), form_id(verb), meta)

    async def _opened(self, verb: Verb, facts: Facts) -> Opened:
        if verb is Verb.START or (verb is Verb.MATERIAL and facts.case is None):
            return self._start(facts, start_form) if verb is Verb.START else Opened("material")
        if verb is Verb.IMPORT:
            return self._start(facts, import_form)
        if verb is Verb.IMPORT_ALL:
            return await self._looked_at(facts)
        if verb is Verb.HAND_OVER_ALL:
            return hand_over_all_form(facts, [Look(case, await self._render_facts(case)) for case in facts.cases])
        if verb is Verb.HAND_OVER_GO:
            return await self._handed_over(facts)
        if isinstance(moved := facts.data.get("moved"), Moved):
            view = MovedView(moved.count, await self._refused_in(moved.refused, facts))
            return Opened("moved", "forms/moved", view)
        if facts.case is None:
            raise Refused(RefusalCode.UNKNOWN_ONBOARDING)
        found = await self._render_facts(
            facts.case, also=(facts.person,), reports=(facts.subject.removeprefix("report:"),)
        )
        look = Look(facts.case, found)
        if verb is Verb.START_PRODUCTION:
            return production_form(facts, look)
        if verb is Verb.COPY_MAIL:
            return self._mail(look, facts.case, facts.subject)
        if verb is Verb.EVERYTHING or (verb is Verb.REST and facts.subject.startswith("report:")):
            report = found.report(facts.subject.removeprefix("report:"))
            if report is None:
                raise Refused(RefusalCode.UNKNOWN_TASK, facts.subject)
            return everything(report, look, found.tz)
        if verb is Verb.REST:
            return self._rest(look, facts)
        if verb is Verb.MOVES:
            return moves_form(look, facts)
        return form_for(verb, look, facts)

    def _start(self, facts: Facts, form: Callable[[Facts, Process], Opened]) -> Opened:
        opened = form(facts, self._process())
        filled = replace(opened.filled, initial={**opened.filled.initial, "nation": self.nation})
        return replace(opened, filled=filled)

    async def _looked_at(self, facts: Facts) -> Opened:
        """What was found in a sheet; where nothing of it can start there is nothing to send."""
        checked = facts.data["checked"]
        if not isinstance(checked, Checked):
            raise TypeError("the form needs what the look at the sheet found")
        view = imports.sheet(checked, await self._said(checked.refused, facts), self._process())
        return Opened("import-all" if view.good else "import-nothing", "forms/import-all", view)

    async def _handed_over(self, facts: Facts) -> Opened:
        """What a hand-over would do, and with the same verb what it did."""
        shown, done = facts.data.get("preview"), facts.data.get("given")
        tz = (await self._directory.profile(facts.team, facts.person)).tz
        if isinstance(shown, Preview):
            looks = {part.case.state.id: Look(part.case, await self._render_facts(part.case)) for part in shown.parts}
            to = await self._person(facts.team, shown.wish.to)
            view: object = handing_over.preview(shown, to, lambda case: looks[case.state.id], tz)
            return Opened("hand-over-go" if shown.wish.onboardings else "handed-over", "forms/hand-over-go", view)
        if not isinstance(done, Given):
            raise TypeError("the form needs a preview, or what became of it")
        to = await self._person(facts.team, done.wish.to)
        refused = await self._refused_in(done.refused, facts)
        return Opened("handed-over", "forms/handed-over", handing_over.given(done, to, refused, tz))

    async def _refused_in(self, refused: Mapping[str, Refused], facts: Facts) -> tuple[RefusedPart, ...]:
        """Each onboarding in which something was refused, and why."""
        parts = []
        for onboarding, why in refused.items():
            case = await self._desk.read(reads.case, onboarding)
            if case is not None:
                head = Look(case, await self._render_facts(case)).head()
                said = await self.refusal_in_form(why, replace(facts, case=case))
                parts.append(RefusedPart(head.company, head.environment, said))
        return tuple(parts)

    async def _person(self, team: str, person: str) -> Person:
        profile = await self._directory.profile(team, person)
        return Person(profile.id, profile.name, profile.tz)

    async def _said(self, refused: Mapping[int, Refused], facts: Facts) -> dict[int, str]:
        return {line: await self.refusal_in_form(why, facts) for line, why in refused.items()}

    def _rest(self, look: Look, facts: Facts) -> Opened:
        kind, _, name = facts.subject.partition(":")
        if kind == "step" and name.isdigit() and int(name) in look.state.steps:
            return Opened("rest", "parts/step-now", step_of(look, int(name)))
        if kind == "dns-request" and facts.case is not None:
            say = Say("thread/dns-request", Lane.THREAD, slot=f"dns-request/{name}", subject=name, data={"claim": name})
            return Opened("rest", "thread/dns-request", dns_request(say, facts.case, look.facts))
        raise Refused(RefusalCode.UNKNOWN_STEP, name)

    def _mail(self, look: Look, case: Case, claim: str) -> Opened:
        say = Say("mail/dns-request", Lane.DIRECT, slot=f"dns-request/{claim}", subject=claim, data={"claim": claim})
        text = self._renderer.plain("mail/dns-request", dns_request(say, case, look.facts))
        return Opened("copy-mail", "forms/copy", CopyText(Code(text)))

    def _modal(self, opened: Opened, callback_id: str, meta: Meta) -> dict[str, Any]:
        form = read_form(_FORMS / f"{opened.file}.yaml")
        intro = self._renderer.full(opened.template, opened.view) if opened.template else []
        return view_of(form, callback_id=callback_id, private_metadata=meta.text(), intro=intro, filled=opened.filled)

    @cached_property
    def _errors(self) -> dict[str, str]:
        return dict(YAML(typ="safe", pure=True).load((_FORMS / "errors.yaml").read_text(encoding="utf-8")))

    async def _answer_view(self, name: str, facts: Facts) -> object:
        if name in {"status", "next"} or (name == "menu" and facts.case is not None):
            if facts.case is None:
                raise Refused(RefusalCode.UNKNOWN_ONBOARDING)
            found = await self._render_facts(facts.case, also=(facts.person,))
            return status.status(facts.case, found, facts.person)
        if name == "plain-buttons":
            found = await (self._render_facts(facts.case) if facts.case else self._facts_alone(facts))
            return plain(facts.case, found, facts.person)
        if name == "menu":
            return boards.choices(facts.named)
        if name == "mine":
            pairs = [(case, await self._render_facts(case)) for case in facts.cases]
            return boards.mine(pairs, facts.person)
        if name == "list":
            shown = facts.cases[: boards.MOST_LISTED]
            pairs = [(case, await self._render_facts(case)) for case in shown]
            return boards.board(facts.subject, facts.text, pairs, len(facts.cases))
        if name == "privacy":
            known = await self._desk.read(people.persons, facts.team, self.admins)
            names = [one.name for one in known.values()]
            months = str(self.retention_months) if self.retention_months else ""
            return answers.PrivacyView(months, joined(names) if names else None)
        if name == "expiring":
            pairs = [(case, await self._render_facts(case)) for case in facts.cases]
            return boards.expiring(facts.subject, pairs, facts.data["before"], facts.now)  # type: ignore[arg-type]  # a time
        if name in {"which", "not-found"}:
            return boards.choices(facts.named, facts.text, facts.subject)
        if name == "imported":
            done = facts.data["imported"]
            if not isinstance(done, Imported):
                raise TypeError("the answer needs what became of the sheet")
            return imports.imported(done, await self._said(done.refused, facts), self._process())
        if name == "doctor":
            return answers.doctor(facts.data["findings"])  # type: ignore[arg-type]  # the doctor's rows
        if name == "check-dns":
            return answers.dns_look(facts.text, facts.data)
        if name == "check-webhook":
            return answers.webhook(facts.text, facts.data)
        if name == "check-cert":
            return answers.material(facts.data)
        if name in {"assigned", "exported", "export-sent", "export-not-sent", "reminded", "reminder-set", "snoozed"}:
            return await self._done_view(facts)
        return answers.TextView(text=facts.text, near=facts.subject, topic=facts.subject)

    async def _done_view(self, facts: Facts) -> answers.CaseView:
        if facts.case is None:
            raise Refused(RefusalCode.UNKNOWN_ONBOARDING)
        look = Look(facts.case, await self._render_facts(facts.case))
        head = look.head()
        view = answers.CaseView(
            head.onboarding, head.about, head.company, head.environment, head.short_id, step=facts.subject
        )
        if facts.subject in {role.value for role in Role}:
            role = Role(facts.subject)
            view = replace(view, role=look.role_title(role), turn=look.actors(holds_role(look.state, role)))
        until = facts.data.get("until")
        return replace(view, until=Moment(until, look.facts.tz)) if hasattr(until, "tzinfo") else view  # type: ignore[arg-type]

    # What views look up.

    async def _render_facts(
        self,
        case: Case,
        *,
        say: Say | None = None,
        also: tuple[str, ...] = (),
        reports: tuple[str, ...] = (),
    ) -> RenderFacts:
        wanted = people_of(case.state) | frozenset(also) | _people_named(say, case.state)
        ids = {
            *reports,
            *_reports_of(case.state),
            *((say.data.values()) if say else ()),
            *((say.subject,) if say else ()),
        }
        found = await self._desk.read(_look_up, case.state, wanted, frozenset(filter(None, ids)))
        return RenderFacts(
            now=self._clock(),
            people={one.id: Person(one.id, one.name, one.tz) for one in found.people.values()},
            report=found.reports.get,
            link=lambda slot: self._link(case, slot),
            bot=self.bot,
        )

    async def _facts_alone(self, facts: Facts) -> RenderFacts:
        return RenderFacts(now=facts.now, bot=self.bot)

    def link_to(self, channel: str, message: str) -> str:
        """Slack's address of a message."""
        return f"{self.workspace_url.rstrip('/')}/archives/{channel}/p{message.replace('.', '')}"

    def _link(self, case: Case, slot: str) -> str | None:
        posted = case.slots.get(slot)
        if posted is None or not self.workspace_url:
            return None
        address = self.link_to(posted.channel, posted.ts)
        thread = case.thread
        if thread is not None and thread.channel == posted.channel and thread.ts != posted.ts:
            return f"{address}?thread_ts={thread.ts}&cid={posted.channel}"
        return address


_FORMS = Path(OUR_TEMPLATES) / "forms"
_NOTES = frozenset({"recorded", "hand-over-looking", "import-reading", "import-under-way"})
"""Notes in a form's place that stand beside its errors."""


@dataclass(frozen=True, slots=True)
class _Found:
    people: Mapping[str, PersonSeen]
    reports: Mapping[str, Mapping[str, Any]]


def _look_up(connection: Connection, state: Onboarding, persons: frozenset[str], reports: frozenset[str]) -> _Found:
    """Everything that a view looks up, in one read; of reports, the onboarding's own."""
    found = {id_: kept.find(connection, id_) for id_ in reports if id_.startswith("R")}
    return _Found(
        people.persons(connection, state.team, persons),
        {id_: one.body for id_, one in found.items() if one and one.body is not None and one.onboarding == state.id},
    )


def _reports_of(state: Onboarding) -> set[str]:
    return {task.seen.report for step in state.steps.values() for task in step.tasks.values() if task.seen}


def _people_named(say: Say | None, state: Onboarding) -> frozenset[str]:
    named = {value for value in say.data.values() if value[:1] in "UW"} if say else set()
    closed = {task.closing.by for step in state.steps.values() for task in step.tasks.values() if task.closing}
    return frozenset(named | closed | ({say.person} if say and say.person else set()))


def _marked(rendered: Rendered, note: str) -> Rendered:
    block = {"type": "context", "elements": [{"type": "plain_text", "text": note}]}
    return Rendered([*rendered.blocks, block], f"{rendered.text}\n{note}")
