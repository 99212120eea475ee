"""Keys, requests and a small certificate authority that the tests of the certificate engine share.

Keys are made once per run, with the operating system's randomness: no test depends on their value. Certificates carry
fixed dates around NOW, so that no test depends on the day it runs on.
"""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zlib import crc32

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from engine.pki import Context, NamedBytes, Report, inspect
from engine.pki.read.text import armour

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key(number: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key for each number, the same all through the run."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(number: int = 0) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def name(common_name: str | None = None, organisation: str | None = None, country: str | None = None) -> x509.Name:
    parts = [
        (NameOID.COUNTRY_NAME, country),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.COMMON_NAME, common_name),
    ]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts if text is not None])


def make_csr(
    common_name: str | None = "meter.northwind.example",
    sans: Sequence[str] | None = ("meter.northwind.example",),
    *,
    key: PrivateKey | None = None,
    organisation: str | None = "Northwind Energy Ltd",
    country: str | None = "GB",
    subject: x509.Name | None = None,
    extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
    attributes: Iterable[tuple[x509.ObjectIdentifier, bytes]] = (),
    digest: hashes.HashAlgorithm | None = None,
    encoding: Encoding = Encoding.PEM,
) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        name(common_name, organisation, country) if subject is None else subject
    )
    if sans:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(san) for san in sans]), False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    for oid, value in attributes:
        builder = builder.add_attribute(oid, value)
    return builder.sign(key or rsa_key(), digest or hashes.SHA256()).public_bytes(encoding)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
SIGN_ONLY = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
CA_USAGE = x509.KeyUsage(True, False, False, False, False, True, True, False, False)


def issue(
    common_name: str = "meter.northwind.example",
    sans: Sequence[str] | None = ("meter.northwind.example",),
    *,
    issuer: Issued | None = None,
    key: PrivateKey | None = None,
    organisation: str | None = "Northwind Energy Ltd",
    ca: bool = False,
    path_length: int | None = None,
    usages: Sequence[x509.ObjectIdentifier] | None = (CLIENT, SERVER),
    key_usage: x509.KeyUsage | None = None,
    not_before: datetime = NOW - timedelta(days=10),
    not_after: datetime = NOW + timedelta(days=180),
    serial: int | None = None,
    digest: hashes.HashAlgorithm | None = None,
    extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
    subject: x509.Name | None = None,
    authority_key: PrivateKey | None = None,
) -> Issued:
    """A certificate; self-signed without an issuer. `authority_key` puts another key's identifier into the AKI."""
    own_key = key or rsa_key(crc32(common_name.encode()) % 5 + 10)
    subject = subject or name(common_name, organisation, "GB")
    signer = issuer.key if issuer else own_key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own_key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca, path_length if ca else None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own_key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((authority_key or signer).public_key()), False
        )
        .add_extension(key_usage or (CA_USAGE if ca else SIGN_ONLY), True)
    )
    if sans and not ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(san) for san in sans]), False)
    if usages and not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Issued(builder.sign(signer, digest or hashes.SHA256()), own_key)


@dataclass(frozen=True, slots=True)
class Authority:
    """Root, intermediate and a leaf of it."""

    root: Issued
    intermediate: Issued
    leaf: Issued


@cache
def authority() -> Authority:
    far = NOW + timedelta(days=3650)
    root = issue("Example Root", ca=True, key=ec_key(1), not_after=far, organisation="Example CA")
    intermediate = issue(
        "Example Issuing 1", ca=True, key=ec_key(2), issuer=root, not_after=far, organisation="Example CA"
    )
    return Authority(root, intermediate, issue(issuer=intermediate, key=rsa_key(3)))


@pytest.fixture(scope="session")
def ca() -> Authority:
    return authority()


@pytest.fixture(scope="session")
def rsa_csr_pem() -> bytes:
    return make_csr()


@pytest.fixture(scope="session")
def leaf_pem() -> bytes:
    return authority().leaf.pem


@pytest.fixture
def csr() -> Callable[..., bytes]:
    return make_csr


def look(*given: bytes | str, now: datetime = NOW, place: str = "machine", **context: object) -> Report:
    """Inspects files called 0, 1, 2 ... on the person's own machine unless another place is named."""
    files = [NamedBytes(str(n), data.encode() if isinstance(data, str) else data) for n, data in enumerate(given)]
    return inspect(files, Context(place=place, **context), now)  # type: ignore[arg-type]  # keywords of the dataclass


def codes(*given: bytes | str, **context: object) -> set[str]:
    """The codes of what an inspection finds. That no rule failed is checked by the way."""
    found = {finding.code for finding in look(*given, **context).findings}  # type: ignore[arg-type]  # as above
    assert "rule-failed" not in found
    return found


def der(pem: bytes) -> bytes:
    return base64.b64decode("".join(pem.decode().split("-----")[2].split()))


def pem(data: bytes, label: str = "CERTIFICATE REQUEST") -> bytes:
    return armour(data, label)
