"""A story as it can be read afterwards: every message of its threads and the direct messages, kept as a golden file.

What differs from run to run is replaced: short ids, ids, addresses of the workspace, minutes, keys and serial numbers.
Set DIPPER_UPDATE_TRANSCRIPTS=1 to write the files anew, then read what changed.
"""

import difflib
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from e2e.stage import Stage

from sandbox.driver_seen import SeenMessage, Thread
from sandbox.transcript import lines_of_message

KEPT = Path(__file__).parent / "transcripts"
UPDATE = "DIPPER_UPDATE_TRANSCRIPTS"
_MINUTES = 10  # a story takes less time than this, so the tens of minutes always come out the same


def when(timestamp: int, _format: str) -> str:
    """Day and time, the minutes rounded down to tens."""
    at = datetime.fromtimestamp(timestamp - timestamp % (_MINUTES * 60), UTC)
    return f"{at:%a} {at.day} {at:%b} {at:%H:%M}"


async def thread_text(scene: Stage, thread: Thread) -> str:
    """The thread with everybody's private answers, each marked with who alone sees it."""
    found: dict[str, tuple[SeenMessage, str | None]] = {}
    for person in scene.people():
        for message in await scene.workspace.thread_messages(thread, person.id):
            found[message.ts] = (message, person.name if message.ephemeral else None)
    return "\n\n".join(_read(scene, *found[ts]) for ts in sorted(found, key=float))


async def direct_text(scene: Stage, handle: str) -> str:
    person = scene.person(handle)
    messages = await person.sees(await person.dm())
    return "\n\n".join(_read(scene, message, None) for message in messages)


def _read(scene: Stage, message: SeenMessage, only_for: str | None) -> str:
    body = {**message.body, "ephemeral": False}
    first, *rest = lines_of_message(body, scene.workspace.words(when))
    return "\n".join([f"{first} (only {only_for} can see this)" if only_for else first, *rest])


async def whole_text(scene: Stage, *threads: Thread, direct: tuple[str, ...] = ()) -> str:
    parts = [await thread_text(scene, thread) for thread in threads]
    parts += [f"===== To {handle} alone\n\n{await direct_text(scene, handle)}" for handle in direct]
    return settled("\n\n\n".join(parts) + "\n", scene.workspace.base_url)


def settled(text: str, base_url: str) -> str:
    """Without what differs from run to run."""
    text = text.replace(base_url, "https://workspace.example")
    for number, short in enumerate(dict.fromkeys(re.findall(r"\b[A-Z0-9]{2}-[0-9A-Z]{4}\b", text)), start=1):
        text = text.replace(short, f"{short[:2]}-000{number}")
    text = re.sub(r"/p\d{16}", "/pTS", text)
    text = re.sub(r"\?thread_ts=[\d.]+(&cid=\w+)?", "", text)
    text = re.sub(
        r"(?s)-----BEGIN ([A-Z ]+)-----.*?-----END", r"-----BEGIN \1-----\n  (left out here)\n  -----END", text
    )
    text = re.sub(r"\b(?:[0-9A-F]{2}:){7,}[0-9A-F]{2}\b", "FINGERPRINT", text)
    text = re.sub(r"\b[0-9a-f]{40,64}\b", "DIGEST", text)
    return re.sub(r"\(serial \d+\)", "(serial N)", text)


async def ever_said(scene: Stage, thread: Thread) -> str:
    """Everything that the thread said at any time, also what was updated since."""
    return await scene.workspace.transcript(thread, history=True, when=when)


async def kept(scene: Stage, name: str, *threads: Thread, direct: tuple[str, ...] = ()) -> None:
    """The story reads as it is kept in `transcripts/NAME.txt`; a difference is shown."""
    text = await whole_text(scene, *(threads or (await scene.thread(),)), direct=direct)
    _compare(name, text)


async def kept_text(scene: Stage, name: str, text: str) -> None:
    """The same for a form, or whatever else somebody saw."""
    _compare(name, settled(text + "\n", scene.workspace.base_url))


def _compare(name: str, text: str) -> None:
    path = KEPT / f"{name}.txt"
    if os.environ.get(UPDATE):
        path.write_text(text, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = difflib.unified_diff(before.splitlines(), text.splitlines(), str(path), "this run", lineterm="", n=2)
    assert text == before, "\n".join([*difference, f"If it should read so: {UPDATE}=1 pytest tests/e2e"])
