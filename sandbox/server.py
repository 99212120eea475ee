"""Puts the sandbox together and serves it: Web API, sockets, files, control API and the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from sandbox.api.dispatch import WebApi
from sandbox.api.files import MAX_BYTES, handle_download, handle_upload
from sandbox.clock import Clock
from sandbox.control import Control
from sandbox.core import Sandbox
from sandbox.defaults import first_world
from sandbox.delivery import Courier
from sandbox.dns import DnsService, routes, start_dns
from sandbox.faults import Faults
from sandbox.live import Live
from sandbox.manifest import BUILT_IN, Manifest, manifest_from, read_manifest
from sandbox.modals import Modals
from sandbox.rates import Rates
from sandbox.records import Records
from sandbox.shapes import Json
from sandbox.signed_http import SignedHttp
from sandbox.sockets import SocketHub
from sandbox.storage import SqliteStorage
from sandbox.tickets import Tickets

PAGE = Path(__file__).parent / "page"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a sandbox is started. `tokens` holds what is to be set rather than made up; port 0 takes a free one.

    With `dns_port` (0: a free one) the demo's DNS runs beside it, with its files next to the state file.
    """

    state_file: Path
    port: int = 0
    manifest_file: Path | None = None
    rates_on: bool = False
    tokens: tuple[tuple[str, str], ...] = ()
    transport: str | None = None
    request_url: str | None = None
    dns_port: int | None = None

    def __repr__(self) -> str:
        return (
            f"Settings(state_file={self.state_file}, port={self.port}, manifest_file={self.manifest_file}, tokens=***)"
        )


@dataclass(frozen=True, slots=True)
class DnsFiles:
    """What a resolver needs to walk the demo's DNS from its root."""

    port: int
    root_hints: Path
    trust_anchor: Path

    def as_json(self) -> Json:
        return {"port": self.port, "root_hints": str(self.root_hints), "trust_anchor": str(self.trust_anchor)}


@dataclass(slots=True)
class Running:
    """A sandbox that serves."""

    sandbox: Sandbox
    storage: SqliteStorage
    base_url: str
    dns: DnsFiles | None = None


def load_manifest(settings: Settings) -> Manifest:
    if settings.manifest_file is None:
        return manifest_from(BUILT_IN, "built-in manifest")
    return read_manifest(settings.manifest_file)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Running]:
    """Serves until the block ends, then writes the state."""
    manifest = load_manifest(settings)
    storage = SqliteStorage(settings.state_file)
    clock = Clock(float(storage.value("clock_offset") or 0.0))
    tokens = dict(settings.tokens)
    world = storage.load(clock) or first_world(clock, storage.changed, bot_name=manifest.bot_name, tokens=tokens)
    for name, value in tokens.items():
        setattr(world.app, name, value)
    world.app.transport = settings.transport or world.app.transport or ("socket" if manifest.socket_mode else "http")
    world.app.request_url = settings.request_url or world.app.request_url or manifest.request_url
    world.put_app()
    live, faults = Live(), Faults()
    hub = SocketHub(live, world.app.id)
    async with aiohttp.ClientSession() as session:
        http = SignedHttp(world.app, session)
        courier = Courier(clock, faults, live, {"socket": hub, "http": http}, transport=world.app.transport)
        sandbox = Sandbox(
            world=world,
            manifest=manifest,
            clock=clock,
            live=live,
            faults=faults,
            rates=Rates(on=settings.rates_on),
            records=Records(),
            modals=Modals(live),
            tickets=Tickets(clock),
            courier=courier,
        )
        control = Control(sandbox, hub, http, storage)
        app = web.Application(client_max_size=MAX_BYTES)
        add_routes(app, sandbox, hub, control)
        app.on_response_prepare.append(_guard_page)
        dns = await _start_dns(settings, clock, app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, settings.port)
            await site.start()
            port = runner.addresses[0][1]
            sandbox.base_url = f"http://{HOST}:{port}"
            storage.flush()
            files = None if dns is None else _dns_files(settings.state_file, dns.port)
            sandbox.dns = None if files is None else files.as_json()
            yield Running(sandbox, storage, sandbox.base_url, files)
        finally:
            if dns is not None:
                await dns.stop()
            await courier.close()
            control.close()
            await hub.close()
            await runner.cleanup()
            storage.close()


def _dns_files(state_file: Path, port: int) -> DnsFiles:
    return DnsFiles(port, state_file.with_suffix(".root"), state_file.with_suffix(".root.key"))


async def _start_dns(settings: Settings, clock: Clock, app: web.Application) -> DnsService | None:
    """The demo's DNS and its panel under /dns/, on the sandbox's clock."""
    if settings.dns_port is None:
        return None
    files = _dns_files(settings.state_file, settings.dns_port)
    service = await start_dns(
        settings.state_file.with_suffix(".dns.json"),
        port=settings.dns_port,
        clock=lambda: datetime.fromtimestamp(clock.now(), UTC),
        root_hints_file=files.root_hints,
        trust_anchor_file=files.trust_anchor,
    )
    app.add_routes(routes(service))
    return service


async def _guard_page(request: web.Request, response: web.StreamResponse) -> None:
    """Nobody frames the page, and nothing is taken for what it is not."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path == "/" or request.path.startswith(("/page/", "/archives/")):
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        response.headers["Cache-Control"] = "no-cache"


def add_routes(app: web.Application, sandbox: Sandbox, hub: SocketHub, control: Control) -> None:
    api = WebApi(sandbox, hub)

    async def upload(request: web.Request) -> web.Response:
        return await handle_upload(sandbox, request)

    async def download(request: web.Request) -> web.Response:
        return handle_download(sandbox, request)

    app.router.add_route("*", "/api/{method}", api.handle)
    app.router.add_post("/response/{key}", api.handle_response_url)
    app.router.add_get("/link/", hub.handle)
    app.router.add_post("/upload/v1/{key}", upload)
    app.router.add_get("/files-pri/{id}/{name}", download)
    app.router.add_get("/files-pri/{id}/download/{name}", download)
    control.add_routes(app)
    if PAGE.is_dir():

        async def index(_: web.Request) -> web.FileResponse:
            return web.FileResponse(PAGE / "index.html")

        app.router.add_get("/", index)
        app.router.add_get("/archives/{channel}/{message}", index)
        app.router.add_static("/page/", PAGE)
