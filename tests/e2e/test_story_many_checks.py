"""Checks by command ask other people's servers: each person has so many, and an address that is none is said to be so."""

import pytest
from e2e import walk
from e2e.stage import CHANNEL, stage

from handlers.turnstile import MOST_CHECKS

pytestmark = pytest.mark.e2e


async def test_after_many_checks_a_person_is_asked_to_wait_and_nobody_else_is(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, {"Leads": ["lena", "alex"]})

        async def asked(handle: str, line: str) -> str:
            return str((await scene.person(handle).command(line, channel=CHANNEL))["response"]["text"])

        assert "The answer follows" in await asked("lena", "/dip check webhook https://[::1")
        for _ in range(MOST_CHECKS - 1):
            assert "The answer follows" in await asked("lena", "/dip check dns 192.0.2.1")
        assert "You had many checks" in await asked("lena", "/dip check dns 192.0.2.1")
        assert "The answer follows" in await asked("alex", "/dip check dns 192.0.2.1")
        await scene.quiet()
