"""Makes keys and requests. The one place of the certificate engine that uses the operating system's randomness."""

import asyncio
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from engine.pki.model import Password
from engine.pki.names import fault
from engine.pki.oids import SERVER_AUTH
from engine.pki.profile import Profile
from engine.pki.rules.subject import COUNTRIES, UPPER_BOUNDS

KEY_TYPES = ("rsa:2048", "rsa:3072", "rsa:4096", "ec:P-256", "ec:P-384")
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class BadWish(ValueError):
    """What was asked for cannot be in a request; the message says what, and how to put it right."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the request is to say. `hosts` in the order of importance: the first becomes the common name."""

    profile: Profile
    organisation: str
    country: str
    hosts: tuple[str, ...]
    key_type: str = "rsa:2048"


@dataclass(frozen=True, slots=True)
class Made:
    """A key and its request, both in PEM."""

    key: bytes = field(repr=False)
    csr: bytes


def check(wish: Wish) -> None:
    """Raises BadWish for anything that GlobalSign or the rules of the engine would refuse."""
    if wish.key_type not in KEY_TYPES:
        raise BadWish(f"key type {wish.key_type}: one of {', '.join(KEY_TYPES)} is expected")
    if wish.country not in COUNTRIES:
        hint = "; for the United Kingdom it is GB" if wish.country.upper() in {"UK", "GB"} else ""
        raise BadWish(f"country {wish.country}: no code of ISO 3166, two capital letters{hint}")
    if not wish.organisation.strip() or wish.organisation != wish.organisation.strip():
        raise BadWish("organisation: it is empty or has blanks around it")
    if len(wish.organisation) > UPPER_BOUNDS["O"]:
        raise BadWish(f"organisation: {len(wish.organisation)} characters, {UPPER_BOUNDS['O']} are allowed")
    if not wish.organisation.isprintable():
        raise BadWish("organisation: it has characters that cannot be printed")
    if not wish.hosts:
        raise BadWish("host: at least one host name is needed")
    for host in wish.hosts:
        if found := fault(host):
            raise BadWish(f"host: {found[1]}")
    kind = "RSA" if wish.key_type.startswith("rsa") else "ECDSA"
    origin = wish.profile.origin("public_key")
    if wish.profile.key_types and kind not in wish.profile.key_types and origin.confidence == "sourced":
        raise BadWish(
            f"key type {wish.key_type}: the profile {wish.profile.name} allows {' or '.join(wish.profile.key_types)}"
        )


def generate(key_type: str) -> PrivateKey:
    """A new key of one of KEY_TYPES. Takes a second or more for long RSA keys: never call it on an event loop."""
    kind, _, size = key_type.partition(":")
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=int(size))
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[size])


async def generate_aside(key_type: str) -> PrivateKey:
    """The same for callers on an event loop, which goes on meanwhile."""
    return await asyncio.to_thread(generate, key_type)


def make(wish: Wish, password: Password | None) -> Made:
    """A key and its request. Raises BadWish before any work is done if the wish cannot be granted."""
    check(wish)
    key = generate(wish.key_type)
    sealing: KeySerializationEncryption = NoEncryption()
    if password is not None and password.reveal():
        sealing = BestAvailableEncryption(password.reveal())
    return Made(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing), request(wish, key))


def request(wish: Wish, key: PrivateKey) -> bytes:
    """The request for a key, in PEM: subject, host names, and the usages that the profile requires."""
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, wish.country),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, wish.organisation),
    ]
    if common := common_name(wish.hosts):
        parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(parts))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in wish.hosts]), False)
    if wish.profile.key_usages.get("digitalSignature") == "REQUIRED":
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        builder = builder.add_extension(usage, True)
    if wished := required_usages(wish.profile):
        usages = [x509.ObjectIdentifier(usage) for usage in wished]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), False)
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def common_name(hosts: Sequence[str]) -> str | None:
    """The first host that is short enough to be one (64 characters)."""
    return next((host for host in hosts if len(host) <= UPPER_BOUNDS["CN"]), None)


def required_usages(profile: Profile) -> tuple[str, ...]:
    """The extended key usages to ask for; the dual-purpose certificate serves the webhook too."""
    required = profile.usages.required if profile.usages else ()
    return (*required, SERVER_AUTH) if profile.name == "dual-purpose" and SERVER_AUTH not in required else required


def openssl_lines(wish: Wish, key_file: str, csr_file: str, *, sealed: bool) -> tuple[str, str]:
    """The commands that make the same with openssl, for whoever cannot install anything.

    With `sealed` openssl asks for the password that the key is encrypted with.
    """
    kind, _, size = wish.key_type.partition(":")
    if kind == "rsa":
        algorithm = f"-algorithm RSA -pkeyopt rsa_keygen_bits:{size}"
    else:
        algorithm = f"-algorithm EC -pkeyopt ec_paramgen_curve:{size} -pkeyopt ec_param_enc:named_curve"
    parts = [f"/C={_escaped(wish.country)}", f"/O={_escaped(wish.organisation)}"]
    if common := common_name(wish.hosts):
        parts.append(f"/CN={_escaped(common)}")
    additions = [f"subjectAltName={','.join(f'DNS:{host}' for host in wish.hosts)}"]
    if wish.profile.key_usages.get("digitalSignature") == "REQUIRED":
        additions.append("keyUsage=critical,digitalSignature")
    if wished := required_usages(wish.profile):
        additions.append("extendedKeyUsage=" + ",".join(wished))
    extras = " ".join(f"-addext {shlex.quote(each)}" for each in additions)
    return (
        f"openssl genpkey {algorithm} {'-aes256 ' if sealed else ''}-out {shlex.quote(os.fspath(key_file))}",
        f"openssl req -new -sha256 -utf8 -key {shlex.quote(key_file)} -out {shlex.quote(csr_file)} "
        f"-subj {shlex.quote(''.join(parts))} {extras}",
    )


def _escaped(text: str) -> str:
    """For openssl's -subj, where a slash begins the next attribute and a plus joins two."""
    return text.replace("\\", "\\\\").replace("/", "\\/").replace("+", "\\+")
