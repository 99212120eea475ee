"""The record of an onboarding can be taken away and proven elsewhere; what was removed is in it no more."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest

from engine.desk import Desk, Told
from engine.onboarding import chain
from engine.onboarding.commands import AssignRole, Block, NewHolder
from engine.process.model import Role
from engine.store import export
from engine.store.kept import Kept
from engine.store.privacy import erase_onboarding


@pytest.fixture
async def told(desk: Desk, start: Any) -> Told:
    told = await start(desk, name="=Northwind Ltd", number="1234567")
    outside = NewHolder(outside="Ada Byron, ada@dns.example")
    await desk.tell(AssignRole(told.state.id, "ULEAD", Role.DNS_CONTACT, outside))
    return await desk.tell(Block(told.state.id, "ULEAD", 0, "Ada is on leave"), keep=[Kept("R1", "dns-txt", {"a": 1})])


async def test_the_chain_and_the_texts_can_be_proven_from_the_file_alone(desk: Desk, told: Told) -> None:
    found = json.loads(export.as_json(await desk.read(export.record, told.state.id)))
    assert found["proof"]["whole"]
    assert (found["short_id"], found["proof"]["events"]) == (told.state.short_id, told.state.seq)
    links = [
        chain.Link(one["number"], one["type"], one["version"], one["data"].encode(), one["link"])
        for one in found["events"]
    ]
    assert chain.first_broken(found["onboarding"], links) is None
    data = "".join(one["data"] for one in found["events"])
    for text in found["texts"]:
        assert hashlib.sha256(bytes.fromhex(text["salt"]) + text["body"].encode()).hexdigest() in data
    assert found["checks"] == [{"id": "R1", "kind": "dns-txt", "at": found["checks"][0]["at"], "body": {"a": 1}}]


async def test_the_events_read_as_rows_with_their_texts_and_no_formula(desk: Desk, told: Told) -> None:
    text = export.as_csv(await desk.read(export.record, told.state.id))
    heading, *rows = csv.reader(io.StringIO(text))
    assert heading == ["number", "at", "by", "what", "details", "link"]
    assert len(rows) == told.state.seq
    assert rows[0][3] == "Started"
    assert "Ada is on leave" in text
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


async def test_what_was_removed_is_not_in_it_nor_what_would_let_anybody_try_it_out(
    desk: Desk, told: Told, clock: Any
) -> None:
    await desk.within(erase_onboarding, told.state.id, by="operator", now=clock())
    found = await desk.read(export.record, told.state.id)
    assert found["proof"]["whole"]
    assert {text["body"] for text in found["texts"]} == {None}
    assert {text["salt"] for text in found["texts"]} == {None}
    both = export.as_json(found) + export.as_csv(found)
    assert "Ada" not in both
    assert "Northwind" not in both
    assert "(removed)" in both
