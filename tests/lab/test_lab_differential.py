"""Random zones: our verdict against Unbound's, BIND's, delv's and drill's, where they answer the same question.

The seed stands in each domain. DIPPER_LAB_SEEDS (numbers with commas between) draws others than the usual, for a hunt.
"""

import os
import re
import subprocess

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
from lab.random_worlds import ANY_FAULTS, DEAD, SIGNED_FAULTS, Drawn, draw
from lab.resolvers import Unbound
from lab.servers import Process, tool
from lab.world import VALUE, World

USUAL = "0,3,27"
SEEDS = tuple(int(seed) for seed in os.environ.get("DIPPER_LAB_SEEDS", USUAL).split(","))
ZONES = 24
DRAWN = tuple(drawn for seed in SEEDS for drawn in draw(seed, ZONES))


@pytest.fixture(scope="module")
def world(start_world) -> World:
    world = start_world(leaf for drawn in DRAWN for leaf in drawn.leaves)
    world.unbound()
    world.bind_resolver()
    tag, algorithm, kind, digest = world.anchor().to_text().split(" ", 3)
    anchor = f'trust-anchors {{ . static-ds {tag} {algorithm} {kind} "{digest}"; }};\n'
    (world.folder / "anchor.bind").write_text(anchor, "utf-8")
    return world


def _ask(resolver: Process, domain: str, *, checking: bool = True) -> dns.message.Message:
    query = dns.message.make_query(f"{domain}.", "TXT", want_dnssec=True)
    if not checking:
        query.flags |= dns.flags.CD
    answer, _ = dns.query.udp_with_fallback(query, resolver.address, port=resolver.port, timeout=15)
    return answer


def _texts(answer: dns.message.Message) -> set[str]:
    return {
        b"".join(rdata.strings).decode()
        for rrset in answer.answer
        if rrset.rdtype == dns.rdatatype.TXT
        for rdata in rrset
    }


def _status(answer: dns.message.Message) -> str:
    if answer.rcode() == dns.rcode.SERVFAIL:
        return "bogus"
    return "secure" if answer.flags & dns.flags.AD else "insecure"


def _run(program: str, *arguments: str) -> str:
    done = subprocess.run([tool(program), *arguments], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("drawn", DRAWN, ids=lambda drawn: f"{drawn.domain} {drawn.fault or 'healthy'}")
async def test_the_verdict_is_the_same_as_that_of_two_validating_resolvers(world, drawn: Drawn):
    diagnosis = await world.diagnose(drawn.domain)
    above_is_dead = any(leaf.absent or leaf.fileless for leaf in drawn.leaves[:-1])
    for resolver in world.resolvers:
        if above_is_dead and isinstance(resolver, Unbound):
            continue  # it is told of each zone's servers, so it does not need the zone above
        answer = _ask(resolver, drawn.domain)
        if drawn.fault in DEAD:
            assert (answer.rcode(), diagnosis.verdict) == (dns.rcode.SERVFAIL, "broken")
            continue
        assert _status(answer) == diagnosis.dnssec.status, (diagnosis.dnssec, resolver, answer)
        unchecked = _texts(_ask(resolver, drawn.domain, checking=False))
        assert {value for row in diagnosis.servers for value in row.state.values} == unchecked
        accepted = answer.rcode() == dns.rcode.NOERROR and VALUE in _texts(answer)
        assert accepted == (diagnosis.verdict == "ready"), diagnosis.findings
        if _status(answer) == "bogus":
            assert diagnosis.verdict == "broken"


@pytest.mark.parametrize("drawn", DRAWN[:ZONES], ids=lambda drawn: f"{drawn.domain} {drawn.fault or 'healthy'}")
async def test_delv_says_the_same_of_the_chain(world, drawn: Drawn):
    bind, anchor = world.resolvers[1], str(world.folder / "anchor.bind")
    asked = (f"@{bind.address}", "-p", str(bind.port), "-a", anchor, "+root=.", drawn.domain, "TXT")
    said = _run("delv", *asked)
    diagnosis = await world.diagnose(drawn.domain)
    if "unsigned answer" in said:
        expected = "insecure"
    elif "fully validated" in said:
        expected = "secure"
    else:
        assert "resolution failed" in said, said
        expected = "bogus"
    if drawn.fault in DEAD:
        assert (expected, diagnosis.verdict) == ("bogus", "broken")
    else:
        assert diagnosis.dnssec.status == expected, (said, diagnosis.dnssec)


@pytest.mark.parametrize("drawn", DRAWN[:ZONES], ids=lambda drawn: f"{drawn.domain} {drawn.fault or 'healthy'}")
async def test_drill_reads_the_same_from_each_server(world, drawn: Drawn):
    diagnosis = await world.diagnose(drawn.domain)
    for row in diagnosis.servers:
        asked = ("-p", str(world.port), f"@{row.state.server.address}", row.state.reply.question.name.to_text(), "TXT")
        said = _run("drill", *asked)
        assert re.search(r"rcode: (\w+)", said).group(1) == row.state.reply.rcode
        texts = [
            re.findall(r'"((?:[^"\\]|\\.)*)"', line)
            for line in said.splitlines()
            if "\tTXT\t" in line and line[0] != ";"
        ]
        assert {"".join(parts) for parts in texts} == set(row.state.values)


def test_the_usual_seeds_draw_every_fault_and_as_many_healthy_zones():
    usual = [drawn for seed in USUAL.split(",") for drawn in draw(int(seed), ZONES)]
    assert {drawn.fault for drawn in usual} == {"", *ANY_FAULTS, *SIGNED_FAULTS}
    assert 24 <= sum(not drawn.fault for drawn in usual) <= 48
