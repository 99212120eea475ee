"""Every class of failure on real servers: named with its servers, who acts, what to do and how long; then corrected."""

from dataclasses import replace

import pytest
from lab.cases_dnssec import DNSSEC_CASES
from lab.cases_record import RECORD_CASES
from lab.cases_servers import SERVER_CASES
from lab.world import World

CASES = (*RECORD_CASES, *SERVER_CASES, *DNSSEC_CASES)


@pytest.fixture(scope="module")
def faulty(start_world) -> World:
    return start_world({leaf.origin: leaf for case in CASES for leaf in case.faulty}.values())


@pytest.fixture(scope="module")
def corrected(start_world) -> World:
    return start_world({leaf.origin: leaf for case in CASES for leaf in case.right}.values())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
async def test_a_fault_is_named_with_servers_who_acts_what_to_do_and_how_long(faulty, case):
    diagnosis = await faulty.diagnose(case.typed or case.domain, **case.asks(faulty))
    found = {finding.code for finding in diagnosis.findings}
    assert case.code in found, diagnosis.findings
    named = [finding for finding in diagnosis.findings if finding.code == case.code]
    finding = min(named, key=lambda each: each.severity != "blocker")
    assert (diagnosis.verdict, finding.class_, finding.who) == (case.verdict, case.class_, case.who), diagnosis.findings
    if case.named:
        assert set(finding.servers) == {faulty.fill(name) for name in case.named}
    elif case.servers is not None:
        assert set(finding.servers) == {faulty.server(host) for host in case.servers}
    said = finding.fix if diagnosis.verdict == "ready" else f"{diagnosis.next_action} {finding.fix}"
    assert case.word in said
    assert finding.eta == case.eta
    if case.eta is not None:
        assert diagnosis.ready_at == faulty.now + case.eta
        assert finding.eta_reason
    assert set(case.more) <= found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
async def test_the_corrected_world_is_ready(corrected, case):
    asks = (case.asks_right or case.asks)(corrected)
    diagnosis = await corrected.diagnose(case.typed_right or case.right_domain or case.domain, **asks)
    codes = {finding.code for finding in diagnosis.findings}
    assert (diagnosis.verdict, case.code in codes) == ("ready", False), diagnosis.findings


def test_every_class_that_one_diagnosis_can_show_has_a_case():
    elsewhere = {"D16", "D17", "D18", "D25"}  # caches and points of view: test_lab_resolvers.py
    assert {case.class_ for case in CASES} | elsewhere == {f"D{number}" for number in range(1, 32)}


def test_no_two_cases_share_a_zone():
    for world in ([leaf for case in CASES for leaf in case.faulty], [leaf for case in CASES for leaf in case.right]):
        origins = [leaf.origin for leaf in world]
        assert len(origins) == len(set(origins))
        assert all(replace(leaf) == leaf for leaf in world)
