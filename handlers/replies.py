"""What a command can answer, and what its functions share: which onboarding is meant, and the facts to answer with."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from handlers.ids import Verb
from handlers.parse import Typed, Words
from handlers.ports import Facts, Office, Rendered
from handlers.targets import Target, find, visible_case


@dataclass(frozen=True, slots=True)
class Show:
    """Say this to the asker alone."""

    message: Rendered


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Open this form; where there is no trigger (a mention), a button that opens it is shown instead."""

    verb: Verb
    facts: Facts


@dataclass(frozen=True, slots=True)
class Later:
    """Say `now` at once; `then` makes the answer that follows (a check takes seconds)."""

    now: Rendered
    then: Callable[[], Awaitable[Rendered]]


Reply = Show | OpenForm | Later


async def find_meant(office: Office, typed: Typed, words: str = "") -> Target:
    if typed.chosen:
        return Target(case=await visible_case(office, typed.person, typed.chosen, typed.channel))
    return await find(office, typed.team, typed.person, typed.channel, typed.thread, words)


_SHORT_ID = re.compile(r"[A-Z0-9]{2}-[0-9A-Z]{4}", re.IGNORECASE)


async def find_first(office: Office, typed: Typed) -> tuple[Typed, Target]:
    """The onboarding whose short id stands before the rest of what was typed, else as `_find`; and that rest."""
    first, *rest = typed.words.rest or ("",)
    if not _SHORT_ID.fullmatch(first):
        return typed, await find_meant(office, typed)
    return replace(typed, words=Words(typed.words.name, tuple(rest))), await find_meant(office, typed, first)


async def about(office: Office, typed: Typed, target: Target, answer: str) -> Reply:
    """The rest of what was typed named the onboarding, so it is no part of what is done for a chosen one."""
    if target.case is not None:
        return Show(await office.words.answer(answer, facts_of(office, typed, case=target.case)))
    return await which(office, typed, target, (typed.words.name,))


async def which(office: Office, typed: Typed, target: Target, command: tuple[str, ...]) -> Reply:
    """Several to choose from, each with a button that carries out this command for it; or none."""
    name = "not-found" if target.text else ("which" if target.choices else "none-here")
    facts = facts_of(office, typed, named=target.choices, text=target.text[:80], subject=" ".join(command))
    return Show(await office.words.answer(name, facts))


def facts_of(office: Office, typed: Typed, **more: object) -> Facts:
    more.setdefault("channel", typed.channel)
    return office.facts(typed.team, typed.person, thread=typed.thread or "", **more)
