"""Reminders: to the owner, the deputy, the lead, of a wait, of what ends; and the digest of several for one person."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.render.values import Day, Markdown, Moment, Person, counted
from bot.render.views import words
from bot.render.views.look import Case, Look, RenderFacts, Turn, trust
from engine.onboarding import now
from engine.onboarding.outcome import Say
from engine.onboarding.rights import acts_for_end
from engine.onboarding.state import Life


@dataclass(frozen=True, slots=True)
class ReminderView:
    """`done` is the task that one button closes, if the ask is a single task without fields; `check` the one to look
    at; `answerable`: there are tasks that may have been answered elsewhere; `also` what else is with the same person
    here; `what_to_do` links the message that says what is asked for.
    """

    onboarding: str
    about: str
    rest: str
    short_id: str
    company: str
    environment: str
    subject: str
    step: int
    step_title: str
    title: str
    who: Person | None
    turn: Turn
    since: Moment
    for_long: str
    reminders: int
    deputy: Person | None
    done: str
    check: str
    answerable: bool
    what_to_do: str
    domain: str
    by: Person | None
    also: tuple[str, ...]
    late: bool
    repeat: bool


_OF_AN_ASK = frozenset(f"reminders/{name}" for name in ("owner", "deputy", "lead", "dns-contact-outside"))


def is_over(say: Say, case: Case) -> bool:
    """A reminder that could not be sent in time, of what has been done meanwhile or is with somebody else now."""
    if say.template not in _OF_AN_ASK:
        return False
    asked = case.state.asked.get(say.subject)
    person = say.person if say.template == "reminders/owner" and say.person else None
    return asked is None or (person is not None and asked.person != person) or case.state.life is not Life.OPEN


def reminder(say: Say, case: Case, facts: RenderFacts) -> ReminderView:
    look = Look(case, facts)
    number = int(say.subject.replace("#", ".").split(".", 1)[0])
    step, state = look.step(number)
    ask = next((ask for ask in now.asks(look.state, look.process) if ask.subject == say.subject), None)
    tasks = ask.tasks if ask else ((say.subject,) if "." in say.subject else ())
    task = look.process.task(tasks[0]) if tasks else None
    asked = look.state.asked.get(say.subject)
    since = asked.since if asked else (state.opened_at or look.state.started_at)
    turn = look.turn(step, task)
    days = look.working_days(since, facts.now)
    is_dns = task is not None and task.check is not None and task.check.kind == now.DNS_CHECK
    single = task is not None and len(tasks) == 1 and task.check is None and not any(f.required for f in task.fields)
    head = look.head(task.title if task else step.title)
    return ReminderView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"step:{number}",
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        subject=say.subject,
        step=number,
        step_title=step.title,
        title=task.title if task and len(tasks) == 1 else step.title,
        who=look.actor(say.data.get("mention", "") or say.person or (asked.person if asked else "")),
        turn=turn,
        since=look.moment(since),
        for_long=counted(days, "working day") if days else "",
        reminders=asked.reminders if asked else 0,
        deputy=turn.deputy,
        done=task.id if single and task else "",
        check=task.id if is_dns and task else "",
        answerable=bool(tasks),
        what_to_do=(is_dns and _request(look)) or facts.link(f"step/{number}") or "",
        domain=look.text(look.state.claim.domain) if is_dns and look.state.claim else "",
        by=look.actor(say.data.get("by", "")) if say.data.get("by") != say.data.get("mention") else None,
        also=tuple(look.subject_title(subject) for subject in say.data.get("also", "").split(",") if subject),
        late="late" in say.data,
        repeat=asked is not None and asked.lead_reminders > 1,
    )


def _request(look: Look) -> str:
    """Where the present request to the DNS contact stands."""
    claim = look.state.claim
    return (look.facts.link(f"dns-request/{claim.number}") or "") if claim else ""


@dataclass(frozen=True, slots=True)
class WaitLine:
    step: int
    title: str
    party: str
    since: Moment


@dataclass(frozen=True, slots=True)
class OwnView:
    """A time that somebody chose has come, and there is nobody here to be asked."""

    onboarding: str
    about: str
    company: str
    environment: str
    who: Person | None
    waits: tuple[WaitLine, ...]
    late: bool


def own(say: Say, case: Case, facts: RenderFacts) -> OwnView:
    look = Look(case, facts)
    head = look.head()
    waits = tuple(
        WaitLine(turn.step, look.process.step(turn.step).title, words.PARTY[turn.party], look.moment(turn.since))
        for turn in now.turns(look.state, look.process)
        if turn.party is not None
    )
    who = look.actor(say.data.get("mention", ""))
    return OwnView(head.onboarding, head.about, head.company, head.environment, who, waits, "late" in say.data)


@dataclass(frozen=True, slots=True)
class EndsView:
    onboarding: str
    about: str
    company: str
    environment: str
    what: str
    key: str
    on: Day | None
    left: str
    over: bool
    domain: str
    turn: Turn
    text: Markdown
    trust: str
    late: bool


def ends(say: Say, case: Case, facts: RenderFacts) -> EndsView:
    """Something ends: a certificate, a token, a proof. `say.subject` is its key in the state."""
    look = Look(case, facts)
    key = say.subject or say.data.get("what", "")
    at = look.state.ends.get(key)
    days = (at.date() - facts.now.date()).days if at else int(say.data.get("days", "0"))
    task = look.process.starts(key)
    expiry = task.expiry if task else None
    head = look.head(words.ends(key))
    return EndsView(
        onboarding=head.onboarding,
        about=head.about,
        company=head.company,
        environment=head.environment,
        what=words.ends(key),
        key=key,
        on=Day(at.date()) if at else None,
        left=counted(max(days, 0), "day"),
        over=days < 0,
        domain=look.text(look.state.claim.domain) if look.state.claim else "",
        turn=look.actors(acts_for_end(look.state, look.process, key)),
        text=Markdown(expiry.text) if expiry else Markdown(""),
        trust=trust(expiry.confidence, expiry.text) if expiry else "",
        late="late" in say.data,
    )


@dataclass(frozen=True, slots=True)
class DigestLine:
    company: str
    environment: str
    short_id: str
    title: str
    since: Moment
    thread: str


@dataclass(frozen=True, slots=True)
class DigestView:
    who: Person
    count: int
    lines: tuple[DigestLine, ...]
    late: bool


def digest(who: Person, items: Sequence[tuple[Say, Case, RenderFacts]]) -> DigestView:
    """Several due items of one person as one message, those that have waited longest first."""
    found: list[tuple[ReminderView, str]] = []
    for say, case, facts in items:
        found.append((reminder(say, case, facts), facts.link("card") or ""))
    found.sort(key=lambda pair: pair[0].since.at)
    lines = tuple(
        DigestLine(view.company, view.environment, view.short_id, view.title, view.since, thread)
        for view, thread in found
    )
    return DigestView(who, len(lines), lines, late=any(view.late for view, _ in found))
