"""Each check of the doctor, good and wrong; what is wrong comes with its fix, and no secret is ever part of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot import doctor as doctor_
from bot.clock import ShiftedClock, system_clock
from bot.doctor import (
    GOOD,
    NOTE,
    WRONG,
    Finding,
    examine_clock,
    examine_database,
    examine_disk,
    examine_dns,
    examine_from_outside,
    examine_rules,
    examine_slack,
    wanted_scopes,
)
from bot.house import House
from bot.settings import DatabaseSettings, DnsSettings, ProcessSettings, Settings
from engine.store import outbox
from engine.store.dialects import open_database


def on(url: str) -> Settings:
    return Settings(database=DatabaseSettings(url=SecretStr(url)))


async def found(house: House, what: str) -> dict[str, Any]:
    [finding] = [dict(one) for one in await house.doctor.examine() if one["what"] == what]
    return finding


async def test_a_healthy_house_has_nothing_wrong_and_every_part_is_looked_at(house):
    findings = await house.doctor.examine()
    assert [one["what"] for one in findings if one["state"] == WRONG] == []
    assert {"Slack", "Messages", "Channels", "Scheduler", "Disk", "Clock", "DNS"} <= {one["what"] for one in findings}


async def test_missing_scopes_are_named(house, workspace):
    await workspace.control("app/scopes", {"remove": ["files:read", "im:write"]})
    slack = await examine_slack(house.client)
    assert slack.state == WRONG
    assert "files:read, im:write" in slack.seen
    assert "app.yaml" in slack.fix


async def test_a_refused_token_and_an_outage_are_told_apart(house, workspace):
    await workspace.fault("http", method="auth.test", status=503)
    away = await examine_slack(house.client)
    await workspace.control("app/revoke", {})
    refused = await examine_slack(house.client)
    assert (away.state, refused.state) == (WRONG, WRONG)
    assert "503" in away.seen
    assert "token" in refused.fix
    assert "token" not in away.fix


async def test_slack_out_of_reach_is_wrong_and_says_where_to_look(house, workspace):
    await workspace.fault("reset", method="auth.test", times=-1)
    slack = await examine_slack(house.client)
    assert (slack.state, "cannot be reached" in slack.seen) == (WRONG, True)
    assert "network" in slack.fix


async def test_messages_that_were_refused_are_named_with_slacks_reason(house, start):
    began = await start(house)
    assert (await found(house, "Messages"))["state"] == GOOD
    [message, *_] = await house.desk.write(outbox.next_messages, system_clock(), lease=timedelta(minutes=1))
    await house.desk.write(outbox.mark_failed, message.id, error="invalid_blocks", retry_at=None, now=system_clock())
    messages = await found(house, "Messages")
    assert messages["state"] == WRONG
    assert "invalid_blocks" in messages["seen"]
    assert messages["fix"]
    assert began.events


async def test_a_parked_channel_is_named_with_its_reason(house):
    await house.desk.write(outbox.park_lane, "C0ONBOARDING", reason="archived", now=system_clock())
    channels = await found(house, "Channels")
    assert channels["state"] == WRONG
    assert "C0ONBOARDING" in channels["seen"]
    assert "archived" in channels["seen"]


async def test_work_that_nobody_does_is_the_schedulers_fault(house, start):
    await start(house)
    assert (await found(house, "Scheduler"))["state"] == GOOD
    house.clock.offset = timedelta(days=3)  # type: ignore[union-attr]  # a local workspace: the clock moves
    assert (await found(house, "Scheduler"))["state"] == WRONG


def test_too_little_space_is_wrong(tmp_path, monkeypatch):
    settings = on(f"sqlite:///{tmp_path}/dipper.db")
    assert examine_disk(settings).state == GOOD
    monkeypatch.setattr(doctor_, "_LITTLE_SPACE", 2**62)
    assert examine_disk(settings).state == WRONG
    assert examine_disk(on("postgresql://h/db")).state == NOTE


def test_a_moved_clock_is_noted_in_a_local_workspace_only():
    local = Settings.model_validate({"slack": {"base_url": "http://127.0.0.1:1/api/"}})
    assert examine_clock(local, ShiftedClock(timedelta(hours=5))).state == NOTE
    assert examine_clock(local, system_clock).state == GOOD


def test_root_hints_that_are_not_there_and_private_addresses_are_said(tmp_path):
    missing = Settings(dns=DnsSettings(root_hints=tmp_path / "named.root"))
    assert examine_dns(missing).state == WRONG
    assert "named.root" in examine_dns(missing).seen
    assert examine_dns(Settings(dns=DnsSettings(allow_private=True))).state == NOTE
    assert examine_dns(Settings()).state == GOOD


@pytest.mark.parametrize(
    ("dns", "words"),
    [
        ({"resolvers": ("dns.google",)}, "dns.resolvers: 'dns.google'"),
        ({"system_resolver": "ours"}, "dns.system_resolver: 'ours'"),
        ({"trust_anchor": Path("/no-anchor")}, "dns.trust_anchor: /no-anchor cannot be read"),
    ],
)
def test_a_dns_setting_that_cannot_be_used_is_named(dns, words):
    finding = examine_dns(Settings(dns=DnsSettings(**dns)))
    assert (finding.state, words in finding.seen) == (WRONG, True)


def test_own_rules_are_looked_at_too(tmp_path):
    def examined() -> Finding:
        return examine_rules(Settings(process=ProcessSettings(site=tmp_path)))

    assert examine_rules(Settings()).state == GOOD
    assert (examined().state, "none of them" in examined().seen) == (WRONG, True)
    (tmp_path / "process").mkdir()
    assert examined().state == GOOD
    (tmp_path / "process" / "ours.yaml").write_text("patches: [{task: '9.9', source: us, set: {ask: x}}]\n")
    assert (examined().state, "ours.yaml:1" in examined().seen) == (WRONG, True)


def test_a_database_that_is_not_there_newer_or_none_at_all_is_wrong(tmp_path, migrated):
    assert examine_database(on(f"sqlite:///{migrated}")).state == GOOD
    for file in (tmp_path / "nowhere" / "dipper.db", tmp_path / "dipper.db"):
        nowhere = examine_database(on(f"sqlite:///{file}"))
        assert (nowhere.state, "is not there yet" in nowhere.seen) == (WRONG, True)
        assert "dipper db upgrade" in nowhere.seen
        assert not file.exists(), "looking makes no file, which anybody could then read"
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_bytes(b"this is no database, and long enough to be looked at as one" * 40)
    assert examine_database(on(f"sqlite:///{rubbish}")).state == WRONG
    newer = tmp_path / "newer.db"
    newer.write_bytes(migrated.read_bytes())
    with_later_version(newer)
    finding = examine_database(on(f"sqlite:///{newer}"))
    assert finding.state == WRONG
    assert "newer" in finding.seen


def with_later_version(file: Path) -> None:
    database = open_database(f"sqlite:///{file}")
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'm9999'"))
    database.close()


async def test_from_the_terminal_what_is_not_set_is_said_without_a_running_bot(tmp_path):
    slack, *_ = await examine_from_outside(on(f"sqlite:///{tmp_path}/dipper.db"))
    assert slack.state == WRONG
    assert "DIPPER_SLACK_BOT_TOKEN" in slack.fix


async def test_from_the_terminal_a_set_up_bot_is_examined_too(workspace, settings_for):
    findings = await examine_from_outside(settings_for(workspace))
    assert [one.what for one in findings if one.state == WRONG] == []


async def test_from_the_terminal_an_app_token_that_slack_refuses_is_wrong(workspace, settings_for):
    findings = await examine_from_outside(settings_for(workspace, app_token=SecretStr("xapp-not-this-one")))
    [slack] = [one for one in findings if one.state == WRONG]
    assert (slack.what, "app-level token" in slack.seen) == ("Slack", True)
    assert "not-this-one" not in slack.seen + slack.fix


async def test_no_finding_shows_a_secret(house, workspace):
    await workspace.control("app/revoke", {})
    shown = str(await house.doctor.examine()) + str(await examine_from_outside(house.settings))
    for secret in (workspace.bot_token, workspace.app_token, workspace.signing_secret):
        assert secret not in shown
    password = examine_database(on("postgresql://dipper:hunter2hunter2@127.0.0.1:9/none"))
    assert "hunter2" not in str(password)


def test_the_wanted_scopes_are_those_of_the_manifest():
    assert {"commands", "chat:write", "files:read"} <= wanted_scopes()
