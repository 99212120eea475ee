"""One check a function, each with its fix: what /dip doctor and `dipper doctor` say."""

import asyncio
import shutil
from collections.abc import Awaitable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from ruamel.yaml import YAML
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.manifest import MANIFEST
from bot.clock import Clock, system_clock
from bot.loading import StartFailed, dns_options, load_profiles, load_words
from bot.settings import Settings, Transport
from bot.slack_errors import NOT_REACHED, code_of, is_outage
from engine.desk import Desk
from engine.store import duework, outbox, schema
from engine.store.dialects import open_database
from engine.store.errors import BadAddress, Unavailable, WrongDatabase

GOOD, WRONG, NOTE = "good", "wrong", "note"
_LATE = timedelta(minutes=5)
_LITTLE_SPACE = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """`state` is good, wrong or note; `fix` is empty where nothing needs doing."""

    what: str
    state: str
    seen: str
    fix: str = ""


class Health(Protocol):
    def __call__(self) -> Awaitable[Mapping[str, str | None]]: ...


class Doctor:
    """Examines the running house. Implements `handlers.ports.Doctor`."""

    def __init__(self, settings: Settings, client: AsyncWebClient, desk: Desk, health: Health, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._desk = desk
        self._health = health
        self._clock = clock

    async def examine(self) -> tuple[Mapping[str, str], ...]:
        findings = [
            await examine_slack(self._client),
            await self._parts(),
            *await self._from_the_database(),
            examine_disk(self._settings),
            examine_clock(self._settings, self._clock),
            examine_dns(self._settings),
        ]
        return tuple(asdict(finding) for finding in findings)

    async def _parts(self) -> Finding:
        """What /healthz says: each part of the running bot, asked now."""
        ill = {name: reason for name, reason in (await self._health()).items() if reason}
        if ill:
            seen = "; ".join(f"{name}: {reason}" for name, reason in ill.items())
            return Finding("Running parts", WRONG, seen, "Look in the log since when; most begin again by themselves.")
        return Finding("Running parts", GOOD, "all are alive")

    async def _from_the_database(self) -> tuple[Finding, ...]:
        try:
            return (await self._delivery(), await self._parked(), await self._sweeps())
        except Unavailable as error:
            return (Finding("Database", WRONG, str(error), "Until then nothing is recorded and nothing is sent."),)

    async def _delivery(self) -> Finding:
        failures = await self._desk.read(outbox.failures)
        unsent = await self._desk.read(outbox.unsent)
        if failures:
            newest = failures[0]
            seen = f"{len(failures)} messages were not sent; the newest ({newest.template}): {newest.error}"
            return Finding("Messages", WRONG, seen, "Mend what Slack names; what can be sent again is sent by itself.")
        waiting = f"{unsent} wait for their turn" if unsent else "none waits"
        return Finding("Messages", GOOD, f"all were sent; {waiting}")

    async def _parked(self) -> Finding:
        parked = await self._desk.read(outbox.parked_lanes)
        if not parked:
            return Finding("Channels", GOOD, "every channel can be posted to")
        names = ", ".join(f"{lane} ({reason})" for lane, reason in parked.items())
        return Finding(
            "Channels", WRONG, f"cannot be posted to: {names}", "Invite the bot there, or move the onboarding."
        )

    async def _sweeps(self) -> Finding:
        earliest = await self._desk.read(duework.next_at)
        if earliest is not None and self._clock() - earliest > _LATE:
            seen = f"the oldest due item is from {earliest:%Y-%m-%d %H:%M} UTC"
            return Finding("Scheduler", WRONG, seen, "Look in the log for why checks or reminders fail.")
        return Finding("Scheduler", GOOD, "nothing is overdue")


async def examine_slack(client: AsyncWebClient) -> Finding:
    """Whether Slack takes the token, and whether it grants the manifest's scopes."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        if is_outage(error):
            return Finding("Slack", WRONG, f"is out of order ({code_of(error)})", "Wait: what is to be said is kept.")
        fix = "Install the app to the workspace again and set its new token."
        return Finding("Slack", WRONG, f"refuses the bot token ({code_of(error)})", fix)
    except NOT_REACHED as error:
        return Finding(
            "Slack", WRONG, f"cannot be reached: {error}", "Check the network, the proxy and slack.base_url."
        )
    headers = {name.lower(): value for name, value in (answer.headers or {}).items()}
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    missing = sorted(wanted_scopes() - granted) if granted else []
    if missing:
        fix = "Update the app from app.yaml and install it again."
        return Finding("Slack", WRONG, f"connected, but without {', '.join(missing)}", fix)
    return Finding("Slack", GOOD, f"connected to {answer.get('team')} as {answer.get('user')}")


async def examine_app_token(client: AsyncWebClient, settings: Settings) -> Finding | None:
    """What keeps Socket Mode from connecting, if anything does."""
    token = settings.slack.app_token
    try:
        await client.apps_connections_open(app_token=token.get_secret_value() if token else "")
    except SlackApiError as error:
        fix = "Generate an app-level token with connections:write, set it, and see that Socket Mode is on."
        return Finding("Slack", WRONG, f"refuses the app-level token ({code_of(error)})", fix)
    except NOT_REACHED as error:
        return Finding(
            "Slack", WRONG, f"cannot be reached: {error}", "Check the network, the proxy and slack.base_url."
        )
    return None


def wanted_scopes() -> frozenset[str]:
    data = YAML(typ="safe", pure=True).load(MANIFEST.read_text(encoding="utf-8"))
    return frozenset(data["oauth_config"]["scopes"]["bot"])


def examine_disk(settings: Settings) -> Finding:
    url = settings.database.url.get_secret_value()
    if not url.startswith("sqlite:///"):
        return Finding("Disk", NOTE, "the database server looks after its own")
    folder = Path(url.removeprefix("sqlite:///")).parent
    free = shutil.disk_usage(folder if folder.exists() else Path.cwd()).free
    if free < _LITTLE_SPACE:
        return Finding("Disk", WRONG, f"{free // 2**20} MiB free for the database", "Free some space.")
    return Finding("Disk", GOOD, f"{free // 2**30} GiB free for the database")


def examine_clock(settings: Settings, clock: Clock) -> Finding:
    ahead = clock() - system_clock()
    if settings.is_local_workspace and abs(ahead) > timedelta(minutes=1):
        return Finding("Clock", NOTE, f"the workspace's own: {clock():%Y-%m-%d %H:%M} UTC")
    return Finding("Clock", GOOD, f"{clock():%Y-%m-%d %H:%M} UTC")


def examine_dns(settings: Settings) -> Finding:
    dns = settings.dns
    try:
        dns_options(dns)
    except StartFailed as error:
        return Finding(
            "DNS", WRONG, str(error), "Set it right, or leave it out: the built-in value is good for the internet."
        )
    if dns.allow_private and not settings.is_local_workspace:
        fix = "Set dns.allow_private to false unless your own zones are served at private addresses."
        return Finding("DNS", NOTE, "private addresses are asked too", fix)
    return Finding("DNS", GOOD, f"port {dns.port}, time-out {dns.timeout:g} s")


def examine_rules(settings: Settings) -> Finding:
    """The operator's own rules and templates."""
    site = settings.process.site
    if site is None:
        return Finding("Own rules", GOOD, "none are laid over Dipper's")
    if not any((site / part).is_dir() for part in ("process", "templates", "profiles")):
        fix = (
            "Put your rules into its folder `process`, your wording into `templates`, your certificate profiles into "
            "`profiles`, or leave process.site out."
        )
        return Finding("Own rules", WRONG, f"{site} has none of them", fix)
    try:
        load_words(settings)
        load_profiles(settings.process)
    except StartFailed as error:
        return Finding("Own rules", WRONG, str(error), "`dipper process check` and `dipper templates check` say more.")
    return Finding("Own rules", GOOD, f"those of {site} are laid over Dipper's")


def examine_database(settings: Settings) -> Finding:
    try:
        database = open_database(settings.database.url.get_secret_value())
        try:
            schema.require_current(database)
        finally:
            database.close()
    except (BadAddress, WrongDatabase, Unavailable) as error:
        return Finding("Database", WRONG, str(error), "See above, then run dipper doctor again.")
    return Finding("Database", GOOD, database.name)


async def examine_from_outside(settings: Settings) -> tuple[Finding, ...]:
    """What can be seen without the running bot: for the command line."""
    missing = settings.missing_for_slack()
    token = settings.slack.bot_token
    if missing or token is None:
        slack = Finding("Slack", WRONG, "not set up", " ".join(missing))
    else:
        client = AsyncWebClient(token=token.get_secret_value(), base_url=settings.slack.base_url, timeout=10)
        slack = await examine_slack(client)
        if slack.state == GOOD and settings.slack.transport is Transport.SOCKET:
            slack = await examine_app_token(client, settings) or slack
    database = await asyncio.to_thread(examine_database, settings)
    rules = await asyncio.to_thread(examine_rules, settings)
    clock = examine_clock(settings, system_clock)
    return (slack, database, rules, examine_disk(settings), clock, examine_dns(settings))
