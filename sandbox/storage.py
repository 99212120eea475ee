"""The sandbox's state in one SQLite file: a table of records as JSON, written in small batches.

A record that changed is written within a twentieth of a second and at shutdown; a crash loses at most that.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import msgspec

from sandbox.clock import Clock
from sandbox.world import AppRecord, Channel, File, Message, Team, User, View, World

BATCH_SECONDS = 0.05
KINDS: dict[str, Any] = {
    "app": AppRecord,
    "team": Team,
    "user": User,
    "channel": Channel,
    "message": Message,
    "file": File,
    "home": View,
}


class Storage(Protocol):
    def changed(self, kind: str, key: str, record: Any) -> None: ...


class SqliteStorage:
    """`changed` may be called from the event loop only; without a loop, call `flush` oneself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._dirty: dict[tuple[str, str], Any] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")  # two sandboxes on one file would overwrite each other
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS records (kind TEXT, key TEXT, body BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    def changed(self, kind: str, key: str, record: Any) -> None:
        self._dirty[(kind, key)] = record
        if self._timer is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return  # before the server runs; the owner flushes
            self._timer = loop.call_later(BATCH_SECONDS, self.flush)

    def flush(self) -> None:
        """Writes what changed since the last time, in one transaction."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._dirty:
            return
        dirty, self._dirty = self._dirty, {}
        gone = [key for key, record in dirty.items() if record is None]
        kept = [(kind, key, msgspec.json.encode(record)) for (kind, key), record in dirty.items() if record is not None]
        try:
            self._write(gone, kept)
        except sqlite3.Error:
            self._dirty = dirty | self._dirty  # goes with the next change; the event loop logs the reason
            raise

    def _write(self, gone: list[tuple[str, str]], kept: list[tuple[str, str, bytes]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("DELETE FROM records WHERE kind = ? AND key = ?", gone)
            self._db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", kept)
        except sqlite3.Error:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        self.flush()
        self._db.close()

    def value(self, key: str) -> Any:
        with closing(self._db.execute("SELECT body FROM records WHERE kind = 'value' AND key = ?", (key,))) as rows:
            row = rows.fetchone()
        return None if row is None else msgspec.json.decode(row[0])

    def load(self, clock: Clock) -> World | None:
        """The world as it was left, or None on a first start."""
        found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        for kind, key, body in self._db.execute(
            "SELECT kind, key, body FROM records WHERE kind <> 'value' ORDER BY kind, key"
        ):
            found[kind][key] = msgspec.json.decode(body, type=KINDS[kind])
        if not found["app"]:
            return None
        teams: dict[str, Team] = found["team"]
        home = next(team for team in teams.values() if team.id == found["user"][found["app"]["app"].bot_user].team_id)
        world = World(
            clock=clock,
            team=home,
            app=found["app"]["app"],
            changed=self.changed,
            teams=teams,
            users=found["user"],
            channels=found["channel"],
            files=found["file"],
            homes=found["home"],
        )
        for message in found["message"].values():
            world.messages[(message.channel, message.ts)] = message
            world.index(message)
        return world
