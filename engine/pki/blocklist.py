"""Asks badkeys' list of known keys, if the operator has fetched it (`badkeys --update-bl`): 16-byte records, sorted.

The one file that the certificate engine reads at run time, and only when it is handed its place.
"""

import json
import mmap
from collections.abc import Callable
from pathlib import Path

RECORD, DIGEST = 16, 15


def open_blocklist(folder: Path) -> Callable[[bytes], str | None] | None:
    """A function from the SHA-256 of a key to the list that it is on. None where there is no list."""
    data, index = folder / "blocklist.dat", folder / "badkeysdata.json"
    if not (data.is_file() and index.is_file() and data.stat().st_size >= RECORD):
        return None
    lists = json.loads(index.read_text("utf-8")).get("blocklists", [])
    names = {int(each["id"]): str(each["name"]) for each in lists}
    with data.open("rb") as stream:
        records = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def look_up(sha256: bytes) -> str | None:
        wanted, low, high = sha256[:DIGEST], 0, len(records) // RECORD
        while low < high:
            middle = (low + high) // 2
            record = records[middle * RECORD : (middle + 1) * RECORD]
            if record[:DIGEST] == wanted:
                return f"on badkeys' list {names.get(record[DIGEST], str(record[DIGEST]))}"
            low, high = (middle + 1, high) if record[:DIGEST] < wanted else (low, middle)
        return None

    return look_up
