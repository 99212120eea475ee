"""The one thread that writes: it gathers what arrives within a few milliseconds and commits it together.

Whoever submits is woken only after the commit. A batch that fails is redone one by one, so that one bad job harms no
other; when the database itself is in trouble, nobody waits for it twice.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from engine.store.dialects import Database, is_race, transaction_id, trouble_of, was_committed
from engine.store.errors import Trouble, Unavailable, UnderWay, Withdrawn, seen
from engine.store.transaction import NOTHING, Transaction, Wanted

T = TypeVar("T")
Job = Callable[[Transaction], T]

PATIENCE_SECONDS = 2.5
"""How long a click may wait: Slack takes an ack for 3 s."""
WINDOW_SECONDS = 0.003
MOST_TOGETHER = 64
MOST_WAITING = 1024
_RACES = 3
"""How often a lone job is tried when another process wrote the same onboarding in between."""


@dataclass(slots=True, eq=False)
class _Queued:
    job: Job[Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    wants: Wanted
    _claimed: threading.Lock = field(default_factory=threading.Lock)

    def claim(self) -> bool:
        """Whoever comes first has it: the writer to run it, or the one who waits to withdraw it."""
        return self._claimed.acquire(blocking=False)


@dataclass(frozen=True, slots=True)
class _Failure:
    error: BaseException


class Committer:
    """One a process. `start` it, `submit` jobs from an event loop, `stop` it: what was accepted is written first."""

    def __init__(
        self,
        database: Database,
        *,
        window_seconds: float = WINDOW_SECONDS,
        most_together: int = MOST_TOGETHER,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._database = database
        self._window = window_seconds
        self._most_together = most_together
        self._most_waiting = most_waiting
        self._queue: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._waiting = 0
        self._waiting_lock = threading.Lock()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._ended_by: BaseException | None = None
        self.on_end: Callable[[BaseException], object] = lambda _error: None
        self._connection: Connection | None = None
        self.batches = 0
        self.jobs = 0

    @property
    def waiting(self) -> int:
        """How many jobs are accepted and without outcome."""
        return self._waiting

    @property
    def ended_by(self) -> BaseException | None:
        """What ended the thread, which nothing should: without it nothing is written. `on_end` hears of it, in the thread."""
        return self._ended_by

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Take no more, write what was accepted, end the thread."""
        self._stopping = True
        if self._thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    async def submit(self, job: Job[T], *, wants: Wanted = NOTHING, patience_seconds: float = PATIENCE_SECONDS) -> T:
        """Run the job in the next transaction and return its result once that is on disk.

        `wants`: what it will look at, to be read together with what the others of its batch want. Raises Unavailable
        (nothing recorded), Withdrawn (not begun in time, nothing recorded), UnderWay (begun, the outcome follows), or what
        the job raised (its writes are undone).
        """
        loop = asyncio.get_running_loop()
        queued = _Queued(job, loop, loop.create_future(), wants)
        queued.future.add_done_callback(seen)
        with self._waiting_lock:
            if self._stopping or self._thread is None or self._ended_by is not None:
                raise Unavailable(Trouble.STOPPING)
            if self._waiting >= self._most_waiting:
                raise Unavailable(Trouble.CROWDED, f"{self._waiting} waiting")
            self._waiting += 1
        self._queue.put(queued)
        done, _ = await asyncio.wait((queued.future,), timeout=patience_seconds)
        if done:
            result: T = queued.future.result()
            return result
        if queued.claim():
            with self._waiting_lock:
                self._waiting -= 1
            raise Withdrawn
        raise UnderWay(queued.future)

    # What follows runs in the writer's thread.

    def _work(self) -> None:
        try:
            last = False
            while not last:
                batch, last = self._gather()
                if batch:
                    self._commit(batch)
            self._hang_up()
        except BaseException as error:  # noqa: BLE001 -- the thread's last words: `ended_by` says them
            self._ended_by = error
            self.on_end(error)
            for queued in self._rest():
                _wake([queued], [_Failure(Unavailable(Trouble.STOPPING))])

    def _gather(self) -> tuple[list[_Queued], bool]:
        first = self._queue.get()
        if first is None:
            return self._rest(), True
        batch = [first] if first.claim() else []
        end = time.monotonic() + self._window
        while len(batch) < self._most_together:
            left = end - time.monotonic()
            try:
                queued = self._queue.get(timeout=left) if left > 0 else self._queue.get_nowait()
            except queue.Empty:
                break
            if queued is None:
                return batch + self._rest(), True
            if queued.claim():
                batch.append(queued)
        return batch, False

    def _rest(self) -> list[_Queued]:
        rest = []
        while not self._queue.empty():
            queued = self._queue.get()
            if queued is not None and queued.claim():
                rest.append(queued)
        return rest

    def _commit(self, batch: list[_Queued]) -> None:
        self.batches += 1
        self.jobs += len(batch)
        outcomes: Sequence[Any]
        try:
            outcomes = self._together(batch)
        except BaseException as error:  # noqa: BLE001 -- every error goes to whoever waits; the thread must live on
            if _hopeless(error) or (len(batch) == 1 and not is_race(error)):
                outcomes = [_Failure(trouble_of(error) or error)] * len(batch)
            else:
                outcomes = [self._alone(queued) for queued in batch]
        with self._waiting_lock:
            self._waiting -= len(batch)
        _wake(batch, outcomes)

    def _alone(self, queued: _Queued) -> Any:
        for tries_left in reversed(range(_RACES)):
            try:
                return self._together([queued])[0]
            except BaseException as error:  # noqa: BLE001 -- as above
                if not (tries_left and is_race(error)):
                    return _Failure(trouble_of(error) or error)
        raise AssertionError("the last try returns")

    def _together(self, batch: list[_Queued]) -> list[Any]:
        used_before = self._connection is not None
        try:
            outcomes = self._run(batch)
        except BaseException as error:
            self._hang_up()
            trouble = trouble_of(error)
            if not used_before or trouble is None or trouble.trouble is not Trouble.AWAY:
                raise
            outcomes = self._run(batch)  # the server was restarted since the last batch; nothing was committed yet
        self._finish()
        return outcomes

    def _finish(self) -> None:
        """Commit. If the answer is lost with the connection, the server is asked what became of it."""
        connection = self._connected()
        id_ = transaction_id(connection)
        try:
            connection.commit()
        except BaseException as error:
            self._hang_up()
            trouble = trouble_of(error)
            if id_ is None or trouble is None or trouble.trouble is not Trouble.AWAY:
                raise
            with self._database.writer.connect() as another:
                if not was_committed(another, id_):
                    raise

    def _run(self, batch: list[_Queued]) -> list[Any]:
        transaction = Transaction(self._connected())
        transaction.read_ahead([queued.wants for queued in batch])
        outcomes = [queued.job(transaction) for queued in batch]
        transaction.flush()
        return outcomes

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._database.writer.connect()
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _hopeless(error: BaseException) -> bool:
    """Whether trying each job alone would only wait for the same trouble again."""
    trouble = trouble_of(error)
    return trouble is not None and trouble.trouble is not Trouble.FULL


def _wake(batch: Sequence[_Queued], outcomes: Sequence[Any]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
    for queued, outcome in zip(batch, outcomes, strict=True):
        by_loop.setdefault(queued.loop, []).append((queued.future, outcome))
    for loop, pairs in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, pairs)


def _settle(pairs: Sequence[tuple["asyncio.Future[Any]", Any]]) -> None:
    for future, outcome in pairs:
        if future.done():
            continue
        if isinstance(outcome, _Failure):
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome)
