"""`dipper check dns` as a program, against real servers: one JSON object, the exit codes, and nothing else on stdout."""

import json
import subprocess
import sys

import pytest
from lab.cases import HOLDS
from lab.world import ROOT_SERVER, VALUE, Leaf, World

LEAVES = (
    Leaf("ready.co.uk", HOLDS, signed="nsec"),
    Leaf("lagging.co.uk", HOLDS, on=("a", "b"), copies={"b": {"serial": 9, "records": ""}}),
    Leaf("wrong.co.uk", '@ TXT "v=spf1 -all"'),
    Leaf("broken.co.uk", HOLDS, absent=frozenset({"a", "k"})),
    Leaf("changing.co.uk", HOLDS, on=("flapping",), copies={"b": {"records": ""}}),
)
CODES = {"ready": 0, "not_yet": 10, "wrong": 11, "broken": 12, "unknown": 13}


@pytest.fixture(scope="module")
def world(start_world) -> World:
    return start_world(LEAVES)


@pytest.fixture(scope="module")
def settings(world) -> list[str]:
    """The options that point the program at the lab, its files written."""
    hints, anchor = world.folder / "hints", world.folder / "anchor"
    hints.write_text(f". 3600 IN NS {ROOT_SERVER}\n{ROOT_SERVER} 3600 IN A {world.address('root')}\n", "utf-8")
    anchor.write_text(f". 3600 IN DS {world.anchor().to_text()}\n", "utf-8")
    return [
        *("--root-hints", str(hints), "--trust-anchor", str(anchor)),
        *(("--port", str(world.port)) if world.port != 53 else ()),
        *("--allow-private", "--no-resolvers", "--system-resolver", "off", "--timeout", "1"),
    ]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "check", "dns", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("domain", "verdict"),
    [
        ("ready.co.uk", "ready"),
        ("lagging.co.uk", "not_yet"),
        ("wrong.co.uk", "wrong"),
        ("broken.co.uk", "broken"),
        ("changing.co.uk", "unknown"),
    ],
)
def test_each_verdict_has_its_exit_code_and_one_json_object(settings, domain, verdict):
    done = _run(domain, VALUE, "--json", *settings)
    said = json.loads(done.stdout)
    assert (done.returncode, said["verdict"], said["schema"]) == (CODES[verdict], verdict, "dipper.dns/1"), done.stderr
    assert said["domain"] == domain
    assert said["record"]["fqdn"] == f"{domain}."
    assert {"findings", "servers", "resolvers", "dnssec", "caa", "queries", "elapsed_ms", "next_action"} <= set(said)


def test_the_servers_and_the_chain_are_in_the_object(settings, world):
    said = json.loads(_run("ready.co.uk", VALUE, "--json", *settings).stdout)
    assert said["dnssec"]["status"] == "secure"
    rows = {row["address"]: row for row in said["servers"]}
    assert set(rows) == {world.address("a"), world.address("k")}
    assert all(
        row["match"] and row["udp"] and row["tcp"] and row["edns"] and row["serial"] == 10 for row in rows.values()
    )


def test_wrong_usage_says_why_on_stderr_and_nothing_on_stdout(settings):
    done = _run("192.0.2.1", VALUE, "--json", *settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is an address" in done.stderr


def test_a_person_reads_the_verdict_and_each_server(settings, world):
    done = _run("lagging.co.uk", VALUE, *settings)
    assert done.returncode == 10
    assert world.address("b") in done.stdout
