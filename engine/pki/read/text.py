"""Finds PEM blocks, and what should have been one, in text of any origin: mails, word processors, web pages, chats.

Every mending is reported in words. Linear in the size of the text.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.pki import asn1
from engine.pki.asn1 import Malformed
from engine.pki.secrets import as_text

_DASH = r"[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"
_BEGIN = re.compile(
    rf"({_DASH}{{2,8}})[ \t]{{0,4}}BEGIN[ \t\xa0]{{1,4}}([A-Za-z0-9 \t\xa0]{{2,48}}?)[ \t]{{0,4}}({_DASH}{{2,8}})",
    re.IGNORECASE,
)
_END = re.compile(
    rf"{_DASH}{{2,8}}[ \t]{{0,4}}END[ \t\xa0]{{1,4}}([A-Za-z0-9 \t\xa0]{{2,48}}?)[ \t]{{0,4}}{_DASH}{{2,8}}",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^[ \t]*[A-Za-z0-9-]{2,40}:[ \t][^\n]*$", re.MULTILINE)
_TAG = re.compile(r"<[/a-zA-Z!][^<>]{0,300}>")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")
_QUOTE = re.compile(r"^[ \t]*(?:[>|][ \t]?)+", re.MULTILINE)
_RUN = re.compile(r"[A-Za-z0-9+/_=\s-]{64,}")
_PLAIN_RUN = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_WRAPPED = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/\s]{64,}")
"""-----BEGIN in base64: a PEM file that was wrapped once more, as mail attachments and cluster secrets are."""
_SSH_PUBLIC = re.compile(
    r"(?:^|\n)[ \t]{0,40}(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{5,20}|sk-\S{5,40}) [A-Za-z0-9+/=]{20,}"
)
_JWK = re.compile(r'"kty"\s{0,9}:\s{0,9}"(?:RSA|EC|OKP|oct)"')
_JWK_PRIVATE = re.compile(r'"[dk]"\s{0,9}:\s{0,9}"[A-Za-z0-9_-]{4,}')
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a rich text document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_FOREIGN_MAGIC = tuple(magic for magic, _ in _FOREIGN)


@dataclass(frozen=True, slots=True)
class Block:
    """What was found: a PEM block (`label`, `der`), base64 without armour (`label` None), or another key format."""

    kind: str
    label: str | None = None
    der: bytes | None = field(default=None, repr=False)
    text: str = field(default="", repr=False)
    headers: str = field(default="", repr=False)
    repairs: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def private(self) -> bool:
        return self.label is not None and "PRIVATE KEY" in self.label


def plain_block(data: bytes) -> tuple[str, bytes] | None:
    """The label and content of the one PEM block that the data consist of, if there is nothing else and nothing to mend.

    Not of a private one.
    """
    label_end = data.find(b"-----", 11, 64)
    label = data[11:label_end]
    if (
        label_end < 0
        or not data.startswith(b"-----BEGIN ")
        or b"PRIVATE" in label
        or data[label_end + 5 : label_end + 6] not in b"\r\n"
    ):
        return None
    closing = b"-----END " + label + b"-----"
    end = data.find(closing, label_end)
    if end < 0 or not label.isupper() or data[end + len(closing) :].strip():
        return None
    try:
        der = binascii.a2b_base64(data[label_end + 5 : end].translate(None, b"\r\n"), strict_mode=True)
    except binascii.Error:
        return None
    return (label.decode("ascii", "replace"), der) if der else None


def foreign_format(data: bytes) -> str | None:
    """What the file is if it is something else altogether, by its first bytes."""
    if not data.startswith(_FOREIGN_MAGIC):
        return None
    return next(words for magic, words in _FOREIGN if data.startswith(magic))


def to_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text and what was undone to get it. A byte order mark or UTF-16 is undone; HTML only where it is markup."""
    text = as_text(data)
    repairs = []
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\x00" in data[:200] and "\x00" not in text[:100]):
        repairs.append("UTF-16 was read as text")
    text = text.lstrip("\ufeff")
    if "\\n" in text and "-----" in text:
        text = text.replace("\\r", "").replace("\\n", "\n")
        repairs.append("line ends written as \\n were put back")
    if "<" in text and _TAG.search(text):
        text = _TAG.sub("\n", text)
        repairs.append("HTML markup was removed")
    if "&" in text and re.search(r"&(?:#\d{1,5}|#x[0-9a-fA-F]{1,5}|[a-z]{2,8});", text):
        text = html.unescape(text)
        repairs.append("HTML character codes were replaced")
    if not text.isascii() and _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
        repairs.append("invisible characters were removed")
    return text, tuple(repairs)


