"""Buttons and forms: parse, tell the desk, acknowledge. What follows is sent by the outbox or as an errand."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from engine.onboarding.commands import (
    AnswerWait,
    AskCheck,
    Command,
    Nudge,
    Restore,
    StopWatching,
    TakeBack,
    Tick,
    TickTasks,
    Unblock,
)
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.pki.secrets import find_secret
from engine.store import reads
from engine.store.reads import Case
from handlers import handing_over, importing, moving_on
from handlers.answers import reply_to
from handlers.deadline import tell
from handlers.forms import FORMS, FormError, Sent
from handlers.ids import ACTION_PREFIX, FORM_PREFIX, Verb
from handlers.listing import mine
from handlers.members import gets_forms
from handlers.parse import Click, Submission, parse_click, parse_submission, typed_by_button
from handlers.ports import Facts, Office
from handlers.replies import Later, OpenForm, Show
from handlers.targets import visible_case


def _step_of(click: Click) -> int:
    return int(click.subject.split(".", 1)[0])


def _answer_wait(click: Click) -> Command:
    step, _, answer = click.subject.partition(".")
    return AnswerWait(click.onboarding, click.person, int(step), answer)


AT_ONCE: dict[Verb, Callable[[Click], Command]] = {
    Verb.DONE: lambda click: TickTasks(click.onboarding, click.person, _step_of(click), (Tick(click.subject),)),
    Verb.CHECK: lambda click: AskCheck(click.onboarding, click.person, click.subject),
    Verb.WAIT_OVER: lambda click: AnswerWait(click.onboarding, click.person, _step_of(click)),
    Verb.ANSWER: _answer_wait,
    Verb.UNBLOCK: lambda click: Unblock(click.onboarding, click.person, _step_of(click)),
    Verb.ASK: lambda click: Nudge(click.onboarding, click.person, click.subject),
    Verb.RESTORE: lambda click: Restore(click.onboarding, click.person),
    Verb.TAKE_BACK: lambda click: TakeBack(click.onboarding, click.person, click.subject),
    Verb.STOP_WATCHING: lambda click: StopWatching(click.onboarding, click.person),
}
"""Buttons that do something at once."""

READ_ONLY = frozenset(
    {Verb.MORE, Verb.REST, Verb.SHOW, Verb.SOURCES, Verb.EVERYTHING, Verb.COPY_MAIL, Verb.COPY_TEXT},
)
"""Forms that only show something."""

WITHOUT_CASE = frozenset({Verb.START, Verb.MATERIAL, Verb.IMPORT, Verb.HAND_OVER_ALL})
"""Forms that may be about no onboarding."""

STAY_OPEN: dict[Verb, Callable[[Sent, AsyncAck], Awaitable[None]]] = {
    Verb.IMPORT: importing.look,
    Verb.IMPORT_ALL: importing.start_all,
    Verb.HAND_OVER_ALL: handing_over.preview,
    Verb.HAND_OVER_GO: handing_over.go,
    Verb.MOVES: moving_on.go,
}
"""Forms that show what follows in the same window instead of closing."""

WHISPERED = {Verb.STATUS: "status", Verb.MINE: "mine", Verb.HELP: "help"}
"""Buttons that answer the presser alone."""


def register(app: AsyncApp, office: Office) -> None:
    """Every button of ours (`do:…`) and every form of ours (`form:…`)."""

    @app.action(re.compile(f"^{ACTION_PREFIX}"))
    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = parse_click(body)
        if click.verb in AT_ONCE:
            await _at_once(office, click)
        elif click.verb in WHISPERED:
            office.errands.run("answer a button", _whisper_answer(office, click))
        elif click.verb is Verb.COMMAND:
            await _carry_out(office, click)
        elif click.verb is Verb.TRY_AGAIN:
            await _try_again(office, click)
        elif click.verb is not Verb.OPEN:
            await _open_form(office, click)
        await ack()

    @app.view(re.compile(f"^{FORM_PREFIX}"))
    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = parse_submission(body)
        if form.verb in READ_ONLY:
            await ack()
            return
        try:
            if form.verb in STAY_OPEN:
                await _submit_in_stages(office, form, ack)
                return
            await _submit(office, form)
        except FormError as error:
            text = await office.words.form_error(error.code, dict(error.data))
            await ack(response_action="errors", errors={error.input_id: text})
        except Refused as refused:
            await _refuse_form(office, ack, form, refused, body)
        else:
            await ack(response_action="clear")


async def _carry_out(office: Office, click: Click) -> None:
    """A typed command could have meant several onboardings; this one was chosen."""
    match await reply_to(office, typed_by_button(click)):
        case OpenForm(verb, facts):
            await office.slack.open_view(click.trigger, await office.words.form(verb, facts))
        case Show(message):
            office.errands.run("answer a chosen command", whisper(office, click, message))
        case Later(_, then):
            office.errands.run("answer a chosen command", _whisper_later(office, click, then))


async def _whisper_later(office: Office, click: Click, then: Callable[[], Awaitable[Any]]) -> None:
    await whisper(office, click, await then())


async def _at_once(office: Office, click: Click) -> None:
    if click.verb is Verb.ANSWER and await _leads_to_rejection(office, click):
        await _open_form(office, click, verb=Verb.REJECT, subject=str(_step_of(click)))
        return
    try:
        await tell(office, AT_ONCE[click.verb](click), once=click.key)
    except Refused as refused:
        office.errands.run("say why a click was refused", _whisper_refusal(office, click, refused))
    else:
        if click.in_form and click.view_id:
            office.errands.run("say in the form that it was done", _show_done(office, click))


async def _leads_to_rejection(office: Office, click: Click) -> bool:
    step, _, answer = click.subject.partition(".")
    case = await office.desk.read(reads.case, click.onboarding)
    if case is None or not answer:
        return False
    return any(
        option.rejects for wait in case.process.step(int(step)).waits for option in wait.answers if option.id == answer
    )


async def _open_form(office: Office, click: Click, *, verb: Verb | None = None, subject: str | None = None) -> None:
    """Opens the form; from inside a form it is laid over it. The only Slack call that a handler makes (decision 1)."""
    if not await gets_forms(office, click.team, click.person):
        office.errands.run("give plain buttons instead of a form", _whisper_plain(office, click))
        return
    verb = verb or click.verb
    try:
        facts = await _form_facts(office, click, verb, click.subject if subject is None else subject)
        view = await office.words.form(verb, facts)
    except Refused as refused:
        office.errands.run("say why a form does not open", _whisper_refusal(office, click, refused))
        return
    if click.in_form:
        await office.slack.push_view(click.trigger, view)
    else:
        await office.slack.open_view(click.trigger, view)


async def _whisper_plain(office: Office, click: Click) -> None:
    case = await visible_case(office, click.person, click.onboarding, click.place.channel) if click.onboarding else None
    facts = office.facts(click.team, click.person, case=case, channel=click.place.channel or "")
    await whisper(office, click, await office.words.answer("plain-buttons", facts))


async def _form_facts(office: Office, click: Click, verb: Verb, subject: str) -> Facts:
    case = None
    if verb not in {Verb.START, Verb.IMPORT, Verb.HAND_OVER_ALL} and (click.onboarding or verb not in WITHOUT_CASE):
        case = await visible_case(office, click.person, click.onboarding, click.place.channel)
        if case is None:
            raise Refused(RefusalCode.UNKNOWN_ONBOARDING)
    channel = click.place.channel or (case.state.channel if case else "")
    cases: tuple[Case, ...] = ()
    if verb is Verb.HAND_OVER_ALL:
        cases = await handing_over.held_by(office, click.team, click.person)
    elif verb is Verb.MOVES and case is not None:
        moves = moving_on.answer_of(case.process, subject).moves
        cases = await moving_on.waiting_beside(office, click.team, click.person, case, moves)
    return office.facts(
        click.team,
        click.person,
        case=case,
        cases=cases,
        subject=subject,
        channel=channel,
        thread=click.place.thread or "",
    )


def _scan(form: Submission) -> None:
    """No field may hold a secret. Raises FormError at the field, before anything is stored or logged."""
    for name, value in form.values.items():
        for text in (value,) if isinstance(value, str) else value:
            kind = find_secret(text)
            if kind is not None:
                raise FormError(name, "secret", kind=kind.value)


async def _check_alone(office: Office, form: Submission) -> None:
    """A CSR or certificate that was pasted without a task: looked at, answered to the asker alone, and not kept."""
    text = form.values.get("text")
    seen = await office.checks.material(str(text or "").encode(), "pasted text")
    facts = office.facts(form.team, form.person, channel=form.place.channel or "", data=seen)
    message = await office.words.answer("check-cert", facts)
    if form.place.channel:
        await office.slack.whisper(form.place.channel, form.person, message, form.place.thread)
    else:
        await office.slack.tell_privately(form.person, message)


async def _submit(office: Office, form: Submission) -> None:
    _scan(form)
    if form.verb is Verb.MATERIAL and not form.subject:
        office.errands.run("check pasted material", _check_alone(office, form))
        return
    command = await FORMS[form.verb](await _sent(office, form))
    await tell(office, command, once=form.key)


async def _submit_in_stages(office: Office, form: Submission, ack: AsyncAck) -> None:
    _scan(form)
    await STAY_OPEN[form.verb](await _sent(office, form), ack)


async def _sent(office: Office, form: Submission) -> Sent:
    """With the onboarding that it is about. Raises Refused where its sender may not see that."""
    case = await _seen_by_sender(office, form) if form.onboarding else None
    if form.onboarding and case is None:
        raise Refused(RefusalCode.UNKNOWN_ONBOARDING)
    profile = await office.directory.profile(form.team, form.person)
    return Sent(office, form, profile, office.now(), case)


async def _seen_by_sender(office: Office, form: Submission) -> Case | None:
    """What the form is about, if its sender may see it. A form's channel may have been typed, so it proves nothing."""
    return await visible_case(office, form.person, form.onboarding, None)


