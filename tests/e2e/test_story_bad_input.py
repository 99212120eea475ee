"""Bad input and bad weather: each is a clear word to the person who can act, and nothing acknowledged is lost."""

import sqlite3
from datetime import UTC, datetime

import pytest
from e2e import walk
from e2e.provider import add_txt
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e

NAMES = [
    "<!channel> & <@U0LENA> *bold* `code` <https://evil.example|click>",
    "Société Générale de l’Énergie 株式会社 Δοκιμή",
    "\u202eمشروع الطاقة\u202c Ltd",
    "A" * 160,
    "🏭" * 80,
]


async def test_a_company_may_be_called_anything_and_mentions_nobody(tmp_path):
    async with stage(tmp_path) as scene:
        for number, name in enumerate(NAMES):
            await walk.start(scene, {"Registered company name": name, "Company number": f"0000000{number}"}, at=5)
            await walk.claim(scene)
        for call in await scene.workspace.payloads("chat.postMessage"):
            assert "<!channel>" not in str(call["args"].get("text"))
            assert "<https://evil.example" not in str(call["args"].get("text"))
            assert "'broadcast'" not in str(call["args"].get("blocks"))


async def test_what_is_no_domain_or_no_text_is_said_at_its_field_and_an_address_is_understood(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        carl = scene.person("carl")
        await carl.click("Enter what the portal shows", in_=await scene.thread())
        errors = await carl.try_submit({"Domain": "not a domain at all!", "Value": walk.TOKEN})
        assert "is no part of a domain name" in errors["Domain"]
        errors = await carl.try_submit({"Domain": walk.DOMAIN, "Value": "a\u0007b"})
        assert "characters that cannot be seen" in errors["Value"]
        assert await carl.try_submit({"Domain": f"https://{walk.DOMAIN}/about", "Value": walk.TOKEN}) == {}
        await scene.says("add one DNS record to northwind.example.")


async def test_an_unknown_company_and_somebody_elses_get_the_same_answer(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.workspace.new_channel("secret", "lena", private=True)
        await walk.start(scene, {"Channel": "secret", **dict.fromkeys(walk.PEOPLE)})
        nia = scene.person("nia")
        answers = []
        for name in ("Northwind Energy Ltd", "Nosuch Energy Ltd"):
            await nia.command(f"/dip status {name}", channel="general")
            shown = [one.text for one in await nia.sees("general") if one.ephemeral][-1]
            answers.append(shown.replace(name, "NAME"))
        assert answers[0] == answers[1]


async def test_a_channel_without_the_bot_is_said_at_the_form_with_the_invitation_line(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.workspace.new_channel("elsewhere", "lena", app=False)
        lena = scene.person("lena")
        await lena.command("/dip start")
        await lena.modal("Start DIP onboarding")
        errors = await lena.try_submit({**walk.DETAILS, "Channel": "elsewhere"})
        assert "/invite @dipper" in errors["Channel"]
        await scene.workspace.set_member("elsewhere", "dipper")
        assert await lena.try_submit({**walk.DETAILS, "Channel": "elsewhere"}) == {}
        await scene.workspace.message("elsewhere", "DIP onboarding: Northwind Energy Ltd")


async def test_an_archived_channel_is_told_to_the_lead_who_names_another(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        lena = scene.person("lena")
        await scene.workspace.new_channel("new-home", "lena", "carl", "dora", "uma", "mo", "priya")
        await scene.workspace.change_channel(CHANNEL, archived=True)
        lost = await lena.direct_message("I can no longer post in")
        await lena.click("Choose another channel", in_=lost)
        await lena.submit({"Channel": "new-home"})
        await scene.quiet()
        await scene.workspace.message("new-home", "DIP onboarding: Northwind Energy Ltd, UIT")


async def test_a_card_that_is_gone_comes_back_and_the_onboarding_goes_on(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        card = await scene.card("Northwind Energy Ltd")
        await scene.workspace.fault("error", method="chat.update", error="message_not_found", channel=card.channel)
        await scene.at(datetime(2027, 1, 5, 9, 30, tzinfo=UTC))  # the card is refreshed each working morning
        await scene.quiet()
        cards = [one for one in await scene.workspace.messages(CHANNEL) if "DIP onboarding: " in one.text]
        assert [one.ts == card.ts for one in cards] == [True, False]
        carl = scene.person("carl")  # the thread is alive, so it is kept
        await carl.click("Enter what the portal shows", in_=card.thread)
        await carl.submit({"Domain": walk.DOMAIN, "Value": walk.TOKEN})
        await scene.workspace.message(card.thread, "please add one DNS record")


@pytest.mark.parametrize(
    ("error", "says"),
    [("missing_scope", "missing_scope"), ("token_revoked", "token_revoked"), ("invalid_auth", "invalid_auth")],
)
async def test_what_slack_refuses_is_kept_and_said_when_it_is_mended(tmp_path, error, says):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        fault = {"method": "chat.postMessage", "error": error, "times": 1}
        await scene.workspace.fault("error", **fault)
        await walk.claim(scene)
        assert says in str((await scene.house.health())["slack"])
        await scene.says("please add one DNS record")
        assert (await scene.house.health())["slack"] is None


async def test_slack_away_for_a_day_loses_nothing_and_the_thread_is_in_order(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await walk.claim(scene)
        await scene.workspace.fault("away")
        await add_txt(scene.workspace, walk.DOMAIN, walk.TOKEN)
        await scene.later(days=1)
        await scene.workspace.clear_faults()
        thread = await scene.thread()
        await scene.workspace.message(thread, "Everything that can be seen from here is right", patience=30)
        texts = [one.text for one in await scene.workspace.thread_messages(thread)]
        assert sum("Everything that can be seen" in text for text in texts) == 1
        await scene.workspace.connected(patience=30)
        await walk.submit_in_portal(scene)


async def test_a_rate_limit_is_waited_out(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await scene.workspace.fault("ratelimited", method="chat.postMessage", seconds=1, times=2)
        await walk.claim(scene)
        await scene.says("please add one DNS record")


async def test_a_locked_database_is_said_and_nothing_is_recorded(tmp_path):
    """Another process holds the writer's lock: the form stays as it was typed."""
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        carl = scene.person("carl")
        await carl.click("Enter what the portal shows", in_=await scene.thread())
        await carl.modal("What the portal shows")
        other = sqlite3.connect(scene.folder / "dipper.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AssertionError):
            await carl.submit({"Domain": walk.DOMAIN, "Value": walk.TOKEN})
        other.execute("ROLLBACK")
        other.close()
        assert (await carl.modal("What the portal shows")).title == "What the portal shows"
        await carl.submit({"Domain": walk.DOMAIN, "Value": walk.TOKEN})
        await scene.quiet()
        await scene.says("please add one DNS record")
