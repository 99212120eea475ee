"""What keeps the house from starting is said in words with what to do; what started stops without losing anything."""

import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.house import House
from bot.loading import StartFailed, load_profiles
from bot.settings import DatabaseSettings, DnsSettings, HttpSettings, ProcessSettings, Settings, Transport
from engine.checks import Checks, MaterialJob
from engine.dns import Options
from engine.pki import shipped
from engine.pki.keys import Wish, generate, request
from engine.reminders.calendar import bank_holidays
from engine.store import outbox
from engine.store.dialects import open_database
from handlers.ids import Verb
from handlers.ports import Facts

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def why_not(settings: Settings, **more: Any) -> str:
    """The problems with which building or starting fails."""
    house = None
    with pytest.raises(StartFailed) as caught:
        house = await House.build(settings, **more)
        await house.start()
    if house is not None:
        await house.stop()
    assert all(problem.strip() for problem in caught.value.problems)
    return "\n".join(caught.value.problems)


def with_(settings: Settings, **parts: Any) -> Settings:
    return settings.model_copy(update=parts)


async def test_a_token_that_slack_refuses_is_said_with_where_to_get_another(workspace, settings_for):
    problem = await why_not(settings_for(workspace, bot_token=SecretStr("xoxb-not-this-one")))
    assert "invalid_auth" in problem
    assert "DIPPER_SLACK_BOT_TOKEN" in problem
    assert "not-this-one" not in problem


async def test_an_app_token_that_slack_refuses_is_said_with_where_to_get_another(workspace, settings_for):
    problem = await why_not(settings_for(workspace, app_token=SecretStr("xapp-not-this-one")))
    assert "invalid_auth" in problem
    assert "DIPPER_SLACK_APP_TOKEN" in problem
    assert "not-this-one" not in problem


async def test_slack_out_of_reach_is_said_with_its_address(workspace, settings_for):
    problem = await why_not(settings_for(workspace, base_url="http://127.0.0.1:9/api/"))
    assert "127.0.0.1:9" in problem
    assert "network" in problem


async def test_slack_in_an_outage_is_said_as_such(workspace, settings_for):
    await workspace.fault("away")
    problem = await why_not(settings_for(workspace))
    assert "503" in problem
    assert "token" not in problem


async def test_a_connection_that_breaks_at_the_first_call_is_said_as_such(workspace, settings_for):
    await workspace.fault("reset", method="auth.test", times=-1)
    assert "cannot be reached" in await why_not(settings_for(workspace))


async def test_a_taken_port_is_said_with_the_variable_to_change(workspace, settings_for):
    settings = settings_for(workspace)
    first = await House.build(settings)
    await first.start()
    assert first.listening is not None
    problem = await why_not(with_(settings, http=HttpSettings(port=first.listening.port)))
    await first.stop()
    assert f"Port {first.listening.port}" in problem
    assert "DIPPER_HTTP_PORT" in problem


async def test_a_database_newer_than_the_program_is_refused_and_left_as_it_is(workspace, settings_for, tmp_path):
    settings = settings_for(workspace)
    file = tmp_path / "dipper.db"
    database = open_database(f"sqlite:///{file}")
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'm9999'"))
    database.close()
    before = file.read_bytes()
    for upgrade in (True, False):
        assert "newer" in await why_not(settings, upgrade=upgrade)
    assert file.read_bytes() == before


async def test_an_empty_database_is_made_unless_that_was_forbidden(workspace, settings_for, tmp_path):
    fresh = with_(
        settings_for(workspace), database=DatabaseSettings(url=SecretStr(f"sqlite:///{tmp_path}/new/folder/d.db"))
    )
    assert "dipper db upgrade" in await why_not(fresh, upgrade=False)
    house = await House.build(fresh)
    await house.start()
    await house.stop()
    assert (tmp_path / "new/folder/d.db").stat().st_mode & 0o077 == 0


async def test_a_file_that_is_no_database_is_named_and_left_alone(workspace, settings_for, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("not a database at all, but long enough to look like one. " * 50)
    before = file.read_bytes()
    broken = with_(settings_for(workspace), database=DatabaseSettings(url=SecretStr(f"sqlite:///{file}")))
    assert await why_not(broken)
    assert file.read_bytes() == before


async def test_a_broken_rule_of_the_operator_is_named_by_file_and_line(workspace, settings_for, tmp_path):
    site = tmp_path / "site"
    (site / "process").mkdir(parents=True)
    (site / "process" / "ours.yaml").write_text("steps:\n  - id: 99\n    nonsense: true\n", encoding="utf-8")
    settings = with_(settings_for(workspace), process=ProcessSettings(site=site))
    assert "ours.yaml" in await why_not(settings)


async def test_a_broken_template_of_the_operator_is_named(workspace, settings_for, tmp_path):
    site = tmp_path / "site"
    (site / "templates").mkdir(parents=True)
    (site / "templates" / "card.md").write_text("{% if %}", encoding="utf-8")
    settings = with_(settings_for(workspace), process=ProcessSettings(site=site))
    assert "card.md" in await why_not(settings)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("signing.yaml", "name: [", "signing.yaml"),
        ("signing.json", '{"validity": {"secondsmax": "x"}}', "signing.json"),
        ("ours.yaml", "name: ours", "call it signing or mtls or dual-purpose or atlas-api"),
    ],
)
async def test_a_broken_certificate_profile_of_the_operator_is_named(
    workspace, settings_for, tmp_path, name, text, words
):
    (tmp_path / "site" / "profiles").mkdir(parents=True)
    (tmp_path / "site" / "profiles" / name).write_text(text, encoding="utf-8")
    settings = with_(settings_for(workspace), process=ProcessSettings(site=tmp_path / "site"))
    assert words in await why_not(settings)


