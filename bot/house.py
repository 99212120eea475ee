"""The composition root: the only place that builds anything, and the one that says in which order it starts and stops."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from aiohttp import ClientSession, ClientTimeout
from prometheus_client import CollectorRegistry, Counter, Gauge
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.checking import Checking
from bot.clock import Clock, ShiftedClock, system_clock
from bot.delivery import Delivery
from bot.demo_clock import clock_url, follow
from bot.directory import Directory
from bot.doctor import Doctor
from bot.errands import Errands
from bot.health import Health
from bot.importing import Importing
from bot.loading import StartFailed, dns_options, load_anchors, load_profiles, load_words, usable_database
from bot.render.renderer import Renderer
from bot.scheduler import Alarm, Sweeps
from bot.settings import Settings, Transport
from bot.slack_calls import SlackCalls
from bot.slack_errors import NOT_REACHED, code_of, is_outage
from bot.supervision import Supervisor
from bot.transports import HttpServer, Listening, SocketMode
from bot.wording import Wording
from engine.checks import Checks
from engine.desk import Desk, Told
from engine.onboarding.rights import people_of
from engine.onboarding.values import BOT
from engine.process.model import Process
from engine.store import reads
from engine.store.dialects import Database
from engine.store.housekeeping import forget_old_deliveries, retire
from handlers.ports import Office

_log = structlog.get_logger(__name__)

_DAYS_A_MONTH = 31  # never erased too early
_SLACK_SECONDS = 10
_MOST_SILENT_SECONDS = 120


class Broken(Exception):
    """A part without which nothing goes on has ended and cannot begin again in this process; the message names it."""


@dataclass(frozen=True, slots=True)
class _Metrics:
    registry: CollectorRegistry
    commands: Counter
    messages: Counter
    unsent: Gauge


def _metrics() -> _Metrics:
    registry = CollectorRegistry()
    return _Metrics(
        registry,
        Counter("dipper_commands", "Commands that had an effect", registry=registry),
        Counter("dipper_messages", "Messages that Slack took", ["template"], registry=registry),
        Gauge("dipper_writer_waiting", "Commands that wait to be written", registry=registry),
    )


class House:
    """One running bot. `build` checks everything that can be checked before anybody is told that it runs."""

    def __init__(self, settings: Settings, process: Process, renderer: Renderer, database: Database) -> None:
        self.settings = settings
        self.clock: Clock = ShiftedClock() if settings.is_local_workspace else system_clock
        self.health = Health()
        self.supervisor = Supervisor()
        self.metrics = _metrics()
        self.errands = Errands()
        self.process = process
        self.desk = Desk(
            database, now=self.clock, randomness=secrets.token_bytes, process=lambda: self.process, told=self._told
        )
        self.client = AsyncWebClient(
            token=_token(settings),
            base_url=settings.slack.base_url,
            timeout=_SLACK_SECONDS,
            retry_handlers=[],  # its own try again after a lost connection would post unmarked repeats; delivery does that
        )
        self.directory = Directory(self.client, self.desk, system_clock)
        self.checks = Checks(
            dns_options(settings.dns), load_profiles(settings.process), load_anchors(settings.certificates)
        )
        self.wording = Wording(renderer, self.desk, self.directory, self.clock, lambda: self.process)
        self.wording.nation = settings.people.nation
        self.wording.retention_months = settings.people.retention_months
        self.wording.admins = settings.people.admins
        self.checking = Checking(self.desk, self.checks, self.client, settings.slack, self.clock)
        self.delivery = Delivery(
            self.desk,
            self.client,
            self.wording,
            self.health,
            self.clock,
            posts_per_second=settings.slack.posts_per_second,
            on_sent=lambda template: self.metrics.messages.labels(template).inc(),
        )
        self.importing = Importing(
            self.desk,
            self.checking.content,
            self.directory,
            self.wording,
            SlackCalls(self.client),
            lambda: self.process,
            self.checking,
            self.clock,
        )
        self.sweeps = Sweeps(self.desk, self.importing, self.clock, said=self.delivery.wake)
        self.alarm = Alarm(self._sweep, self._housekeep)
        self.doctor = Doctor(settings, self.client, self.desk, self.health, self.clock)
        self._ourselves: AuthorizeResult | None = None
        self.app = self._bolt()
        self._transport: SocketMode | None = None
        self._server: HttpServer | None = None
        self._broken: asyncio.Future[str] | None = None
        self.listening: Listening | None = None

    @classmethod
    async def build(cls, settings: Settings, *, upgrade: bool = True) -> "House":
        """Raises StartFailed for a broken process file, template or database, each with what to do."""
        process, renderer = await asyncio.to_thread(load_words, settings)
        database = await asyncio.to_thread(usable_database, settings, upgrade=upgrade)
        return cls(settings, process, renderer, database)

    async def start(self) -> None:
        """Raises StartFailed if Slack refuses the token or cannot be reached."""
        loop = asyncio.get_running_loop()
        self._broken = loop.create_future()
        self.desk.committer.on_end = lambda error: loop.call_soon_threadsafe(self._writer_ended, error)
        self.desk.start()
        self._let_health_ask()
        # One connection for many calls; left alone, the client makes and secures a new one for each.
        self.client.session = ClientSession(timeout=ClientTimeout(total=_SLACK_SECONDS))
        await self._greet_slack()
        if isinstance(self.clock, ShiftedClock):
            self.supervisor.keep(
                "clock", partial(follow, clock_url(self.settings.slack.base_url), self.clock, self._woken)
            )
        self.supervisor.keep("delivery", self.delivery.run, pulse=self.delivery.pulse)
        self.alarm.start()
        over_http = self.settings.slack.transport is Transport.HTTP
        self._server = HttpServer(
            self.settings.http,
            self.health,
            self.metrics.registry,
            self.app if over_http else None,
            _signing_secret(self.settings),
        )
        try:
            self.listening = await self._server.start()
        except OSError as error:
            raise StartFailed(
                f"Port {self.settings.http.port} on {self.settings.http.host} cannot be used: {error.strerror}. "
                "Set DIPPER_HTTP_PORT to a free one."
            ) from None
        if not over_http:
            token = self.settings.slack.app_token
            self._transport = SocketMode(
                self.app, token.get_secret_value() if token else "", self.settings.slack.connections
            )
            try:
                await self._transport.start()
            except SlackApiError as error:
                raise _refused(error, "app-level token", _GENERATE) from None
            except NOT_REACHED as error:
                raise self._not_reached(error) from None

    async def stop(self) -> None:
        """In the order that loses nothing: no new requests, then what is under way, then the database."""
        if self._transport is not None:
            await self._transport.stop()
        if self._server is not None:
            await self._server.stop()
        if self.alarm.running:
            await self.alarm.stop()
        await self.sweeps.stop()
        await self.errands.stop()
        await self.supervisor.stop()
        await self.delivery.stop()
        if self.client.session is not None:
            await self.client.session.close()
        await self.desk.stop()

    def _bolt(self) -> AsyncApp:
        """Bolt with who we are from the start's auth.test.

        Left to itself it asks with the first click, and acknowledges that without effect if Slack cannot answer.
        """

        async def authorize() -> AuthorizeResult:
            if self._ourselves is None:
                raise RuntimeError("a request came before Slack was greeted")
            return self._ourselves

        app = AsyncApp(
            name="dipper",
            client=AsyncWebClient(base_url=self.settings.slack.base_url, timeout=_SLACK_SECONDS),
            authorize=authorize,
            signing_secret=_signing_secret(self.settings),
            process_before_response=True,
            request_verification_enabled=False,  # done at the door, by `HttpServer`
        )
        handlers.register(app, self._office())
        return app

    def _office(self) -> Office:
        return Office(
            desk=self.desk,
            words=self.wording,
            directory=self.directory,
            errands=self.errands,
            slack=SlackCalls(self.client),
            checks=self.checking,
            importer=self.importing,
            doctor=self.doctor,
            health=self.health,
            now=self.clock,
            reference=lambda: secrets.token_hex(2).upper(),
            admins=frozenset(self.settings.people.admins),
            thread_guard=self.settings.people.thread_guard,
        )

    async def _greet_slack(self) -> None:
        try:
            answer = await self.client.auth_test()
        except SlackApiError as error:
            raise _refused(error, "bot token", _REINSTALL) from None
        except NOT_REACHED as error:
            raise self._not_reached(error) from None
        self._ourselves = AuthorizeResult.from_auth_test_response(
            auth_test_response=answer, bot_token=_token(self.settings)
        )
        self.delivery.bot_user = str(answer.get("user_id") or "")
        self.wording.workspace_url = str(answer.get("url") or "")
        self.wording.bot = f"@{answer.get('user') or 'dipper'}"

    def _not_reached(self, error: Exception) -> StartFailed:
        return StartFailed(
            f"Slack cannot be reached at {self.settings.slack.base_url}: {error}. Check the network or proxy."
        )

    async def until_broken(self) -> None:
        """Waits; raises Broken when a part has ended that only a new process can have again."""
        if self._broken is not None:
            raise Broken(await self._broken)

    def _writer_ended(self, error: BaseException) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(f"the part that writes to the database has ended ({type(error).__name__}: {error})")

    def _let_health_ask(self) -> None:
        self.health.ask("database", self._database)
        self.health.ask("transport", self._connections)
        self.health.ask_all(self.supervisor.health)
        self.health.ask_all(self.alarm.health)
        self.health.ask_all(self._writer)

    async def _database(self) -> str | None:
        await self.desk.read(reads.answers)
        return None

    def _writer(self) -> Mapping[str, str | None]:
        ended = self.desk.committer.ended_by
        late = self.sweeps.pulse.age > _MOST_SILENT_SECONDS and self.alarm.running
        return {
            "writer": f"it has ended: {type(ended).__name__}: {ended}" if ended else None,
            "sweeps": f"none has ended for {self.sweeps.pulse.age:.0f} s" if late else None,
        }

    async def _connections(self) -> str | None:
        if self._transport is None:
            return None
        return None if await self._transport.connected() else "no Socket Mode connection to Slack is open"

    def _told(self, told: Told) -> None:
        """After a commit: what follows from it is to be said, and whoever is new here is to be asked for."""
        self.metrics.commands.inc()
        self.delivery.wake()
        if strangers := self.directory.strangers(told.state.team, people_of(told.state)):
            self.errands.run("learn who takes part", self._learn(told.state.team, strangers))
        if any(one.at <= self.clock() for one in told.due):
            self.errands.run("do what is due at once", self._sweep_once())

    async def _learn(self, team: str, persons: frozenset[str]) -> None:
        await self.directory.learn(team, persons)

    async def _sweep_once(self) -> None:
        await self.sweeps.sweep()

    async def _sweep(self) -> None:
        self.metrics.unsent.set(self.desk.committer.waiting)
        await self.sweeps.sweep()

    async def _housekeep(self) -> None:
        await self.desk.write(forget_old_deliveries, system_clock() - timedelta(hours=24))
        months = self.settings.people.retention_months
        if months:
            now = self.clock()
            await self.desk.within(retire, now - timedelta(days=months * _DAYS_A_MONTH), by=BOT, now=now)

    def _woken(self) -> None:
        self.errands.run("look at what the moved clock makes due", self._sweep_once())


_REINSTALL = "Install the app to the workspace again and set DIPPER_SLACK_BOT_TOKEN to the token it shows."
_GENERATE = (
    "Generate one with connections:write (Basic Information, App-Level Tokens), set DIPPER_SLACK_APP_TOKEN to it, "
    "and see that Socket Mode is on."
)


def _refused(error: SlackApiError, what: str, fix: str) -> StartFailed:
    if is_outage(error):
        return StartFailed(f"Slack is out of order ({code_of(error)}). Start Dipper again in a while.")
    return StartFailed(f"Slack refuses the {what} ({code_of(error)}). {fix}")


def _signing_secret(settings: Settings) -> str:
    return settings.slack.signing_secret.get_secret_value() if settings.slack.signing_secret else ""


def _token(settings: Settings) -> str:
    return settings.slack.bot_token.get_secret_value() if settings.slack.bot_token else ""
