import dns.name
import pytest

from engine.dns.rules import clock as rule
from engine.dns.secure import Problem, Security

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']


def with_problem(code, caa_only=False):
    problem = Problem(code, dns.name.from_text("northwind.example."), "the TXT records", caa_only=caa_only)
    return Security("secure", "", None, (problem,))


HITS = [
    (["validators-disagree"], {"security": with_problem("validators-disagree")}),
    (["validators-disagree"], {"everywhere": {"TXT": HOLDS}, "security": with_problem("validators-disagree")}),
]
MISSES = [
    {},
    {"security": with_problem("signature-expired")},
    {"security": with_problem("validators-disagree", caa_only=True)},
    {"security": Security("secure", "", None)},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_signature_on_which_validators_differ_is_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_other_faults_and_caa_alone_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []
