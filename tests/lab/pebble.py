"""Pebble as a real CA that validates by dns-01, and the little of an ACME client (RFC 8555) that asks it to."""

import base64
import hashlib
import json
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from lab.servers import Process, tool

VALIDATION_SECONDS = 60.0
PREFIX = "_acme-challenge"


@dataclass
class Pebble(Process):
    """A CA that resolves names through one resolver, at once and with every good nonce accepted."""

    resolver: str = ""
    management: str = ""

    def command(self) -> list[str]:
        _write_certificate(self.folder, self.address)
        settings = {
            "pebble": {
                "listenAddress": f"{self.address}:{self.port}",
                "managementListenAddress": self.management,
                "certificate": str(self.folder / "cert.pem"),
                "privateKey": str(self.folder / "key.pem"),
                "httpPort": 5002,
                "tlsPort": 5001,
                "ocspResponderURL": "",
                "externalAccountBindingRequired": False,
            }
        }
        (self.folder / "config.json").write_text(json.dumps(settings), "utf-8")
        quick = ["PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", "PEBBLE_AUTHZREUSE=0"]
        program = [tool("pebble"), "-config", str(self.folder / "config.json"), "-dnsserver", self.resolver]
        return ["/usr/bin/env", *quick, *program]

    @property
    def directory(self) -> str:
        """The address of its ACME directory."""
        return f"https://{self.address}:{self.port}/dir"

    def context(self) -> ssl.SSLContext:
        """Trust in its certificate, and in nothing else."""
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.directory, context=self.context(), timeout=1) as answer:  # noqa: S310  # ours
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _write_certificate(folder: Any, address: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the lab's CA")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the CA wants to see: this TXT value at `_acme-challenge` below the domain."""

    domain: str
    value: str
    url: str
    authorisation: str


@dataclass
class Client:
    """An account at the CA."""

    ca: Pebble
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _urls: dict[str, str] = field(default_factory=dict)
    _account: str = ""
    _nonce: str = ""

    def register(self) -> None:
        """Makes the account."""
        with urllib.request.urlopen(self.ca.directory, context=self.ca.context(), timeout=10) as answer:  # noqa: S310  # ours
            self._urls = json.load(answer)
        _, headers = self._post(self._urls["newAccount"], {"termsOfServiceAgreed": True})
        self._account = headers["Location"]

    def order(self, domain: str) -> Challenge:
        """Orders a certificate for a domain and gives the dns-01 challenge."""
        order, _ = self._post(self._urls["newOrder"], {"identifiers": [{"type": "dns", "value": domain}]})
        [authorisation] = order["authorizations"]
        found, _ = self._post(authorisation, None)
        challenge = next(each for each in found["challenges"] if each["type"] == "dns-01")
        thumbprint = _b64(
            hashlib.sha256(json.dumps(self._jwk(), separators=(",", ":"), sort_keys=True).encode()).digest()
        )
        value = _b64(hashlib.sha256(f"{challenge['token']}.{thumbprint}".encode()).digest())
        return Challenge(domain, value, challenge["url"], authorisation)

    def submit(self, challenge: Challenge) -> None:
        """Asks the CA to look now."""
        self._post(challenge.url, {})

    def accepted(self, challenge: Challenge) -> tuple[bool, str]:
        """Waits for the result: whether the CA saw the value, and what it says if not."""
        deadline = time.monotonic() + VALIDATION_SECONDS
        while time.monotonic() < deadline:
            found, _ = self._post(challenge.authorisation, None)
            if found["status"] != "pending":
                errors = [each["error"]["detail"] for each in found["challenges"] if "error" in each]
                return found["status"] == "valid", "; ".join(errors)
        raise RuntimeError(f"the CA has not looked at {challenge.domain}:\n{self.ca.log()}")

    def _post(self, url: str, payload: dict[str, Any] | None) -> tuple[dict[str, Any], Any]:
        if not self._nonce:
            head = urllib.request.Request(self._urls["newNonce"], method="HEAD")  # noqa: S310  # the lab's own CA
            with urllib.request.urlopen(head, context=self.ca.context(), timeout=10) as answer:  # noqa: S310  # ours
                self._nonce = answer.headers["Replay-Nonce"]
        identity = {"kid": self._account} if self._account else {"jwk": self._jwk()}
        protected = _b64(json.dumps({"alg": "ES256", "nonce": self._nonce, "url": url, **identity}).encode())
        body = _b64(json.dumps(payload).encode()) if payload is not None else ""
        r, s = decode_dss_signature(self._key.sign(f"{protected}.{body}".encode(), ec.ECDSA(hashes.SHA256())))
        signed = {
            "protected": protected,
            "payload": body,
            "signature": _b64(r.to_bytes(32, "big") + s.to_bytes(32, "big")),
        }
        request = urllib.request.Request(  # noqa: S310  # the lab's own CA
            url, json.dumps(signed).encode(), {"Content-Type": "application/jose+json"}
        )
        try:
            with urllib.request.urlopen(request, context=self.ca.context(), timeout=10) as answer:  # noqa: S310  # ours
                self._nonce = answer.headers["Replay-Nonce"]
                return json.load(answer), answer.headers
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"the CA refuses {url}: {error.read().decode()}") from error

    def _jwk(self) -> dict[str, str]:
        numbers = self._key.public_key().public_numbers()
        x, y = (_b64(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