def test_a_certificate_profile_of_the_operator_is_the_one_that_is_judged_by(tmp_path):
    (tmp_path / "profiles").mkdir()
    ours = {"name": "signing", "public_key": {"key_type": "RSA", "minimum_length": 4096}}
    (tmp_path / "profiles" / "signing.json").write_text(json.dumps(ours), encoding="utf-8")
    profiles = load_profiles(ProcessSettings(site=tmp_path))
    csr = request(
        Wish(shipped("signing"), "Northwind Energy Ltd", "GB", ("dip.northwind.example",)), generate("rsa:2048")
    )
    job = MaterialJob("dip.csr", csr, usage="signing")
    verdicts = [Checks(Options(), held).material(job, NOW).verdict for held in ({}, profiles)]
    assert verdicts == ["good", "bad"]


async def test_root_hints_that_cannot_be_read_are_named(workspace, settings_for, tmp_path):
    settings = with_(settings_for(workspace), dns=DnsSettings(root_hints=tmp_path / "named.root"))
    assert "dns.root_hints: " in (problem := await why_not(settings))
    assert "named.root" in problem


async def test_a_resolver_that_is_no_address_is_named(workspace, settings_for):
    assert "dns.google" in await why_not(with_(settings_for(workspace), dns=DnsSettings(resolvers=("dns.google",))))


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_started_house_is_healthy_and_can_be_stopped_and_started_again(workspace, settings_for, transport):
    settings = settings_for(workspace, transport=transport)
    for _ in range(2):
        house = await House.build(settings)
        await house.start()
        assert house.listening is not None
        address = f"http://127.0.0.1:{house.listening.port}/healthz"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            assert answer.status == 200
        await house.stop()


async def test_the_first_click_need_not_wait_for_the_holidays(workspace, settings_for):
    bank_holidays.cache_clear()
    house = await House.build(settings_for(workspace))
    assert bank_holidays.cache_info().currsize == 1
    await house.stop()


async def test_what_was_told_before_the_stop_is_said_after_the_next_start(workspace, settings_for, start, tmp_path):
    settings = settings_for(workspace)
    first = await House.build(settings)
    first.desk.start()
    await start(first)
    assert await first.desk.read(outbox.unsent) > 0
    await first.stop()
    second = await House.build(settings)
    await second.start()
    await second.delivery.until_idle()
    await workspace.message("dip-onboarding", "Northwind Energy Ltd")
    await second.stop()


async def test_secrets_do_not_appear_when_settings_or_problems_are_shown(workspace, settings_for):
    settings = settings_for(workspace)
    for secret in (workspace.bot_token, workspace.app_token, workspace.signing_secret):
        assert secret not in repr(settings) + str(settings)


async def test_the_option_that_lets_step_7_begin_early_reaches_the_process(workspace, settings_for):
    plain = settings_for(workspace)
    early = await House.build(with_(plain, process=ProcessSettings(ids_during_vetting=True)))
    usual = await House.build(plain)
    assert (early.process.ids_during_vetting, usual.process.ids_during_vetting) == (True, False)
    for house in (early, usual):
        await house.stop()


async def test_an_outage_right_after_the_start_costs_no_click(workspace, settings_for):
    house = await House.build(settings_for(workspace))
    await house.start()
    await workspace.connected()
    await workspace.fault("error", method="auth.test", times=-1)
    outcome = await workspace.user("lena").command("/dip help")
    await house.stop()
    assert "/dip status" in str(outcome)


async def test_the_nation_of_the_settings_is_the_one_that_a_start_proposes(workspace, settings_for):
    plain = settings_for(workspace)
    house = await House.build(with_(plain, people=plain.people.model_copy(update={"nation": "SCT"})))
    view = await house.wording.form(Verb.START, Facts("T0NORTHWIND", "U0LENA", house.clock()))
    [element] = [block["element"] for block in view["blocks"] if block.get("block_id") == "nation"]
    assert element["initial_option"]["value"] == "SCT"
    await house.stop()
