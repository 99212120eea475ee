"""`dipper pfx`: every direction, opened by openssl and by Java, with keys for their owner alone."""

import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner, Result

from bot.cli.pfx import app
from tests.pki.conftest import Authority, issue, look, make_csr, rsa_key


@pytest.fixture
def folder(ca: Authority, tmp_path: Path) -> Path:
    key = ca.leaf.key
    files = {
        "k": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "k.der": key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        "k.sealed": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open")),
        "other": rsa_key(99).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "c": ca.leaf.pem,
        "bundle": ca.root.pem + ca.leaf.pem + ca.intermediate.pem,
        "i": ca.intermediate.pem,
        "r": ca.root.pem,
        "csr": make_csr(key=key),
        "p": b"sesame\n",
        "q": b"open\n",
        "junk": b"nothing",
    }
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [str(folder / each[1:]) if each.startswith("@") else each for each in arguments])


MAKE = ("make", "--key", "@k", "--cert", "@c", "--chain", "@i", "--chain", "@r", "--password-file", "@p", "--out", "@o")


@pytest.mark.parametrize("encoding", ["modern", "legacy"])
def test_a_pfx_is_made_shown_and_taken_apart_again(folder: Path, encoding: str, ca: Authority) -> None:
    assert run(folder, *MAKE, "--encoding", encoding).exit_code == 0
    assert stat.S_IMODE((folder / "o").stat().st_mode) == 0o600
    shown = json.loads(run(folder, "show", "@o", "--password-file", "@p", "--json").stdout)
    assert (shown["legacy"], shown["keys"], shown["key_fits"]) == (encoding == "legacy", ["RSA 2048"], [True])
    assert run(folder, "split", "@o", "--password-file", "@p", "--out", "@s").exit_code == 0
    assert stat.S_IMODE((folder / "s" / "key.pem").stat().st_mode) == 0o600
    parts = [(folder / "s" / part).read_bytes() for part in ("key.pem", "cert.pem", "chain.pem")]
    report = look(*parts)
    assert [each.belongs_to for each in report.items[:2]] == ["1", None]
    assert (folder / "s" / "cert.pem").read_bytes() == ca.leaf.pem


def test_the_bundle_that_came_with_the_certificate_may_be_given_as_it_is(folder: Path) -> None:
    arguments = ("make", "--key", "@k", "--cert", "@bundle", "--password-file", "@p", "--out", "@o", "--json")
    made = json.loads(run(folder, *arguments).stdout)
    assert [each.split(",")[0] for each in made["certificates"]] == [
        "CN=meter.northwind.example",
        "CN=Example Issuing 1",
        "CN=Example Root",
    ]


