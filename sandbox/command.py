"""`python -m sandbox`: serves the local workspace until it is interrupted. Its first line on stdout is JSON with its address."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import sys
from pathlib import Path

from sandbox.manifest import BadManifest
from sandbox.server import Settings, serving


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A strict stand-in for Slack on this machine."
    )
    parser.add_argument(
        "--port", type=int, default=8080, help="on 127.0.0.1; 0 takes a free one (default: %(default)s)"
    )
    parser.add_argument("--state", type=Path, default=Path("sandbox.sqlite"), help="the file that keeps everything")
    parser.add_argument("--manifest", type=Path, help="the app's manifest (app.yaml); without it a small built-in one")
    parser.add_argument(
        "--rates", choices=("real", "off"), default="real", help="Slack's rate limits (default: %(default)s)"
    )
    parser.add_argument(
        "--transport", choices=("socket", "http"), help="how the app is reached (default: as before, or socket)"
    )
    parser.add_argument("--request-url", help="with --transport http: where the app listens")
    parser.add_argument(
        "--dns-port", type=int, help="also serve the demo's DNS (127.0.53.1 to .4) on this port; 0: a free one"
    )
    parser.add_argument(
        "--until-input-ends",
        action="store_true",
        help="end when standard input is closed, as it is when its starter dies",
    )
    return parser.parse_args(arguments)


def settings_from(options: argparse.Namespace) -> Settings:
    """Credentials come from SANDBOX_BOT_TOKEN, SANDBOX_APP_TOKEN and SANDBOX_SIGNING_SECRET, if set; else made up once."""
    tokens = {
        name: os.environ.get(f"SANDBOX_{name.upper()}", "") for name in ("bot_token", "app_token", "signing_secret")
    }
    return Settings(
        state_file=options.state,
        port=options.port,
        manifest_file=options.manifest,
        rates_on=options.rates == "real",
        tokens=tuple((name, value) for name, value in tokens.items() if value),
        transport=options.transport,
        request_url=options.request_url,
        dns_port=options.dns_port,
    )


class _Lifeline(asyncio.Protocol):
    """Says when standard input has ended; what comes over it means nothing."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop

    def eof_received(self) -> None:
        self._stop.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop.set()


async def run(settings: Settings, *, until_input_ends: bool = False) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if until_input_ends:
        await loop.connect_read_pipe(lambda: _Lifeline(stop), sys.stdin)
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(
            NotImplementedError
        ):  # Windows has no such handlers; Ctrl+C still ends the program there
            loop.add_signal_handler(number, stop.set)
    async with serving(settings) as running:
        about = {"url": running.base_url, "state": str(settings.state_file), "dns": running.sandbox.dns}
        print(json.dumps(about), flush=True)
        await stop.wait()


def main() -> int:
    try:
        options = parsed(sys.argv[1:])
        asyncio.run(run(settings_from(options), until_input_ends=options.until_input_ends))
    except BadManifest as error:
        print(error, file=sys.stderr)
        return 2
    except sqlite3.OperationalError as error:
        print(f"The state file cannot be used ({error}). Is another sandbox running on it?", file=sys.stderr)
        return 2
    except sqlite3.DatabaseError as error:
        print(
            f"The state file is not one of the sandbox's, or is damaged ({error}). Name another with --state.",
            file=sys.stderr,
        )
        return 2
    except OSError as error:
        print(
            f"The sandbox cannot start: {error.strerror or error}. Is the port in use? Try --port 0.", file=sys.stderr
        )
        return 2
    return 0
