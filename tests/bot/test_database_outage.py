"""PostgreSQL is away for a while under a running bot: health says so at once, and afterwards everything is said, once."""

import asyncio
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from services import postgres

from bot.house import House
from bot.settings import DatabaseSettings
from engine.onboarding.commands import AssignRole, NewHolder
from engine.process.model import Role
from engine.store.errors import Unavailable, Withdrawn

pytestmark = pytest.mark.postgres
PATIENCE_SECONDS = 60


@pytest.fixture
def server() -> Iterator[postgres.Postgres]:
    """One of its own, since it is stopped."""
    with postgres.running() as running:
        yield running


async def test_after_an_outage_delivery_and_time_go_on_by_themselves(workspace, settings_for, start, server):
    url = SecretStr(server.create("outage"))
    settings = settings_for(workspace).model_copy(update={"database": DatabaseSettings(url=url)})
    house = await House.build(settings)
    await house.start()
    try:
        told = await start(house, "Northwind Energy Ltd")
        card = await workspace.message("dip-onboarding", containing="Northwind Energy Ltd")
        await house.delivery.until_idle()
        await asyncio.to_thread(server.stop)
        assert "does not answer" in str((await house.health())["database"])
        with pytest.raises((Unavailable, Withdrawn)):
            await house.desk.tell(named(told.state.id, "U0UMA"), patience_seconds=PATIENCE_SECONDS)
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while any((await house.health()).values()):  # noqa: ASYNC110  # the server of another process says no event
                await asyncio.sleep(0.05)
        await house.desk.tell(named(told.state.id, "U0NIA"), patience_seconds=PATIENCE_SECONDS)
        await workspace.message(card.thread, containing="you are User Admin", patience=PATIENCE_SECONDS)
        await house.delivery.until_idle()
        said = [each.text for each in await workspace.thread_messages(card.thread)]
        assert len([text for text in said if "you are User Admin" in text]) == 1
        assert house.supervisor.names == ("clock", "delivery")
    finally:
        await house.stop()


def named(onboarding: str, person: str) -> AssignRole:
    return AssignRole(onboarding, "U0LENA", Role.USER_ADMIN, NewHolder(person=person, deputy=None))
