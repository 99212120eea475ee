"""A real local workspace, a real SQLite file and the parts of the bot that are tried on them."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.house import House
from bot.logs import set_up_logging
from bot.render.renderer import OUR_TEMPLATES, Renderer
from bot.settings import DatabaseSettings, HttpSettings, LogSettings, PeopleSettings, Settings, SlackSettings, Transport
from engine.desk import Told
from engine.onboarding.commands import Start
from engine.process.loader import load_process
from engine.process.model import Environment, Participant, Process, Route
from engine.store import schema
from engine.store.dialects import open_database
from sandbox.driver import Workspace

MANIFEST = Path(__file__).resolve().parents[2] / "app.yaml"
TEAM, CHANNEL = "T0NORTHWIND", "C0ONBOARDING"


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)


@pytest.fixture(autouse=True, scope="session")
def logs() -> None:
    """Short ones, as the bot has them."""
    set_up_logging(LogSettings(level="error", format="json"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2027, 1, 4, 10, tzinfo=UTC))  # a Monday morning


@pytest.fixture(scope="session")
def process() -> Process:
    return load_process()


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(OUR_TEMPLATES)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bot") / "migrated.db"
    database = open_database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close()
    return path


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with await Workspace.start(tmp_path, manifest=MANIFEST) as running:
        yield running


@pytest.fixture
def settings_for(tmp_path: Path, migrated: Path) -> Callable[..., Settings]:
    """Settings of a bot in this workspace, on a database of its own."""

    def settings(workspace: Workspace, *, transport: Transport = Transport.SOCKET, **slack: Any) -> Settings:
        file = tmp_path / "dipper.db"
        if not file.exists():
            shutil.copy(migrated, file)
        facts: dict[str, Any] = {
            "bot_token": SecretStr(workspace.bot_token),
            "app_token": SecretStr(workspace.app_token),
            "signing_secret": SecretStr(workspace.signing_secret),
            "transport": transport,
            "base_url": f"{workspace.base_url}/api/",
            "file_hosts": (workspace.base_url.split("//", 1)[1],),
            "posts_per_second": 1000.0,
        }
        return Settings(
            slack=SlackSettings(**facts | slack),
            http=HttpSettings(port=0),
            database=DatabaseSettings(url=SecretStr(f"sqlite:///{file}")),
            people=PeopleSettings(admins=("U0ALEX",)),
            log=LogSettings(level="error"),
        )

    return settings


@pytest.fixture
async def house(
    workspace: Workspace, settings_for: Callable[..., Settings], process: Process, renderer: Renderer
) -> AsyncIterator[House]:
    """A house whose desk is open and of which nothing else runs: each test starts the part that it is about."""
    settings = settings_for(workspace)
    built = House(settings, process, renderer, open_database(settings.database.url.get_secret_value()))
    built.desk.start()
    yield built
    await built.stop()


@pytest.fixture
def start() -> Callable[..., Awaitable[Told]]:
    """Starts an onboarding in #dip-onboarding, led by Lena: `await start(house, "Northwind")`."""

    async def start_(house: House, name: str = "Northwind Energy Ltd", **changes: Any) -> Told:
        facts: dict[str, Any] = {
            "by": "U0LENA",
            "team": TEAM,
            "name": name,
            "environment": Environment.UIT,
            "participant": Participant.ACTIVE_MP,
            "route": Route.SIT,
            "channel": CHANNEL,
            "leads": ("U0LENA",),
        } | changes
        ids = await house.desk.new_ids(TEAM, name)
        return await house.desk.tell(
            Start(onboarding=ids.onboarding, short_id=ids.short_id, company=ids.company, **facts),
            patience_seconds=60,  # nobody waits for an ack here, and a busy machine may be slow
        )

    return start_