async def _refuse_form(office: Office, ack: AsyncAck, form: Submission, refused: Refused, body: dict[str, Any]) -> None:
    """At the field that it is about, else at the form's first one, so that nothing that was typed is lost."""
    text = await office.words.refusal_in_form(refused, await _submission_facts(office, form, refused))
    inputs = [block["block_id"] for block in body["view"]["blocks"] if block.get("type") == "input"]
    field = refused.data.get("field", "")
    if inputs:
        await ack(response_action="errors", errors={field if field in inputs else inputs[0]: text})
    else:
        view = await office.words.notice(text)
        await ack(response_action="update", view=view)


async def _submission_facts(office: Office, form: Submission, refused: Refused) -> Facts:
    """With the onboarding that the refusal is about; for a second start the one that is open, if it may be seen."""
    case = await _seen_by_sender(office, form) if form.onboarding else None
    if refused.code is RefusalCode.ALREADY_OPEN:
        lookup = await office.desk.read(reads.find_onboarding, form.team, refused.data["short_id"])
        seen = [await visible_case(office, form.person, one.id, None) for one in lookup.found[:1]]
        case = seen[0] if seen else None
    return office.facts(form.team, form.person, case=case, channel=form.place.channel or "")


async def _whisper_answer(office: Office, click: Click) -> None:
    facts = office.facts(click.team, click.person, channel=click.place.channel or "", subject=click.subject)
    if click.verb is Verb.MINE:
        message = await mine(office, facts)
    else:
        case = await visible_case(office, click.person, click.onboarding, click.place.channel)
        if click.verb is Verb.STATUS and case is None:
            message = await office.words.refusal(Refused(RefusalCode.UNKNOWN_ONBOARDING), facts)
        else:
            facts = office.facts(click.team, click.person, channel=facts.channel, subject=click.subject, case=case)
            message = await office.words.answer(WHISPERED[click.verb], facts)
    await whisper(office, click, message)


