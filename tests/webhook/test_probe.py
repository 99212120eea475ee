"""The probe against real servers, in every refusal that each can produce."""

import asyncio
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from engine.pki import NamedBytes
from engine.webhook import Claim, Report, check, check_aside, parse_url, to_json
from tests.webhook.conftest import (
    HOST,
    Lab,
    Pair,
    dripping_server,
    late_asking_server,
    nginx_server,
    openssl_server,
    port_of_nobody,
    python_server,
    raw_server,
    renegotiating_server,
)

CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # old versions are tried on purpose
NOISE = {"single-label"}


def look(
    port: int,
    lab: Lab,
    client: Pair | None = None,
    *,
    post: bool = False,
    trust: bool = True,
    timeout_seconds: float = 3,
) -> Report:
    claim = Claim(
        parse_url(f"https://{HOST}:{port}/dip"),
        post=post,
        allow_private=True,
        trust=(NamedBytes("root", Path(lab.root.cert_file).read_bytes()),) if trust else None,
        certificate=(client.cert_file, client.key_file) if client else None,
        timeout_seconds=timeout_seconds,
    )
    return check(claim, datetime.now(UTC))


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings} - NOISE


REQUIRED = ("-Verify", "2", "-verify_return_error")


@pytest.mark.parametrize(
    ("options", "version", "where"),
    [
        (("-tls1_2",), "TLSv1.2", "during the handshake"),
        (("-tls1_3",), "TLSv1.3", "after the handshake"),
    ],
)
def test_openssls_server_refuses_who_has_no_certificate(
    lab: Lab, options: tuple[str, ...], version: str, where: str
) -> None:
    with openssl_server(lab.server, *REQUIRED, *options, "-CAfile", lab.root.cert_file, chain=lab.intermediate) as port:
        report = look(port, lab)
    assert codes(report) == {"refused-without-certificate"}
    assert where in next(each.seen for each in report.findings if each.code == "refused-without-certificate")
    tls = to_json(report)["tls"]
    assert (report.verdict, tls["version"], tls["client_certificate"]) == ("good", version, "required")
    assert tls["accepted_cas"] == ["CN=Webhook Root"]
    assert tls["versions"][version] is True


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssls_server_takes_the_right_certificate_and_says_why_it_refuses_another(lab: Lab, version: str) -> None:
    with openssl_server(lab.server, *REQUIRED, version, "-CAfile", lab.root.cert_file, chain=lab.intermediate) as port:
        right, wrong = look(port, lab, lab.client), look(port, lab, lab.stranger)
    assert codes(right) == {"refused-without-certificate", "own-certificate-accepted"}
    assert codes(wrong) == {"refused-without-certificate", "own-certificate-refused", "own-issuer-not-named"}
    seen = {each.code: each.seen for each in wrong.findings}
    assert "unknown_ca" in seen["own-certificate-refused"]


def test_an_expired_client_certificate_is_refused_with_its_reason(lab: Lab) -> None:
    expired = lab.make("dip.example", issuer=lab.root, usage=CLIENT, start=timedelta(days=-30), days=10)
    with openssl_server(lab.server, *REQUIRED, "-CAfile", lab.root.cert_file, chain=lab.intermediate) as port:
        report = look(port, lab, expired)
    assert "certificate_expired" in next(
        each.seen for each in report.findings if each.code == "own-certificate-refused"
    )


def test_a_server_that_asks_and_does_without_is_warned_of(lab: Lab) -> None:
    with openssl_server(lab.server, "-verify", "2", "-CAfile", lab.root.cert_file, chain=lab.intermediate) as port:
        report = look(port, lab)
    assert codes(report) == {"accepted-without-certificate"}
    assert to_json(report)["tls"]["client_certificate"] == "optional"


def test_a_server_that_does_not_ask_is_warned_of(lab: Lab) -> None:
    with openssl_server(lab.server, chain=lab.intermediate) as port:
        report = look(port, lab)
    assert codes(report) == {"no-client-certificate-asked"}
    assert to_json(report)["http"] == {"method": "GET", "status": 200, "location": None}


@pytest.mark.parametrize("insists", [True, False])
def test_a_server_that_asks_after_the_request_by_renegotiation_is_seen_to_ask(lab: Lab, insists: bool) -> None:
    with renegotiating_server(lab.server, lab.root, insists=insists) as port:
        without, right = look(port, lab), look(port, lab, lab.client)
    kind, code = (
        ("required", "refused-without-certificate") if insists else ("optional", "accepted-without-certificate")
    )
    assert (to_json(without)["tls"]["client_certificate"], codes(without)) == (kind, {code})
    assert codes(right) == {code, "own-certificate-accepted"}


