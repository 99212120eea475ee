"""PFX, PKCS#7, key stores and whatever else is dropped on us."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from engine.pki import Password
from engine.pki.pfx import make_pfx, open_pfx
from tests.pki.conftest import Authority, codes, look, rsa_key

SESAME = Password(b"sesame")
SOUND: set[str] = set()


@pytest.fixture(scope="module")
def folder(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The leaf, its key and chain as files for openssl."""
    made = tmp_path_factory.mktemp("pfx")
    (made / "c").write_bytes(ca.leaf.pem)
    (made / "k").write_bytes(ca.leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (made / "ch").write_bytes(ca.intermediate.pem)
    return made


def openssl(folder: Path, *options: str) -> bytes:
    command = ["openssl", "pkcs12", "-export", "-in", "c", *options]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


WITH_KEY = ("-inkey", "k", "-certfile", "ch")


def modern(folder: Path) -> bytes:
    return openssl(folder, *WITH_KEY, "-passout", "pass:sesame")


@pytest.mark.parametrize(
    ("options", "password", "expected"),
    [
        (("-passout", "pass:sesame"), SESAME, set()),
        (("-passout", "pass:sesame"), Password(b"Sesame"), {"wrong-password"}),
        (("-passout", "pass:sesame"), Password(b"sesame\r"), {"wrong-password"}),
        (("-passout", "pass:sesame"), None, {"password-needed"}),
        (("-passout", "pass:"), None, {"empty-or-absent-password"}),
        (("-passout", "pass:"), Password(b""), {"empty-or-absent-password"}),
        (("-passout", "pass:", "-keypbe", "NONE", "-certpbe", "NONE", "-nomac"), None, {"empty-or-absent-password"}),
        (("-passout", "pass:"), SESAME, {"wrong-password"}),
        (("-passout", "pass:sesame", "-legacy"), SESAME, {"legacy-encryption"}),
        (
            ("-passout", "pass:sesame", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"),
            SESAME,
            {"legacy-encryption"},
        ),
        (("-passout", "pass:sesame", "-macalg", "sha512"), SESAME, set()),
        (("-passout", "pass:sesame", "-keypbe", "NONE", "-certpbe", "NONE"), SESAME, set()),
        (("-passout", "pass:s\u00e9same"), Password("s\u00e9same".encode()), set()),
    ],
)
def test_each_way_in_which_a_pfx_opens_or_does_not_is_told(
    folder: Path, options: tuple[str, ...], password: Password | None, expected: set[str]
) -> None:
    assert codes(openssl(folder, *WITH_KEY, *options), password=password) == expected


def test_what_is_missing_in_a_pfx_is_told(folder: Path, ca: Authority) -> None:
    assert codes(openssl(folder, "-inkey", "k", "-passout", "pass:sesame"), password=SESAME) == {"no-chain"}
    assert "no-key" in codes(openssl(folder, "-nokeys", "-passout", "pass:sesame"), password=SESAME)
    key_alone = serialize_key_and_certificates(b"k", ca.leaf.key, None, None, BestAvailableEncryption(b"sesame"))
    assert "no-certificate" in codes(key_alone, password=SESAME)


def test_a_pfx_that_was_cut_is_damaged_and_not_locked(folder: Path) -> None:
    data = modern(folder)
    for size in (20, len(data) // 2, len(data) - 1):
        assert codes(data[:size], password=SESAME) & {"damaged-file"}, size


def test_a_pfx_in_base64_is_read_too(folder: Path) -> None:
    import base64

    report = look(base64.encodebytes(modern(folder)), password=SESAME)
    assert {"pkcs12", "private_key", "certificate"} <= {each.item.kind for each in report.items}


def test_our_own_pfx_files_are_opened_by_openssl_in_both_encodings(ca: Authority, tmp_path: Path) -> None:
    for legacy in (False, True):
        data = make_pfx(ca.leaf.key, ca.leaf.certificate, [ca.intermediate.certificate], b"sesame", legacy, "dip")
        (tmp_path / "p").write_bytes(data)
        command = [
            "openssl",
            "pkcs12",
            "-in",
            "p",
            "-passin",
            "pass:sesame",
            "-nokeys",
            *(["-legacy"] if legacy else []),
        ]
        shown = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
        assert shown.count("BEGIN CERTIFICATE") == 2
        opened = open_pfx(data, b"sesame")
        assert (opened.problem, len(opened.keys), len(opened.certificates), opened.friendly_name) == (None, 1, 2, "dip")


def test_a_pfx_without_a_password_is_not_made(ca: Authority) -> None:
    with pytest.raises(ValueError, match="password"):
        make_pfx(ca.leaf.key, ca.leaf.certificate, [], b"", False, "dip")


def test_a_mac_with_absurdly_many_rounds_does_not_hold_us_up(folder: Path) -> None:
    data = openssl(folder, *WITH_KEY, "-passout", "pass:sesame", "-iter", "3000")
    assert data[-4:] == b"\x02\x02\x0b\xb8"
    assert codes(data[:-4] + b"\x02\x02\x7f\xff", password=SESAME) == {"wrong-password"}


def sealed(form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return rsa_key().private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"sesame"))


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_sealed_key_opens_with_its_password_only(form: PrivateFormat) -> None:
    assert codes(sealed(form), password=SESAME) == set()
    assert codes(sealed(form), password=Password(b"open")) == {"wrong-password"}
    assert codes(sealed(form)) == {"password-needed"}
    assert look(sealed(form)).verdict == "unknown"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-of-this-trade"),
        (b"\r\n  \n", "not-of-this-trade"),
        (b"PK\x03\x04" + bytes(100), "not-of-this-trade"),
        (b"%PDF-1.7\n" + bytes(100), "not-of-this-trade"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "not-of-this-trade"),
        (b"Dear colleague, the certificate is attached.", "not-of-this-trade"),
        (b"x" * (9 * 1024 * 1024), "not-of-this-trade"),
        (b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "damaged-file"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "damaged-file"),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02", "java-key-store"),
        (rsa_key().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH), "ssh-key"),
        (rsa_key().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()), "ssh-key"),
        (b"PuTTY-User-Key-File-3: ssh-rsa\n", "key-format-not-read"),
    ],
)
def test_what_is_something_else_is_called_by_its_name(data: bytes, code: str) -> None:
    assert codes(data) == {code}


