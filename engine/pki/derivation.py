"""How much work a file asks for to turn its password into a key. A stranger's file may ask for hours, or for gigabytes.

Looked for before any library is let at the file. Costs are read where the algorithm's identifier stands, whatever is around it.
"""

from engine.pki import asn1
from engine.pki.asn1 import Malformed

MAX_ITERATIONS = 1_000_000
"""Rounds of a hash; what real files have is between 1 and 600,000."""
MAX_SCRYPT = 1 << 25
"""Bytes of memory that scrypt may ask for, 128 * N * r."""
MAX_BCRYPT = 200
"""Rounds in OpenSSH's format, where 16 is usual and 100 is what the careful take."""

_PBKDF2, _SCRYPT = "1.2.840.113549.1.5.12", "1.3.6.1.4.1.11591.4.11"
_OLD = [f"1.2.840.113549.1.12.1.{n}" for n in range(1, 7)] + [f"1.2.840.113549.1.5.{n}" for n in (1, 3, 4, 6, 10, 11)]
_MARKS = {
    bytes((asn1.OID, len(raw))) + raw: dotted
    for dotted in (_PBKDF2, _SCRYPT, *_OLD)
    for raw in [asn1.encode_oid(dotted)]
}


def too_costly(data: bytes) -> bool:
    """Whether any part of this DER asks for more work than a real file would."""
    return any(_cost_at(data, at + len(mark), dotted) for mark, dotted in _MARKS.items() for at in _all(data, mark))


def bcrypt_too_costly(data: bytes) -> bool:
    """The same for the content of an OpenSSH private key (PROTOCOL.key: magic, cipher, kdf, kdf options)."""
    at = len(b"openssh-key-v1\x00")
    fields: list[bytes] = []
    for _ in range(3):
        size = int.from_bytes(data[at : at + 4], "big")
        fields.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    options = fields[2]
    salt = int.from_bytes(options[:4], "big")
    return fields[1] == b"bcrypt" and int.from_bytes(options[4 + salt : 8 + salt], "big") > MAX_BCRYPT


def _all(data: bytes, mark: bytes) -> list[int]:
    found: list[int] = []
    at = data.find(mark)
    while at >= 0 and len(found) < 64:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def _cost_at(data: bytes, at: int, dotted: str) -> bool:
    try:
        parts = asn1.children(data, asn1.expect(asn1.read(data, at, len(data)), asn1.SEQUENCE, "parameters"))
        numbers = [asn1.integer(data, part) for part in parts if part.tag == asn1.INTEGER]
    except Malformed:
        return False  # then no library can follow it either
    if dotted == _SCRYPT:
        return len(numbers) < 3 or 128 * numbers[0] * numbers[1] > MAX_SCRYPT or numbers[2] > 16
    return any(number > MAX_ITERATIONS for number in numbers)
