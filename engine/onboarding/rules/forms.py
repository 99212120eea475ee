"""Prerequisites that the start form answers: who the people are, what the company is called, which route it takes."""

from engine.onboarding import events as e
from engine.onboarding.rules.draft import Draft
from engine.onboarding.state import Onboarding
from engine.onboarding.values import Grade, StepStatus, TaskStatus
from engine.process.model import Role

_PEOPLE = (Role.PRIMARY_USER_ADMIN, Role.CERTIFICATE_ADMIN)


def _answered(state: Onboarding, what: str) -> bool:
    match what:
        case "people":
            return all(role in state.holders and state.holders[role].person for role in _PEOPLE)
        case "company":
            return state.number is not None and state.description is not None
        case "route":
            return True
        case "dns_contact":
            holder = state.holders.get(Role.DNS_CONTACT)
            return holder is not None and (holder.person is not None or holder.outside is not None)
    return False


def close_from_form(draft: Draft) -> None:
    """Closes the open prerequisites that what is known of the onboarding answers."""
    step = draft.state.steps.get(0)
    if step is None or step.status is not StepStatus.OPEN:
        return
    for task in step.tasks.values():
        what = draft.process.task(task.id).closes_from_form
        if task.status is TaskStatus.OPEN and what and _answered(draft.state, what):
            draft.add(e.TaskClosed(*draft.stamp, task.id, Grade.ATTESTED))
