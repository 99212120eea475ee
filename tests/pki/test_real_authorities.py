"""Real authorities issue for our requests: what the engine calls acceptable they accept, and what it refuses they refuse."""

import base64
import json
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from engine.pki import NamedBytes, Profile, parse, shipped
from engine.pki.keys import Wish, make
from tests.pki.conftest import codes, der, ec_key, look, make_csr, name, pem, rsa_key
from tests.pki.test_csr_signature import swapped
from tests.pki.test_encoding import long_form

POLICY = """[ca]
default_ca = c
[c]
dir = .
new_certs_dir = .
database = index
serial = serial
certificate = ca.crt
private_key = ca.key
default_md = sha256
default_days = 90
policy = p
copy_extensions = copy
unique_subject = no
[p]
countryName = match
organizationName = supplied
organizationalUnitName = optional
commonName = supplied
"""
PROFILE = """{"subject_dn": {
 "country": {"presence": "STATIC", "format": "GB"},
 "organization": {"presence": "REQUIRED", "format": ""},
 "common_name": {"presence": "REQUIRED", "format": ""}}}"""


@pytest.fixture(scope="module")
def openssl_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`openssl ca` with a policy that the profile above words in HVCA's shape."""
    folder = tmp_path_factory.mktemp("openssl-ca")
    (folder / "conf").write_text(POLICY)
    (folder / "index").write_text("")
    (folder / "serial").write_text("1000\n")
    subject = ["-subj", "/C=GB/O=Example CA/CN=Example Root", "-days", "365"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt",
        *subject,
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def issued_by_openssl(folder: Path, request: bytes) -> bytes | None:
    (folder / "r").write_bytes(request)
    command = ["openssl", "ca", "-config", "conf", "-batch", "-notext", "-in", "r"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 and b"BEGIN CERTIFICATE" in done.stdout else None


TABLE = {
    "sound": make_csr(),
    "elliptic": make_csr(key=ec_key()),
    "several names": make_csr(sans=["meter.northwind.example", "b.northwind.example"]),
    "made by dipper csr": make(
        Wish(shipped("dual-purpose"), "Northwind Energy Ltd", "GB", ("meter.northwind.example",)), None
    ).csr,
    "tampered": pem(swapped(der(make_csr()), b"Northwind", b"Southwind")),
    "no organisation": make_csr(organisation=None),
    "no common name": make_csr(common_name=None),
    "another country": make_csr(country="IE"),
    "uk": make_csr(country="UK"),
    "unknown signature": pem(
        swapped(der(make_csr()), bytes.fromhex("06092a864886f70d01010b"), bytes.fromhex("06092a864886f70d01017e"))
    ),
    "damaged": b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
    "no request": b"Dear authority, please",
}


@pytest.mark.parametrize("case", TABLE)
def test_openssls_own_authority_agrees_with_the_engine(openssl_ca: Path, case: str) -> None:
    profile: Profile = parse(PROFILE, "openssl-ca")
    ours = look(TABLE[case], profile=profile)
    certificate = issued_by_openssl(openssl_ca, TABLE[case])
    assert (certificate is not None) == (ours.verdict == "good"), ours.findings
    if certificate is not None:
        assert not codes(TABLE[case], certificate) & {
            "names-dropped",
            "names-added",
            "key-mismatch",
            "certificate-tampered",
        }


class Acme:
    """Just enough of RFC 8555 to order a certificate from pebble, which takes every challenge for passed."""

    def __init__(self, directory: str, ca_file: Path) -> None:
        self.context = ssl.create_default_context(cafile=str(ca_file))
        self.context.check_hostname = False
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.account: str | None = None
        self.urls = self._get(directory)
        self.nonce = self._open(
            urllib.request.Request(self.urls["newNonce"], method="HEAD")  # noqa: S310  of our own server
        ).headers["Replay-Nonce"]
        self.account = self.post("newAccount", {"termsOfServiceAgreed": True}).headers["Location"]

    def _open(self, request: Any) -> Any:
        return urllib.request.urlopen(request, context=self.context, timeout=10)  # noqa: S310  our own server

    def _get(self, url: str) -> Any:
        return json.load(self._open(url))

    def post(self, url: str, payload: object) -> Any:
        url = self.urls.get(url, url)
        numbers = self.key.public_key().public_numbers()
        jwk = {
            "crv": "P-256",
            "kty": "EC",
            "x": _b64(numbers.x.to_bytes(32, "big")),
            "y": _b64(numbers.y.to_bytes(32, "big")),
        }
        head = {"alg": "ES256", "nonce": self.nonce, "url": url} | (
            {"kid": self.account} if self.account else {"jwk": jwk}
        )
        protected = _b64(json.dumps(head).encode())
        body = _b64(json.dumps(payload).encode()) if payload is not None else ""
        r, s = decode_dss_signature(self.key.sign(f"{protected}.{body}".encode(), ec.ECDSA(SHA256())))
        signature = _b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        data = json.dumps({"protected": protected, "payload": body, "signature": signature}).encode()
        headers = {"Content-Type": "application/jose+json"}
        try:
            answer = self._open(urllib.request.Request(url, data, headers))  # noqa: S310  our own server
        except urllib.error.HTTPError as refused:
            self.nonce = refused.headers.get("Replay-Nonce", self.nonce)
            raise
        self.nonce = answer.headers.get("Replay-Nonce", self.nonce)
        return answer

    def order(self, hosts: list[str], request: bytes) -> bytes | None:
        """The chain in PEM; None if the request is refused."""
        placed = self.post("newOrder", {"identifiers": [{"type": "dns", "value": host} for host in hosts]})
        where, order = placed.headers["Location"], json.load(placed)
        for authorization in order["authorizations"]:
            found = json.load(self.post(authorization, None))
            if found["status"] == "pending":  # else it was proved for an earlier order
                self.post(found["challenges"][0]["url"], {})
            self._until(authorization, {"valid"})
        self._until(where, {"ready"})
        try:
            self.post(order["finalize"], {"csr": _b64(request)})
        except urllib.error.HTTPError:
            return None
        done = self._until(where, {"valid", "invalid"})
        return self.post(done["certificate"], None).read() if done["status"] == "valid" else None  # type: ignore[no-any-return]

    def _until(self, url: str, states: set[str]) -> Any:
        tick = threading.Event()
        for _ in range(100):
            found = json.load(self.post(url, None))
            if found["status"] in states:
                return found
            tick.wait(0.05)
        raise AssertionError(f"{url} did not become {states}")


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def pebble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acme]:
    """Debian's pebble, the authority that ACME clients are tested with."""
    program = shutil.which("pebble")
    assert program, "install pebble"
    folder = tmp_path_factory.mktemp("pebble")
    key = rsa_key(70)
    own = (
        x509.CertificateBuilder().subject_name(name("pebble")).issuer_name(name("pebble")).public_key(key.public_key())
    )
    own = own.serial_number(1).not_valid_before(_day(-1)).not_valid_after(_day(30))
    own = own.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
    (folder / "c").write_bytes(own.sign(key, SHA256()).public_bytes(Encoding.PEM))
    (folder / "k").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    ports = [_free() for _ in range(4)]
    settings = {
        "listenAddress": f"127.0.0.1:{ports[0]}",
        "managementListenAddress": f"127.0.0.1:{ports[1]}",
        "certificate": str(folder / "c"),
        "privateKey": str(folder / "k"),
        "httpPort": ports[2],
        "tlsPort": ports[3],
    }
    (folder / "conf").write_text(json.dumps({"pebble": settings}))
    environment = {
        "PEBBLE_VA_ALWAYS_VALID": "1",
        "PEBBLE_VA_NOSLEEP": "1",
        "PEBBLE_WFE_NONCEREJECT": "0",
        "PATH": "/usr/bin",
    }
    log = (folder / "log").open("wb")
    running = subprocess.Popen([program, "-config", str(folder / "conf")], env=environment, stdout=log, stderr=log)
    try:
        _wait_for(ports[0], running)
        yield Acme(f"https://127.0.0.1:{ports[0]}/dir", folder / "c")
    finally:
        running.terminate()
        running.wait()
        log.close()


def _day(days: int) -> Any:
    from datetime import UTC, datetime, timedelta

    return datetime.now(UTC) + timedelta(days=days)


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    tick = threading.Event()
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert running.poll() is None, "pebble did not start"
        tick.wait(0.02)
    raise AssertionError("pebble did not listen")


HOST = "meter.northwind.example"
POINT = ec_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
WITHOUT_SIGNATURES = frozenset({"tampered", "unknown signature", "an old hash"})
"""What an old pebble (2.4, as Debian 12 has it) takes, since it checks no signature of a request; 2.6 refuses them as we do."""
OTHERWISE_WITH_PEBBLE = {
    "a short key": "pebble takes any length that Go reads; the Baseline Requirements 6.1.5 ask for 2048 bits",
    "a short curve": "as the short key; P-256 is the least",
    "an authority": "pebble makes the extensions of the certificate itself and does not look at those asked for",
    "a common name alone": "pebble takes alternative names only; GlobalSign takes neither, but those of its own request",
}
"""Where pebble, which is made for testing ACME clients, decides otherwise than the engine, and why."""
ORDERS = {
    "sound": make_csr(),
    "elliptic": make_csr(key=ec_key()),
    "in capitals": make_csr(HOST.upper(), [HOST.upper()]),
    "made by dipper csr": TABLE["made by dipper csr"],
    "tampered": TABLE["tampered"],
    "another name": make_csr("other.evil.example", ["other.evil.example"]),
    "a name too many": make_csr(HOST, [HOST, "other.evil.example"]),
    "a wildcard too many": make_csr(HOST, [HOST, f"*.{HOST.partition('.')[2]}"]),
    "a common name alone": make_csr(HOST, None),
    "a trailing dot": make_csr(HOST, [f"{HOST}."]),
    "a short key": make_csr(key=rsa.generate_private_key(65537, 1024)),  # noqa: S505  too short on purpose
    "a short curve": make_csr(key=ec.generate_private_key(ec.SECP224R1())),
    "a curve that nobody takes": make_csr(key=ec.generate_private_key(ec.BrainpoolP256R1())),
    "a point off the curve": pem(swapped(der(make_csr(key=ec_key())), POINT, POINT[:-1] + bytes([POINT[-1] ^ 1]))),
    "unknown signature": TABLE["unknown signature"],
    "an old hash": pem(
        swapped(der(make_csr()), bytes.fromhex("06092a864886f70d01010b"), bytes.fromhex("06092a864886f70d010105"))
    ),
    "an authority": make_csr(extensions=[(x509.BasicConstraints(True, None), True)]),
    "bytes behind the end": pem(der(make_csr()) + b"\x01\x02\x03"),
    "a length too long": pem(long_form(der(make_csr()))),
    "text in no encoding": pem(swapped(der(make_csr()), b"Northwind Energy Ltd", b"N\xf6rthwind Energy Ltd")),
}


def otherwise_with_this_pebble() -> frozenset[str]:
    """Pebble tells its version only since it checks signatures."""
    asked = subprocess.run(["pebble", "-version"], capture_output=True, timeout=60, check=False)
    return frozenset(OTHERWISE_WITH_PEBBLE) | (frozenset() if asked.returncode == 0 else WITHOUT_SIGNATURES)


@pytest.mark.lab
@pytest.mark.parametrize("case", ORDERS)
def test_pebble_agrees_with_the_engine(pebble: Acme, case: str) -> None:
    request = ORDERS[case]
    ours = look(request, domains=(HOST,))
    chain = pebble.order([HOST], der(request))
    agreed = (chain is not None) == (ours.verdict == "good")
    assert agreed == (case not in otherwise_with_this_pebble()), ours.findings
    if chain is not None and agreed:
        report = look(request, chain, now=_day(0), host=HOST, usage="server")
        assert report.verdict == "good", report.findings
        assert report.chain is not None and len(report.chain.order) == 2


@pytest.mark.lab
def test_pebble_takes_no_key_that_has_another_role_and_the_engine_says_so(pebble: Acme) -> None:
    request = make_csr(key=pebble.key)
    numbers = pebble.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert pebble.order([HOST], der(request)) is None
    assert codes(request, known=(NamedBytes("account", numbers),)) == {"key-used-again"}
