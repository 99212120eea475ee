"""The common name and the alternative names."""

from tests.pki.conftest import CLIENT, SERVER, issue, look, make_csr

CODES = {"common-name-not-among-names", "no-names"}


def said(*given: bytes, **context: object) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in look(*given, **context).findings if each.code in CODES]  # type: ignore[arg-type]


def test_in_a_request_a_common_name_outside_the_names_is_a_warning() -> None:
    assert said(make_csr("a.northwind.example", ["b.northwind.example"])) == [
        ("common-name-not-among-names", "warning")
    ]
    assert said(make_csr("a.northwind.example", None)) == [("common-name-not-among-names", "warning")]


def test_in_a_servers_certificate_it_is_an_error() -> None:
    one = issue("a.northwind.example", ["b.northwind.example"], usages=[SERVER, CLIENT])
    assert said(one.pem) == [("common-name-not-among-names", "error")]
    bare = issue("a.northwind.example", None, usages=[SERVER])
    assert said(bare.pem) == [("common-name-not-among-names", "error"), ("no-names", "error")]


def test_in_a_clients_certificate_it_is_a_warning() -> None:
    assert said(issue("a.northwind.example", None, usages=[CLIENT]).pem) == [("common-name-not-among-names", "warning")]


def test_a_common_name_among_the_names_or_one_that_is_no_host_is_left_alone() -> None:
    assert said(make_csr("A.northwind.example", ["a.northwind.example"])) == []
    assert said(make_csr("Northwind Energy Ltd", ["a.northwind.example"])) == []
    assert said(issue("a.northwind.example", ["a.northwind.example"]).pem) == []
