"""Who may move which onboarding on when something is over for several at once."""

from types import SimpleNamespace

import pytest

from bot.render.sample_said import CERT, LEAD, TEXTS, SampleCase, onboarding
from engine.onboarding.outcome import Refused
from engine.process.loader import load_process
from engine.process.model import Participant, Process
from handlers.moving_on import answer_of, may_move, providers


@pytest.fixture(scope="module")
def process() -> Process:
    return load_process()


def test_only_an_answer_that_moves_others_is_one(process: Process):
    assert (answer_of(process, "7.ready").closes, answer_of(process, "7.approved").moves) == ("7.6", "7.6")
    for subject in ("7.nothing_yet", "3.approved", "7", "99.ready", "x.y", ""):
        with pytest.raises(Refused):
            answer_of(process, subject)


def test_a_lead_may_and_whoever_acts_for_the_task_but_nobody_else_and_not_before_it_is_open(process: Process):
    case = SampleCase(onboarding(process, 6), process, TEXTS)
    assert may_move(case, LEAD, "6.1")
    assert may_move(case, CERT, "6.1")
    assert not may_move(case, "U0OTHER", "6.1")
    assert not may_move(case, LEAD, "7.6")
    assert not may_move(case, LEAD, "99.1")


def test_a_dcp_is_its_own_provider_and_a_client_has_those_that_its_rows_name(process: Process):
    case = SampleCase(onboarding(process, 6), process, TEXTS)
    assert providers(case) == frozenset()
    dcp = SimpleNamespace(
        state=SimpleNamespace(participant=Participant.DCP, name=case.state.name),
        texts={case.state.name.id: "Fabrikam Limited"},
    )
    assert providers(dcp) == {"fabrikam ltd"}
