"""The demo: the local workspace as a process of its own, the real bot connected to it over the real protocol."""

import asyncio
import errno
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bot.cli.manifest import MANIFEST
from bot.cli.sandbox import sandbox_arguments
from bot.demo_authority import demo_authority
from bot.house import Broken
from bot.loading import StartFailed
from bot.logs import set_up_logging
from bot.running import run_house
from bot.settings import (
    CertificateSettings,
    DatabaseSettings,
    DnsSettings,
    HttpSettings,
    LogSettings,
    PeopleSettings,
    Settings,
    SlackSettings,
    Transport,
)

_START_SECONDS = 30
_ADMIN = "U0ALEX"  # the demo workspace's Dipper admin


class DemoFailed(Exception):
    """The demo cannot start; the message says why and what to do."""


async def run_demo(*, port: int, folder: str, quiet: bool, say: Callable[[str], None]) -> None:
    _refuse_taken(port)
    place = Path(folder)
    await asyncio.to_thread(place.mkdir, parents=True, exist_ok=True)
    workspace = await _start_workspace(port, folder)
    try:
        address = await _address(workspace)
        settings = await demo_settings(address, place, quiet=quiet)
        set_up_logging(settings.log)
        say(f"Open {address} in a browser, and type /dip start in #dip-onboarding.")
        await run_house(settings, upgrade=True, say=_silent if quiet else say)
    except StartFailed as error:
        raise DemoFailed("\n".join(error.problems)) from None
    except Broken as error:
        raise DemoFailed(f"Dipper ended itself: {error}. Start the demo again; what you did is kept.") from None
    finally:
        if workspace.stdin is not None:
            workspace.stdin.close()  # which ends it
        await workspace.wait()


def _refuse_taken(port: int) -> None:
    """Raises DemoFailed if something listens there; 0 stands for any free port."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise DemoFailed(f"Port {port} cannot be used: {error.strerror}.") from None
            raise DemoFailed(
                f"Port {port} of this machine is in use, perhaps by a demo that runs already: "
                f"look at http://127.0.0.1:{port}.\n"
                f"To start this one elsewhere: make demo PORT={port + 1}, or dipper demo --port {port + 1}"
            ) from None


async def demo_settings(address: str, place: Path, *, quiet: bool = True) -> Settings:
    """Settings that connect a bot to the workspace at `address`; the workspace says its tokens on this machine only."""
    async with aiohttp.ClientSession() as session, session.get(f"{address}/control/app") as answer:
        app = await answer.json()
    dns = app.get("dns") or {}
    return Settings(
        slack=SlackSettings(
            bot_token=SecretStr(app["bot_token"]),
            app_token=SecretStr(app["app_token"]),
            signing_secret=SecretStr(app["signing_secret"]),
            transport=Transport(app.get("transport", "socket")),
            base_url=f"{address}/api/",
            file_hosts=(address.split("//", 1)[1],),
        ),
        http=HttpSettings(port=0),
        database=DatabaseSettings(url=SecretStr(f"sqlite:///{place / 'dipper.db'}")),
        dns=DnsSettings(
            root_hints=Path(dns["root_hints"]) if dns else None,
            trust_anchor=Path(dns["trust_anchor"]) if dns.get("trust_anchor") else None,
            port=int(dns.get("port", 53)),
            resolvers=(),
            system_resolver="off",
            allow_private=bool(dns),
        ),
        certificates=CertificateSettings(trust=(await asyncio.to_thread(demo_authority, place / "ca"),)),
        people=PeopleSettings(admins=(_ADMIN,)),
        log=LogSettings(level="error" if quiet else "info"),
    )


async def _start_workspace(port: int, folder: str) -> asyncio.subprocess.Process:
    """Its standard input is its lifeline: it closes with us, whatever ends us. Ctrl+C in the terminal reaches us alone."""
    arguments = [*sandbox_arguments(port, folder, "socket", "", str(MANIFEST)), "--until-input-ends"]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
    )


async def _address(workspace: asyncio.subprocess.Process) -> str:
    """The workspace's first line on stdout is JSON with its address."""
    if workspace.stdout is None or workspace.stderr is None:
        raise DemoFailed("the workspace was started without its output")
    try:
        line = await asyncio.wait_for(workspace.stdout.readline(), _START_SECONDS)
    except TimeoutError:
        raise DemoFailed(f"The local workspace did not start within {_START_SECONDS} s.") from None
    if not line:
        words = (await workspace.stderr.read()).decode(errors="replace").strip()
        raise DemoFailed(words or "The local workspace ended at once.")
    return str(json.loads(line)["url"]).rstrip("/")


def _silent(_line: str) -> None:
    return None
