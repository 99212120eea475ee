"""The forms in which onboardings begin: one, the company's other track, or many from one sheet."""

from bot.render.forms import Filled, Option
from bot.render.opened import Opened, heading, lists
from bot.render.views import imports
from bot.render.views.look import Look
from engine.process.model import Environment, Process
from handlers.ports import Facts


def start_form(facts: Facts, process: Process) -> Opened:
    """A new onboarding; `facts.text` is a company name that was typed, `facts.channel` where it was asked."""
    later = [Option(str(step.number), f"Step {step.number}: {step.title}") for step in process.steps if step.number]
    now_at = (Option("0", "At the very beginning"), *later)
    initial: dict[str, str | tuple[str, ...]] = {"leads": (facts.person,), "now_at": "0"}
    if facts.text:
        initial["company_name"] = facts.text[:160]
    if facts.channel.startswith(("C", "G")):
        initial["channel"] = facts.channel
    filled = Filled({**lists(process), "now_at": now_at}, initial)
    return Opened("start", filled=filled)


def import_form(facts: Facts, process: Process) -> Opened:
    """Many companies from one sheet: what they have in common."""
    opened = start_form(facts, process)
    return Opened("import", "forms/import", imports.columns(process), opened.filled)


def production_form(facts: Facts, look: Look) -> Opened:
    """The company's other track, with everything that is known already."""
    state = look.state
    opened = start_form(facts, look.process)
    initial = dict(opened.filled.initial) | {
        "company_name": look.company,
        "participant": state.participant.value,
        "route": state.route.value,
        "environment": Environment.PRODUCTION.value,
        "channel": state.channel,
        "leads": state.leads,
        "nation": state.nation,
    }
    for name, ref in (("company_number", state.number), ("description", state.description)):
        if ref is not None:
            initial[name] = look.text(ref)
    if state.claim is not None:
        initial["domain"] = look.text(state.claim.domain)
    for role, holder in state.holders.items():
        people = tuple(person for person in (holder.person, holder.deputy) if person)
        if people:
            initial[role.value] = people
        elif holder.outside is not None:
            initial["dns_outside"] = look.text(holder.outside)
    return Opened(
        "start-production", "forms/start-production", heading(look, facts), Filled(opened.filled.options, initial)
    )
