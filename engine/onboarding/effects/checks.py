"""What the portal shows, what checks saw, and what was handed in to be read."""

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects.base import apply, end_at, on_task
from engine.onboarding.state import Claim, Onboarding, TaskState
from engine.onboarding.values import CheckAsk, CheckSeen, Pending


@apply.register
def _(event: e.ClaimSet, state: Onboarding) -> Onboarding:
    old = state.claim
    previous = (*old.previous, old.value) if old and old.value else old.previous if old else ()
    claim = Claim(
        event.number,
        event.domain,
        event.value,
        event.shown_on,
        previous,
        needed_by=event.needed_by,
        by=event.by,
        at=event.at,
    )
    ends = {what: at for what, at in state.ends.items() if what != "token"}
    if event.token_ends:
        ends["token"] = event.token_ends
    warned = {what: days for what, days in state.warned.items() if what != "token"}
    return replace(state, claim=claim, ends=ends, warned=warned, dns_due=event.needed_by)


@apply.register
def _(event: e.CheckAsked, state: Onboarding) -> Onboarding:
    ask = CheckAsk(event.by, event.at)
    return on_task(state, event.task, lambda task: replace(task, check_asked=ask))


@apply.register
def _(event: e.CheckRecorded, state: Onboarding) -> Onboarding:
    def see(task: TaskState) -> TaskState:
        before = task.seen
        same = before is not None and before.verdict == event.verdict and before.claim == event.claim
        seen = CheckSeen(
            event.kind,
            event.verdict,
            at=event.at,
            report=event.report,
            claim=event.claim,
            since=before.since if before and same else event.at,
            look_again_at=event.look_again_at,
            ready_at=event.ready_at,
            slow_told=event.slow or bool(before and same and before.slow_told),
            cause=event.cause,
            moved=before.moved if before and same and event.asked_by is None else event.at,
            agrees=event.agrees,
        )
        return replace(task, seen=seen, check_asked=None)

    return end_at(on_task(state, event.task, see), event.ends)


@apply.register
def _(event: e.MaterialPending, state: Onboarding) -> Onboarding:
    item = Pending(
        event.item,
        by=event.by,
        at=event.at,
        task=event.task,
        file=event.file,
        name=event.name,
        permalink=event.permalink,
        text=event.text,
    )
    return replace(state, pending={**state.pending, event.item: item})


@apply.register
def _(event: e.MaterialRead, state: Onboarding) -> Onboarding:
    pending = {key: item for key, item in state.pending.items() if key != event.item}
    state = replace(state, pending=pending)
    if event.task is not None:
        seen = CheckSeen(
            event.kind,
            event.verdict,
            at=event.at,
            report=event.report,
            since=event.at,
            agrees=event.agrees,
            key=event.key,
        )
        state = on_task(state, event.task, lambda task: replace(task, seen=seen))
    return end_at(state, event.ends)
