"""What is well and what is not: every part is asked when somebody asks, and what Slack says is noted as it comes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

_log = structlog.get_logger(__name__)

ANSWERS_WITHIN_SECONDS = 3.0
Part = Callable[[], Awaitable[str | None]]


class Health:
    """Asked by `/healthz` and the doctor. `ask`: a part by name, and how it is asked why it is not well."""

    def __init__(self) -> None:
        self._slack: str | None = None
        self._parts: dict[str, Part] = {}
        self._many: list[Callable[[], Mapping[str, str | None]]] = []

    def ask(self, name: str, part: Part) -> None:
        self._parts[name] = part

    def ask_all(self, parts: Callable[[], Mapping[str, str | None]]) -> None:
        """As `ask`, for somebody who knows of several parts at once."""
        self._many.append(parts)

    def connected(self) -> None:
        self._slack = None

    def disconnected(self, reason: str) -> None:
        if self._slack != reason:
            _log.error("Slack does not take our calls", reason=reason)
        self._slack = reason

    async def __call__(self) -> Mapping[str, str | None]:
        """Each part with the reason why it is not well, or None. A part that does not answer in time is not well."""
        names, parts = list(self._parts), list(self._parts.values())
        answers = await asyncio.gather(*map(_answer, parts))
        found: dict[str, str | None] = {"slack": self._slack}
        for many in self._many:
            found.update(many())
        return found | dict(zip(names, answers, strict=True))


async def _answer(part: Part) -> str | None:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
            return await part()
    except TimeoutError:
        return f"it does not answer within {ANSWERS_WITHIN_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 -- whatever it was, the part is not well
        return f"{type(error).__name__}: {error}"
