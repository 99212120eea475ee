"""What is remembered between inspections stays small, whoever sends what."""

import gc
import tracemalloc
from collections.abc import Callable

import pytest
from cryptography import x509

from engine.pki import Context, inspect
from engine.pki.read.numbers import _wrap, rsa_spki
from tests.pki.conftest import NOW, ec_key, issue, make_csr, pem

LONG = 100_000
STRANGE = x509.ObjectIdentifier("1.2.3.4")


def long_name(number: int) -> bytes:
    attributes = [x509.NameAttribute(STRANGE, f"{number:0{LONG}d}", _validate=False)]
    return make_csr(key=ec_key(), subject=x509.Name(attributes))


def long_extension(number: int) -> bytes:
    value = x509.UnrecognizedExtension(STRANGE, f"{number:0{LONG}d}".encode())
    return make_csr(key=ec_key(), extensions=[(value, False)])


def long_key(number: int) -> bytes:
    modulus = _wrap(2, f"{number:0{LONG}d}".encode())
    return pem(rsa_spki(_wrap(0x30, modulus + _wrap(2, b"\x01\x00\x01"))), "PUBLIC KEY")


def long_host(number: int) -> bytes:
    return make_csr(sans=[f"{number:060d}." * (LONG // 61) + "example"], key=ec_key())


def long_certificates(number: int) -> bytes:
    value = x509.UnrecognizedExtension(STRANGE, f"{number:0{LONG}d}".encode())
    root = issue("Root", ca=True, key=ec_key(1), extensions=[(value, False)])
    return root.pem + issue(issuer=root, key=ec_key(2)).pem


@pytest.mark.parametrize("made", [long_name, long_extension, long_key, long_host, long_certificates])
def test_nothing_long_is_kept_after_the_report(made: Callable[[int], bytes]) -> None:
    inputs = [made(number) for number in range(12)]
    inspect(inputs[0], Context(), NOW)
    gc.collect()
    tracemalloc.start()
    for data in inputs[1:]:
        inspect(data, Context(), NOW)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 2 * LONG
