"""What a guest, or somebody of another workspace, can do without a form: each open task of theirs with a button."""

from dataclasses import dataclass

from bot.render.values import Phrase, joined
from bot.render.views.look import Case, Look, RenderFacts
from bot.render.views.steps import TaskLine, step_of
from engine.onboarding.now import asks


@dataclass(frozen=True, slots=True)
class PlainView:
    """Without an onboarding `company` is empty and there is nothing to do."""

    onboarding: str = ""
    about: str = ""
    company: str = ""
    environment: str = ""
    tasks: tuple[TaskLine, ...] = ()
    leads: Phrase | None = None


def plain(case: Case | None, facts: RenderFacts, person: str) -> PlainView:
    if case is None:
        return PlainView()
    look = Look(case, facts)
    head = look.head()
    mine = [ask for ask in asks(look.state, look.process) if ask.actors.include(person)]
    wanted = {task for ask in mine for task in ask.tasks}
    steps = dict.fromkeys(ask.step for ask in mine)
    tasks = tuple(task for number in steps for task in step_of(look, number).tasks if task.id in wanted)
    leads = joined(look.people(look.state.leads))
    return PlainView(head.onboarding, head.about, head.company, head.environment, tasks, leads)