@pytest.mark.parametrize("key", [("@k.der",), ("@k.sealed", "--key-password-file", "@q")])
def test_keys_in_other_forms_do_too(folder: Path, key: tuple[str, ...]) -> None:
    arguments = ("make", "--key", *key, "--cert", "@c", "--password-file", "@p", "--out", "@o")
    assert run(folder, *arguments).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("make", "--key", "@other", "--cert", "@c", "--password-file", "@p", "--out", "@o"), 11),
        (("make", "--key", "@junk", "--cert", "@c", "--password-file", "@p", "--out", "@o"), 11),
        (("make", "--key", "@k.sealed", "--cert", "@c", "--password-file", "@p", "--out", "@o"), 11),
        (
            (
                "make",
                "--key",
                "@k.sealed",
                "--key-password-file",
                "@p",
                "--cert",
                "@c",
                "--password-file",
                "@p",
                "--out",
                "@o",
            ),
            11,
        ),
        (("make", "--key", "@k", "--cert", "@junk", "--password-file", "@p", "--out", "@o"), 11),
        (("make", "--key", "@k", "--cert", "@c", "--out", "@o"), 2),
        (("make", "--key", "@k", "--cert", "@c", "--password-file", "@p", "--out", "@c"), 2),
        (("make", "--key", "@k", "--cert", "@c", "--password-file", "@p", "--out", "@o", "--encoding", "odd"), 2),
        (("make", "--key", "@nothing", "--cert", "@c", "--password-file", "@p", "--out", "@o"), 2),
        (("show", "@junk"), 11),
        (("show", "@nothing"), 2),
        (("split", "@junk", "--out", "@s"), 11),
        (("convert", "@bundle", "--to", "der", "--out", "@o"), 11),
        (("convert", "@csr", "--to", "p7b", "--out", "@o"), 11),
        (("convert", "@junk", "--to", "pem", "--out", "@o"), 11),
        (("convert", "@k", "--to", "pem", "--out", "@o"), 11),
        (("convert", "@c", "--to", "odd", "--out", "@o"), 2),
        (("convert", "@c", "--to", "pem", "--out", "@i"), 2),
    ],
)
def test_bad_input_and_wrong_usage_have_their_codes_and_leave_nothing(
    folder: Path, arguments: tuple[str, ...], code: int
) -> None:
    result = run(folder, *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.strip()
    assert not (folder / "o").exists() and not (folder / "s").exists()


def test_a_wrong_password_is_told_from_a_damaged_file(folder: Path) -> None:
    run(folder, *MAKE)
    assert "password" in run(folder, "show", "@o", "--password-file", "@q").stderr
    (folder / "o").write_bytes((folder / "o").read_bytes()[:-30])
    assert "damaged" in run(folder, "show", "@o", "--password-file", "@p").stderr


@pytest.mark.parametrize("forms", [("pem", "p7b", "pem"), ("p7b", "p7b"), ("pem", "pem")])
def test_bundles_go_through_every_form_in_the_order_of_the_chain(
    folder: Path, forms: tuple[str, ...], ca: Authority
) -> None:
    source = "@bundle"
    for step, form in enumerate(forms):
        assert run(folder, "convert", source, "--to", form, "--out", f"@{step}").exit_code == 0
        source = f"@{step}"
    items = [each.item for each in look((folder / source[1:]).read_bytes()).items if each.item.kind == "certificate"]
    assert {item.der for item in items} == {ca.leaf.der, ca.intermediate.der, ca.root.der}
    if forms[-1] == "pem":
        assert [item.der for item in items] == [ca.leaf.der, ca.intermediate.der, ca.root.der]


def test_one_certificate_goes_to_der_and_back(folder: Path, ca: Authority) -> None:
    assert run(folder, "convert", "@c", "--to", "der", "--out", "@d").exit_code == 0
    assert (folder / "d").read_bytes() == ca.leaf.der
    assert run(folder, "convert", "@d", "--to", "pem", "--out", "@e").exit_code == 0
    assert (folder / "e").read_bytes() == ca.leaf.pem


@pytest.mark.lab
@pytest.mark.parametrize("encoding", ["modern", "legacy"])
def test_java_opens_what_we_make_and_we_open_what_java_makes(folder: Path, encoding: str) -> None:
    keytool = shutil.which("keytool")
    assert keytool, "install openjdk-17-jre-headless"
    run(folder, *MAKE, "--encoding", encoding)
    listed = subprocess.run(
        [keytool, "-list", "-v", "-keystore", "o", "-storetype", "PKCS12", "-storepass", "sesame"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "PrivateKeyEntry" in listed and "Certificate chain length: 3" in listed
    command = ["-importkeystore", "-srckeystore", "o", "-srcstoretype", "PKCS12", "-srcstorepass", "sesame"]
    target = ["-destkeystore", "j", "-deststoretype", "PKCS12", "-deststorepass", "sesame"]
    subprocess.run([keytool, *command, *target], cwd=folder, check=True, capture_output=True)
    shown = json.loads(run(folder, "show", "@j", "--password-file", "@p", "--json").stdout)
    assert (shown["keys"], shown["key_fits"], len(shown["certificates"])) == (["RSA 2048"], [True], 3)
    target = ["-destkeystore", "jks", "-deststoretype", "JKS", "-deststorepass", "sesame"]
    subprocess.run([keytool, *command, *target], cwd=folder, check=True, capture_output=True)
    assert [each.code for each in look((folder / "jks").read_bytes()).findings] == ["java-key-store"]


def test_openssl_opens_what_we_make(folder: Path) -> None:
    run(folder, *MAKE)
    command = ["openssl", "pkcs12", "-in", "o", "-passin", "pass:sesame", "-nodes"]
    shown = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    assert shown.count("BEGIN CERTIFICATE") == 3 and "PRIVATE KEY" in shown


@pytest.mark.parametrize(
    ("file", "words"), [("@c", "a certificate"), ("@csr", "a certificate request"), ("@k", "a private key")]
)
def test_what_is_no_pfx_is_named(folder: Path, file: str, words: str) -> None:
    result = run(folder, "show", file, "--password-file", "@p")
    assert result.exit_code == 11
    assert f"no PFX, but {words}" in result.stderr


def test_something_else_altogether_is_called_so_and_not_a_damaged_pfx(folder: Path) -> None:
    (folder / "z").write_bytes(b"PK\x03\x04" + bytes(100))
    assert "no PFX: a zip archive" in run(folder, "show", "@z", "--password-file", "@p").stderr


def test_what_to_do_about_a_password_is_said(folder: Path) -> None:
    run(folder, *MAKE)
    for arguments in (("show", "@o"), ("convert", "@o", "--to", "pem", "--out", "@x")):
        assert "give it with --password-file" in run(folder, *arguments).stderr
    assert "keyboard" in run(folder, "show", "@o", "--password-file", "@q").stderr


def test_a_stranger_in_the_chain_and_a_password_that_java_cannot_take_are_said(folder: Path) -> None:
    assert not run(folder, *MAKE).stderr
    (folder / "o").unlink()
    (folder / "stranger").write_bytes(issue("stranger.northwind.example").pem)
    (folder / "u").write_bytes("größe\n".encode())
    made = run(folder, *MAKE, "--chain", "@stranger", "--password-file", "@u")
    assert made.exit_code == 0
    assert "stranger.northwind.example) issued nothing in the chain" in made.stderr
    assert "ASCII" in made.stderr
    assert "größe" not in made.stderr


def test_a_key_is_taken_out_of_text_that_a_shell_or_an_editor_rewrote(folder: Path) -> None:
    plain = (folder / "k").read_text("ascii")
    for number, data in enumerate(
        (plain.encode("utf-16"), plain.replace("\n", "\r\n\r\n").encode(), b"> " + plain.encode())
    ):
        (folder / "odd").write_bytes(data)
        made = run(folder, "make", "--key", "@odd", "--cert", "@c", "--password-file", "@p", "--out", f"@o{number}")
        assert made.exit_code == 0, made.stderr


def test_a_sealed_key_beside_the_certificate_asks_for_one_password_only(folder: Path) -> None:
    (folder / "both").write_bytes((folder / "k.sealed").read_bytes() + (folder / "c").read_bytes())
    sealed = ("--key", "@both", "--cert", "@both", "--key-password-file", "@q")
    made = run(folder, "make", *sealed, "--password-file", "@p", "--out", "@o")
    assert made.exit_code == 0, made.stderr


def test_a_key_for_ssh_is_named(folder: Path) -> None:
    (folder / "ssh").write_bytes(rsa_key().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    refused = run(folder, "make", "--key", "@ssh", "--cert", "@c", "--password-file", "@p", "--out", "@o")
    assert (refused.exit_code, "SSH" in refused.stderr) == (11, True)


def test_a_point_that_is_written_short_fits_its_key(folder: Path) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", "e")  # with the parameters before it
    openssl("ec", "-in", "e", "-conv_form", "compressed", "-out", "short")
    openssl("req", "-x509", "-new", "-key", "short", "-subj", "/CN=a", "-out", "ec")
    made = run(folder, "make", "--key", "@e", "--cert", "@ec", "--password-file", "@p", "--out", "@o")
    assert made.exit_code == 0, made.stderr


@pytest.mark.lab
def test_a_second_key_is_not_dropped_in_silence(folder: Path) -> None:
    keytool = shutil.which("keytool")
    assert keytool, "install openjdk-17-jre-headless"
    for alias in ("a", "b"):
        options = ["-keyalg", "EC", "-dname", f"CN={alias}", "-storetype", "PKCS12", "-storepass", "sesame"]
        subprocess.run([keytool, "-genkeypair", "-alias", alias, *options, "-keystore", "two"], cwd=folder, check=True)
    for command in (("show", "@two"), ("split", "@two", "--out", "@parts")):
        assert "more than one private key" in run(folder, *command, "--password-file", "@p").stderr
