"""A private PostgreSQL server for tests: its own folder, a Unix socket, nothing on the network.

Usage: `with running() as server: url = server.create("name")`.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

MISSING = "PostgreSQL's server programs are not on this machine: install the package postgresql (Debian, Ubuntu)"


@dataclass(frozen=True)
class Postgres:
    folder: Path
    programs: Path
    prefix: tuple[str, ...]

    def create(self, name: str, *, template: str = "template1") -> str:
        """Make a database; returns its address."""
        self._command("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.address(name)

    def drop(self, name: str) -> None:
        self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def _command(self, command: LiteralString, *names: str) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def start(self) -> None:
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off -c max_connections=40"
        )
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-s", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-s", "-m", mode, "stop")

    def run(self, program: str, *arguments: str) -> None:
        command = [*self.prefix, str(self.programs / program), *arguments]
        subprocess.run(command, check=True, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


@contextmanager
def running() -> Iterator[Postgres]:
    """Raises RuntimeError, naming the package, if PostgreSQL is not installed."""
    folder = Path(tempfile.mkdtemp(prefix="dipper-pg-"))
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = _system_user()
        os.chown(folder, user.pw_uid, user.pw_gid)
        prefix = ("runuser", "-u", user.pw_name, "--")
    server = Postgres(folder, _programs(), prefix)
    try:
        server.run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _system_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no system user postgres or nobody to run PostgreSQL as")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3].zfill(3))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError(MISSING)
    return Path(on_path).parent