def test_a_server_that_asks_after_the_request_in_tls_13_is_seen_to_ask(lab: Lab) -> None:
    with late_asking_server(lab.server, lab.root) as port:
        without, right = look(port, lab), look(port, lab, lab.client)
    assert codes(without) == {"refused-without-certificate"}
    assert codes(right) == {"refused-without-certificate", "own-certificate-accepted"}


@pytest.mark.lab
def test_nginx_refuses_with_an_answer_and_takes_the_right_certificate(lab: Lab, tmp_path: Path) -> None:
    settings = f"ssl_client_certificate {lab.root.cert_file}; ssl_verify_client on; return 204;"
    with nginx_server(tmp_path / "n", lab.server, settings) as port:
        without, right, wrong = look(port, lab), look(port, lab, lab.client), look(port, lab, lab.stranger)
    assert codes(without) == {"refused-without-certificate"}
    assert "HTTP 400" in without.findings[0].seen
    assert codes(right) == {"refused-without-certificate", "own-certificate-accepted"}
    assert to_json(right)["http"]["status"] == 204
    assert {"own-certificate-refused", "own-issuer-not-named"} <= codes(wrong)


@pytest.mark.lab
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("return 200;", {"no-client-certificate-asked"}),
        ("ssl_client_certificate {ca}; ssl_verify_client optional; return 200;", {"accepted-without-certificate"}),
        (
            "ssl_client_certificate {ca}; ssl_verify_client optional; "
            "if ($ssl_client_verify != SUCCESS) {{ return 403; }} return 200;",
            {"refused-without-certificate"},
        ),
        ("ssl_protocols TLSv1.2; return 200;", {"no-client-certificate-asked"}),
        (
            "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0; return 200;",
            {"no-client-certificate-asked", "old-tls-accepted"},
        ),
        ("ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0; return 200;", {"old-tls"}),
        ("ssl_reject_handshake on;", {"handshake-refused"}),
        ("return 301 https://elsewhere.example/;", {"no-client-certificate-asked", "redirects"}),
        ("return 404;", {"no-client-certificate-asked", "path-not-found"}),
        ("return 444;", {"no-client-certificate-asked", "no-http"}),
    ],
)
def test_nginx_in_other_settings(lab: Lab, tmp_path: Path, settings: str, expected: set[str]) -> None:
    with nginx_server(tmp_path / "n", lab.server, settings.format(ca=lab.root.cert_file)) as port:
        found = codes(look(port, lab))
    assert found - {"no-server-certificate", "server-name-ignored"} == expected


@pytest.mark.parametrize("maximum", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_pythons_server_in_either_version(lab: Lab, maximum: ssl.TLSVersion) -> None:
    with python_server(lab.server, trust=lab.root, maximum=maximum) as port:
        without, right, wrong = look(port, lab), look(port, lab, lab.client), look(port, lab, lab.stranger)
    assert codes(without) == {"refused-without-certificate"}
    assert codes(right) == {"refused-without-certificate", "own-certificate-accepted"}
    assert "own-certificate-refused" in codes(wrong)
    with python_server(lab.server, trust=lab.root, optional=True, maximum=maximum) as port:
        assert codes(look(port, lab)) == {"accepted-without-certificate"}


def test_a_post_is_sent_only_when_asked_for(lab: Lab) -> None:
    seen: list[str] = []
    with python_server(lab.server, seen=seen) as port:
        look(port, lab)
        assert set(seen) == {"GET"}
        report = look(port, lab, post=True)
    assert "POST" in seen
    assert to_json(report)["http"]["method"] == "POST"


@pytest.mark.parametrize(
    ("status", "post", "code"),
    [
        (500, True, "server-error"),
        (502, False, "server-error"),
        (405, True, "path-not-found"),
        (404, False, "path-not-found"),
        (308, False, "redirects"),
    ],
)
def test_answers_are_judged(lab: Lab, status: int, post: bool, code: str) -> None:
    with python_server(lab.server, status=status, headers={"Location": "http://192.0.2.1/"}) as port:
        assert code in codes(look(port, lab, post=post))


@pytest.mark.parametrize(("status", "post"), [(200, False), (405, False), (422, True), (500, False)])
def test_answers_that_say_nothing_bad_are_left_alone(lab: Lab, status: int, post: bool) -> None:
    with python_server(lab.server, status=status) as port:
        assert codes(look(port, lab, post=post)) == {"no-client-certificate-asked"}


def test_a_redirect_to_what_is_not_encrypted_is_told_as_such(lab: Lab) -> None:
    for target, told in (("http://192.0.2.1/", True), ("https://elsewhere.example/", False)):
        with python_server(lab.server, status=301, headers={"Location": target}) as port:
            report = look(port, lab)
        assert ("not encrypted" in next(each.seen for each in report.findings if each.code == "redirects")) == told


def test_a_wrong_clock_is_noticed(lab: Lab) -> None:
    with python_server(lab.server, headers={"X-Date": "Tue, 01 Jan 2019 00:00:00 GMT"}) as port:
        assert "clock-differs" in codes(look(port, lab))


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"start": timedelta(days=-30), "days": 10}, "expired"),
        ({"start": timedelta(days=3)}, "not-yet-valid"),
        ({"start": timedelta(days=-80), "days": 90}, "ends-soon"),
        ({"san": "other.example"}, "host-not-covered"),
    ],
)
def test_the_servers_certificate_is_judged(lab: Lab, wishes: dict[str, object], code: str) -> None:
    pair = lab.make(HOST, issuer=lab.root, **wishes)  # type: ignore[arg-type]
    with python_server(pair) as port:
        assert code in codes(look(port, lab))


