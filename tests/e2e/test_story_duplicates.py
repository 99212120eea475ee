"""Slack delivers twice, people press twice: each has one effect."""

import asyncio

import pytest
from e2e import reading, walk
from e2e.provider import make_csr
from e2e.stage import CHANNEL, Stage, stage, ticked

from engine.store import tables

pytestmark = pytest.mark.e2e


async def test_a_thread_reads_the_same_when_everything_is_delivered_twice(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.workspace.fault("duplicate", times=-1)
        await walk.start(scene)
        await walk.whole(scene)
        await scene.says("all steps are done in UIT")
        assert len([one for one in await scene.workspace.messages(CHANNEL) if "DIP onboarding: " in one.text]) == 1
        await reading.kept(scene, "active-mp-uit")


async def test_a_double_click_records_once_and_is_answered_both_times(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await walk.claim(scene)
        await scene.tick("carl", 0, "Be able to convert")
        before = await _events(scene)
        dora, thread = scene.person("dora"), await scene.thread()
        await asyncio.gather(*(dora.click("I have added it", in_=thread) for _ in range(2)))
        await scene.quiet()
        names = (await _events(scene))[len(before) :]
        assert names.count("CheckAsked") == 1


async def test_two_people_who_tick_the_same_task_at_once_close_it_once(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, {"Leads": ["lena", "alex"]})
        message = await scene.step_message(0)
        people = [scene.person("lena"), scene.person("alex")]
        for person in people:
            await person.click("Tick off", in_=message)
            await person.modal("Tick off")
        values = ticked(await people[0].modal(), ["Read the onboarding"])
        await asyncio.gather(*(person.try_submit(values) for person in people))
        await scene.quiet()
        assert await _closings(scene, "0.1") == 1


async def test_an_event_that_slack_delivers_again_later_has_no_second_effect(tmp_path):
    """As after an ack that was lost: the same event, an hour later."""
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6)
        _, text = make_csr(walk.HOST, walk.COMPANY)
        await scene.person("carl").upload("dip.csr", text.encode(), to=await scene.thread())
        await scene.says("The CSR is good")
        before = len(await _events(scene))
        said = len(await scene.workspace.thread_messages(await scene.thread()))
        for delivery in await scene.workspace.deliveries():
            if delivery["type"] in ("events_api", "interactive") and delivery["response"] is not None:
                await scene.workspace.redeliver(delivery["n"])
        await scene.quiet()
        assert len(await _events(scene)) == before
        assert len(await scene.workspace.thread_messages(await scene.thread())) == said


async def _events(scene: Stage) -> list[str]:
    def read(connection):
        return [row.type for row in connection.execute(tables.journal.select().order_by(tables.journal.c.number))]

    return await scene.house.desk.read(read)


async def _closings(scene: Stage, task: str) -> int:
    def read(connection):
        rows = connection.execute(tables.journal.select())
        return sum(row.type == "TaskClosed" and f'"{task}"' in str(row.data) for row in rows)

    return await scene.house.desk.read(read)
