"""Ten thousand damaged inputs: always a report, never an exception, a hang or a heap of memory. And inputs made to hurt."""

import random
import resource
import time

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7

from engine.pki import Context, NamedBytes, Password, inspect, shipped, to_json
from engine.pki.pfx import make_pfx
from engine.pki.read.numbers import _wrap
from engine.pki.read.text import armour
from engine.pki.secrets import find_secret
from tests.pki.conftest import NOW, authority, der, ec_key, issue, make_csr
from tests.pki.test_revocation import answer, crl

CA = authority()
MEGABYTE = 1024 * 1024
ROUNDS, CHUNKS = 10_000, 5
pytestmark = pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning", "ignore::DeprecationWarning"
)


def private(encoding: Encoding, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return CA.leaf.key.private_bytes(encoding, form, NoEncryption())


def pfx(legacy: bool) -> bytes:
    return make_pfx(CA.leaf.key, CA.leaf.certificate, [CA.intermediate.certificate], b"x", legacy, "dip")


SEEDS = [
    make_csr(),
    der(make_csr()),
    der(make_csr(key=ec_key())),
    CA.leaf.pem,
    CA.leaf.der,
    CA.leaf.pem + CA.intermediate.pem,
    private(Encoding.PEM),
    private(Encoding.DER),
    ec_key().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()),
    pfx(False),
    pfx(True),
    pkcs7.serialize_certificates([CA.leaf.certificate, CA.intermediate.certificate], Encoding.DER),
    CA.leaf.pem.decode().encode("utf-16"),
    CA.leaf.pem + crl(CA.leaf),
    answer(),
]
CONTEXTS = [
    Context(),
    Context(
        place="machine",
        password=Password(b"x"),
        profile=shipped("mtls"),
        domains=("northwind.example",),
        usage="client",
        trust=(NamedBytes("root", CA.root.pem),),
    ),
]


def mutated(source: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 2, 5, 20))):
        if not changed:
            break
        at = source.randrange(len(changed))
        match source.randrange(7):
            case 0:
                changed[at] ^= 1 << source.randrange(8)
            case 1:
                changed[at] = source.randrange(256)
            case 2:
                del changed[at:]
            case 3:
                changed[at:at] = source.randbytes(source.randrange(8))
            case 4:
                changed[at : at + 5] = b"\x84\xff\xff\xff\xff"
            case 5:
                changed[at:at] = b"\x30\x80" * source.choice((1, 10, 500))
            case _:
                changed[at:at] = changed[max(0, at - source.randrange(200)) : at]
    return bytes(changed)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_damaged_input_always_gives_a_report_in_time_and_in_little_memory(chunk: int) -> None:
    source = random.Random(chunk)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(ROUNDS // CHUNKS):
        data, context = mutated(source, source.choice(SEEDS)), source.choice(CONTEXTS)
        started = time.process_time()
        report = inspect(data, context, NOW)
        assert to_json(report)["schema"] == "dipper.pki/1"
        assert "rule-failed" not in {finding.code for finding in report.findings}, data.hex()
        assert time.process_time() - started < 1, data.hex()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


HOSTILE = {
    "dashes": b"-" * MEGABYTE,
    "dashes of a word processor": "\u2014".encode() * (MEGABYTE // 3),
    "beginnings": b"-----BEGIN " * (MEGABYTE // 11),
    "begun certificates": b"-----BEGIN CERTIFICATE-----\n" * (MEGABYTE // 28),
    "tags": b"<a" * (MEGABYTE // 2),
    "entities": b"&lt;" * (MEGABYTE // 4),
    "invisible": "\u200b".encode() * (MEGABYTE // 3),
    "base64": b"MIIC" + b"A" * (MEGABYTE - 4),
    "quotes": b"> " * (MEGABYTE // 2),
    "fields": b"secret:" * (MEGABYTE // 7),
    "json": b'"kty":"RSA"' * (MEGABYTE // 11),
    "headers": b"-----BEGIN X-----\n" + b"aa: b\n" * (MEGABYTE // 8) + b"-----END X-----",
    "nesting": b"\x30\x80" * (MEGABYTE // 2),
    "huge lengths": b"\x30\x84\x00\x0f\xff\xff" * (MEGABYTE // 6),
    "eight megabytes": b"\x30\x83\x7f\xff\xfb" + bytes(8 * MEGABYTE - 5),
    "certificates": CA.leaf.pem * 200,
    "authorities of one name": b"".join(issue("Same", ca=True, key=ec_key(n % 12)).pem for n in range(48)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_input_that_is_made_to_hurt_takes_less_than_two_seconds(data: bytes) -> None:
    started = time.process_time()
    inspect(data, CONTEXTS[1], NOW)
    find_secret(data[:MEGABYTE])
    assert time.process_time() - started < 2


def sealed_pkcs8(rounds: int) -> bytes:
    """A sealed key whose header asks for that many rounds of PBKDF2; what it seals is nothing."""
    kdf = _wrap(0x30, _wrap(4, b"saltsalt") + number(rounds) + bytes.fromhex("300c06082a864886f70d02090500"))
    cipher = bytes.fromhex("301d060960864801650304012a0410") + bytes(16)
    scheme = _wrap(0x30, bytes.fromhex("06092a864886f70d01050c") + kdf) + cipher
    algorithm = _wrap(0x30, bytes.fromhex("06092a864886f70d01050d") + _wrap(0x30, scheme))
    return _wrap(0x30, algorithm + _wrap(4, bytes(64)))


def number(value: int) -> bytes:
    return _wrap(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


@pytest.mark.parametrize(("rounds", "words"), [(2_000_000_000, "more work"), (2048, "password")])
def test_a_password_that_would_take_an_hour_to_try_is_not_tried(rounds: int, words: str) -> None:
    started = time.process_time()
    report = inspect(sealed_pkcs8(rounds), CONTEXTS[1], NOW)
    assert words in report.findings[0].seen
    assert time.process_time() - started < 1


def test_an_openssh_key_that_asks_for_an_hour_is_not_tried() -> None:
    def field(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    options = field(b"salt" * 4) + (1 << 30).to_bytes(4, "big")
    body = b"openssh-key-v1\x00" + field(b"aes256-ctr") + field(b"bcrypt") + field(options) + (1).to_bytes(4, "big")
    report = inspect(armour(body + field(bytes(51)) + field(bytes(64)), "OPENSSH PRIVATE KEY"), CONTEXTS[1], NOW)
    assert "more work" in report.findings[0].seen
