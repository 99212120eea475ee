"""No address inside a network is asked, however it is dressed, and nothing is connected to while looking."""

import socket
from datetime import UTC, datetime

import pytest

from engine.addresses import is_public
from engine.webhook import BadUrl, Claim, judge, parse_url
from engine.webhook.probe import probe

NOW = datetime(2026, 11, 24, tzinfo=UTC)
INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    "2001:0:53aa:64c:0:0:0:0", "192.0.0.8", "2002:a00:1::1", "fec0::1", "::7f00:1", "::ffff:0:10.0.0.1", "64:ff9b:1::a00:1",
    "not an address",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_a_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"],
)
def test_addresses_outside_are(address: str) -> None:
    assert is_public(address)


def refuse(*_: object, **__: object) -> socket.socket:
    raise AssertionError("a connection was made")


@pytest.mark.parametrize("found", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("::ffff:169.254.169.254",)])
def test_a_host_with_one_address_inside_is_not_asked_at_all(
    found: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", refuse)
    seen = probe(Claim(parse_url("https://hook.example/")), NOW, resolve=lambda host, port: found)
    report = judge(seen)
    assert report.verdict == "bad"
    assert [finding.code for finding in report.findings] == ["address-not-allowed"]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254", "[::ffff:10.0.0.1]"])
def test_a_literal_address_inside_is_not_asked_either(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", refuse)
    report = judge(probe(Claim(parse_url(f"https://{host}/")), NOW))
    assert {finding.code for finding in report.findings} == {"address-not-allowed", "ip-in-address"}


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "017700000001", "127.1"])
def test_other_spellings_of_loopback_are_resolved_and_then_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", refuse)
    report = judge(probe(Claim(parse_url(f"https://{host}/")), NOW))
    assert {finding.code for finding in report.findings} <= {"address-not-allowed", "host-not-found"}
    assert report.verdict == "bad"


def test_what_is_connected_to_is_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[object] = []

    def note(address: object, *_: object) -> socket.socket:
        connected.append(address)
        raise OSError("nobody there")

    monkeypatch.setattr(socket, "create_connection", note)
    report = judge(probe(Claim(parse_url("https://hook.example/")), NOW, resolve=lambda host, port: ("8.8.8.8",)))
    assert set(connected) == {("8.8.8.8", 443)}
    assert [finding.code for finding in report.findings] == ["no-connection"]


def test_a_host_without_an_address_is_told() -> None:
    def nothing(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(-2, "Name or service not known")

    [finding] = judge(probe(Claim(parse_url("https://hook.example/")), NOW, resolve=nothing)).findings
    assert (finding.code, finding.seen) == ("host-not-found", "hook.example: Name or service not known")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://hook.example/",
        "ftp://hook.example/",
        "hook.example",
        "https://",
        "https:///path",
        "https://user:secret@hook.example/",
        "https://user@hook.example/",
        "https://hook.example/#part",
        "https://hook.example/#",
        "https://hook.example:0/",
        "https://hook.example:99999/",
        "https://hook.example:port/",
        "https://[::1/",
        "https://hook.example/a b",
        "https://hook.example\\@evil.example/",
        "https://hook.example/\r\nHost: evil",
        "https://hook.example/\u00e9",
        "https://" + "a" * 3000,
    ],
)
def test_what_is_no_webhook_address_is_refused(text: str) -> None:
    with pytest.raises(BadUrl) as refused:
        parse_url(text)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "host", "port", "target"),
    [
        ("https://hook.example", "hook.example", 443, "/"),
        ("HTTPS://Hook.Example:8443/dip?x=1", "hook.example", 8443, "/dip?x=1"),
        ("https://hook.example./dip", "hook.example", 443, "/dip"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/"),
    ],
)
def test_a_webhook_address_is_taken_apart(text: str, host: str, port: int, target: str) -> None:
    url = parse_url(text)
    assert (url.host, url.port, url.target) == (host, port, target)
