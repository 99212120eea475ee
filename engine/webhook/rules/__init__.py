"""The rules of the webhook check: each judges what was seen, and documents its codes in its docstring."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from engine.findings import Finding
from engine.webhook.rules import answer, client_certificate, handshake, reach, server_certificate
from engine.webhook.seen import Seen


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its module's name."""

    name: str
    judge: Callable[[Seen], Iterator[Finding]]
    docstring: str


def _rule(module: ModuleType) -> Rule:
    return Rule(module.__name__.rpartition(".")[2], module.judge, module.__doc__ or "")


RULES: tuple[Rule, ...] = tuple(map(_rule, (reach, handshake, server_certificate, client_certificate, answer)))
