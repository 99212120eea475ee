"""key-used-again (C3): this key has been used before.

Seen as: an earlier request or certificate, or another one among these files, has the same public key.
Fix: make a new key for each environment and each order: `dipper csr` does.
Source: Elexon DIP onboarding page: one certificate for each environment. Confidence: inferred.

If one copy of the key is lost, everything made with it falls: UIT and Production, the old certificate and the new one.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.facts import Certificate
from engine.pki.model import Item
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate", "private_key", "public_key", "openssh"})
NEEDS = "others"
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    earlier = {item.key.identity: item.file for item in case.known if item.key and not _of_an_authority(item)}
    said: set[object] = set()
    for item in case.items:
        if item.key and not _of_an_authority(item) and item.key.identity in earlier and item.key.identity not in said:
            said.add(item.key.identity)
            where = earlier[item.key.identity]
            yield report("key-used-again", "warning", f"{where} has the same key ({item.key.label})", item.file)
    if len(case.items) > 1:
        yield from _among(case, said)


def _of_an_authority(item: Item) -> bool:
    """An issuer's certificate comes with every order that it issues."""
    return isinstance(item.value, Certificate) and is_authority(item.value)


def _among(case: Case, said: set[object]) -> Iterator[Finding]:
    """Two requests, or two holders' certificates, for one key. A request and its certificate share one by nature."""
    holders = [(item, value.der) for item, value in case.leaves()]
    for group in ([(item, value.der) for item, value in case.csrs()], holders):
        first: dict[object, tuple[str, bytes]] = {}
        for item, der in group:
            if item.key is None or item.key.identity in said:
                continue
            file, known = first.setdefault(item.key.identity, (item.file, der))
            if known != der:
                said.add(item.key.identity)
                yield report("key-used-again", "warning", f"{file} has the same key ({item.key.label})", item.file)
