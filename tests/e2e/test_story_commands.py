"""Everything that is typed: /dip …, the same by mention in the thread, App Home, the shortcuts."""

import pytest
from e2e import reading, walk
from e2e.provider import TOKEN, add_txt, make_csr
from e2e.stage import CHANNEL, Stage, stage

from sandbox.driver_seen import SeenMessage

pytestmark = pytest.mark.e2e


async def _answer(scene: Stage, handle: str, line: str, *, containing: str = "") -> str:
    """What the person alone reads after this command; a check's answer follows later."""
    person = scene.person(handle)
    before = {one.ts for one in await person.sees(CHANNEL)}
    await person.command(line)

    async def look() -> str | None:
        news = [one.text for one in await person.sees(CHANNEL) if one.ts not in before and one.ephemeral]
        return next((text for text in reversed(news) if containing in text), None)

    return await scene.workspace.wait_until(look, f"an answer to {line} with {containing!r}")


async def test_every_command_answers_the_asker_alone(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await scene.tick("carl", 0, "Be able to convert")
        await walk.claim(scene)
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        asked = [
            ("lena", "/dip", ""),
            ("lena", "/dip status", "Northwind"),
            ("lena", "/dip status northwind", "Northwind"),
            ("lena", "/dip status nosuch", ""),
            ("lena", "/dip next", "Dora Milburn"),
            ("carl", "/dip mine", ""),
            ("lena", "/dip list", "Northwind"),
            ("lena", "/dip list all", "Northwind"),
            ("lena", "/dip list stuck", ""),
            ("lena", "/dip list waiting globalsign", ""),
            ("lena", "/dip expiring", "domain token"),
            ("lena", "/dip expiring 5", "Nothing that I know of"),
            ("lena", "/dip expiring soon", "/dip expiring [days]"),
            ("lena", f"/dip check dns {walk.DOMAIN} {TOKEN}", "Everything that can be seen"),
            ("lena", "/dip check dns", "check dns"),
            ("lena", "/dip assign message admin @nia", "Recorded"),
            ("carl", "/dip assign message admin @mo", "lead"),
            ("lena", "/dip remind", ""),
            ("carl", "/dip snooze tomorrow", ""),
            ("carl", "/dip privacy", "24 months"),
            ("carl", "/dip doctor", ""),
            ("lena", "/dip help", "/dip status"),
            ("lena", "/dip help check", "check dns"),
            ("lena", "/dip statsu", "status"),
        ]
        parts = []
        for handle, line, containing in asked:
            text = await _answer(scene, handle, line, containing=containing)
            parts.append(f"{handle} types {line}\n{text}")
            await scene.quiet()
        assert "0 wrong" in await _answer(scene, "alex", "/dip doctor", containing="examined")
        await reading.kept_text(scene, "commands", "\n\n".join(parts))


async def test_a_mention_in_the_thread_answers_there_and_a_form_comes_by_a_button(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        lena, carl, thread = scene.person("lena"), scene.person("carl"), await scene.thread()
        await lena.mention("status", thread=thread)
        assert (await lena.message(thread, "Started")).ephemeral
        await carl.mention("snooze", thread=thread)

        async def offered() -> SeenMessage | None:
            return next((one for one in await carl.sees(thread) if one.ephemeral and one.buttons), None)

        button = await scene.workspace.wait_until(offered, "a button that opens the form")
        await carl.click(button.buttons[0], in_=button)
        assert (await carl.modal()).title == "Snooze"
        await carl.close_modal()
        await lena.mention("nosuchword", thread=thread)
        assert (await lena.message(thread, "There is no")).ephemeral


async def test_home_shows_what_waits_for_the_person_and_where_to_start(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        home = await scene.person("carl").home(containing="Northwind")
        await reading.kept_text(scene, "home", home.text)
        nia = await scene.person("nia").home(containing="Start")
        assert "Northwind" not in nia.text


async def test_the_shortcuts_start_check_and_keep_evidence(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6)
        lena, carl, thread = scene.person("lena"), scene.person("carl"), await scene.thread()
        await lena.shortcut("start_onboarding")
        assert (await lena.modal()).title == "Start DIP onboarding"
        await lena.close_modal()
        _, pem = make_csr(walk.HOST, walk.COMPANY)
        message = await carl.reply(thread, pem)
        await carl.shortcut("check_material", message)
        await carl.message(thread, "CSR")
        await carl.shortcut("attach_evidence", message)
        await carl.modal()


async def test_somebody_from_another_workspace_finishes_their_task_by_plain_buttons(tmp_path):
    """Dora may open no form: her request has a button of its own, and it is enough."""
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await scene.tick("carl", 0, "Be able to convert")
        await walk.claim(scene)
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        dora, thread = scene.person("dora"), await scene.thread()
        await dora.click("Tick off", in_=await scene.step_message(5))
        await scene.quiet()
        assert await dora.view() is None
        assert [one.text for one in await dora.sees(thread) if one.ephemeral]
        await dora.click("I have added it", in_=thread)
        await scene.quiet()
        await scene.says("Everything that can be seen from here is right")
