"""Does this text or file hold something that must not be in a chat? A closed list, so that nobody has to guess.

What counts: PEM private-key labels, PuTTY, OpenSSH and JWK private keys; bare private keys, PKCS#12 and Java key stores
by their first bytes, in base64 too; and fields named secret, password or API key that are followed by 16 or more mixed
characters. TXT values, CSRs, certificates and fingerprints never count. Pure and linear in the length of the text; the
answer names the kind only, never the content.
"""

import base64
import binascii
import re
from enum import Enum


class SecretKind(Enum):
    """What was recognised; the value is how it may be named to a person."""

    PEM_PRIVATE_KEY = "a private key"
    OPENSSH_KEY = "an OpenSSH private key"
    PUTTY_KEY = "a PuTTY private key"
    JWK = "a private key in JWK form"
    PFX = "a PFX file (PKCS#12)"
    JKS = "a Java key store"
    NAMED_SECRET = "a password, secret or API key"  # noqa: S105  the words for it, not one


_DASHES = "-\u2010-\u2015\u2212"
_PEM_LABEL = re.compile(
    rf"[{_DASHES}]{{2,5}}\s?BEGIN[ \t\xa0]+(?P<label>(?:[A-Z0-9]{{1,12}}[ \t\xa0]){{0,4}}PRIVATE[ \t\xa0]KEY)",
    re.IGNORECASE,
)
_PUTTY = re.compile(r"PuTTY-User-Key-File-\d{1,2}:")
_JWK_TYPE = re.compile(r'\\?"kty\\?"\s{0,9}:\s{0,9}\\?"(?:RSA|EC|OKP|oct)\\?"')
_JWK_PRIVATE = re.compile(r'\\?"[dk]\\?"\s{0,9}:\s{0,9}\\?"[A-Za-z0-9_-]{16,}')
_FIELD = re.compile(
    r"(?:secret|pass(?:word|wd|phrase)|api[ \t_-]?key)"
    r"(?P<between>[\"'`*_\\ \t]{0,6}(?:[:=]|=>|->|\u2192|\bis\b|\r?\n)?[\"'`*_\\\s]{0,6})"
    r"(?P<value>[!-~\xa1-\xff]{16,})",
    re.IGNORECASE,
)
_BASE64_START = re.compile(
    r"(?<![A-Za-z0-9+/])(?:M[A-P][A-Za-z0-9+/]{38}|LS0tL[A-Za-z0-9+/]{59}|/u3\+7[A-Za-z0-9+/]{16}|zs7Oz[A-Za-z0-9+/]{16})"
)
_INTEGER_0, _INTEGER_1 = b"\x02\x01\x00", b"\x02\x01\x01"
_SEALINGS = (bytes.fromhex("06092a864886f70d0105"), bytes.fromhex("060a2a864886f70d010c01"))
"""How the algorithm of a sealed key begins: PKCS#5 (PBES1 and PBES2), or the old ones of PKCS#12."""
_FINGERPRINT = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){7,}[0-9A-Fa-f]{2}")
_JKS_MAGIC = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_NEVER = (
    "_globalsign-domain-verification",
    "globalsign-domain-verification",
    "_globalsign",
    "v=spf1",
    "<",
    "${",
    "{{",
    "sha256:",
)


def find_secret(text_or_bytes: str | bytes) -> SecretKind | None:
    """The first kind of secret found, or None. Takes UTF-8, UTF-16 and Latin-1 alike."""
    if isinstance(text_or_bytes, bytes):
        if kind := _by_first_bytes(text_or_bytes):
            return kind
        text = as_text(text_or_bytes)
    else:
        text = text_or_bytes
    if label := _PEM_LABEL.search(text):
        return SecretKind.OPENSSH_KEY if "OPENSSH" in label["label"].upper() else SecretKind.PEM_PRIVATE_KEY
    if _PUTTY.search(text):
        return SecretKind.PUTTY_KEY
    if _JWK_TYPE.search(text) and _JWK_PRIVATE.search(text):
        return SecretKind.JWK
    if kind := _in_base64(text):
        return kind
    if any(_is_secret(match["between"], match["value"]) for match in _FIELD.finditer(text)):
        return SecretKind.NAMED_SECRET
    return None


