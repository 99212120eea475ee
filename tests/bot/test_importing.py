"""A sheet of companies asks for nothing that its sender could not have by a form."""

import pytest

from bot.importing import Importing
from bot.slack_calls import SlackCalls
from engine.imports import Flaw, Request
from engine.process.model import Environment, Participant, Route

OPEN_CHANNEL = "C0ONBOARDING"


@pytest.mark.parametrize(("by", "may"), [("U0LENA", True), ("U0NIA", False)])
async def test_a_private_channel_that_the_sender_is_not_in_is_as_one_that_the_bot_is_not_in(house, workspace, by, may):
    secret = await workspace.new_channel("secret", "lena", private=True)

    async def content(file: str) -> tuple[str, bytes]:
        return file, f"company,channel\nNorthwind Energy Ltd,{secret}\n".encode()

    slack = SlackCalls(house.client)
    importing = Importing(
        house.desk,
        content,
        house.directory,
        house.wording,
        slack,
        lambda: house.process,
        house.checking,
        house.clock,
    )
    request = Request(
        "T0NORTHWIND",
        by,
        "F1",
        OPEN_CHANNEL,
        False,
        Environment.UIT,
        Participant.ACTIVE_MP,
        Route.SIT,
        "ENG",
        ("U0LENA",),
    )
    checked = await importing.check(request)
    assert bool(checked.good) is may
    assert [one.flaw for one in checked.sheet.problems] == ([] if may else [Flaw.NOT_IN_CHANNEL])
