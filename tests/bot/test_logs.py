import json
import logging

import pytest
import structlog

from bot.logs import MASK, masked, set_up_logging
from bot.settings import LogSettings

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
