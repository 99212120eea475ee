"""Secrets that somebody puts into a form or a command, and a check that belongs to no onboarding."""

import sqlite3

import pytest
from e2e import walk
from e2e.provider import make_csr
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----"


async def test_a_key_in_a_form_is_refused_at_its_field_and_kept_nowhere(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, {**walk.DETAILS, **walk.PEOPLE, "Where are you now?": "Step 4: API credentials"})
        carl = scene.person("carl")
        await scene.tick("carl", 0, "Be able to convert")
        await carl.click("Waiting on…", in_=await scene.step_message(4))
        errors = await carl.try_submit({"Whom does the step wait for?": "GlobalSign", "What for?": KEY})
        assert "a private key" in errors["What for?"]
        assert "MIIE" not in str(errors)
        await scene.quiet()
        with sqlite3.connect(tmp_path / "dipper.db") as database:
            kept = "\n".join(database.iterdump())
        assert "MIIE" not in kept
        assert "PRIVATE KEY" not in kept


async def test_a_csr_that_belongs_to_no_onboarding_is_checked_for_the_asker_alone(tmp_path):
    async with stage(tmp_path) as scene:
        carl = scene.person("carl")
        await carl.command("/dip check cert", channel=CHANNEL)
        _, text = make_csr("dip.northwind.example", "Northwind Energy Ltd")
        await carl.submit({"CSR or certificate": text})
        answer = await carl.message(CHANNEL, containing="Good: nothing stands against it")
        assert answer.ephemeral
        assert "dip.northwind.example" in answer.text
