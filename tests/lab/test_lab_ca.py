"""Our verdict against a real CA's validation: they agree, or the table says why not.

Pebble validates by ACME's dns-01, which looks for a value at `_acme-challenge` below the domain and compares each TXT
record with it. That is what GlobalSign does at the domain itself, so the engine is asked about that name and value.
"""

# tables: one case a line reads better than one field a line

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from lab.pebble import PREFIX, Client, Pebble
from lab.servers import run_all
from lab.world import Leaf, World

Records = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A domain `label`.co.uk whose records are made from the wanted value. `accepts` None: it depends on chance.

    `reason` says why verdict and CA differ; without one they must agree.
    """

    label: str
    records: Records
    verdict: str
    accepts: bool | None
    reason: str = ""
    zone: Mapping[str, Any] | None = None

    @property
    def origin(self) -> str:
        return f"{self.label}.co.uk"


def _at(text: str) -> Records:
    """Records at the challenge's name, with the value in place of VALUE."""
    return lambda value: f"{PREFIX} {text.replace('VALUE', value)}"


def _nothing(value: str) -> str:
    del value
    return "@ A 192.0.2.1"


OK = _at('TXT "VALUE"')
SIGNED = {"signed": "nsec"}
DAY = timedelta(days=1)
ROWS = (
    Row("ca-plain", OK, "ready", True),
    Row("ca-signed", OK, "ready", True, zone=SIGNED),
    Row("ca-hashed", OK, "ready", True, zone={"signed": "nsec3"}),
    Row("ca-several", lambda value: f'{PREFIX} TXT "other"\n{PREFIX} TXT "{value}"', "ready", True),
    Row(
        "ca-strings", lambda value: f'{PREFIX} TXT "{value[:20]}" "{value[20:]}"', "ready", False,
        reason="this CA compares each string of a record by itself; we join them, as RFC 7208 section 3.3 does",
    ),
    Row("ca-alias", lambda value: f'{PREFIX} CNAME there.ca-plain.co.uk.', "wrong", False),
    Row("ca-alias-good", lambda value: f'{PREFIX} CNAME there\nthere TXT "{value}"', "ready", True),
    Row("ca-wildcard", lambda value: f'* TXT "{value}"', "ready", True),
    Row("ca-long-ttl", _at('604800 TXT "VALUE"'), "ready", True),
    Row("ca-caa", lambda value: f'{PREFIX} TXT "{value}"\n@ CAA 0 issue "elsewhere.example"', "ready", True),
    Row("ca-absent", _nothing, "wrong", False),
    Row("ca-other", _at('TXT "something else"'), "wrong", False),
    Row("ca-at-domain", lambda value: f'@ TXT "{value}"', "wrong", False),
    Row("ca-doubled", lambda value: f'{PREFIX}.ca-doubled.co.uk TXT "{value}"', "wrong", False),
    Row("ca-case", lambda value: f'{PREFIX} TXT "{value.swapcase()}"', "wrong", False),
    Row("ca-quotes", _at('TXT "\\"VALUE\\""'), "wrong", False),
    Row("ca-blank", _at('TXT "VALUE "'), "wrong", False),
    Row("ca-cut", lambda value: f'{PREFIX} TXT "{value[:-4]}"', "wrong", False),
    Row("ca-halves", lambda value: f'{PREFIX} TXT "{value[:20]}"\n{PREFIX} TXT "{value[20:]}"', "wrong", False),
    Row("ca-dangling", _at("CNAME nowhere.is-absent.co.uk."), "wrong", False),
    Row("ca-loop", lambda value: f"{PREFIX} CNAME round\nround CNAME {PREFIX}", "broken", False),
    Row("ca-refused", OK, "broken", False, zone={"absent": frozenset({"a", "k"})}),
    Row("ca-expired", OK, "broken", False, zone=SIGNED | {"begins": -30 * DAY, "ends": -9 * DAY}),
    Row("ca-early", OK, "broken", False, zone=SIGNED | {"begins": 9 * DAY, "ends": 30 * DAY}),
    Row("ca-no-key", OK, "broken", False, zone=SIGNED | {"publish_key": False}),
    Row("ca-half-dead", OK, "ready", True, zone={"on": ("k", "closed")}),
    Row("ca-no-tcp", OK, "ready", True, zone={"on": ("k", "udp-only")}),
    Row(
        "ca-clock", OK, "broken", True, zone=SIGNED | {"begins": -10 * DAY, "ends": timedelta(minutes=-20)},
        reason="this CA's resolver, Unbound, allows for a wrong clock; one that does not would refuse",
    ),
    Row(
        "ca-lag", OK, "not_yet", None, zone={"on": ("a", "b"), "copies": {"b": {"serial": 1, "records": ""}}},
        reason="the CA's resolver asks one of the two servers, and which is chance; so we wait for both",
    ),
    Row(
        "ca-flapping", OK, "unknown", None, zone={"on": ("flapping",), "copies": {"b": {"records": ""}}},
        reason="the server gives the value every other time",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    value: str
    accepted: bool
    said: str


@pytest.fixture(scope="module")
def world(start_world) -> World:
    return start_world(Leaf(row.origin, serial=2, **(row.zone or {})) for row in ROWS)


@pytest.fixture(scope="module")
def outcomes(world) -> Mapping[str, Outcome]:
    """Orders first, then the records that the orders want, then a resolver with an empty cache, then validation."""
    resolver = f"{world.spare(201)}:{world.port}"
    ca = Pebble(world.folder / "ca", world.spare(210), world.port, resolver, f"{world.spare(211)}:{world.port}")
    world.resolvers.append(ca)
    run_all([ca])
    client = Client(ca)
    client.register()
    challenges = {row.label: client.order(row.origin) for row in ROWS}
    world.change(
        Leaf(row.origin, row.records(challenges[row.label].value), serial=3, **(row.zone or {})) for row in ROWS
    )
    world.unbound(number=201)
    for challenge in challenges.values():
        client.submit(challenge)
    return {
        label: Outcome(challenge.value, *client.accepted(challenge)) for label, challenge in challenges.items()
    }  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.label)
async def test_verdict_and_validation_agree_or_the_table_says_why_not(world, outcomes, row):
    outcome = outcomes[row.label]
    diagnosis = await world.diagnose(f"{PREFIX}.{row.origin}", outcome.value)
    assert diagnosis.verdict == row.verdict, (diagnosis.findings, outcome.said)
    if row.accepts is not None:
        assert outcome.accepted == row.accepts, outcome.said
    assert bool(row.reason) == (row.accepts is None or (row.verdict == "ready") != row.accepts)


def test_nothing_that_we_call_ready_is_refused_without_a_reason(outcomes):
    ready = [row for row in ROWS if row.verdict == "ready" and not row.reason]
    assert [row.label for row in ready if not outcomes[row.label].accepted] == []
