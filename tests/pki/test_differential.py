"""Every verdict beside OpenSSL's, over public and generated material; where they differ, the reason is listed here.

Public material: the test vectors of the `cryptography` package, among them NIST's path validation suite (PKITS).
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509

from engine.pki import NamedBytes
from engine.pki.asn1 import Malformed
from engine.pki.facts import Certificate, read_certificate
from engine.pki.read.text import armour
from tests.pki.conftest import CLIENT, NOW, SERVER, Issued, authority, codes, ec_key, issue, look

VECTORS = Path(cryptography_vectors.__file__).parent
REQUESTS = sorted((VECTORS / "x509" / "requests").iterdir())
pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")

DIFFERENT_REQUESTS = {
    "rsa_md4.der": "OpenSSL 3 has MD4 in its legacy provider only and fails; we say that the hash is weak",
    "rsa_md4.pem": "as above",
    "bad-version.pem": "OpenSSL checks the signature alone; we report the version",
    "zero-element-attribute.pem": "OpenSSL checks the signature alone; an attribute without a value is left alone by us too",
}


def openssl(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=False)


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.name)
def test_the_signature_of_every_public_request_is_judged_as_openssl_does(path: Path) -> None:
    data = path.read_bytes()
    form = "PEM" if b"-----BEGIN" in data else "DER"
    theirs = openssl("req", "-verify", "-noout", "-inform", form, data=data)
    accepted = b"verify OK" in theirs.stderr + theirs.stdout
    item = look(data).items[0]
    if path.name in DIFFERENT_REQUESTS:
        assert item.item.kind == "csr"
    else:
        assert accepted == (item.signature in {"valid", "weak"}), theirs.stderr


DIFFERENT_CERTIFICATES = {
    "badasn1time.pem": "its end is no time; OpenSSL prints `Bad time value`, we call the file damaged"
}
LAST_SECOND = "at its last second"
"""OpenSSL takes the end itself for over; RFC 5280 section 4.1.2.5 has the validity include both ends, and so have we."""

CERTIFICATES = sorted(
    path
    for path in (VECTORS / "x509").rglob("*.pem")
    if "requests" not in path.parts and "PKITS_data" not in path.parts
)


def test_what_is_read_from_every_public_certificate_is_what_openssl_reads() -> None:
    compared = 0
    for path in CERTIFICATES:
        data = path.read_bytes()
        theirs = openssl(
            "x509", "-noout", "-serial", "-enddate", "-dateopt", "iso_8601", "-fingerprint", "-sha256", data=data
        )
        ours = [item.item for item in look(data).items if item.item.kind == "certificate"]
        if theirs.returncode:
            continue
        if path.name in DIFFERENT_CERTIFICATES:
            assert codes(data) == {"damaged-file"}
            continue
        assert ours, path.name
        value = ours[0].value
        assert isinstance(value, Certificate)
        lines = dict(line.split("=", 1) for line in theirs.stdout.decode().splitlines() if "=" in line)
        assert lines["serial"] == value.serial_hex, path.name
        assert lines["notAfter"] == value.not_after.strftime("%Y-%m-%d %H:%M:%SZ"), path.name
        digest = lines["sha256 Fingerprint"].replace(":", "").lower()
        assert digest == __import__("hashlib").sha256(value.der).hexdigest(), path.name
        compared += 1
    assert compared > 60


PKITS = VECTORS / "x509" / "PKITS_data" / "certs"
ABOUT_PATHS = {
    "untrusted",
    "issuer-missing",
    "rotated-issuer",
    "issuer-expired",
    "issuer-is-no-authority",
    "path-too-long",
    "name-constraint",
    "unknown-critical-extension",
    "expired",
    "not-yet-valid",
    "certificate-tampered",
    "algorithms-differ",
    "validity-reversed",
}


@dataclass(frozen=True)
class Suite:
    anchor: Certificate
    certificates: dict[str, Certificate]

    def above(self, start: Certificate) -> dict[str, Certificate]:
        """Everything that could stand above a certificate, by name alone."""
        found: dict[str, Certificate] = {}
        names = [start.issuer.raw]
        while names:
            name = names.pop()
            for file, each in self.certificates.items():
                fits = each.subject.raw == name and file not in found and not file.endswith("EE.crt")
                if fits and each.der not in (self.anchor.der, start.der):
                    found[file] = each
                    names.append(each.issuer.raw)
        return found


@pytest.fixture(scope="module")
def suite() -> Suite:
    certificates = {path.name: read_certificate(path.read_bytes()) for path in sorted(PKITS.glob("*.crt"))}
    return Suite(certificates["TrustAnchorRootCertificate.crt"], certificates)


def verified(folder: Path, anchors: bytes, untrusted: bytes, leaf: bytes, *more: str) -> bool:
    for name, data in (("anchors", anchors), ("untrusted", untrusted or b"\n"), ("leaf", leaf)):
        (folder / name).write_bytes(data)
    files = ["-CAfile", str(folder / "anchors"), *(["-untrusted", str(folder / "untrusted")] if untrusted else [])]
    limits = ["-no-CApath", "-no-CAstore", "-auth_level", "0", "-attime", str(int(NOW.timestamp()))]
    return openssl("verify", *files, *limits, *more, str(folder / "leaf")).returncode == 0


def test_every_path_of_nists_suite_is_judged_as_openssl_does(suite: Suite, tmp_path: Path) -> None:
    compared = 0
    for file, leaf in suite.certificates.items():
        if not file.endswith("EE.crt"):
            continue
        above = suite.above(leaf)
        untrusted = b"".join(armour(each.der, "CERTIFICATE") for each in above.values())
        theirs = verified(tmp_path, armour(suite.anchor.der, "CERTIFICATE"), untrusted, armour(leaf.der, "CERTIFICATE"))
        given = [leaf.der, *(each.der for each in above.values())]
        found = look(*given, trust=(NamedBytes("anchor", suite.anchor.der),)).findings
        ours = {each.code for each in found if each.severity == "error" and each.code in ABOUT_PATHS}
        assert theirs == (not ours), (file, ours)
        compared += 1
    assert compared > 200


def bundles() -> Iterator[tuple[str, list[Issued], list[Issued], list[str], dict[str, object]]]:
    """Generated: a name, the chain, the anchors, options of openssl verify, the same for us."""
    day = timedelta(days=1)
    far = NOW + 3650 * day
    ca = authority()
    sound = [ca.leaf, ca.intermediate]
    yield "sound", sound, [ca.root], [], {}
    yield "no anchor", sound, [issue("Other", ca=True)], [], {}
    yield "no intermediate", [ca.leaf], [ca.root], [], {}
    for usage, purpose in ((CLIENT, "sslclient"), (SERVER, "sslserver")):
        for wanted in ("sslclient", "sslserver"):
            leaf = issue(issuer=ca.intermediate, usages=[usage])
            yield (
                f"{purpose} for {wanted}",
                [leaf, ca.intermediate],
                [ca.root],
                ["-purpose", wanted],
                {"usage": wanted[3:]},
            )
    for host in ("meter.northwind.example", "other.northwind.example"):
        yield f"host {host}", sound, [ca.root], ["-verify_hostname", host], {"host": host}
    for start, end in ((-30, -1), (1, 30), (-1, 30)):
        leaf = issue(issuer=ca.intermediate, not_before=NOW + start * day, not_after=NOW + end * day)
        yield f"from day {start} to {end}", [leaf, ca.intermediate], [ca.root], [], {}
    last_second = issue(issuer=ca.intermediate, not_before=NOW - day, not_after=NOW)
    yield LAST_SECOND, [last_second, ca.intermediate], [ca.root], [], {}
    limited = issue("Limited", ca=True, key=ec_key(50), issuer=ca.root, not_after=far, path_length=0)
    under = issue("Under", ca=True, key=ec_key(51), issuer=limited, not_after=far)
    yield "path length", [issue(issuer=under), under, limited], [ca.root], [], {}
    for permitted in ("northwind.example", "southwind.example"):
        extension = (x509.NameConstraints([x509.DNSName(permitted)], None), True)
        bound = issue("Bound", ca=True, key=ec_key(52), issuer=ca.root, not_after=far, extensions=[extension])
        yield f"constraint {permitted}", [issue(issuer=bound), bound], [ca.root], [], {}


@pytest.mark.parametrize("case", list(bundles()), ids=lambda case: case[0])
def test_generated_chains_are_judged_as_openssl_does(
    case: tuple[str, list[Issued], list[Issued], list[str], dict[str, object]], tmp_path: Path
) -> None:
    name, chain, anchors, options, context = case
    theirs = verified(
        tmp_path,
        b"".join(each.pem for each in anchors),
        b"".join(each.pem for each in chain[1:]),
        chain[0].pem,
        *options,
    )
    report = look(
        *(each.pem for each in chain), trust=tuple(NamedBytes("anchor", each.pem) for each in anchors), **context
    )
    ours = report.verdict == "good"
    assert theirs == ours or (name == LAST_SECOND and ours), report.findings


PFX = sorted((VECTORS / "pkcs12").glob("*.p12"))
PASSWORDS = (b"cryptography", b"password", b"changeit", b"", None)


@pytest.mark.parametrize("path", PFX, ids=lambda path: path.name)
def test_every_public_pfx_opens_with_the_passwords_that_openssl_opens_it_with(path: Path) -> None:
    from engine.pki.pfx import open_pfx

    data = path.read_bytes()
    for password in PASSWORDS:
        text = (password or b"").decode()
        theirs = openssl("pkcs12", "-legacy", "-nodes", "-in", str(path), "-passin", f"pass:{text}").returncode == 0
        ours = open_pfx(data, password).problem
        if password:
            assert theirs == (ours is None), (path.name, password, ours)
        elif theirs:
            assert ours in (None, "empty-or-absent-password"), (path.name, password, ours)
        else:
            assert ours is not None, (path.name, password)


def test_certificates_that_are_none_are_told_from_those_that_are() -> None:
    with pytest.raises(Malformed):
        read_certificate(b"\x30\x03\x02\x01\x00")
    assert codes(authority().leaf.pem) == set()
