"""`dipper check webhook` as people script it."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from bot.cli.check_webhook import check_webhook
from tests.webhook.conftest import HOST, Lab, port_of_nobody, python_server

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # old versions are tried on purpose
app = Typer()
app.command()(check_webhook)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_good_webhook_is_0_and_its_json_is_as_the_contract_says(lab: Lab) -> None:
    with python_server(lab.server, trust=lab.root) as port:
        url = f"https://{HOST}:{port}/dip"
        client = ("--cert", lab.client.cert_file, "--key", lab.client.key_file)
        result = run(url, "--json", "--allow-private", "--trust", lab.root.cert_file, *client)
        shown = run(url, "--allow-private", "--trust", lab.root.cert_file)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert (document["schema"], document["verdict"]) == ("dipper.webhook/1", "good")
    assert {"version", "cipher", "alpn", "client_certificate", "accepted_cas"} <= document["tls"].keys()
    assert (document["chain"]["complete"], document["chain"]["trusted"]) == (True, True)
    assert "Verdict: good" in shown.stdout
    assert "PRIVATE KEY" not in result.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("http://hook.example/",), 2),
        (("https://hook.example/", "--cert", "/nonexistent", "--key", "/nonexistent"), 2),
        (("https://hook.example/", "--cert", "/nonexistent"), 2),
        (("https://hook.example/", "--at", "soon"), 2),
        (("https://127.0.0.1/", "--json"), 11),
        ((f"https://{HOST}:{port_of_nobody()}/", "--allow-private", "--json"), 11),
    ],
)
def test_exit_codes_are_an_interface(arguments: tuple[str, ...], code: int) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    if code == 2:
        assert result.stdout == ""


def test_a_key_that_does_not_belong_to_the_certificate_is_wrong_usage(lab: Lab, tmp_path: Path) -> None:
    result = run("https://hook.example/", "--cert", lab.client.cert_file, "--key", lab.stranger.key_file)
    assert result.exit_code == 2
    assert "no pair" in result.stderr
    assert not list(tmp_path.iterdir())