def as_text(data: bytes) -> str:
    """Bytes as text for looking through: UTF-16 where it looks like it, else UTF-8, never failing."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    head = data[:200]
    if len(head) >= 4 and head[1::2].count(0) * 2 > len(head[1::2]):
        return data.decode("utf-16-le", "replace")
    if len(head) >= 4 and head[0::2].count(0) * 2 > len(head[0::2]):
        return data.decode("utf-16-be", "replace")
    return data.decode("utf-8", "replace")


def looks_like_pfx(data: bytes) -> bool:
    """SEQUENCE, INTEGER 3, SEQUENCE, OID under pkcs-7: how every PFX begins, whatever form its lengths have."""
    if data[:1] != b"\x30" or len(data) < 16:
        return False
    first = data[1]
    at = 2 + (first & 0x7F if first & 0x80 else 0)
    if at > 10 or data[at : at + 3] != b"\x02\x01\x03" or data[at + 3 : at + 4] != b"\x30":
        return False
    return b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" in data[at + 4 : at + 24]


def looks_like_key(data: bytes) -> bool:
    """How a bare private key begins (DER): PKCS#1, PKCS#8 plain or encrypted, or an elliptic curve's own form.

    A CSR, a certificate and a public key begin with two sequences, and none of them has a version there.
    """
    if data[:1] != b"\x30" or len(data) < 16:
        return False
    at = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    if at > 6:
        return False
    version, then = data[at : at + 3], data[at + 3 : at + 5]
    if version == _INTEGER_0:
        return then[:1] == b"\x30" or then in (b"\x02\x81", b"\x02\x82")
    if version == _INTEGER_1:
        return then[:1] == b"\x04" and then[1] in (0x1C, 0x20, 0x30, 0x42)
    return version[:1] == b"\x30" and data[at + 2 : at + 13].startswith(_SEALINGS)


def _by_first_bytes(data: bytes) -> SecretKind | None:
    if data[:4] in _JKS_MAGIC:
        return SecretKind.JKS
    if looks_like_pfx(data[:64]):
        return SecretKind.PFX
    if looks_like_key(data[:64]):
        return SecretKind.PEM_PRIVATE_KEY
    return None


def _in_base64(text: str) -> SecretKind | None:
    for match in _BASE64_START.finditer(text):
        run = match[0]
        try:
            start = base64.b64decode(run[: len(run) // 4 * 4])
        except binascii.Error:
            continue  # not base64 after all
        if kind := _by_first_bytes(start):
            return kind
        if label := _PEM_LABEL.search(start.decode("latin-1")):
            return SecretKind.OPENSSH_KEY if "OPENSSH" in label["label"].upper() else SecretKind.PEM_PRIVATE_KEY
    return None


def _is_secret(between: str, value: str) -> bool:
    """Whether what follows a field's name is a value of its own: 16 or more characters of more than one sort."""
    value = value.strip("\"'`*_,;.()[]\\")
    if len(value) < 16 or value.startswith(_NEVER) or "://" in value or _FINGERPRINT.search(value):
        return False
    if value.startswith("MI") and len(value) >= 60:
        return False  # DER in base64: a CSR or certificate; private keys in that dress have been found above
    sorts = set(value)  # of a megabyte there are at most a few hundred
    lower, upper = any(c.islower() for c in sorts), any(c.isupper() for c in sorts)
    digit = any(c.isdigit() for c in sorts)
    if not re.search(r"[:=>\u2192\n]|is", between):
        return lower and upper and digit  # nothing but a blank between: "password protected-archive-2024" is prose
    return digit and (lower or upper)
