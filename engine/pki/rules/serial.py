"""serial-differs (C9): the certificate's serial number is not the one that was announced.

Seen as: another serial than the one given.
Fix: fetch the certificate that was announced. If this one was issued for you too, find out who asked for it.
Source: GlobalSign Atlas API: the serial number is the certificate's id. Confidence: sourced.

It is another certificate than the one the authority speaks of; revoking or watching by that serial would miss it.

serial-malformed (C9): the certificate's serial number is not allowed.

Seen as: zero, negative, or longer than 20 bytes.
Fix: have the certificate issued again.
Source: RFC 5280 section 4.1.2.2. Confidence: sourced.

Strict software refuses the certificate, and it cannot be revoked reliably.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    for item, certificate in case.leaves():
        announced = case.context.expect_serial
        if announced is not None and plain(announced) != plain(certificate.serial_hex):
            seen = f"{certificate.serial_hex}; announced was {announced[:60]}"
            yield report("serial-differs", "error", seen, item.file)
        if certificate.serial <= 0 or certificate.serial_length > 20:
            yield report("serial-malformed", "error", certificate.serial_hex[:60], item.file)


def plain(serial: str) -> str:
    """A serial number without separators and leading zeros, as some clients print it and others do not."""
    kept = serial.upper().replace(":", "").replace(" ", "").removeprefix("0X")
    return kept.lstrip("0") or "0"
