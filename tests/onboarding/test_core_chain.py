"""The chain over the journal, and events as bytes."""

from dataclasses import replace

import pytest
from onboarding.story import ID, Story

from engine.onboarding.chain import Link, first_broken, genesis, link
from engine.onboarding.codec import Unreadable, decode, encode, restore
from engine.onboarding.events import EVENTS
from engine.onboarding.evolve import CannotApply, evolve, replay


def _journal(story: Story) -> list[Link]:
    rows, previous = [], genesis(ID)
    for number, event in enumerate(story.log, 1):
        type_, version, data = encode(event)
        previous = link(previous, number, type_, version, data)
        rows.append(Link(number, type_, version, data, previous))
    return rows


def test_a_journal_as_it_was_written_is_whole(story: Story):
    assert first_broken(ID, _journal(story.until_step(3))) is None
    assert first_broken(ID, []) is None


def test_it_is_broken_at_the_first_row_that_was_touched(story: Story):
    rows = _journal(story.until_step(3))
    changed = [*rows]
    changed[4] = replace(rows[4], data=rows[4].data.replace(b"ULEAD", b"UEVIL"))
    assert first_broken(ID, changed) == 4
    assert first_broken(ID, rows[:3] + rows[4:]) == 3
    assert first_broken(ID, [rows[1], rows[0], *rows[2:]]) == 0
    assert first_broken("O2", rows) == 0


def test_no_event_holds_a_text_that_a_person_typed(story: Story):
    story.to_the_end()
    journal = b"".join(encode(event)[2] for event in story.log)
    for text in ("Northwind", "Supplier", "northwind.example", "hook.example", "BEGIN"):
        assert text.encode() not in journal


def test_bytes_that_are_no_event_or_state_are_said_to_be_unreadable():
    with pytest.raises(Unreadable, match="no event"):
        decode("Invented", 1, b"{}")
    with pytest.raises(Unreadable, match="version 2"):
        decode("StepOpened", 2, b"{}")
    with pytest.raises(Unreadable, match="cannot be read"):
        decode("StepOpened", 1, b'{"step": "x"}')
    with pytest.raises(Unreadable, match="snapshot"):
        restore(b"[]")


def test_events_out_of_order_do_not_make_a_state(story: Story):
    with pytest.raises(CannotApply):
        replay([])
    with pytest.raises(CannotApply):
        evolve(None, story.log[1])
    with pytest.raises(CannotApply):
        evolve(story.state, story.log[0])


def test_every_event_is_registered_by_its_name():
    assert all(event.__name__ == name for name, event in EVENTS.items())
    assert len(EVENTS) > 50
