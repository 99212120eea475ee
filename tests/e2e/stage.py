"""The stage of the stories: a local workspace, the real bot connected to it over real sockets, and people who act.

A driver can press only what is rendered, so a story that passes is one that a person could have walked.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from bot.demo import demo_settings
from bot.house import House
from bot.logs import set_up_logging
from bot.settings import LogSettings, Settings, Transport
from sandbox.driver import Workspace
from sandbox.driver_person import Person
from sandbox.driver_seen import SeenMessage, Thread

MANIFEST = Path(__file__).resolve().parents[2] / "app.yaml"
CHANNEL = "dip-onboarding"


@dataclass
class Stage:
    """`house` is the running bot; `restart` stops it and starts another on the same database."""

    workspace: Workspace
    folder: Path
    database: str = ""
    transport: Transport = Transport.SOCKET
    house: House = field(init=False)

    async def start_bot(self) -> None:
        self.house = await House.build(await self.settings())
        await self.house.start()
        if self.transport is Transport.HTTP and self.house.listening is not None:
            address = f"http://127.0.0.1:{self.house.listening.port}/slack/events"
            await self.workspace.control("/control/app", {"transport": "http", "request_url": address})
        else:
            await self.workspace.connected()

    async def settings(self) -> Settings:
        base = await demo_settings(self.workspace.base_url, self.folder)
        slack = base.slack.model_copy(update={"transport": self.transport, "posts_per_second": 1000.0})
        update: dict[str, object] = {"slack": slack}
        if self.database:
            update["database"] = base.database.model_copy(update={"url": SecretStr(self.database)})
        return base.model_copy(update=update)

    async def stop_bot(self) -> None:
        await self.house.stop()

    async def restart(self) -> None:
        await self.stop_bot()
        await self.start_bot()

    def person(self, handle: str) -> Person:
        return self.workspace.user(handle)

    async def quiet(self) -> None:
        """Until nothing is due, no check is under way and nothing can be said."""
        while await self.house.sweeps.sweep():
            await self.house.sweeps.settle()
        await self.house.sweeps.settle()
        await self.house.errands.idle()
        await self.house.delivery.until_idle()

    async def card(self, company: str) -> SeenMessage:
        return await self.workspace.message(CHANNEL, containing=company)

    async def thread_of(self, company: str) -> Thread:
        return (await self.card(company)).thread


@asynccontextmanager
async def stage(folder: Path, *, database: str = "", transport: Transport = Transport.SOCKET) -> AsyncIterator[Stage]:
    """A workspace with the demo's DNS and a bot. At the end every payload must have kept Slack's limits."""
    set_up_logging(LogSettings(level="warning", format="text"))
    workspace = await Workspace.start(folder, manifest=MANIFEST, dns_port=0)
    try:
        scene = Stage(workspace, folder, database, transport)
        await scene.start_bot()
        try:
            yield scene
        finally:
            await scene.stop_bot()
        assert await workspace.problems() == []
    finally:
        await workspace.close()
