"""Tells whoever watches what has just changed; ids only, never contents."""

import asyncio
from typing import Any

from sandbox.shapes import Json


class Live:
    """A feed with any number of listeners. A listener that does not read keeps its backlog; it is small and ends with it."""

    def __init__(self) -> None:
        self._seq = 0
        self._listeners: set[asyncio.Queue[Json]] = set()

    def tell(self, kind: str, **what: Any) -> None:
        self._seq += 1
        note = {"seq": self._seq, "kind": kind, **what}
        for listener in self._listeners:
            listener.put_nowait(note)

    def listen(self) -> asyncio.Queue[Json]:
        queue: asyncio.Queue[Json] = asyncio.Queue()
        queue.put_nowait({"seq": self._seq, "kind": "hello"})
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Json]) -> None:
        self._listeners.discard(queue)
