"""What counts as a secret in chat: each kind in several dresses, and as many things close by that must stay silent."""

import base64
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import load_pem_x509_csr

from engine.pki.secrets import SecretKind, find_secret
from tests.pki.conftest import Authority, make_csr

KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SEC1 = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
OPENSSH = KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
SEALED = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()
PFX = serialize_key_and_certificates(b"n", KEY, None, None, BestAvailableEncryption(b"x"))
TOKEN = "_globalsign-domain-verification=Zk3-x0Qq9yB_7uV1mS4tR2wE8nL5pA6cJ0hG3fD1kI"
FINGERPRINT = "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PEM, SecretKind.PEM_PRIVATE_KEY),
        (SEC1, SecretKind.PEM_PRIVATE_KEY),
        (SEALED, SecretKind.PEM_PRIVATE_KEY),
        (OPENSSH, SecretKind.OPENSSH_KEY),
        (f"here you are:\n```{PEM}```", SecretKind.PEM_PRIVATE_KEY),
        (PEM.replace("-----", "\u2014\u2014"), SecretKind.PEM_PRIVATE_KEY),
        (PEM.replace("\n", "\r\n").encode("utf-16"), SecretKind.PEM_PRIVATE_KEY),
        (PEM.encode("utf-16-le"), SecretKind.PEM_PRIVATE_KEY),
        (base64.b64encode(PEM.encode()).decode(), SecretKind.PEM_PRIVATE_KEY),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----", SecretKind.PEM_PRIVATE_KEY),
        ("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", SecretKind.PUTTY_KEY),
        ('{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vu","d":"jpsQnnGQmL-YBIff"}', SecretKind.JWK),
        ('{"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMko"}', SecretKind.JWK),
        (PFX, SecretKind.PFX),
        (base64.b64encode(PFX).decode(), SecretKind.PFX),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02", SecretKind.JKS),
        (base64.b64encode(b"\xfe\xed\xfe\xed" + bytes(40)).decode(), SecretKind.JKS),
        ("password: Tr0ub4dor&3-and-more", SecretKind.NAMED_SECRET),
        ("API key = 0123456789abcdef0123", SecretKind.NAMED_SECRET),
        ('{"api_secret": "a3f9c04be1d2c3b4a5f6"}', SecretKind.NAMED_SECRET),
        ("the secret is 8f14e45fceea167a5a36dedd", SecretKind.NAMED_SECRET),
        ("X-API-KEY: q9w8e7r6t5y4u3i2o1p0", SecretKind.NAMED_SECRET),
        ("password Xk29fLq0Zt77pWm3", SecretKind.NAMED_SECRET),
    ],
)
def test_a_secret_is_recognised_whatever_its_dress(text: str | bytes, kind: SecretKind) -> None:
    assert find_secret(text) is kind


BARE = [
    key.private_bytes(Encoding.DER, form, seal)
    for key in (KEY, ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048))
    for form, seal in (
        (PrivateFormat.PKCS8, NoEncryption()),
        (PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
        (PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    )
]


@pytest.mark.parametrize("der", BARE, ids=range(len(BARE)))
def test_a_bare_key_is_recognised_without_its_label(der: bytes) -> None:
    assert find_secret(der) is SecretKind.PEM_PRIVATE_KEY
    assert find_secret(f"here it is: {base64.b64encode(der).decode()}") is SecretKind.PEM_PRIVATE_KEY
    assert find_secret(base64.encodebytes(der)) is SecretKind.PEM_PRIVATE_KEY


@pytest.mark.parametrize("sealing", ["PBE-SHA1-3DES", "PBE-SHA1-RC2-40", "PBE-MD5-DES"])
def test_a_key_that_was_sealed_in_an_old_way_is_recognised_without_its_label(sealing: str) -> None:
    command = ["openssl", "pkcs8", "-topk8", "-v1", sealing, "-passout", "pass:sesame", "-outform", "DER"]
    legacy = ["-provider", "legacy", "-provider", "default"]
    der = subprocess.run([*command, *legacy], input=PEM.encode(), check=True, capture_output=True).stdout
    assert find_secret(der) is SecretKind.PEM_PRIVATE_KEY
    assert find_secret(f"here it is: {base64.b64encode(der).decode()}") is SecretKind.PEM_PRIVATE_KEY


def test_what_is_public_is_no_bare_key(ca: Authority) -> None:
    spki = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pkcs1 = ca.leaf.key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    request = load_pem_x509_csr(make_csr()).public_bytes(Encoding.DER)
    for der in (spki, pkcs1, request, ca.leaf.der, ca.root.der, b"\x30\x82", b"\x30\x03\x02\x01\x00"):
        assert find_secret(der) is None
        assert find_secret(base64.b64encode(der).decode()) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        b"",
        "my private key is safe, begin when you like",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE REQUEST-----\nMIIBODCB3wIBADB9\n-----END CERTIFICATE REQUEST-----",
        "-----BEGIN CERTIFICATE-----\nMIIBODCB3wIBADB9\n-----END CERTIFICATE-----",
        "secret:\n-----BEGIN CERTIFICATE REQUEST-----\nMIIBODCB3wIBADB9",
        TOKEN,
        f"secret: {TOKEN}",
        f"the API key's certificate fingerprint is {FINGERPRINT}",
        f"password {FINGERPRINT}",
        "SHA256 fingerprint 8f14e45fceea167a5a36dedd4bea25438f14e45fceea167a5a36dedd4bea2543",
        '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vu","y":"x_FEzRu9m36HLN_t"}',
        '{"d": "jpsQnnGQmL-YBIffjpsQ"}',
        "PuTTY-User-Key-File is what the file begins with",
        "password: short1",
        "password: ****************",
        "password reset link: https://portal.example/reset/0123456789abcdef",
        "password: https://portal.example/reset/0123456789abcdef",
        "the secretary 0123456789abcdef0123",
        "secret sauce and other recipes of the house",
        "password protected-archive-2024",
        "API key = <the-key-of-your-account-1>",
        "Name: Northwind, number 01234567, domain northwind.example",
        bytes(64),
        b"\x30\x82\x01\x0a\x02\x82\x01\x01\x00" + bytes(40),
    ],
)
def test_what_is_close_to_a_secret_but_none_stays_silent(text: str | bytes) -> None:
    assert find_secret(text) is None


def test_a_certificate_or_csr_in_any_dress_is_no_secret(rsa_csr_pem: bytes, leaf_pem: bytes) -> None:
    for pem in (rsa_csr_pem, leaf_pem):
        text = pem.decode()
        body = "".join(text.splitlines()[1:-1])
        for dress in (pem, text, body, f"secret: {body}", base64.b64decode(body), text.encode("utf-16")):
            assert find_secret(dress) is None


def test_the_name_of_a_kind_never_holds_what_was_found() -> None:
    kind = find_secret("password: Tr0ub4dor&3-and-more")
    assert kind is not None
    assert "Tr0ub" not in f"{kind}{kind.value}{kind!r}"
