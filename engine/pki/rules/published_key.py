"""published-key (C2): the private half of this key has been published.

Seen as: the key is one of those printed in standards, or made by Debian's OpenSSL of 2006 to 2008, or on a list of
known keys.
Fix: make a new key with openssl and never use this one again. Do not copy keys out of documentation or examples.
Source: CVE-2008-0166; the RFCs named with each key; badkeys' blocklist where it is installed. Confidence: measured.

Anybody can look the private key up. Authorities must refuse such keys.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from engine.findings import Finding
from engine.pki.case import Case
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
        digest = item.key.fingerprint
        where = listed().get(digest) or (case.context.blocklist(digest) if case.context.blocklist else None)
        if where:
            yield report("published-key", "error", where, item.file)
