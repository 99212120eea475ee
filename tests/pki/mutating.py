"""Damaged inputs and inputs made to hurt; as a program, looks at them in a process of its own and prints what it took.

`python -m tests.pki.mutating COUNT SEED` prints JSON: the longest time of `inspect` and of `find_secret` for one input, in
seconds of CPU, since others wait too on a busy machine, and the most memory that the process ever held, in megabytes.
"""

import json
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7

from engine.pki import Context, NamedBytes, Password, inspect, shipped, to_json
from engine.pki.pfx import make_pfx
from engine.pki.secrets import find_secret
from tests.pki.conftest import NOW, authority, der, ec_key, issue, make_csr
from tests.pki.test_revocation import answer, crl

CA = authority()
MEGABYTE = 1024 * 1024
LIMIT = 1.0
"""Seconds for one input."""


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

Value = TypeVar("Value")


def seconds(work: Callable[[], Value]) -> tuple[float, Value]:
    """What it took of this thread. What was slow is done again: a machine is slow once, an input always."""
    fastest = 0.0
    for _ in range(2):
        started = time.thread_time()
        value = work()
        took = time.thread_time() - started
        fastest = min(fastest, took) if fastest else took
        if fastest < LIMIT:
            break
    return fastest, value


def looked_at(data: bytes, context: Context) -> tuple[float, float]:
    """The seconds that `inspect` with its report and `find_secret` took. That no rule failed is checked by the way."""
    inspecting, report = seconds(lambda: inspect(data, context, NOW))
    reporting, document = seconds(lambda: to_json(report))
    searching, _ = seconds(lambda: find_secret(data[:MEGABYTE]))
    assert document["schema"] == "dipper.pki/1"
    assert "rule-failed" not in {finding.code for finding in report.findings}, data.hex()
    return inspecting + reporting, searching


def inputs(count: int, seed: int) -> Iterator[tuple[bytes, Context]]:
    source = random.Random(seed)
    for _ in range(count):
        yield mutated(source, source.choice(SEEDS)), source.choice(CONTEXTS)
    for data in HOSTILE.values():
        yield data, CONTEXTS[1]


def peak_megabytes() -> float:
    """Of this program alone; what getrusage says counts what the one that started it had in memory, too."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(count: int, seed: int) -> None:
    warnings.simplefilter("ignore")
    inspecting = searching = (0.0, b"")
    for data, context in inputs(count, seed):
        took = looked_at(data, context)
        inspecting, searching = max(inspecting, (took[0], data)), max(searching, (took[1], data))
    figures = {
        "count": count,
        "inspect_seconds": inspecting[0],
        "slowest_for_inspect": inspecting[1][:4000].hex(),
        "find_secret_seconds": searching[0],
        "slowest_for_find_secret": searching[1][:4000].hex(),
        "peak_megabytes": peak_megabytes(),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
