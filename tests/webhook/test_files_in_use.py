"""What `dipper csr` and `dipper pfx` make is used by real servers and clients, in both directions."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from typer import Typer
from typer.testing import CliRunner

from bot.cli.csr import csr
from bot.cli.pfx import app as pfx_app
from tests.webhook.conftest import NOW, Lab, Pair, nginx_server, openssl_server
from tests.webhook.test_probe import codes, look

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # old versions are tried on purpose
csr_app = Typer()
csr_app.command()(csr)


def ordered(folder: Path, lab: Lab, host: str) -> Pair:
    """A key and request by `dipper csr`, a certificate for them by the lab's authority."""
    wish = [
        "--profile",
        "dual-purpose",
        "--organisation",
        "Northwind",
        "--country",
        "GB",
        "--host",
        host,
        "--out",
        str(folder / host),
    ]
    assert CliRunner().invoke(csr_app, [*wish, "--json"]).exit_code == 0
    request = x509.load_pem_x509_csr((folder / f"{host}.csr").read_bytes())
    builder = x509.CertificateBuilder().subject_name(request.subject).issuer_name(lab.root.certificate.subject)
    builder = builder.public_key(request.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=90))
    for extension in request.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    made = builder.sign(lab.root.key, SHA256())
    (folder / f"{host}.crt").write_bytes(made.public_bytes(Encoding.PEM))
    return Pair(made, lab.root.key, str(folder / f"{host}.crt"), str(folder / f"{host}.key"))


def through_a_pfx(folder: Path, pair: Pair, encoding: str) -> Pair:
    """The same, made into a PFX and taken apart again."""
    (folder / "password").write_text("sesame\n")
    password = ["--password-file", str(folder / "password")]
    made = [
        "make",
        "--key",
        pair.key_file,
        "--cert",
        pair.cert_file,
        *password,
        "--encoding",
        encoding,
        "--out",
        str(folder / encoding),
    ]
    assert CliRunner().invoke(pfx_app, made).exit_code == 0
    out = folder / f"{encoding}-parts"
    assert CliRunner().invoke(pfx_app, ["split", str(folder / encoding), *password, "--out", str(out)]).exit_code == 0
    return Pair(pair.certificate, pair.key, str(out / "cert.pem"), str(out / "key.pem"))


@pytest.mark.parametrize("encoding", ["modern", "legacy"])
def test_openssls_server_and_ours_as_client_agree(lab: Lab, tmp_path: Path, encoding: str) -> None:
    client = through_a_pfx(tmp_path, ordered(tmp_path, lab, "dip.northwind.example"), encoding)
    required = ("-Verify", "2", "-verify_return_error", "-CAfile", lab.root.cert_file)
    with openssl_server(lab.server, *required, chain=lab.intermediate) as port:
        assert codes(look(port, lab, client)) == {"refused-without-certificate", "own-certificate-accepted"}


@pytest.mark.lab
def test_nginx_serves_with_our_files_and_openssls_client_connects_with_ours(lab: Lab, tmp_path: Path) -> None:
    server, client = ordered(tmp_path, lab, "hook.northwind.example"), ordered(tmp_path, lab, "dip.northwind.example")
    settings = f"ssl_client_certificate {lab.root.cert_file}; ssl_verify_client on; return 204;"
    with nginx_server(tmp_path / "n", server, settings) as port:
        command = [
            "openssl",
            "s_client",
            "-connect",
            f"127.0.0.1:{port}",
            "-servername",
            "hook.northwind.example",
            "-CAfile",
            lab.root.cert_file,
        ]
        own = [
            "-cert",
            client.cert_file,
            "-key",
            client.key_file,
            "-verify_return_error",
            "-verify_hostname",
            "hook.northwind.example",
            "-ign_eof",
        ]
        request = b"GET / HTTP/1.1\r\nHost: hook.northwind.example\r\nConnection: close\r\n\r\n"
        done = subprocess.run([*command, *own], input=request, capture_output=True, timeout=20, check=False)
        assert b"HTTP/1.1 204" in done.stdout, done.stderr
        assert {each for each in codes(look(port, lab, client)) if each.startswith("own-")} == {
            "own-certificate-accepted"
        }
