"""One question over UDP, with the tries that real servers need: again when silent, without EDNS, in plain spelling."""

import asyncio
import time
from collections.abc import Callable

from engine.dns.answers import Question
from engine.dns.gather.exchange import Packet, over_udp
from engine.dns.gather.wire import Match, Query, make_query, plain_rcode

_FORMERR, _NOTIMP = 1, 4
_RETRY_AFTER = 0.4
"""The part of the time-out after which a silent server is asked again, once as before and once without EDNS."""

Answered = tuple[Query, Packet]


class UdpExchange:
    """Runs once. Afterwards `plain` says that only a question without EDNS was answered, `case_lost` that the server
    did not repeat the spelling, and `error` what barred the way, if anything did."""

    def __init__(
        self, address: str, port: int, question: Question, *, recursive: bool, count: Callable[[], None]
    ) -> None:
        self.plain = False
        self.case_lost = False
        self.error: OSError | None = None
        self._address = address
        self._port = port
        self._question = question
        self._recursive = recursive
        self._count = count
        self._pending: dict[asyncio.Task[Answered], bool] = {}
        """Each try under way, and whether it has EDNS."""
        self._stand_by: Answered | None = None

    async def run(self, seconds: float) -> Answered | None:
        """The answer, or None if none came within `seconds` or the way is barred. `count` is called before each packet
        and may raise to stop."""
        started = time.monotonic()
        retried = False
        try:
            self._send(edns=True, mixed_case=True)
            while self._pending:
                left = started + seconds * (1 if retried else _RETRY_AFTER) - time.monotonic()
                done, _ = await asyncio.wait(self._pending, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    if (answered := self._take(task)) is not None:
                        return answered
                if not done and retried:
                    break
                if not done:
                    retried = True
                    self._send(edns=True)
                    self._send(edns=False)
        finally:
            for task in self._pending:
                task.cancel()
        self.plain = self.plain or self._stand_by is not None
        return self._stand_by

    def _send(self, *, edns: bool, mixed_case: bool = False) -> None:
        self._count()
        query = make_query(self._question, recursive=self._recursive, edns=edns, mixed_case=mixed_case)

        async def exchange() -> Answered:
            return query, await over_udp(self._address, self._port, query)

        self._pending[asyncio.create_task(exchange())] = edns

    def _take(self, task: asyncio.Task[Answered]) -> Answered | None:
        edns = self._pending.pop(task)
        try:
            query, packet = task.result()
        except OSError as error:
            self.error = error
            return None
        if packet.match is Match.CASE_LOST and not self.case_lost:
            self.case_lost = True
            self._send(edns=edns)
            return None
        if edns and not self.plain and _wants_plain(packet):
            self.plain = True
            self._send(edns=False)
            return None
        if not edns and not self.plain and any(self._pending.values()):
            self._stand_by = query, packet  # without EDNS only, so far: the try with it gets its time
            return None
        return query, packet


def _wants_plain(packet: Packet) -> bool:
    return packet.match is Match.REFUSAL or plain_rcode(packet.wire) in (_FORMERR, _NOTIMP)
