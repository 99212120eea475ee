"""The yardstick, run as a program: a Bolt app that does nothing but acknowledge.

Arguments: NAME BASE_URL TRANSPORT PORT STYLE. STYLE is `default` (Bolt looks for the acknowledgement every 10 ms) or
`eager` (process_before_response, as Dipper has it).
"""

import asyncio
import logging
import re
import sys

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.slack_side import BOT_TOKEN, SECRET

CONNECTIONS = 2  # as many as Dipper's default


def made(base_url: str, *, over_http: bool, eager: bool) -> AsyncApp:
    app = AsyncApp(
        client=AsyncWebClient(token=BOT_TOKEN, base_url=base_url),
        signing_secret=SECRET,
        process_before_response=eager,
        request_verification_enabled=over_http,
    )

    @app.action(re.compile("^do:"))
    async def pressed(ack: AsyncAck) -> None:
        await ack()

    return app


async def main(name: str, base_url: str, transport: str, port: str, style: str) -> None:
    logging.basicConfig(level=logging.ERROR)
    app = made(base_url, over_http=transport == "http", eager=style == "eager")
    if transport == "http":
        runner = web.AppRunner(app.web_app("/slack/events"), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(port)).start()
    else:
        for _ in range(CONNECTIONS):
            await AsyncSocketModeHandler(app, f"xapp-{name}").client.connect()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
