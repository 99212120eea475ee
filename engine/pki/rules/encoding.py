"""not-der (C5): the file is not written in DER, the one exact form.

Seen as: lengths written longer than needed, indefinite lengths, padded numbers.
Fix: have the program that owns the key make the request again. For a certificate, take the original from the issuer.
Source: ITU-T X.690 sections 10 and 11; RFC 5280 section 4.1. Confidence: sourced.

Signatures are made over the exact bytes: one reader accepts the loose form, the next one refuses it.

trailing-bytes (C5): something follows the end of the structure.

Seen as: bytes after the last element, inside the same block.
Fix: remove what follows, or save the file again from its origin.
Source: ITU-T X.690. Confidence: sourced.

Strict readers refuse such a file, and fingerprints made over the whole of it are wrong.

pem-label-lies (C5): the BEGIN line says something else than what is inside.

Seen as: for example a certificate request between BEGIN CERTIFICATE lines.
Fix: change the BEGIN and END lines to what the content is.
Source: RFC 7468. Confidence: sourced.

Portals and openssl go by the label and answer with an error that does not say so.

text-repaired (C5): the text was damaged by a mail, chat or word processor and could be mended.

Seen as: exchanged dashes, HTML, invisible characters, UTF-16, lost line ends.
Fix: paste or upload the file as it came from the tool that made it; what you gave here may be refused by the portal.
Source: RFC 7468 section 3. Confidence: sourced.

What was read here is the mended form. The DIP portal may be less patient.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.model import Item
from engine.pki.read.der import LABELS
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate", "public_key", "private_key", "pkcs7", "pkcs12", "crl", "ocsp"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    for item in case.items:
        if item.flaws:
            yield from _flawed(item)
        if item.label and (meant := LABELS.get(item.label)) and _lies(item, meant):
            kind = item.kind.replace("_", " ")
            yield report("pem-label-lies", "error", f"the label says {item.label}, inside is: {kind}", item.file)
        if item.repairs:
            yield report("text-repaired", "note", "; ".join(item.repairs), item.file)


def _flawed(item: Item) -> Iterator[Finding]:
    for flaw in item.flaws:
        code = "trailing-bytes" if "follow the end" in flaw else "not-der"
        yield report(code, "error", flaw, item.file)


def _lies(item: Item, meant: str) -> bool:
    if item.kind in ("unknown", "openssh") or item.container == "pkcs7":
        return False
    return meant != item.kind and not (meant == "pkcs7" and item.container)
