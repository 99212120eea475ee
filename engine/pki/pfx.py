"""PKCS#12 files: opens them and says why not, makes them in modern and legacy encodings.

A wrong password is told from a damaged file by computing the MAC here (RFC 7292 section 4 and appendix B), because the
library gives one error for both.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from cryptography.hazmat.primitives.serialization import pkcs12 as library
from cryptography.x509 import Certificate

from engine.pki import asn1
from engine.pki.asn1 import Malformed
from engine.pki.derivation import MAX_ITERATIONS, too_costly

_CIPHERS = {
    "1.2.840.113549.1.12.1.1": ("RC4-128", True),
    "1.2.840.113549.1.12.1.2": ("RC4-40", True),
    "1.2.840.113549.1.12.1.3": ("3DES", True),
    "1.2.840.113549.1.12.1.4": ("2-key 3DES", True),
    "1.2.840.113549.1.12.1.5": ("RC2-128", True),
    "1.2.840.113549.1.12.1.6": ("RC2-40", True),
    "2.16.840.1.101.3.4.1.2": ("AES-128", False),
    "2.16.840.1.101.3.4.1.22": ("AES-192", False),
    "2.16.840.1.101.3.4.1.42": ("AES-256", False),
    "1.2.840.113549.3.7": ("3DES", False),
    "1.3.14.3.2.7": ("DES", True),
    "1.2.840.113549.3.2": ("RC2", True),
    "1.2.392.200011.61.1.1.1.2": ("Camellia-128", False),
    "1.2.392.200011.61.1.1.1.3": ("Camellia-192", False),
    "1.2.392.200011.61.1.1.1.4": ("Camellia-256", False),
}
_DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "1.2.840.113549.2.5": "md5",
}
_KEY_BAGS = {"1.2.840.113549.1.12.10.1.1", "1.2.840.113549.1.12.10.1.2"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A PFX that was looked into. With a `problem` there is nothing inside; `words` say it for people."""

    problem: str | None
    words: str
    ciphers: tuple[str, ...] = ()
    traits: frozenset[str] = frozenset()
    keys: tuple[Any, ...] = field(default=(), repr=False)
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    friendly_name: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What can be told of a PFX without its password. `salt` and `digest` are None where it has no (classic) MAC."""

    authenticated: bytes = field(repr=False)
    digest: str | None
    expected: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    iterations: int
    ciphers: tuple[str, ...]
    legacy: bool
    other_mac: bool


def shape(data: bytes) -> Shape:
    """Reads the outside of a PFX. Raises Malformed if it is damaged."""
    parts = asn1.children(data, asn1.expect(asn1.read(data, 0, len(data)), asn1.SEQUENCE, "a PFX"))
    if len(parts) < 2:
        raise Malformed("a PFX has a version and a content")
    info = asn1.children(data, asn1.expect(parts[1], asn1.SEQUENCE, "the PFX's content"))
    if len(info) < 2 or asn1.oid(data, info[0]) != "1.2.840.113549.1.7.1":
        raise Malformed("the PFX's content is not of the password-protected kind")
    authenticated = octets(data, asn1.read(data, info[1].body, info[1].stop))
    named = sorted(set(_ciphers(authenticated)))
    digest, expected, salt, iterations, other = None, b"", b"", 1, False
    if len(parts) > 2:
        mac = asn1.children(data, asn1.expect(parts[2], asn1.SEQUENCE, "the PFX's MAC"))
        info_parts = asn1.children(data, mac[0])
        oid = asn1.oid(data, asn1.children(data, info_parts[0])[0])
        digest, other = _DIGESTS.get(oid), oid not in _DIGESTS
        expected, salt = asn1.content(data, info_parts[1]), asn1.content(data, mac[1])
        iterations = asn1.integer(data, mac[2]) if len(mac) > 2 else 1
    legacy = any(_CIPHERS[oid][1] for oid in named if oid in _CIPHERS)
    labels = tuple(_CIPHERS[oid][0] for oid in named if oid in _CIPHERS)
    return Shape(authenticated, digest, expected, salt, iterations, labels, legacy, other)


def octets(data: bytes, node: asn1.Node) -> bytes:
    """An OCTET STRING in one piece, also where BER has it in several."""
    if node.tag == 0x24:
        return b"".join(octets(data, child) for child in asn1.children(data, node))
    return asn1.content(data, asn1.expect(node, asn1.OCTET_STRING, "bytes"))


def mac_fits(outside: Shape, password: bytes | None) -> bool | None:
    """Whether the file's MAC was made with this password (None: with no password at all, which is not an empty one).

    None as an answer: the file has no MAC of the classic kind.
    """
    if outside.digest is None or not 0 < outside.iterations <= MAX_ITERATIONS:
        return None
    encoded = b"" if password is None else password.decode("utf-8", "replace").encode("utf-16-be") + b"\x00\x00"
    size = hashlib.new(outside.digest).digest_size
    key = _derive(outside.digest, 3, encoded, outside.salt, outside.iterations, size)
    made = hmac.new(key, outside.authenticated, outside.digest).digest()
    return hmac.compare_digest(made, outside.expected)


def open_pfx(data: bytes, password: bytes | None) -> Opened:
    """Looks into a PFX. Never raises for what the file or the password is; the problem is told in words.

    Problems: damaged, locked (needs a password), wrong-password, unsupported.
    """
    try:
        outside = shape(data)
    except (Malformed, IndexError):
        return Opened("damaged", "the PFX is damaged: its structure ends early or makes no sense")
    traits = frozenset({"legacy-encryption"}) if outside.legacy else frozenset()
    if outside.iterations > MAX_ITERATIONS or too_costly(outside.authenticated):
        words = "opening it would take more work than any real file asks for"
        return Opened("unsupported", words, outside.ciphers, traits)
    fits = {password: mac_fits(outside, password)}
    if fits[password] is False:
        fits |= {other: mac_fits(outside, other) for other in (None, b"") if other != password}
    if fits[password] is False:
        return _locked(password, fits, outside, traits)
    try:
        parsed = library.load_pkcs12(data, password)
    except (ValueError, UnsupportedAlgorithm, TypeError) as refused:
        return _refused(password, fits[password], outside, traits, refused)
    keys = (parsed.key,) if parsed.key is not None else ()
    bags = _count_key_bags(outside.authenticated)
    if bags > 1:
        traits |= {"several-keys"}
    if not keys:
        traits |= {"no-key"}
    if not password:
        traits |= {"absent-password" if password is None else "empty-password"}
    certificates = [parsed.cert.certificate] if parsed.cert else []
    certificates += [each.certificate for each in parsed.additional_certs]
    name = parsed.cert.friendly_name if parsed.cert else None
    return Opened(
        None,
        f"a PFX with {len(keys)} key and {len(certificates)} certificates",
        outside.ciphers,
        traits,
        keys,
        tuple(each.public_bytes(Encoding.DER) for each in certificates),
        name.decode("utf-8", "replace") if name else None,
    )


def make_pfx(
    key: Any, certificate: Certificate, chain: Sequence[Certificate], password: bytes, legacy: bool, name: str
) -> bytes:
    """A PFX. Modern: AES-256, PBKDF2, SHA-256. Legacy: 3DES and SHA-1, for systems from before OpenSSL 3 and Windows 2016.

    Raises ValueError for an empty password: such files open differently from system to system.
    """
    if not password:
        raise ValueError("a PFX without a password opens differently from system to system; give one")
    builder = PrivateFormat.PKCS12.encryption_builder()
    if legacy:
        sealed = (
            builder.kdf_rounds(2048).key_cert_algorithm(library.PBES.PBESv1SHA1And3KeyTripleDESCBC).hmac_hash(SHA1())  # noqa: S303  what old systems need, asked for by name
        )
    else:
        sealed = builder.kdf_rounds(20000).key_cert_algorithm(library.PBES.PBESv2SHA256AndAES256CBC).hmac_hash(SHA256())
    return library.serialize_key_and_certificates(
        name.encode("utf-8"), key, certificate, list(chain) or None, sealed.build(password)
    )


def _locked(
    password: bytes | None, fits: dict[bytes | None, bool | None], outside: Shape, traits: frozenset[str]
) -> Opened:
    if not password:
        others = [
            words for candidate, words in ((None, "no password at all"), (b"", "an empty password")) if fits[candidate]
        ]
        if others:
            words = f"the PFX was made with {others[0]}, which some systems do not tell apart"
            return Opened("empty-or-absent-password", words, outside.ciphers, traits)
        return Opened("locked", "the PFX needs its password", outside.ciphers, traits)
    for candidate, words in ((None, "without any password"), (b"", "with an empty password")):
        if fits[candidate]:
            return Opened("wrong-password", f"the password is wrong: the PFX was made {words}", outside.ciphers, traits)
    words = "the password does not open it (or the content was changed after it was made)"
    return Opened("wrong-password", words, outside.ciphers, traits)


def _refused(
    password: bytes | None, fits: bool | None, outside: Shape, traits: frozenset[str], refused: Exception
) -> Opened:
    if isinstance(refused, UnsupportedAlgorithm) or "nsupported" in str(refused):
        words = f"its encryption ({', '.join(outside.ciphers) or 'of an unknown kind'}) is not supported here"
        return Opened("unsupported", words, outside.ciphers, traits)
    if fits:
        return Opened("damaged", "the password is right, and what it protects is damaged", outside.ciphers, traits)
    if not password:
        return Opened("locked", "the PFX needs its password", outside.ciphers, traits)
    return Opened("wrong-password", "the password does not open it, or it is damaged inside", outside.ciphers, traits)


def _ciphers(authenticated: bytes) -> Iterator[str]:
    """Every cipher named in the clear parts. Looks for identifiers, since what surrounds them differs between makers."""
    for dotted in _CIPHERS:
        raw = asn1.encode_oid(dotted)
        if bytes((asn1.OID, len(raw))) + raw in authenticated:
            yield dotted


def _count_key_bags(authenticated: bytes) -> int:
    """Key bags in the parts that are not encrypted as a whole, which is where every maker puts keys."""
    return sum(authenticated.count(bytes((asn1.OID, len(raw))) + raw) for raw in map(asn1.encode_oid, _KEY_BAGS))


def _derive(digest: str, purpose: int, password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
    """RFC 7292 appendix B.2, for one block of output (a MAC key is as long as its hash)."""
    block = hashlib.new(digest).block_size
    spread = b"".join(_repeat(part, block) for part in (salt, password))
    once = getattr(hashlib, digest)  # several times as fast as hashlib.new, of which there may be a million
    made = once(bytes([purpose]) * block + spread).digest()
    for _ in range(iterations - 1):
        made = once(made).digest()
    return bytes(made[:size])


def _repeat(part: bytes, block: int) -> bytes:
    if not part:
        return b""
    size = block * ((len(part) + block - 1) // block)
    return (part * (size // len(part) + 1))[:size]
