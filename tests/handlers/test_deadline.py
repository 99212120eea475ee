"""The time that a handler has, from the request's arrival."""

from types import SimpleNamespace
from typing import Any

import pytest

from engine.onboarding.commands import Command
from engine.store.committer import PATIENCE_SECONDS
from engine.store.errors import Withdrawn
from handlers import deadline


class Desk:
    """Remembers how long it was allowed to take."""

    def __init__(self) -> None:
        self.patience: list[float] = []

    async def tell(self, command: Command, *, once: str, patience_seconds: float) -> None:
        self.patience.append(patience_seconds)


@pytest.fixture
def office() -> Any:
    return SimpleNamespace(desk=Desk())


async def test_what_passed_since_the_request_arrived_is_no_longer_there_for_the_command(office):
    deadline.begin()
    await deadline.tell(office, Command("O1", "U1"), once="click:1")
    [patience] = office.desk.patience
    assert 0 < patience < PATIENCE_SECONDS


async def test_a_command_for_which_no_time_is_left_is_not_begun(office, monkeypatch):
    monkeypatch.setattr(deadline, "PATIENCE_SECONDS", 0)
    deadline.begin()
    with pytest.raises(Withdrawn):
        await deadline.tell(office, Command("O1", "U1"), once="click:1")
    assert office.desk.patience == []
