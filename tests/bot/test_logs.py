import json
import logging
import time
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog
from slack_sdk.signature import SignatureVerifier

from bot.house import House
from bot.logs import MASK, masked, set_up_logging
from bot.settings import LogSettings, Transport

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-12345-67890-abcdef",
        "xapp-1-A0-123-abcdef",
        KEY,
        KEY[:60],
        "postgresql://dipper:hunter2hunter2@db/x",
        "postgresql://:hunter2hunter2@db/x",
        "postgresql://db/x?user=dipper&password=hunter2hunter2",
    ],
)
def test_what_looks_like_a_secret_is_masked_wherever_it_stands(secret):
    text = str(masked(f"before {secret} after"))
    assert MASK in text
    assert "hunter2" not in text and "MIIE" not in text and "abcdef" not in text
    assert text.startswith("before ")


@pytest.mark.parametrize(
    "harmless",
    [
        "_globalsign-domain-verification=8gqZtT3wYkQ1bXnV5rJm0aLhC7dEfG2sUiOpK9",
        "https://slack.com/api/",
        "NW-7F3K",
        "xox",
        "",
    ],
)
def test_what_is_no_secret_stays(harmless):
    assert masked(harmless) == harmless


def test_values_under_a_secret_name_are_masked_in_bags():
    assert masked({"token": "abc", "name": "Lena", "list": ["xoxb-1234567-abcdefgh"]}) == {
        "token": MASK,
        "name": "Lena",
        "list": [MASK],
    }


def test_a_library_s_log_line_and_its_traceback_are_masked_too(capsys):
    set_up_logging(LogSettings(level="info", format="json"))
    try:
        int("refused xoxb-12345-67890-abcdef")
    except ValueError:
        logging.getLogger("somebody.else").exception("call failed with %s", "xapp-1-A0-123-abcdef")
    structlog.get_logger("bot").warning("ours", bot_token="xoxb-12345-67890-abcdef", step=5)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert "abcdef" not in json.dumps(lines)
    assert [line["event"] for line in lines] == [f"call failed with {MASK}", "ours"]
    assert lines[1]["bot_token"] == MASK


def test_an_error_that_is_logged_as_a_value_is_masked_like_its_words(capsys):
    set_up_logging(LogSettings(level="info", format="json"))
    structlog.get_logger("bot").warning(
        "refused", error=ValueError("xoxb-12345-67890-abcdef"), seen=b"xapp-1-A0-123-abcdef"
    )
    assert "abcdef" not in capsys.readouterr().err


LIBRARIES = (
    *(
        "slack_bolt",
        "slack_bolt.AsyncApp",
        "dipper",
        "dipper:AsyncRequestVerification",
        "slack_sdk.web.async_base_client",
    ),
    *("slack_sdk.socket_mode.aiohttp", "aiohttp.access", "aiohttp.server", "asyncio", "sqlalchemy.engine.Engine"),
    *(
        "sqlalchemy.pool",
        "psycopg",
        "apscheduler.scheduler",
        "alembic",
        "markdown_it",
        "urllib3",
        "a.library.of.next.year",
    ),
)


@pytest.mark.parametrize("level", ["debug", "info"])
@pytest.mark.parametrize("name", LIBRARIES)
def test_no_library_writes_below_a_warning_whatever_the_level(capsys, name, level):
    """They write whole requests and answers there."""
    set_up_logging(LogSettings(level=level, format="json"))
    for number in (logging.DEBUG, logging.INFO):
        logging.getLogger(name).log(number, "body: company=Northwind")
    logging.getLogger(name).error("it cannot go on")
    logging.getLogger("bot.delivery").info("a line of ours")
    said = capsys.readouterr().err
    assert "Northwind" not in said
    assert "it cannot go on" in said
    assert "a line of ours" in said


async def test_no_body_stands_in_the_log_at_debug_signed_or_not(capsys, workspace, settings_for):
    """Over signed HTTP: what is good, what another secret signed, what is no JSON, and what Slack's API answers."""
    settings = settings_for(workspace, transport=Transport.HTTP)
    house = await House.build(settings)
    set_up_logging(LogSettings(level="debug", format="json"))
    await house.start()
    assert house.listening is not None
    address = f"http://127.0.0.1:{house.listening.port}/slack/events"
    body = urlencode(
        {"command": "/dip", "text": "status Marker-Company-4711", "user_id": "U0LENA", "team_id": "T0NORTHWIND"}
    )
    sent = []
    async with aiohttp.ClientSession() as session:
        for secret in (workspace.signing_secret, "another"):
            for content in (body, "payload=Marker-Company-4711", "Marker-Company-4711", '{"Marker-Company-4711": 1}'):
                async with session.post(address, data=content, headers=_signed(content, secret)) as answer:
                    sent.append(answer.status)
                    await answer.read()
    await house.errands.idle()
    await house.stop()
    logging.getLogger("bot.tests").debug("the end")
    said = capsys.readouterr()
    assert sent[4:] == [401] * 4
    assert "a request that Slack did not sign was refused" in said.err
    assert "the end" in said.err
    assert "Marker-Company-4711" not in said.err + said.out


def _signed(body: str, secret: str) -> dict[str, str]:
    at = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=body)
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": str(signature),
    }