async def _whisper_refusal(office: Office, click: Click, refused: Refused) -> None:
    """Of an onboarding that is not theirs to see nothing is said but that they know of none."""
    case: Case | None = None
    if click.onboarding:
        case = await visible_case(office, click.person, click.onboarding, click.place.channel)
        refused = refused if case else Refused(RefusalCode.UNKNOWN_ONBOARDING)
    facts = office.facts(click.team, click.person, case=case, subject=click.subject, channel=click.place.channel or "")
    await whisper(office, click, await office.words.refusal(refused, facts))


async def whisper(office: Office, click: Click, message: Any) -> None:
    """To the presser alone: where the button stands, in the form itself, or from App Home by direct message."""
    if click.in_form and click.view_id:
        await office.slack.update_view(click.view_id, await office.words.notice(message.text))
    elif click.place.channel:
        # Only in a thread that has replies: elsewhere Slack would show an ephemeral message to nobody.
        await office.slack.whisper(click.place.channel, click.person, message, click.place.thread)
    else:
        await office.slack.tell_privately(click.person, message)


async def _show_done(office: Office, click: Click) -> None:
    await office.slack.update_view(click.view_id or "", await office.words.notice("recorded"))


async def _try_again(office: Office, click: Click) -> None:
    if await visible_case(office, click.person, click.onboarding, click.place.channel) is None:
        refused = Refused(RefusalCode.UNKNOWN_ONBOARDING)
        office.errands.run("say why a click was refused", _whisper_refusal(office, click, refused))
        return
    await office.desk.unpark(click.onboarding)
