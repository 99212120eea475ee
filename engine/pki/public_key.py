"""A public key as it is written: its kind, its numbers, and what lists of known keys call it.

Read leniently, so that rules can name what no library would load.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from engine.pki import asn1
from engine.pki.asn1 import Malformed
from engine.pki.oids import CURVES, KEY_TYPES, RSA_PSS
from engine.pki.remember import remembering

RSA_PSS_IDENTIFIER = asn1.encode_oid(RSA_PSS)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key. `n` and `e` as written (n may be negative); `loaded` is None where cryptography refuses the key.

    `fingerprint` is the SHA-256 that lists of known weak keys go by.
    """

    algorithm: str
    bits: int | None
    curve: str | None
    explicit_curve: bool
    n: int | None
    e: int | None
    point: bytes | None
    spki: bytes = field(repr=False)
    loaded: object | None = field(repr=False)
    problem: str | None
    fingerprint: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.spki).hexdigest()

    @property
    def identity(self) -> object:
        """What makes the key, however it is wrapped: RSA and RSA-PSS, a point written short or long, a curve spelled out."""
        return (self.n, self.e) if self.n is not None else self.fingerprint

    @property
    def restricted(self) -> bool:
        """Whether it is an RSA key whose identifier allows PSS signatures only (RFC 4055 section 1.2)."""
        return self.n is not None and RSA_PSS_IDENTIFIER in self.spki[:24]

    @property
    def label(self) -> str:
        """RSA 2048, EC P-256, Ed25519."""
        if self.algorithm == "EC":
            return f"EC {self.curve or 'explicit curve'}"
        return (
            f"{self.algorithm} {self.bits}"
            if self.bits is not None and self.algorithm in {"RSA", "DSA"}
            else self.algorithm
        )


@remembering(256, 4096)
def read_key(spki: bytes) -> PublicKey:
    """A SubjectPublicKeyInfo. Remembered: the same key comes by as CSR, certificate and key file."""
    top = asn1.children(spki, asn1.expect(asn1.read(spki, 0, len(spki)), asn1.SEQUENCE, "a public key"))
    if len(top) < 2:
        raise Malformed("a public key has an algorithm and a value")
    algorithm = asn1.children(spki, asn1.expect(top[0], asn1.SEQUENCE, "an algorithm"))
    if not algorithm:
        raise Malformed("an algorithm has an identifier")
    oid = asn1.oid(spki, algorithm[0])
    value = asn1.bits(spki, top[1])
    kind = KEY_TYPES.get(oid, oid)
    bits: int | None = None
    curve: str | None = None
    explicit = False
    n = e = None
    point: bytes | None = None
    if kind in {"RSA", "RSA-PSS"}:
        numbers = asn1.children(value, asn1.expect(asn1.read(value, 0, len(value)), asn1.SEQUENCE, "an RSA key"))
        if len(numbers) < 2:
            raise Malformed("an RSA key has two numbers")
        n, e = asn1.integer(value, numbers[0]), asn1.integer(value, numbers[1])
        bits, kind = abs(n).bit_length(), "RSA"
    elif kind == "EC":
        point = value
        if len(algorithm) > 1 and algorithm[1].tag == asn1.OID:
            dotted = asn1.oid(spki, algorithm[1])
            curve, bits = CURVES.get(dotted, (dotted, None))
        else:
            explicit = True
    loaded, problem = _load(spki)
    if kind == "DSA" and loaded is not None:
        bits = getattr(loaded, "key_size", None)
    distinct = _distinguishing(kind, n, point, spki)
    return PublicKey(kind, bits, curve, explicit, n, e, point, spki, loaded, problem, hashlib.sha256(distinct).digest())


def _distinguishing(kind: str, n: int | None, point: bytes | None, spki: bytes) -> bytes:
    """The bytes that lists of known keys go by (badkeys'): the modulus, the x coordinate, or the raw value.

    Big-endian without leading zeros; the whole SubjectPublicKeyInfo for kinds that have no such convention.
    """
    if n is not None:
        return abs(n).to_bytes((n.bit_length() + 7) // 8, "big")
    if point and point[0] in (2, 3, 4):
        return point[1 : 1 + (len(point) // 2 if point[0] == 4 else len(point) - 1)].lstrip(b"\x00")
    return spki[-32:].lstrip(b"\x00") if kind == "Ed25519" else spki


def _load(spki: bytes) -> tuple[object | None, str | None]:
    try:
        return load_der_public_key(spki), None
    except (ValueError, UnsupportedAlgorithm, TypeError) as refused:
        return None, str(refused)[:200]
