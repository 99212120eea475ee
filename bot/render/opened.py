"""A form that opens: its parts, and the lists and headings that many forms share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.render.forms import Filled, Option
from bot.render.views import words
from bot.render.views.forms import Heading
from bot.render.views.look import Look
from engine.process.model import Choice, Party, Process
from handlers.ports import Facts

NATIONS = (
    Option("ENG", "England and Wales"),
    Option("SCT", "Scotland"),
    Option("NIR", "Northern Ireland"),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A form's parts: the file of its inputs, the template of its words with its view, and what fills it."""

    file: str
    template: str = ""
    view: object = None
    filled: Filled = field(default_factory=Filled)


def options(choices: Sequence[Choice]) -> tuple[Option, ...]:
    return tuple(Option(choice.id, choice.title) for choice in choices)


def lists(process: Process) -> dict[str, Sequence[Option]]:
    return {
        "participants": options(process.participants),
        "routes": options(process.routes),
        "environments": options(process.environments),
        "nations": NATIONS,
        "roles": tuple(Option(info.role.value, info.title) for info in process.roles),
        "parties": tuple(Option(party.value, words.PARTY[party]) for party in Party),
    }


def heading(look: Look, facts: Facts, what: str = "") -> Heading:
    head = look.head()
    title = look.subject_title(facts.subject) if facts.subject else look.company
    return Heading(head.onboarding, head.about, head.company, head.environment, title, what)
