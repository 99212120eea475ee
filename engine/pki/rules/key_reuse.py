"""key-used-again (C3): this key has been used before.

Seen as: an earlier request or certificate has the same public key.
Fix: make a new key for each environment and each order: `dipper csr` does.
Source: Elexon DIP onboarding page: one certificate for each environment. Confidence: inferred.

If one copy of the key is lost, everything made with it falls: UIT and Production, the old certificate and the new one.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate", "private_key", "public_key", "openssh"})
NEEDS = "known"
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    if not case.known:
        return
    earlier = {item.key.spki: item.file for item in case.known if item.key}
    said: set[bytes] = set()
    for item in case.items:
        if item.key and item.key.spki in earlier and item.key.spki not in said:
            said.add(item.key.spki)
            where = earlier[item.key.spki]
            yield report("key-used-again", "warning", f"{where} has the same key ({item.key.label})", item.file)
