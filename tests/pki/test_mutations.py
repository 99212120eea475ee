"""Ten thousand damaged inputs: always a report, never an exception, a hang or a heap of memory. And inputs made to hurt."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.pki import inspect
from engine.pki.read.numbers import _wrap
from engine.pki.read.text import armour
from tests.pki.conftest import NOW
from tests.pki.mutating import CONTEXTS, HOSTILE, LIMIT, looked_at

ROOT = Path(__file__).parents[2]
ROUNDS, PARTS = 10_000, 2
pytestmark = pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning", "ignore::DeprecationWarning"
)


@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_input_always_gives_a_report_within_a_second_and_two_hundred_megabytes(part: int) -> None:
    """In a process of its own, whose memory is that of the engine and of nothing else."""
    command = [sys.executable, "-m", "tests.pki.mutating", str(ROUNDS // PARTS), str(part)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    figures = json.loads(done.stdout)
    assert figures["count"] * PARTS == ROUNDS
    assert 0 < figures["inspect_seconds"] < LIMIT, figures
    assert 0 < figures["find_secret_seconds"] < LIMIT, figures
    assert 30 < figures["peak_megabytes"] < 200


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_input_that_is_made_to_hurt_takes_less_than_a_second_to_inspect_and_to_search_for_secrets(data: bytes) -> None:
    for context in CONTEXTS:
        inspecting, searching = looked_at(data, context)
        assert inspecting < LIMIT
        assert searching < LIMIT


def sealed_pkcs8(rounds: int) -> bytes:
    """A sealed key whose header asks for that many rounds of PBKDF2; what it seals is nothing."""
    kdf = _wrap(0x30, _wrap(4, b"saltsalt") + number(rounds) + bytes.fromhex("300c06082a864886f70d02090500"))
    cipher = bytes.fromhex("301d060960864801650304012a0410") + bytes(16)
    scheme = _wrap(0x30, bytes.fromhex("06092a864886f70d01050c") + kdf) + cipher
    algorithm = _wrap(0x30, bytes.fromhex("06092a864886f70d01050d") + _wrap(0x30, scheme))
    return _wrap(0x30, algorithm + _wrap(4, bytes(64)))


def number(value: int) -> bytes:
    return _wrap(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


@pytest.mark.parametrize(("rounds", "words"), [(2_000_000_000, "more work"), (2048, "password")])
def test_a_password_that_would_take_an_hour_to_try_is_not_tried(rounds: int, words: str) -> None:
    started = time.process_time()
    report = inspect(sealed_pkcs8(rounds), CONTEXTS[1], NOW)
    assert words in report.findings[0].seen
    assert time.process_time() - started < 1


def test_an_openssh_key_that_asks_for_an_hour_is_not_tried() -> None:
    def field(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    options = field(b"salt" * 4) + (1 << 30).to_bytes(4, "big")
    body = b"openssh-key-v1\x00" + field(b"aes256-ctr") + field(b"bcrypt") + field(options) + (1).to_bytes(4, "big")
    report = inspect(armour(body + field(bytes(51)) + field(bytes(64)), "OPENSSH PRIVATE KEY"), CONTEXTS[1], NOW)
    assert "more work" in report.findings[0].seen


@pytest.mark.parametrize(
    "piece",
    [
        "\n",
        "<p>",
        "-",
        "=3D=\n",
        "> ",
        "&#65;",
        "MI ",
        "LS0tLS1CRUdJTi",
        "A: b\n",
        "-----BEGIN CERTIFICATE-----\n",
        "ssh-rsa ",
    ],
    ids=repr,
)
@pytest.mark.parametrize("before", ["x", "-----BEGIN CERTIFICATE-----\n"], ids=["alone", "in a block"])
def test_a_long_text_of_one_piece_takes_no_longer_than_its_length(before: str, piece: str) -> None:
    text = before + piece * (400_000 // len(piece))
    for context in CONTEXTS:
        inspecting, searching = looked_at(text.encode(), context)
        assert inspecting < LIMIT
        assert searching < LIMIT
