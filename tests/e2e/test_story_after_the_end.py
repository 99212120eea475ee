"""After the end: what is watched is told of in time, a new certificate takes over the watch, and it stops when told to."""

from datetime import UTC, datetime

import pytest
from e2e import reading, walk
from e2e.provider import Authority, delete_records, make_csr
from e2e.stage import Stage, stage

pytestmark = pytest.mark.e2e


async def _finished(scene: Stage) -> None:
    await walk.start(scene, at=5)
    await scene.tick("carl", 0, "Be able to convert")
    for part in (walk.domain, walk.certificate, walk.ids, walk.channels):
        await part(scene)
    await scene.says("all steps are done in UIT")


async def test_what_ends_is_told_of_in_time_and_a_new_certificate_is_watched_instead(tmp_path):
    async with stage(tmp_path) as scene:
        await _finished(scene)
        thread, carl = await scene.thread(), scene.person("carl")
        before = len(await scene.workspace.thread_messages(thread))
        await scene.at(datetime(2027, 5, 28, 10, tzinfo=UTC))
        assert len(await scene.workspace.thread_messages(thread)) == before
        await scene.at(datetime(2027, 8, 30, 10, tzinfo=UTC))
        proof = (await scene.workspace.thread_messages(thread))[before:]
        assert all("domain proof" in one.text and "(our inference)" in one.text for one in proof)
        assert len(proof) == 1  # the clock jumped: once for all the distances that were passed
        await scene.at(datetime(2027, 9, 1, 12, tzinfo=UTC))
        await scene.says("ends in 60 days")
        csr, text = make_csr(walk.HOST, walk.COMPANY)
        await carl.upload("new.csr", text.encode(), to=thread)
        await scene.says("CSR new.csr")
        authority = Authority(await scene.workspace.now(), scene.folder)
        await carl.upload("new.pem", authority.issue(csr, walk.HOST).encode(), to=thread)
        await scene.says("certificate new.pem")
        await scene.at(datetime(2027, 10, 25, 10, tzinfo=UTC))
        story = await reading.whole_text(scene, thread)
        await reading.kept_text(scene, "after-the-end", story[story.index("  From now on I watch") :].rstrip())
        texts = [one.text for one in await scene.workspace.thread_messages(thread)]
        assert sum("DIP certificate" in text and "ends in" in text for text in texts) == 1


async def test_the_record_is_watched_after_the_end_until_a_lead_stops_it(tmp_path):
    async with stage(tmp_path) as scene:
        await _finished(scene)
        await delete_records(scene.workspace, walk.DOMAIN)
        await scene.later(days=1, hours=1)
        gone = await scene.says("is no longer as it was")
        assert "@dora" in gone.text
        lena = scene.person("lena")
        told = await lena.direct_message("is no longer as it was")
        await lena.click("Stop watching", in_=told)
        await scene.quiet()
        card = await scene.card(walk.COMPANY)
        assert "keep watch" not in card.text
        before = len(await scene.workspace.thread_messages(await scene.thread()))
        await scene.later(days=300)
        assert len(await scene.workspace.thread_messages(await scene.thread())) == before


async def test_a_lead_takes_the_record_away_and_nobody_else_does(tmp_path):
    async with stage(tmp_path) as scene:
        await _finished(scene)
        lena, carl, thread = scene.person("lena"), scene.person("carl"), await scene.thread()
        await lena.click("Export the record", in_=thread)
        await scene.quiet()
        told = await lena.direct_message("I may not send files here")
        assert "dipper audit export NE-" in told.text
        await scene.workspace.control("app/scopes", {"add": ["files:write"]})
        await lena.command("/dip export northwind")
        await scene.quiet()
        files = [file["name"] for one in await lena.sees(await lena.dm()) for file in one.body.get("files", ())]
        assert [name.rpartition(".")[2] for name in files] == ["json", "csv"]
        refused = await carl.command("/dip export northwind")
        assert "only a lead of" in str(refused["response"]["text"])
