"""What follows from any change:

steps close when all is done, the next ones open, the end is reached, the turn passes.
"""

from engine.onboarding import events as e
from engine.onboarding.evolve import CLOSED_STEP, CLOSED_TASK, weakest
from engine.onboarding.now import asks, dns_task, may_open, rows_closed, tasks_of_wait
from engine.onboarding.rights import may_see
from engine.onboarding.rules.draft import Draft
from engine.onboarding.state import Life, StepState
from engine.onboarding.values import StepStatus
from engine.process.model import Environment, Party


def settle(draft: Draft) -> None:
    """Adds the events that follow from what was drafted."""
    flow(draft)
    _pass_the_turn(draft)


def flow(draft: Draft) -> None:
    """Closes and opens steps until nothing more follows, and says when the end is reached."""
    if draft.state.life in (Life.OPEN, Life.FINISHED):
        while _end_answered_wait(draft) or _close_one(draft) or _open_one(draft):
            pass
    if draft.state.life is Life.OPEN and all(
        step.status in CLOSED_STEP for step in draft.state.steps.values() if step.number != 0
    ):
        draft.add(e.Finished(*draft.stamp))


def _is_complete(draft: Draft, step: StepState) -> bool:
    if step.status is not StepStatus.OPEN or not all(task.status in CLOSED_TASK for task in step.tasks.values()):
        return False
    return draft.process.step(step.number).rows is None or rows_closed(step)


def _end_answered_wait(draft: Draft) -> bool:
    """What a wait was for is done: it is over, whichever way that was said."""
    for step in draft.state.open_steps():
        if not step.waiting:
            continue
        tasks = tasks_of_wait(draft.state, draft.process, step.number) & set(step.tasks)
        record = dns_task(draft.state, draft.process)
        if step.waiting.on is Party.DNS_CONTACT and record is not None and record.step == step.number:
            tasks = frozenset({record.id})
        if tasks and all(step.tasks[task].status in CLOSED_TASK for task in tasks):
            draft.add(e.WaitEnded(*draft.stamp, step.number))
            return True
    return False


def _close_one(draft: Draft) -> bool:
    for step in draft.state.steps.values():
        if _is_complete(draft, step):
            if step.waiting:
                draft.add(e.WaitEnded(*draft.stamp, step.number))
            draft.add(e.StepClosed(*draft.stamp, step.number, weakest(step)))
            return True
    return False


def _open_one(draft: Draft) -> bool:
    for number in draft.state.steps:
        if may_open(draft.state, draft.process, number):
            draft.add(_carried(draft, number) or e.StepOpened(*draft.stamp, number))
            return True
    return False


def _carried(draft: Draft, number: int) -> e.StepCarried | None:
    """Production: what the company's UIT track has done counts, if whoever began or leads this one may see that one."""
    uit = draft.context.company.uit
    if draft.state.environment is not Environment.PRODUCTION or not draft.process.step(number).carried_from_uit:
        return None
    if uit is None or number not in uit.steps:
        return None
    in_channel = uit.channel == draft.state.channel
    if not any(may_see(uit, person, in_channel=in_channel) for person in (draft.state.started_by, *draft.state.leads)):
        return None
    step = uit.step(number)
    if step.status is not StepStatus.DONE or step.closed_at is None or step.grade is None:
        return None
    return e.StepCarried(*draft.stamp, number, step.grade, uit.id, step.closed_at)


def _pass_the_turn(draft: Draft) -> None:
    now_asked = {ask.subject: ask.person for ask in asks(draft.state, draft.process) if ask.person is not None}
    if now_asked != {subject: asked.person for subject, asked in draft.state.asked.items()}:
        draft.add(e.TurnPassed(*draft.stamp, now_asked))