def find_blocks(text: str) -> Iterator[Block]:
    """Every block in its order; base64 without armour only where there is no armour at all."""
    if "PuTTY-User-Key-File-" in text:
        yield Block("putty")
        return
    at, found = 0, False
    while begin := _BEGIN.search(text, at):
        found = True
        label = " ".join(begin[2].upper().split())
        following = _BEGIN.search(text, begin.end())
        limit = following.start() if following else len(text)
        end = _END.search(text, begin.end(), limit)
        body = text[begin.end() : end.start() if end else limit]
        yield _pem(label, body, begin, end)
        at = end.end() if end else limit
    if found:
        return
    if _WRAPPED.search(text):
        for wrapped in _WRAPPED.finditer(text):
            yield from _unwrapped(wrapped[0])
    elif _JWK.search(text) and _JWK_PRIVATE.search(text):
        yield Block("jwk")
    elif _SSH_PUBLIC.search(text):
        yield Block("ssh-public", text=text.strip()[:20000])
    else:
        yield from _bare(text)


def _pem(label: str, body: str, begin: re.Match[str], end: re.Match[str] | None) -> Block:
    repairs, problem = [], None
    if begin[1] != "-----" or begin[3] != "-----":
        repairs.append("dashes changed by a word processor were put back")
    if begin[2] != label:
        repairs.append("the label's spelling was put right")
    if end is None:
        problem = f"the line END {label} is missing, so the end was probably cut off"
    elif " ".join(end[1].upper().split()) != label:
        repairs.append(f"BEGIN says {label} and END says {' '.join(end[1].upper().split())}")
    headers = "\n".join(match[0].strip() for match in _HEADER.finditer(body))
    if headers:
        body = _HEADER.sub("", body)
    if "PRIVATE KEY" in label:
        return Block("pem", label, None, body, headers, tuple(repairs), problem)
    if _QUOTE.search(body):
        body = _QUOTE.sub("", body)
        repairs.append("quotation marks of a mail were removed")
    if "\n" not in body.strip() and len(body.strip()) > 80:
        repairs.append("lost line ends were put back")
    der = decode(body)
    if der is None:
        trimmed = _to_alphabet(_unquoted(body))
        der = decode(trimmed) if trimmed != body else None
        if der is not None:
            repairs.append("characters that a mail or word processor exchanged were put back")
    if der is None:
        problem = problem or "its base64 is damaged (characters missing or changed)"
    return Block("pem", label, der, "", headers, tuple(repairs), problem)


def _unwrapped(run: str) -> Iterator[Block]:
    compact = "".join(run.split())
    inner = (decode(compact[: len(compact) // 4 * 4]) or b"").decode("latin-1")
    for block in find_blocks(inner) if _BEGIN.search(inner) else ():
        yield replace(block, repairs=("base64 around the whole file was undone", *block.repairs))


def _bare(text: str) -> Iterator[Block]:
    for run in _RUN.finditer(text):
        stripped = "".join(run[0].split())
        start = stripped.find("MI") if not stripped.startswith("MI") else 0
        if start < 0 or len(stripped) - start < 64:
            continue
        der = decode(stripped[start:].replace("-", "+").replace("_", "/"))
        if not (der and _is_whole(der)):  # the line END, or other text, may follow
            der = decode(match[0]) if (match := _PLAIN_RUN.match(stripped, start)) else None
        if der and der[:1] == b"\x30":
            yield Block("base64", None, der, repairs=("base64 without BEGIN and END lines was read",))


def _is_whole(der: bytes) -> bool:
    """Whether the first element is as long as it says, which text that was taken for base64 is not."""
    try:
        return asn1.read(der, 0, len(der)).end == len(der)
    except Malformed:
        return False


def decode(body: str) -> bytes | None:
    """Base64 with any white space; None if it is damaged. Missing padding is no damage."""
    compact = "".join(body.split()).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _unquoted(body: str) -> str:
    """RFC 2045 section 6.7: =3D is an equals sign, and one at the end of a line only breaks it."""
    return binascii.a2b_qp(body.encode("ascii")).decode("latin-1") if "=" in body and body.isascii() else body


def _to_alphabet(body: str) -> str:
    table = {
        0x2010: "+",
        0x2212: "+",
        0xFF0B: "+",
        0x2215: "/",
        0x2044: "/",
        0xFF0F: "/",
        0xFF1D: "=",
        ord("-"): "+",
        ord("_"): "/",
    }
    return re.sub(r"[\"'`*,;.\xa0\u201c\u201d\u2018\u2019]", "", body.translate(table))


def armour(der: bytes, label: str) -> bytes:
    """PEM, with lines of 64 characters."""
    text = base64.b64encode(der).decode("ascii")
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode("ascii")
