"""`dipper check dns` as scripts see it: exit codes, one JSON object on stdout, reasons on stderr."""

import asyncio
import json
import sys

import pytest

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"

FIELDS = {
    "": {
        "schema", "domain", "value", "checked_at", "verdict", "next_action", "ready_at", "recheck_at", "record",
        "findings", "servers", "resolvers", "dnssec", "caa", "queries", "elapsed_ms",
    },
    "record": {"name", "fqdn", "zone", "type", "value", "ttl"},
    "findings": {
        "class", "code", "severity", "summary", "seen", "servers", "who", "fix", "eta_seconds", "eta_reason",
        "source", "confidence",
    },
    "servers": {
        "name", "address", "zone", "rcode", "authoritative", "serial", "txt", "match", "udp", "tcp", "edns",
        "rtt_ms", "error",
    },
    "resolvers": {"address", "rcode", "match", "ttl", "authenticated", "ede"},
    "dnssec": {"status", "reason", "expires_at"},
    "caa": {"status", "owner", "records"},
}  # fmt: skip


async def run(world, tmp_path, *arguments, **environment):
    hints = tmp_path / "root.hints"
    hints.write_text(f". 3600 NS a.root.example.\na.root.example. 3600 A {world.ROOT}\n")
    settings = {
        "DIPPER_DNS_ROOT_HINTS": str(hints),
        "DIPPER_DNS_PORT": str(world.port),
        "DIPPER_DNS_ALLOW_PRIVATE": "1",
        "DIPPER_DNS_SYSTEM_RESOLVER": "off",
        "DIPPER_DNS_RESOLVERS": f"{world.address(20)}@{world.port}",
        "DIPPER_DNS_TIMEOUT": "0.5",
        "PATH": "/usr/bin:/bin",
        "COLUMNS": "200",
    } | environment
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from bot.cli import main; main()", "check", "dns", *arguments,
        env=settings, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
async def served(world):
    world.zone("northwind.example", f'@ TXT "{T}"', [world.address(1), world.address(2)])
    world.serving[world.address(20)] = ["northwind.example"]
    world.build()
    world.serving[world.address(1)] = ["northwind.example"]
    await world.start()
    return world


async def test_ready_is_exit_0_with_one_json_object_of_the_promised_form(served, tmp_path):
    code, out, err = await run(served, tmp_path, "northwind.example", T, "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["schema"] == "dipper.dns/1"
    assert FIELDS[""] <= set(data)
    for part in ("record", "dnssec", "caa"):
        assert FIELDS[part] <= set(data[part])
    for part in ("findings", "servers", "resolvers"):
        assert data[part]
        assert all(FIELDS[part] <= set(each) for each in data[part])
    assert data["record"] == {
        "name": "@", "fqdn": "northwind.example.", "zone": "northwind.example.", "type": "TXT", "value": T, "ttl": 300,
    }  # fmt: skip
    assert data["servers"][0]["match"] is True
    assert data["ready_at"].endswith("Z")


async def test_wrong_is_exit_11_with_words_for_people(served, tmp_path):
    code, out, _ = await run(served, tmp_path, "https://Northwind.Example/path", T[:-2])
    assert code == 11
    assert "Wrong" in out
    assert "127.53.2.1" in out
    assert "Do:" in out


async def test_unknown_is_exit_13(served, tmp_path):
    code, out, _ = await run(served, tmp_path, "northwind.example", "--json", "--no-resolvers")
    assert code == 13
    data = json.loads(out)
    assert (data["verdict"], data["resolvers"], data["value"]) == ("unknown", [], None)
    assert "value-found" in {each["code"] for each in data["findings"]}


@pytest.mark.parametrize(
    "arguments",
    [
        ("192.0.2.1", T),
        ("", T),
        ("x" * 64 + ".example", T),
        ("northwind.example", ""),
        ("northwind.example", T, "--resolver", "nonsense"),
        ("northwind.example", T, "--root-hints", "/nowhere/at/all"),
        ("northwind.example", T, "--assert-by", "soon"),
        ("northwind.example", T, "--port", "0"),
    ],
)
async def test_wrong_usage_is_exit_2_with_a_reason_and_nothing_on_stdout(served, tmp_path, arguments):
    code, out, err = await run(served, tmp_path, *arguments, "--json")
    assert (code, out) == (2, "")
    assert len(err) > 10
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("option", "file", "words"),
    [
        ("--root-hints", "nowhere", "nowhere cannot be read: No such file or directory."),
        ("--claim", "nowhere", "nowhere cannot be read: No such file or directory."),
        ("--claim", ".", " cannot be read: Is a directory."),
        ("--trust-anchor", "bytes", "bytes is no text file in UTF-8."),
    ],
)
async def test_a_file_that_cannot_be_read_is_named_in_words(served, tmp_path, option, file, words):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    code, _, err = await run(served, tmp_path, "northwind.example", T, option, str(tmp_path / file))
    assert code == 2
    assert err.strip().endswith(words)


async def test_a_claim_file_decides_between_ready_and_not_yet(served, tmp_path):
    import time

    held = {
        "id": "1", "status": "PENDING", "domain": "northwind.example.", "assert_by": int(time.time()) + 86400 * 20,
        "log": [{"status": "ERROR", "description": "not found", "timestamp": int(time.time()) - 60}],
    }  # fmt: skip
    path = tmp_path / "claim.json"
    path.write_text(json.dumps(held))
    code, out, _ = await run(served, tmp_path, "northwind.example", T, "--json", "--claim", str(path))
    data = json.loads(out)
    assert (code, data["verdict"]) == (10, "not_yet")
    assert 0 < data["findings"][0]["eta_seconds"] <= 240


async def test_a_broken_zone_is_exit_12(served, tmp_path):
    for address in (1, 2):
        served.serving[served.address(address)] = []
    code, _, _ = await run(served, tmp_path, "northwind.example", T, "--json")
    assert code == 12
