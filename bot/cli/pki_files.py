"""What the certificate commands share: reading files, passwords from a file or a prompt, and writing without overwriting."""

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from engine.pki import NamedBytes, Password

WRONG_USAGE, BAD_INPUT = 2, 11
MAX_FILE = 16 * 1024 * 1024


class Wrong(Exception):
    """Wrong usage, or a file that cannot be read or written; the message is for the person. Exit code 2."""


def refuse(message: str) -> NoReturn:
    """Ends the command with exit code 2 and these words."""
    raise Wrong(message)


def must_not_exist(path: Path) -> None:
    if path.exists() or path.is_symlink():
        refuse(f"{path} exists; nothing is overwritten. Choose another name or move it away.")


def read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Wrong(f"{path}: this is a folder; give the files in it")
        with path.open("rb") as stream:
            return stream.read(MAX_FILE)
    except OSError as failed:
        raise Wrong(f"{path}: {failed.strerror or 'cannot be read'}") from None


def read_files(paths: Sequence[Path] | None) -> "tuple[NamedBytes, ...]":
    """Each file by the name that it was called by; two of the same base name keep their paths."""
    from engine.pki import NamedBytes

    given = list(paths or ())
    bases = [path.name for path in given]
    names = [path.name if bases.count(path.name) == 1 else str(path) for path in given]
    return tuple(NamedBytes(_shown(name), read_bytes(path)) for name, path in zip(names, given, strict=True))


def _shown(name: str) -> str:
    """A name that somebody sent cannot give the terminal orders."""
    return name if name.isprintable() else name.encode("unicode_escape").decode("ascii")


def files_with(paths: Sequence[Path] | None, option: str, kinds: set[str], words: str) -> "tuple[NamedBytes, ...]":
    """The files of an option that is of use only if each holds something of a kind. Raises Wrong if one does not."""
    from engine.pki import Context
    from engine.pki.read import read

    files = read_files(paths)
    for named in files:
        if not any(item.kind in kinds for item in read(named, Context())):
            raise Wrong(f"{option} {named.name}: there is no {words} in it")
    return files


def password_from(path: Path | None) -> "Password | None":
    """The first line of the file, without its line end."""
    from engine.pki import Password

    if path is None:
        return None
    lines = read_bytes(path).removeprefix(b"\xef\xbb\xbf").splitlines()
    return Password(lines[0] if lines else b"")


def ask_password(prompt: str, *, twice: bool = False) -> "Password | None":
    """Asks the person at the keyboard, without echo; None where nobody sits there."""
    from getpass import getpass

    from engine.pki import Password

    if not sys.stdin.isatty():
        return None
    first = getpass(f"{prompt}: ")
    if twice and getpass(f"{prompt}, again: ") != first:
        raise Wrong("the two passwords differ; nothing was written")
    return Password(first.encode())


def moment(text: str | None, option: str) -> datetime:
    """An ISO 8601 time; without a zone it is UTC. Now, where nothing was given."""
    if text is None:
        return datetime.now(UTC)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong(f"{option} {text}: not a time in ISO 8601, such as 2026-11-24T09:00:00Z") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def write_new(path: Path, data: bytes, *, private: bool) -> None:
    """Writes a file that must not exist; private ones for the owner alone. Raises Wrong if it exists."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags, 0o600 if private else 0o644)
    except FileExistsError:
        raise Wrong(f"{path} exists; nothing is overwritten. Choose another name or move it away.") from None
    except OSError as failed:
        raise Wrong(f"{path}: {failed.strerror or 'cannot be written'}") from None
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)


def blocklist() -> Callable[[bytes], str | None] | None:
    """badkeys' list of known keys, where `badkeys --update-bl` has fetched it on this machine; else None."""
    from engine.pki.blocklist import open_blocklist

    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "badkeys"
    return open_blocklist(cache)


def silence_deprecations() -> None:
    """Old kinds of keys are judged, so the library's warnings about them say nothing new to the person."""
    from cryptography.utils import CryptographyDeprecationWarning

    warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)


def show_findings(findings: Sequence[dict[str, Any]]) -> None:
    """Findings for people: what, where, why, what to do, and where the rule is from."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    styles = {"error": "bold red", "warning": "yellow", "note": "cyan"}
    for found in findings:
        severity = found["severity"]
        console.print(f"\n{severity.upper()}: {found['summary']}", style=styles.get(severity, ""), soft_wrap=True)
        place = f"{found['file']}: " if found["file"] else ""
        console.print(f"  {place}{found['seen']}", soft_wrap=True)
        console.print(f"  Why it matters: {found['why']}", soft_wrap=True)
        console.print(f"  What to do: {found['fix']}", soft_wrap=True)
        origin = f"{found['source']} ({found['confidence']}; {found['class']} {found['code']})"
        console.print(f"  Source: {origin}", style="dim", soft_wrap=True)