def test_a_bundle_of_pkcs7_is_opened_in_every_dress(ca: Authority) -> None:
    certificates = [ca.leaf.certificate, ca.intermediate.certificate]
    for encoding in (Encoding.DER, Encoding.PEM):
        report = look(pkcs7.serialize_certificates(certificates, encoding))
        assert [each.item.kind for each in report.items] == ["pkcs7", "certificate", "certificate"]
        assert report.findings == ()


@pytest.mark.lab
def test_two_keys_in_one_file_of_java_are_reported(tmp_path: Path) -> None:
    keytool = shutil.which("keytool")
    assert keytool, "install openjdk-17-jre-headless"
    for alias in ("one", "two"):
        store = ["-keystore", "s", "-storetype", "PKCS12", "-storepass", "sesame"]
        command = [
            keytool,
            "-genkeypair",
            "-alias",
            alias,
            "-keyalg",
            "RSA",
            "-keysize",
            "2048",
            "-dname",
            f"CN={alias}",
            *store,
        ]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert "several-keys" in codes((tmp_path / "s").read_bytes(), password=SESAME)


def test_a_kind_of_key_that_nobody_here_knows_is_not_supported(tmp_path: Path) -> None:
    command = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2"]
    made = subprocess.run(command, check=True, capture_output=True).stdout
    assert codes(made) == {"not-supported"}


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 an archive", b"%PDF-1.7", b"good morning", b"-----BEGIN CERTIFICATE-----\nMIIB"]
)
def test_where_nothing_is_recognised_the_answer_is_unknown_and_no_error(data: bytes) -> None:
    report = look(data)
    assert report.verdict == "unknown"
    assert {finding.class_ for finding in report.findings} == {"C14"}
    assert {finding.severity for finding in report.findings} == {"warning"}


def test_something_strange_beside_a_certificate_is_an_error(ca: Authority) -> None:
    report = look(ca.leaf.pem, b"%PDF-1.7")
    assert (report.verdict, codes(ca.leaf.pem, b"%PDF-1.7")) == ("bad", {"not-of-this-trade"})
