"""One list of who holds us up: every row names whose turn it is, and a person or a party can be asked for."""

import pytest
from e2e import walk
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e


async def test_the_list_says_with_whom_each_onboarding_is_and_can_be_asked_for_one_of_them(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, {"Registered company name": "Eastwind Power Ltd", "Company number": "09"}, at=6)
        await walk.start(scene, at=3)
        lena, priya = scene.person("lena"), scene.person("priya")

        async def listed(line: str) -> str:
            return str((await lena.command(line, channel=CHANNEL))["response"]["text"])

        everything = await listed("/dip list all")
        assert "2 onboardings" in everything
        assert ", with Carl Penrose, since" in everything
        hers = await listed(f"/dip list waiting <@{priya.id}>")
        assert "1 onboarding waiting for Priya Sandhurst" in hers
        assert "Northwind" in hers
        assert "Eastwind" not in hers
        assert "I know no onboarding called" in (text := await listed("/dip status nothwind"))
        assert "Northwind Energy Ltd" in text


async def test_every_open_turn_is_listed_and_the_list_comes_as_csv_by_direct_message(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, {"Registered company name": "Eastwind, Power Ltd", "Company number": "09"}, at=6)
        await walk.start(scene, at=3)
        lena = scene.person("lena")
        text = str((await lena.command("/dip list all", channel=CHANNEL))["response"]["text"])
        [northwind] = [line for line in text.splitlines() if "Northwind" in line]
        assert "Step 0 Before you start, with Lena Whitcombe, Carl Penrose, since" in northwind
        assert "; Step 3 GlobalSign" in northwind
        answer = await lena.command("/dip list all csv", channel=CHANNEL)
        assert "by direct message" in str(answer["response"]["text"])
        told = (await lena.direct_message("Your list as CSV")).text
        assert "2 onboardings, one row for each open turn" in told
        assert "`files:write`" in told
        assert '"Eastwind, Power Ltd",UIT,open,6 ' in told
        await scene.workspace.control("app/scopes", {"add": ["files:write"]})
        await lena.command("/dip list all csv", channel=CHANNEL)
        await scene.quiet()
        sent = await lena.direct_message("Your list as CSV: 2 onboardings")
        [file] = sent.body["files"]
        assert file["name"] == "onboardings.csv"
