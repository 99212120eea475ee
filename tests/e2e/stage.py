"""The stage of the stories: a local workspace, the real bot connected to it over real sockets, and people who act.

A driver can press only what is rendered, so a story that passes is one that a person could have walked.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.clock import ShiftedClock, system_clock
from bot.demo import demo_settings
from bot.house import House
from bot.logs import set_up_logging
from bot.settings import LogSettings, Settings, Transport
from sandbox.driver import Workspace
from sandbox.driver_person import Person
from sandbox.driver_seen import SeenMessage, SeenView, Thread

MANIFEST = Path(__file__).resolve().parents[2] / "app.yaml"
CHANNEL = "dip-onboarding"
STARTS = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)  # a Monday morning, in London's winter
PEOPLE = ("lena", "uma", "priya", "carl", "mo", "alex", "nia", "dora")


@dataclass(frozen=True, slots=True)
class Way:
    """How the bot is run: an empty database address is a SQLite file of its own."""

    transport: Transport = Transport.SOCKET
    database: str = ""


@dataclass
class Stage:
    """`house` is the running bot; `restart` stops it and starts another on the same database.

    `plays` says who plays whose part where one person holds several roles. `restarts`: another bot takes over in
    every step, between opening its first form and sending it.
    """

    workspace: Workspace
    folder: Path
    way: Way = Way()
    plays: dict[str, str] = field(default_factory=dict)
    restarts: bool = False
    restarted: set[int] = field(default_factory=set)
    house: House = field(init=False)

    async def start_bot(self) -> None:
        self.house = await House.build(await self.settings())
        await self._set_bots_clock()
        await self.house.start()
        if self.way.transport is Transport.HTTP and self.house.listening is not None:
            address = f"http://127.0.0.1:{self.house.listening.port}/slack/events"
            await self.workspace.control("/control/app", {"transport": "http", "request_url": address})
        else:
            await self.workspace.connected()

    async def settings(self) -> Settings:
        base = await demo_settings(self.workspace.base_url, self.folder)
        slack = base.slack.model_copy(update={"transport": self.way.transport, "posts_per_second": 1000.0})
        update: dict[str, object] = {"slack": slack}
        if self.way.database:
            update["database"] = base.database.model_copy(update={"url": SecretStr(self.way.database)})
        return base.model_copy(update=update)

    async def stop_bot(self) -> None:
        await self.house.stop()

    async def restart(self) -> None:
        await self.stop_bot()
        await self.start_bot()

    async def _set_bots_clock(self) -> None:
        """At once what the bot would do within a second by itself: follow the workspace's clock."""
        assert isinstance(self.house.clock, ShiftedClock)
        self.house.clock.offset = await self.workspace.now() - system_clock()

    async def later(self, **how_long: float) -> None:
        """Time passes: `later(hours=1)`. What became due meanwhile is done and said."""
        await self.workspace.advance(**how_long)
        await self._set_bots_clock()
        await self.quiet()

    async def at(self, moment: datetime) -> None:
        await self.workspace.set_clock(moment)
        await self._set_bots_clock()
        await self.quiet()

    def person(self, handle: str) -> Person:
        return self.workspace.user(self.plays.get(handle, handle))

    def people(self) -> list[Person]:
        return [self.workspace.user(handle) for handle in PEOPLE]

    async def quiet(self) -> None:
        """Until nothing is due, no check is under way and nothing can be said."""
        while await self.house.sweeps.sweep():
            await self.house.sweeps.settle()
        await self.house.sweeps.settle()
        await self.house.errands.idle()
        await self.house.delivery.until_idle()

    async def tick(self, handle: str, step: int, *titles: str, fields: dict[str, str] | None = None) -> None:
        """Opens "Tick off" of a step's message, ticks the tasks that begin so beside what is ticked, and sends the form."""
        person = self.person(handle)
        message = await self.step_message(step)
        await person.click("Tick off", in_=message)
        view = await person.modal("Tick off")
        if self.restarts and step not in self.restarted:
            self.restarted.add(step)
            await self.restart()
        await person.submit({**ticked(view, titles), **(fields or {})})
        await self.quiet()

    async def says(self, words: str) -> SeenMessage:
        """Waits for these words in the thread: for what begins with an event, whose arrival nobody here can see."""
        message = await self.workspace.message(await self.thread(), containing=words)
        await self.quiet()
        return message

    async def step_message(self, step: int) -> SeenMessage:
        start = "*Before you start" if step == 0 else f"*Step {step}: "
        messages = await self.workspace.thread_messages(await self.thread())
        return next(one for one in messages if one.text.split("\n")[1].strip().startswith(start))

    async def thread(self) -> Thread:
        """The thread of the newest card."""
        cards = [m for m in await self.workspace.messages(CHANNEL) if "DIP onboarding: " in m.text]
        return cards[-1].thread

    async def card(self, company: str) -> SeenMessage:
        return await self.workspace.message(CHANNEL, containing=company)

    async def thread_of(self, company: str) -> Thread:
        return (await self.card(company)).thread


def ticked(view: SeenView, titles: Iterable[str]) -> dict[str, Any]:
    """The values of a form of tasks in which these are ticked beside what is ticked already."""
    values: dict[str, Any] = {}
    left = set(titles)
    for block in view.body["blocks"]:
        if not str(block.get("block_id", "")).startswith("ticks:"):
            continue
        element = block["element"]
        labels = [option["text"]["text"] for option in element.get("initial_options", [])]
        for option in element["options"]:
            label = str(option["text"]["text"])
            match = next((title for title in left if label.partition(". ")[2].startswith(title)), None)
            if match is not None:
                left.discard(match)
                labels.append(label)
        values[block["label"]["text"]] = labels
    assert not left, f"not offered: {left} in {view.text}"
    return values


@asynccontextmanager
async def stage(folder: Path, way: Way = Way(), *, starts: datetime = STARTS) -> AsyncIterator[Stage]:
    """A workspace with the demo's DNS and a bot. At the end every payload must have kept Slack's limits."""
    set_up_logging(LogSettings(level="warning", format="text"))
    workspace = await Workspace.start(folder, manifest=MANIFEST, dns_port=0)
    try:
        await workspace.set_clock(starts, back=True)
        scene = Stage(workspace, folder, way)
        await scene.start_bot()
        try:
            yield scene
        finally:
            await scene.stop_bot()
        assert await workspace.problems() == []
        assert await workspace.warnings() == []
    finally:
        await workspace.close()
