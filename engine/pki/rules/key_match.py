"""key-mismatch (C1): the key does not belong to the other file.

Seen as: the public half of the key differs from the one in the request or certificate.
Fix: look for the key that this request or certificate was made with (compare the SHA-256 of the public keys shown
here). If it is lost, make a new key and request.
Source: RFC 5280 section 4.1.2.7. Confidence: measured.

A server or client with such a pair does not start, or fails at the first connection.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.model import Item
from engine.pki.wording import codes

APPLIES = frozenset({"private_key", "public_key", "openssh", "csr"})
NEEDS = "several"
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    if len(case.items) < 2:
        return
    holders = [item for item, _ in case.leaves()]
    requests = [item for item in case.items if item.kind == "csr"]
    targets = requests + holders
    if not holders and not requests:
        targets = [item for item, _ in case.certificates()]
    keys = [item for item in case.items if item.key and item.value is None]
    for key in keys:
        near = [each for each in targets if each.file == key.file] if key.container else targets
        if near and not any(_same(key, each) for each in near):
            names = ", ".join(dict.fromkeys(each.file for each in near))
            yield report("key-mismatch", "error", f"the key in {key.file} is not the one of {names}", key.file)
    if len(requests) == 1 and len(holders) == 1 and not _same(requests[0], holders[0]):
        seen = f"the certificate in {holders[0].file} was made for another key than {requests[0].file} asks for"
        yield report("key-mismatch", "error", seen, holders[0].file)


def _same(one: Item, other: Item) -> bool:
    return one.key is not None and other.key is not None and one.key.identity == other.key.identity
