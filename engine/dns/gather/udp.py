"""One question over UDP, with the tries that real servers need: again when silent, in a simpler form, in plain spelling.

Every try has a socket of its own, connected, so that the kernel draws the port and drops answers from elsewhere. The
tries run on the loop's callbacks, not on tasks: most of a check is waiting for such answers.
"""

import asyncio
import socket
from collections.abc import Callable

from engine.dns.answers import Question
from engine.dns.gather.exchange import Packet, open_socket
from engine.dns.gather.wire import Form, Match, Query, has_answer, is_truncated, make_query, match, plain_rcode

_FORMERR, _NOTIMP = 1, 4
_BADCOOKIE = 23 & 0x0F
"""What the header holds of it. No other code of a query looks like it."""
_RETRY_AFTER = 0.4
"""The part of the time-out after which a silent server is asked again, in the same form and in each simpler one."""

Answered = tuple[Query, Packet]


class _Try:
    """One packet that was sent. `foreign` counts answers that did not fit it."""

    __slots__ = ("foreign", "form", "query", "socket")

    def __init__(self, query: Query, udp: socket.socket, form: Form) -> None:
        self.query = query
        self.socket = udp
        self.form = form
        self.foreign = 0


class UdpExchange:
    """Runs once. Afterwards `plain` says that only a question without EDNS was answered, `cookie_lost` that only one
    without a cookie was, `case_lost` that the server did not repeat the spelling, and `error` what barred the way."""

    def __init__(
        self, address: str, port: int, question: Question,
        *, recursive: bool, first: Form, count: Callable[[], None],
    ) -> None:  # fmt: skip
        self.plain = False
        self.cookie_lost = False
        self.case_lost = False
        self.error: OSError | None = None
        self._address = address
        self._port = port
        self._question = question
        self._recursive = recursive
        self._first = first
        self._fullest = first
        self._cookie_owed = False
        self._count = count
        self._loop = asyncio.get_running_loop()
        self._end: asyncio.Future[Answered | None] = self._loop.create_future()
        self._pending: set[_Try] = set()
        self._stand_by: tuple[Form, Answered] | None = None

    async def run(self, seconds: float) -> Answered | None:
        """The answer, or None if none came within `seconds` or the way is barred. `count` is called before each packet
        and may raise to stop."""
        timers = (
            self._loop.call_later(seconds * _RETRY_AFTER, self._guarded, self._retry),
            self._loop.call_later(seconds, self._finish, None),
        )
        try:
            self._send(self._first, mixed_case=True)
            self._finish_if_idle()
            answered = await self._end
        finally:
            for timer in timers:
                timer.cancel()
            for attempt in tuple(self._pending):
                self._close(attempt)
        if answered is None and self._stand_by is not None:
            form, answered = self._stand_by
            self._end_with(form)
        return answered

    def _send(self, form: Form, *, mixed_case: bool = False) -> None:
        self._count()
        query = make_query(self._question, recursive=self._recursive, form=form, mixed_case=mixed_case)
        try:
            udp = open_socket(self._address, socket.SOCK_DGRAM)
        except OSError as error:
            self.error = error
            return
        attempt = _Try(query, udp, form)
        try:
            udp.connect((self._address, self._port))
            udp.send(query.wire)
        except OSError as error:
            self.error = error
            udp.close()
            return
        self._pending.add(attempt)
        # By its number: the loop would write a socket out in words each time it finds that it does not know it yet.
        self._loop.add_reader(udp.fileno(), self._guarded, self._read, attempt)

    def _retry(self) -> None:
        for form in Form:
            if form >= self._first:
                self._send(form)
        self._finish_if_idle()

    def _read(self, attempt: _Try) -> None:
        try:
            wire = attempt.socket.recv(65535)
        except (BlockingIOError, InterruptedError):
            return  # woken for nothing: the loop calls again when there is something
        except OSError as error:
            self.error = error
            self._close(attempt)
            self._finish_if_idle()
            return
        if (fits := match(attempt.query, wire)) is Match.NO:
            attempt.foreign += 1
            return
        self._close(attempt)
        answered = self._take(attempt, Packet(wire, fits, attempt.foreign))
        if answered is not None:
            self._finish(answered)
        else:
            self._finish_if_idle()

    def _take(self, attempt: _Try, packet: Packet) -> Answered | None:
        if packet.match is Match.CASE_LOST and not self.case_lost:
            self.case_lost = True
            self._send(attempt.form)
            return None
        if attempt.form < self._fullest:
            return None  # refused before, and now once more
        if attempt.form is not Form.PLAIN and _wants_simpler(attempt.form, packet):
            self._fullest = Form(attempt.form + 1)
            self.plain = self._fullest is Form.PLAIN
            self._cookie_owed = plain_rcode(packet.wire) == _BADCOOKIE
            self._send(self._fullest)
            return None
        if any(self._fullest <= each.form < attempt.form for each in self._pending):
            if self._stand_by is None or attempt.form < self._stand_by[0]:
                self._stand_by = attempt.form, (attempt.query, packet)  # the fuller tries get their time
            return None
        self._end_with(attempt.form)
        return attempt.query, packet

    def _end_with(self, form: Form) -> None:
        self.plain = self.plain or form is Form.PLAIN
        self.cookie_lost = self._first is Form.COOKIE and form is Form.EDNS and not self._cookie_owed

    def _guarded(self, work: Callable[..., None], *args: object) -> None:
        """Runs a step of the loop's; what it raises reaches whoever awaits the exchange."""
        if self._end.done():
            return
        try:
            work(*args)
        except Exception as error:  # noqa: BLE001  # handed on, not swallowed
            if not self._end.done():
                self._end.set_exception(error)

    def _finish_if_idle(self) -> None:
        if not self._pending:
            self._finish(None)

    def _finish(self, answered: Answered | None) -> None:
        if not self._end.done():
            self._end.set_result(answered)

    def _close(self, attempt: _Try) -> None:
        self._pending.discard(attempt)
        self._loop.remove_reader(attempt.socket.fileno())
        attempt.socket.close()


def _wants_simpler(form: Form, packet: Packet) -> bool:
    """Whether the server may answer better without what the form adds.

    A cookie goes with questions that every server of the zone has an answer to, so that anything else counts: an error,
    an empty answer, or the BADCOOKIE by which a server asks for a cookie that it has given out before.
    """
    if packet.match is Match.REFUSAL:
        return True
    if form is Form.COOKIE:
        return not (has_answer(packet.wire) or is_truncated(packet.wire))
    return plain_rcode(packet.wire) in (_FORMERR, _NOTIMP)
