"""One request is submitted at a time."""

from tests.pki.conftest import Authority, codes, ec_key, make_csr

OURS = {"several-requests", "request-beside-certificate"}


def test_two_requests_in_one_file_are_reported_and_in_two_files_are_not() -> None:
    one, other = make_csr(), make_csr(key=ec_key())
    assert codes(one + other) & OURS == {"several-requests"}
    assert not codes(one, other) & OURS


def test_a_request_with_a_certificate_in_one_file_is_reported_and_in_two_files_is_not(ca: Authority) -> None:
    request = make_csr(key=ca.leaf.key)
    assert codes(request + ca.leaf.pem) & OURS == {"request-beside-certificate"}
    assert not codes(request, ca.leaf.pem) & OURS
