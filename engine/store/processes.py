"""The processes that onboardings started with, whole, by hash. What a hash names never changes: decoded once."""

from datetime import datetime

from sqlalchemy import Connection, select

from engine.process.codec import decode_process, encode_process
from engine.process.model import Process
from engine.store.dialects import insert_new
from engine.store.tables import processes

_decoded: dict[str, Process] = {}


def keep_process(connection: Connection, hash_: str, process: Process, at: datetime) -> None:
    known = select(processes.c.hash).where(processes.c.hash == hash_)
    if connection.execute(known).first() is None:
        row = {"hash": hash_, "body": encode_process(process), "kept_at": at}
        connection.execute(insert_new(connection, processes), row)


def stored_process(connection: Connection, hash_: str) -> Process:
    """Raises LookupError if it is not there: the database was tampered with, or not written by us."""
    if (process := _decoded.get(hash_)) is None:
        body = connection.execute(select(processes.c.body).where(processes.c.hash == hash_)).scalar()
        if body is None:
            raise LookupError(f"the process {hash_} is not in the database")
        process = _decoded[hash_] = decode_process(body)
    return process
