"""`dipper csr`: a key for its owner alone, a request that is good, nothing overwritten."""

import asyncio
import json
import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from bot.cli.csr import csr
from engine.pki import Password, shipped
from engine.pki.keys import KEY_TYPES, BadWish, Wish, check, generate_aside, make, openssl_lines
from tests.pki.conftest import codes, look

app = Typer()
app.command()(csr)
COMPLETE = {
    "--profile": "dual-purpose",
    "--organisation": "Northwind Energy & Co/Ltd",
    "--country": "GB",
    "--host": "m.northwind.example",
}


def run(folder: Path, *more: str, **changes: str | None) -> Result:
    options = (
        COMPLETE
        | {"--out": str(folder / "dip")}
        | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    )
    arguments = [part for option, value in options.items() if value is not None for part in (option, value)]
    return CliRunner().invoke(app, [*arguments, *more])


def test_key_and_request_are_made_and_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        result = run(tmp_path, "--host", "n.northwind.example")
    finally:
        os.umask(old)
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE((tmp_path / "dip.key").stat().st_mode) == 0o600
    report = look(
        (tmp_path / "dip.key").read_bytes(), (tmp_path / "dip.csr").read_bytes(), profile=shipped("dual-purpose")
    )
    assert (report.verdict, report.findings) == ("good", ())
    assert report.items[0].belongs_to == "1"
    assert "BEGIN CERTIFICATE REQUEST" in result.stdout
    assert "PRIVATE KEY" not in result.output


def test_as_json_it_says_what_was_made(tmp_path: Path) -> None:
    document = json.loads(run(tmp_path, "--json").stdout)
    assert (document["schema"], document["names"]) == ("dipper.csr/1", ["m.northwind.example"])


def test_the_key_is_sealed_if_wished(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("sesame\n")
    assert run(tmp_path, key_password_file=str(tmp_path / "password")).exit_code == 0
    key = (tmp_path / "dip.key").read_bytes()
    assert b"ENCRYPTED" in key
    assert codes(key, password=Password(b"sesame")) == set()


def test_what_the_profile_refuses_is_not_written(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text('{"public_key": {"key_type": "RSA", "allowed_lengths": [3072]}}')
    refused = run(tmp_path, profile=str(policy))
    assert refused.exit_code == 2
    assert "RSA 2048; the profile allows the lengths 3072" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["policy.json"]
    assert run(tmp_path, "--key-type", "rsa:3072", profile=str(policy)).exit_code == 0


@pytest.mark.parametrize("existing", ["dip.key", "dip.csr"])
def test_nothing_is_overwritten(tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("precious")
    assert run(tmp_path).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == [existing]
    assert (tmp_path / existing).read_text() == "precious"


@pytest.mark.parametrize(
    "changes",
    [
        {"organisation": None},
        {"host": None},
        {"profile": None},
        {"country": "UK"},
        {"country": "gb"},
        {"organisation": "N" * 65},
        {"organisation": " Northwind"},
        {"host": "under_score.northwind.example"},
        {"host": "https://m.northwind.example"},
        {"host": "b\u00fccher.example"},
        {"profile": "nosuch"},
        {"key_type": "rsa:1024"},
        {"key_type": "dsa"},
        {"key_password_file": "/nonexistent"},
        {"out": "dip.key"},
    ],
)
def test_what_is_missing_or_wrong_is_an_error_and_leaves_nothing_behind(
    tmp_path: Path, changes: dict[str, str | None]
) -> None:
    result = run(tmp_path, **changes)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key_type", ["rsa:3072", "ec:P-256", "ec:P-384"])
def test_every_kind_of_key_gives_a_sound_request(key_type: str) -> None:
    made = make(Wish(shipped("atlas-api"), "Northwind", "GB", ("m.northwind.example",), "rsa:2048"), None)
    assert look(made.csr).verdict == "good"
    policy_free = Wish(shipped("signing"), "Northwind", "GB", ("m.northwind.example",), key_type)
    made = make(policy_free, None)
    assert look(made.key, made.csr).verdict == "good"
    assert key_type in KEY_TYPES


def test_a_sourced_profile_forbids_another_kind_of_key() -> None:
    with pytest.raises(BadWish, match="RSA"):
        check(Wish(shipped("atlas-api"), "Northwind", "GB", ("m.northwind.example",), "ec:P-256"))


def test_a_host_too_long_for_a_common_name_is_a_name_all_the_same() -> None:
    long = "m" * 60 + ".northwind.example"
    made = make(Wish(shipped("mtls"), "Northwind", "GB", (long,), "ec:P-256"), None)
    assert look(made.csr).items[0].item.value.names.dns == (long,)  # type: ignore[union-attr]


@pytest.mark.parametrize("sealed", [True, False])
def test_the_equivalent_openssl_lines_make_the_same_request(tmp_path: Path, sealed: bool) -> None:
    wish = Wish(
        shipped("dual-purpose"), "Northwind Energy & Co/Ltd", "GB", ("m.northwind.example", "n.northwind.example")
    )
    ours = look(make(wish, None).csr).items[0].item.value
    for line in openssl_lines(wish, "k", "r", sealed=sealed):
        words = shlex.split(line)
        extra = ["-pass" if "genpkey" in words else "-passin", "pass:sesame"] if sealed else []
        subprocess.run([*words, *extra], cwd=tmp_path, check=True, capture_output=True)
    theirs = look((tmp_path / "r").read_bytes()).items[0].item.value
    assert ours is not None and theirs is not None
    assert (b"ENCRYPTED" in (tmp_path / "k").read_bytes()) is sealed
    assert (ours.subject.text(), ours.names) == (theirs.subject.text(), theirs.names)
    assert {each.oid: each.value for each in ours.extensions} == {each.oid: each.value for each in theirs.extensions}


async def test_making_a_key_does_not_hold_the_event_loop_up() -> None:
    turns, made = 0, asyncio.create_task(generate_aside("rsa:4096"))
    while not made.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await made).key_size == 4096
    assert turns > 100  # had it run in the loop, the loop would have turned once or twice


def test_keys_are_made_by_the_command_alone_which_has_no_event_loop_to_hold_up() -> None:
    root = Path(__file__).parents[2]
    sources = [path for room in ("bot", "engine", "handlers") for path in (root / room).rglob("*.py")]
    makers = {path.relative_to(root).as_posix() for path in sources if "engine.pki.keys" in path.read_text("utf-8")}
    assert makers == {"bot/cli/csr.py"}
    assert "async " not in (root / "bot/cli/csr.py").read_text("utf-8")
