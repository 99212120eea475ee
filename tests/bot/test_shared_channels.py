"""A channel that another workspace shared with ours: its events carry that workspace's id, and are ours all the same."""

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlalchemy import select

from engine.store.duework import NO_ONBOARDING
from engine.store.tables import due

CHANNEL = "C0ONBOARDING"


@pytest.mark.parametrize("channels_team", ["T0NORTHWIND", "T0PARTNER"])
async def test_a_file_shared_there_is_noted(house, start, channels_team):
    await start(house)
    await house._greet_slack()
    body = {
        "type": "event_callback",
        "team_id": channels_team,
        "event_id": "Ev1",
        "authorizations": [{"team_id": "T0NORTHWIND", "is_bot": True}],
        "event": {"type": "file_shared", "file_id": "F1", "channel_id": CHANNEL, "user_id": "U0CARL"},
    }
    await house.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    noted = await house.desk.read(lambda c: c.execute(select(due.c.onboarding)).scalars().all())
    assert NO_ONBOARDING in noted
