"""A process is stored whole and comes back as it was; its hash depends on nothing but what it says."""

import dataclasses

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.process.loader import decode_process, encode_process, load_process, process_hash
from engine.process.model import Process, Step, Task, Wait, When


@st.composite
def processes(draw: st.DrawFn) -> Process:
    """The delivered process with some of its parts exchanged for arbitrary ones."""
    ours = load_process()
    steps: list[Step] = list(ours.steps)
    at = draw(st.integers(0, len(steps) - 1))
    steps[at] = dataclasses.replace(
        steps[at],
        title=draw(st.text(max_size=20)),
        tasks=draw(st.lists(st.from_type(Task), max_size=3).map(tuple)),
        waits=draw(st.lists(st.from_type(Wait), max_size=2).map(tuple)),
        when=draw(st.from_type(When)),
    )
    return dataclasses.replace(ours, steps=tuple(steps), version=draw(st.text(max_size=10)))


@given(processes())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_was_encoded_decodes_to_the_same_process(process: Process) -> None:
    again = decode_process(encode_process(process))
    assert again == process
    assert encode_process(again) == encode_process(process)
    assert process_hash(again) == process_hash(process)


def test_the_delivered_process_survives_storing(process: Process) -> None:
    assert decode_process(encode_process(process)) == process


def test_the_hash_is_that_of_the_canonical_bytes_and_changes_with_a_word(process: Process) -> None:
    other = dataclasses.replace(process, title=process.title + ".")
    assert len(process_hash(process)) == 64
    assert process_hash(other) != process_hash(process)
    assert process_hash(load_process()) == process_hash(process)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"version": 1}', b"\xff"])
def test_bytes_that_are_no_process_are_refused(data: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        decode_process(data)


def test_a_process_stored_before_a_field_existed_can_still_be_read(process: Process) -> None:
    raw = msgspec.json.decode(encode_process(process))
    for step in raw["steps"]:
        for task in step["tasks"]:
            del task["settles"]
        del step["confidence"]
    assert decode_process(msgspec.json.encode(raw)).step(5).task("5.4") == process.task("5.4")
