"""private-key-in-chat (C5): this is private, and a chat is no place for it.

Seen as: a private key, a PFX file or a key store, in a place that others can read.
Fix: delete the message or file. Treat the key as known to others: make a new key and request, and have a certificate
made with the old one revoked. To check a key or PFX, use `dipper check cert` on your own machine.
Source: DIP-PKI Policy (DSD002 Annex 3): the private key stays under the sole control of its holder. Confidence:
inferred.

It was not read, stored or logged. Deleting the message helps little if somebody has seen it; Slack may keep copies.

private-key-with-request (C5): the file holds a private key beside what is to be submitted.

Seen as: a key and a request or certificate in the same file.
Fix: submit a file that holds the request alone (from BEGIN CERTIFICATE REQUEST to its END line) and keep the key where
it is.
Source: RFC 7468 section 13. Confidence: sourced.

Whoever uploads the whole file hands over the key as well.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.wording import codes

APPLIES = frozenset({"private_key", "openssh", "pkcs12", "jks"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    if case.context.place == "chat":
        for item in case.items:
            if "private" in item.traits:
                yield report("private-key-in-chat", "error", item.detail or "private key material", item.file)
        return
    with_request = {item.file for item in case.items if item.kind == "csr"}
    for file in sorted({item.file for item in case.items if item.kind in ("private_key", "openssh")} & with_request):
        yield report("private-key-with-request", "warning", "a private key and a request in one file", file)
