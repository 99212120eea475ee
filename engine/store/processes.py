"""The processes that onboardings started with, whole, by hash. What a hash names never changes: decoded once."""

from collections.abc import Callable
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from engine.process.codec import decode_process, encode_process
from engine.process.model import Process
from engine.process.present import with_present
from engine.store.dialects import Database, insert_new
from engine.store.tables import processes

_decoded: dict[str, Process] = {}
_present: WeakKeyDictionary[Engine, Callable[[], Process]] = WeakKeyDictionary()
_merged: dict[tuple[str, int], tuple[Process, Process]] = {}
_MOST_MERGED = 64


def read_anew_from(database: Database, present: Callable[[], Process]) -> None:
    """From now on what is checked and where facts are from is that of the present process (`process.present`)."""
    for engine in (database.reader, database.writer):
        _present[engine] = present


def keep_process(connection: Connection, hash_: str, process: Process, at: datetime) -> None:
    known = select(processes.c.hash).where(processes.c.hash == hash_)
    if connection.execute(known).first() is None:
        row = {"hash": hash_, "body": encode_process(process), "kept_at": at}
        connection.execute(insert_new(connection, processes), row)


def stored_process(connection: Connection, hash_: str) -> Process:
    """With the present process' checks, sources and links.

    Raises LookupError if it is not there: the database was tampered with, or not written by us.
    """
    if (process := _decoded.get(hash_)) is None:
        body = connection.execute(select(processes.c.body).where(processes.c.hash == hash_)).scalar()
        if body is None:
            raise LookupError(f"the process {hash_} is not in the database")
        process = _decoded[hash_] = decode_process(body)
    present = _present.get(connection.engine)
    return process if present is None else _with_present(hash_, process, present())


def _with_present(hash_: str, stored: Process, present: Process) -> Process:
    """Merged once: a process is looked at with every click."""
    found = _merged.get((hash_, id(present)))
    if found is None or found[0] is not present:
        if len(_merged) >= _MOST_MERGED:
            _merged.clear()
        found = _merged[hash_, id(present)] = (present, with_present(stored, present))
    return found[1]
