"""published-key (C2): the private half of this key has been published.

Seen as: the key is one of those printed in standards, or made by Debian's OpenSSL of 2006 to 2008, or on a list of
known keys.
Fix: make a new key with openssl and never use this one again. Do not copy keys out of documentation or examples.
Source: CVE-2008-0166; the RFCs named with each key; badkeys' blocklist where it is installed. Confidence: measured.

Anybody can look the private key up. Authorities must refuse such keys.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.facts import PublicKey
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate", "public_key", "private_key", "openssh"})
report = codes(__doc__)


@cache
def listed() -> dict[bytes, str]:
    """SHA-256 of a key's distinguishing number to where it was published; the form is described in the file."""
    text = (files("engine.pki.rules") / "published_keys.txt").read_text("utf-8")
    rows = (line.partition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {bytes.fromhex(digest): where for digest, _, where in rows}


def judge(case: Case) -> Iterator[Finding]:
    for item in case.items:
        if item.key is None:
            continue
        digest = fingerprint(item.key)
        where = listed().get(digest) or (case.context.blocklist(digest) if case.context.blocklist else None)
        if where:
            yield report("published-key", "error", where, item.file)


def fingerprint(key: PublicKey) -> bytes:
    """SHA-256 of the modulus (RSA) or of the x coordinate (EC), big-endian without leading zeros; else of the raw value.

    The same as badkeys uses, so that its lists can be asked.
    """
    if key.n is not None:
        raw = abs(key.n).to_bytes((key.n.bit_length() + 7) // 8, "big")
    elif key.point and key.point[0] in (2, 3, 4):
        size = len(key.point) // 2 if key.point[0] == 4 else len(key.point) - 1
        raw = key.point[1 : 1 + size].lstrip(b"\x00")
    else:
        raw = key.spki[-32:].lstrip(b"\x00") if key.algorithm == "Ed25519" else key.spki
    return hashlib.sha256(raw).digest()
