"""The forms that are about several onboardings at once: all my work to a colleague, and what is over for many."""

from collections.abc import Sequence
from dataclasses import replace

from bot.render.forms import Filled, Option
from bot.render.opened import Opened, heading
from bot.render.views import words
from bot.render.views.handing_over import held
from bot.render.views.look import Look
from handlers.moving_on import answer_of, providers
from handlers.ports import Facts


def hand_over_all_form(facts: Facts, looks: Sequence[Look]) -> Opened:
    """Everything that somebody holds anywhere, all of it chosen; `facts.text` is who was named already."""
    options = tuple(Option(look.state.id, held(look, facts.person)) for look in looks)
    initial: dict[str, str | tuple[str, ...]] = {"onboardings": tuple(option.value for option in options)}
    if facts.text:
        initial["to"] = facts.text
    return Opened("hand-over-all", filled=Filled({"held": options}, initial))


def moves_form(look: Look, facts: Facts) -> Opened:
    """What is over here, and for which others too; chosen are those that name the same provider. `facts.cases`: they."""
    answer = answer_of(look.process, facts.subject)
    task = look.process.task(answer.closes)
    here = providers(facts.case) if facts.case else frozenset()
    named = {case.state.id: case.texts.get(case.state.name.id) or words.REMOVED for case in facts.cases}
    by_name = sorted(facts.cases, key=lambda case: named[case.state.id])
    others = tuple(Option(one.state.id, f"{named[one.state.id]} ({one.state.short_id})") for one in by_name)
    same = tuple(case.state.id for case in facts.cases if here & providers(case))
    above = heading(look, replace(facts, subject=""), task.title)
    return Opened("moves", "forms/moves", above, Filled({"others": others}, {"others": same}))
