"""No sixteen bytes of a private key or password, in any encoding, in anything that comes out: output, logs, reports, errors."""

import base64
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from typer import Typer
from typer.testing import CliRunner

from bot.cli.check_cert import check_cert
from bot.cli.csr import csr
from bot.cli.pfx import app as pfx_app
from engine.pki import Context, NamedBytes, Password, inspect, to_json
from engine.pki.keys import Made, Wish, make
from engine.pki.pfx import make_pfx, open_pfx
from engine.pki.secrets import find_secret
from tests.pki.conftest import NOW, authority, ec_key, make_csr
from tests.pki.leaking import Secrets, private_numbers

PASSWORD = b"correct-horse-battery-staple-4711"
WRONG = b"Tr0ub4dor-and-3-more-characters"
CA = authority()
SECRETS = Secrets([*private_numbers(CA.leaf.key), *private_numbers(ec_key()), PASSWORD, WRONG])
leaks = SECRETS.found_in


def written(
    form: PrivateFormat = PrivateFormat.PKCS8, encoding: Encoding = Encoding.PEM, sealed: bool = False
) -> bytes:
    return CA.leaf.key.private_bytes(encoding, form, BestAvailableEncryption(PASSWORD) if sealed else NoEncryption())


PFX = make_pfx(CA.leaf.key, CA.leaf.certificate, [CA.intermediate.certificate], PASSWORD, False, "dip")
INPUTS = {
    "pkcs8": written(),
    "pkcs1": written(PrivateFormat.TraditionalOpenSSL),
    "der": written(encoding=Encoding.DER),
    "openssh": written(PrivateFormat.OpenSSH),
    "ec": ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    "sealed": written(sealed=True),
    "pfx": PFX,
    "base64": base64.b64encode(written(encoding=Encoding.DER)),
    "base64 of pem": base64.b64encode(written()),
    "utf-16": written().decode().encode("utf-16"),
    "key beside request": written() + make_csr(key=CA.leaf.key),
    "cut": written()[:700],
    "changed": written().replace(b"A", b"B", 3),
    "wrong label": written().replace(b"PRIVATE KEY", b"CERTIFICATE"),
    "label of a request": written().replace(b"PRIVATE KEY", b"CERTIFICATE REQUEST"),
    "no end": written().split(b"-----END")[0],
    "password in a text": b"the password is " + PASSWORD,
    "cut der": written(encoding=Encoding.DER)[:900],
    "cut pfx": PFX[:-40],
}


def test_the_test_itself_finds_a_leak() -> None:
    for text in (
        written().decode(),
        written(encoding=Encoding.DER).hex(),
        repr(written(encoding=Encoding.DER)),
        PASSWORD.decode(),
    ):
        assert leaks(text)
    assert not leaks(CA.leaf.pem.decode() + make_csr(key=CA.leaf.key).decode())


@pytest.mark.parametrize("place", ["chat", "machine"])
@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS.keys())
def test_no_report_log_or_error_holds_any_of_it(
    data: bytes, place: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for password in (None, PASSWORD, WRONG):
        context = Context(place=place, password=Password(password) if password else None)  # type: ignore[arg-type]
        named = NamedBytes("file", data)
        report = inspect([named], context, NOW)
        said += [json.dumps(to_json(report)), repr(report), repr(context), repr(named), repr(find_secret(data))]
    output = capfd.readouterr()
    assert not leaks("\n".join((*said, caplog.text, output.out, output.err)))


def failing() -> dict[str, Callable[[], object]]:
    return {
        "a password cannot be stored": lambda: pickle.dumps(Password(PASSWORD)),
        "a wrong kind of data": lambda: inspect(
            [NamedBytes("x", None)], Context(place="machine", password=Password(PASSWORD)), NOW
        ),  # type: ignore[arg-type]
        "a time without a zone": lambda: inspect(written(), Context(), NOW.replace(tzinfo=None)),
        "an empty password": lambda: make_pfx(CA.leaf.key, CA.leaf.certificate, [], b"", False, "x"),
    }


@pytest.mark.parametrize("case", failing().values(), ids=failing().keys())
def test_no_traceback_holds_any_of_it(case: Callable[[], object]) -> None:
    with pytest.raises(Exception) as caught:
        case()
    assert not leaks("".join(traceback.format_exception(caught.value)))


def test_values_that_hold_private_things_do_not_show_them() -> None:
    from engine.pki import shipped

    made: Made = make(Wish(shipped("mtls"), "Northwind", "GB", ("a.northwind.example",)), Password(PASSWORD))
    assert "PRIVATE" not in repr(made)
    assert not leaks(repr(open_pfx(PFX, PASSWORD)) + repr(Password(PASSWORD)) + str(Password(PASSWORD)))


def test_no_command_says_any_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name, data in INPUTS.items():
        (tmp_path / name.replace(" ", "-")).write_bytes(data)
    (tmp_path / "password").write_bytes(PASSWORD)
    (tmp_path / "wrong").write_bytes(WRONG)
    (tmp_path / "crt").write_bytes(CA.leaf.pem)
    cert_app, csr_app, said = Typer(), Typer(), ""
    cert_app.command()(check_cert)
    csr_app.command()(csr)
    runs: list[tuple[Typer, list[str]]] = []
    for name in INPUTS:
        for password in ("password", "wrong"):
            given = [str(tmp_path / name.replace(" ", "-")), "--password-file", str(tmp_path / password)]
            runs += [
                (cert_app, given),
                (cert_app, [*given, "--json"]),
                (pfx_app, ["show", *given]),
                (pfx_app, ["show", *given, "--json"]),
            ]
    out = ["--out", str(tmp_path / "o")]
    made = [
        "--key",
        str(tmp_path / "sealed"),
        "--cert",
        str(tmp_path / "crt"),
        "--password-file",
        str(tmp_path / "password"),
        *out,
    ]
    runs += [(pfx_app, ["make", *made, "--key-password-file", str(tmp_path / each)]) for each in ("wrong", "password")]
    runs += [
        (
            pfx_app,
            [
                "split",
                str(tmp_path / "pfx"),
                "--password-file",
                str(tmp_path / "password"),
                "--out",
                str(tmp_path / "s"),
            ],
        )
    ]
    runs += [(pfx_app, ["convert", str(tmp_path / "key-beside-request"), "--to", "pem", "--out", str(tmp_path / "c")])]
    wish = [
        "--profile",
        "mtls",
        "--organisation",
        "N",
        "--country",
        "GB",
        "--host",
        "a.northwind.example",
        "--out",
        str(tmp_path / "n"),
    ]
    runs += [(csr_app, [*wish, "--key-password-file", str(tmp_path / "password")])]
    for command, arguments in runs:
        result = CliRunner().invoke(command, arguments)
        assert result.exit_code in (0, 11, 13), (arguments, result.output)
        said += result.output
    assert not leaks(said + caplog.text)
    assert not leaks((tmp_path / "c").read_text())
