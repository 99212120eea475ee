"""The command line as people script it: JSON, exit codes, passwords from a file, nothing private in any output."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer import Typer
from typer.testing import CliRunner, Result

from bot.cli.check_cert import check_cert
from bot.cli.pki_files import read_files
from engine.pki.pfx import make_pfx
from tests.pki.conftest import NOW, Authority, issue, make_csr, name, pem

app = Typer()
app.command()(check_cert)


@pytest.fixture
def folder(ca: Authority, tmp_path: Path) -> Path:
    key = ca.leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = {
        "leaf.key": key,
        "leaf.csr": make_csr(key=ca.leaf.key),
        "leaf.crt": ca.leaf.pem,
        "int.crt": ca.intermediate.pem,
        "root.crt": ca.root.pem,
        "leaf.pfx": make_pfx(ca.leaf.key, ca.leaf.certificate, [ca.intermediate.certificate], b"sesame", False, "dip"),
        "password": b"sesame\n",
        "wrong": b"open\n",
        "text": b"nothing here",
        "request.json": b'{"san": {"dns_names": ["meter.northwind.example"]}}',
    }
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    given = [str(folder / each[1:]) if each.startswith("@") else each for each in arguments]
    return CliRunner().invoke(app, [*given, "--at", NOW.isoformat()])


def report(folder: Path, *arguments: str) -> dict:  # type: ignore[type-arg]
    return json.loads(run(folder, *arguments, "--json").stdout)  # type: ignore[no-any-return]


def test_files_that_belong_together_are_paired_and_judged_as_the_contract_says(folder: Path, ca: Authority) -> None:
    document = report(
        folder, "@leaf.key", "@leaf.csr", "@leaf.crt", "@int.crt", "--trust", "@root.crt", "--usage", "client"
    )
    assert (document["schema"], document["verdict"], document["findings"]) == ("dipper.pki/1", "good", [])
    assert document["chain"] == {
        "order": ["leaf.crt", "int.crt"],
        "complete": True,
        "trusted": True,
        "reason": document["chain"]["reason"],
    }
    assert [each["belongs_to"] for each in document["items"]] == ["leaf.crt", "leaf.crt", None, "leaf.crt"]
    leaf = document["items"][2]
    assert {
        "file",
        "index",
        "kind",
        "subject",
        "names",
        "key",
        "signature",
        "spki_sha256",
        "sha256",
        "serial",
    } <= leaf.keys()
    assert (leaf["key"], leaf["signature"], leaf["kind"]) == ("RSA 2048", "valid", "certificate")
    assert document["renew_by"] == ca.leaf.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["@leaf.csr"], 0),
        (["@leaf.crt"], 0),
        (["@leaf.key"], 0),
        (["@leaf.pfx", "--password-file", "@password"], 0),
        (["@leaf.csr", "--domain", "northwind.example"], 0),
        (["@leaf.crt", "--request", "@request.json"], 0),
        (["@leaf.csr", "--domain", "other.example"], 11),
        (["@leaf.csr", "--domain", "https://northwind.example/"], 2),
        (["@leaf.csr", "--domain", ""], 2),
        (["@leaf.csr", "--domain", "m\u00fcller.example", "--domain", "*.Northwind.example."], 0),
        (["@leaf.csr", "--claim", "192.0.2.1=2027-01-01T00:00:00Z"], 2),
        (["@leaf.csr", "--trust", "@request.json"], 2),
        (["@leaf.csr", "--known", "@request.json"], 2),
        (["@leaf.csr", "--ocsp", "@leaf.csr"], 2),
        (["@leaf.pfx", "--password-file", "@wrong"], 11),
        (["@leaf.crt", "--expect-serial", "00"], 11),
        (["@leaf.crt", "--host", "other.example"], 11),
        (["@text"], 13),
        (["@leaf.pfx"], 13),
        (["@nothing"], 2),
        (["@."], 2),
        ([], 2),
        (["@leaf.csr", "--profile", "nosuch"], 2),
        (["@leaf.csr", "--profile", "@text"], 2),
        (["@leaf.csr", "--usage", "both"], 2),
        (["@leaf.csr", "--claim", "northwind.example"], 2),
        (["@leaf.csr", "--claim", "northwind.example=soon"], 2),
        (["@leaf.csr", "--expect-serial", "xyz"], 2),
        (["@leaf.csr", "--request", "@text"], 2),
        (["@leaf.csr", "--trust", "@nothing"], 2),
        (["@leaf.csr", "--no-such-option"], 2),
    ],
)
def test_exit_codes_are_an_interface(folder: Path, arguments: list[str], code: int) -> None:
    for more in ([], ["--json"]):
        result = run(folder, *arguments, *more)
        assert result.exit_code == code, result.output
        if code == 2:
            assert result.stdout == ""
            assert result.stderr


def test_a_bad_time_is_wrong_usage(folder: Path) -> None:
    assert CliRunner().invoke(app, [str(folder / "leaf.csr"), "--at", "yesterday"]).exit_code == 2


def test_words_for_people_name_the_finding_its_reason_and_the_fix(folder: Path) -> None:
    shown = run(folder, "@leaf.csr", "--domain", "other.example").stdout
    for part in ("ERROR", "Why it matters:", "What to do:", "name-outside-domains", "Verdict: bad"):
        assert part in shown


def test_names_in_files_cannot_write_into_the_terminal(folder: Path) -> None:
    evil = issue(subject=name("a\x1b[2J[red]b", "Evil"), sans=None)
    (folder / "evil.crt").write_bytes(evil.pem)
    shown = run(folder, "@evil.crt")
    assert "\x1b[2J" not in shown.output
    assert "\\x1b" in run(folder, "@evil.crt", "--json").stdout


def test_two_files_of_the_same_name_are_told_apart(folder: Path, ca: Authority) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "leaf.crt").write_bytes(ca.root.pem)
    files = [each["file"] for each in report(folder, "@leaf.crt", "@sub/leaf.crt")["items"]]
    assert len(set(files)) == 2


def test_several_things_in_a_file_are_several_items(folder: Path, ca: Authority) -> None:
    (folder / "bundle").write_bytes(ca.leaf.pem + pem(ca.intermediate.der, "CERTIFICATE"))
    assert [each["index"] for each in report(folder, "@bundle")["items"]] == [0, 1]


def test_people_read_whole_names_and_what_a_profile_only_assumes(folder: Path) -> None:
    shown = run(folder, "@leaf.crt", "@int.crt", "--profile", "dual-purpose").stdout
    assert "\n  for meter.northwind.example" in shown
    assert "only assumes its rules on subject dn, san" in shown
    assert "only assumes" not in run(folder, "@leaf.crt", "@int.crt").stdout


def test_a_file_name_gives_the_terminal_no_orders(tmp_path):
    file = tmp_path / "a\x1b[31m\u202e.csr"
    file.write_bytes(b"x")
    assert [one.name for one in read_files([file])] == ["a\\x1b[31m\\u202e.csr"]
