"""tampered-request (C5): the request was changed after it was signed.

Seen as: the signature in the request does not fit its content and key.
Fix: make the request again with `dipper csr` or openssl, and submit the file itself without opening it in an editor.
Source: RFC 2986 section 4.2. Confidence: sourced.

The signature is the proof that you hold the key. GlobalSign checks it and refuses a request where it does not fit.

weak-request-signature (C5): the request is signed with a hash that is no longer accepted.

Seen as: the signature fits and uses MD5 or SHA-1.
Fix: make the request again with SHA-256: `openssl req -new -sha256 -key FILE`. The key can stay the same.
Source: CA/Browser Forum Baseline Requirements 7.1.3.2; RFC 6151. Confidence: sourced.

The request was not tampered with: the old hash alone is why a certificate authority refuses it.

unsupported-request-signature (C5): the request is signed in a way that cannot be checked.

Seen as: the algorithm is unknown here, or the key cannot be used.
Fix: make the request again with an RSA key and SHA-256.
Source: RFC 8017; GlobalSign Atlas API, public_key allows RSA and ECDSA. Confidence: sourced.

What cannot be checked here will hardly be accepted there: the DIP's public signing clients use RSA with SHA-256.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.facts import Csr
from engine.pki.wording import codes

APPLIES = frozenset({"csr"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    for item, state in zip(case.items, case.signatures, strict=True):
        csr = item.value
        if state in ("valid", "none") or not isinstance(csr, Csr):
            continue
        name = csr.signature_hash or csr.signature_oid
        if state == "invalid":
            yield report("tampered-request", "error", f"the {name} signature does not fit the content", item.file)
        elif state == "weak":
            yield report("weak-request-signature", "error", f"signed with {name.upper()}", item.file)
        else:
            why = csr.key.problem or f"algorithm {csr.signature_oid}"
            yield report("unsupported-request-signature", "error", f"signature {name}: {why}", item.file)