def test_a_chain_without_its_intermediate_and_a_self_signed_certificate_are_reported(lab: Lab) -> None:
    bare = lab.make(HOST, issuer=lab.intermediate)
    with python_server(bare) as port:
        assert "server-chain-incomplete" in codes(look(port, lab))
    own = lab.make(HOST)
    with python_server(own) as port:
        assert "self-signed-server" in codes(look(port, lab))
    with python_server(lab.make(HOST, issuer=lab.root)) as port:
        assert codes(look(port, lab)) == {"no-client-certificate-asked"}


def test_anchors_that_the_chain_does_not_reach_are_told(lab: Lab) -> None:
    other = lab.make("Other Root", ca=True)
    with python_server(lab.server) as port:
        claim = Claim(parse_url(f"https://{HOST}:{port}/"), allow_private=True)
        report = check(
            replace(claim, trust=(NamedBytes("other", Path(other.cert_file).read_bytes()),)), datetime.now(UTC)
        )
    assert (report.verdict, "issuer-missing" in codes(report)) == ("bad", True)


def test_a_certificate_that_is_sent_twice_is_no_chain(lab: Lab) -> None:
    bare = lab.make(HOST, issuer=lab.intermediate)
    with openssl_server(bare, chain=bare) as port:
        report = look(port, lab)
    assert {"server-chain-incomplete", "chain-order"} <= codes(report)
    assert "twice" in next(each.seen for each in report.findings if each.code == "chain-order")


def test_something_in_between_is_named(lab: Lab) -> None:
    inspector = lab.make("Zscaler Intermediate Root CA", ca=True)
    with python_server(lab.make(HOST, issuer=inspector, chain=[inspector])) as port:
        assert "intercepted" in codes(look(port, lab, trust=False))


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail ready\r\n"]
)
def test_what_is_no_tls_is_told(lab: Lab, answer: bytes) -> None:
    with raw_server(answer) as port:
        report = look(port, lab)
    assert codes(report) & {"not-tls", "handshake-refused"}
    assert report.verdict == "bad"


def test_a_server_that_answers_byte_by_byte_without_end_is_left(lab: Lab) -> None:
    """Each byte comes well within the time-out, so only an end for the whole conversation ends these."""
    with dripping_server(b"HTTP/1.1 200 OK\r\nX: ", lab.server) as port:
        assert "no-http" in codes(look(port, lab, timeout_seconds=0.2))
    with dripping_server(b"\x16\x03\x03\x3f\x00") as port:
        report = look(port, lab, timeout_seconds=0.2)
    assert "handshake-refused" in codes(report)
    assert "no answer in time" in report.findings[-1].seen


def test_a_server_that_says_nothing_is_asked_once(lab: Lab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        started = time.monotonic()
        report = look(int(listening.getsockname()[1]), lab, timeout_seconds=0.2)
        assert time.monotonic() - started < 2
    assert "says nothing" in next(each.seen for each in report.findings if each.code == "handshake-refused")


def test_nobody_there_is_told(lab: Lab) -> None:
    report = look(port_of_nobody(), lab)
    assert codes(report) == {"no-connection"}
    assert to_json(report)["tls"]["client_certificate"] == "unknown"


async def test_on_an_event_loop_the_probe_lets_others_go_on(lab: Lab) -> None:
    turns = 0
    with openssl_server(lab.server, chain=lab.intermediate) as port:
        url = parse_url(f"https://{HOST}:{port}/")
        asked = asyncio.create_task(check_aside(Claim(url, allow_private=True), datetime.now(UTC)))
        while not asked.done():
            await asyncio.sleep(0)
            turns += 1
    assert "no-client-certificate-asked" in codes(await asked)
    assert turns > 10
