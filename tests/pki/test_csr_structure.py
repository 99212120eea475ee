"""What must not be in a request: another version, a challenge password, a wish to be an authority, things said twice."""

from cryptography import x509
from cryptography.x509.oid import AttributeOID

from tests.pki.conftest import CA_USAGE, SIGN_ONLY, codes, der, make_csr

OURS = {"request-version", "challenge-password", "authority-asked-for", "duplicate-extension"}
CA = (x509.BasicConstraints(True, None), True)


def test_a_version_other_than_0_is_reported() -> None:
    request = der(make_csr())
    at = request.index(b"\x02\x01\x00")
    assert "request-version" in codes(request[: at + 2] + b"\x02" + request[at + 3 :])


def test_a_challenge_password_is_reported_and_not_shown() -> None:
    from tests.pki.conftest import look

    request = make_csr(attributes=[(AttributeOID.CHALLENGE_PASSWORD, b"sesame-open-the-door")])
    report = look(request)
    assert [finding.code for finding in report.findings] == ["challenge-password"]
    assert "sesame" not in repr(report.findings)


def test_another_attribute_is_no_challenge_password() -> None:
    assert not codes(make_csr(attributes=[(AttributeOID.UNSTRUCTURED_NAME, b"the gateway")])) & OURS


def test_a_wish_to_be_an_authority_is_reported_in_either_form() -> None:
    assert "authority-asked-for" in codes(make_csr(extensions=[CA]))
    assert "authority-asked-for" in codes(make_csr(extensions=[(CA_USAGE, True)]))
    loose = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.19"), b"\x30\x03\x01\x01\x01")  # BER's "true"
    assert "authority-asked-for" in codes(make_csr(extensions=[(loose, True)]))


def test_saying_that_one_is_no_authority_is_left_alone() -> None:
    extensions = [(x509.BasicConstraints(False, None), True), (SIGN_ONLY, True)]
    assert not codes(make_csr(extensions=extensions)) & OURS


def test_an_extension_that_is_asked_for_twice_is_reported() -> None:
    from tests.pki.test_csr_signature import swapped

    usage, constraints = bytes.fromhex("0603551d0f"), bytes.fromhex("0603551d13")
    request = der(make_csr(extensions=[(SIGN_ONLY, True), (x509.BasicConstraints(False, None), True)]))
    assert "duplicate-extension" in codes(swapped(request, constraints, usage))
    assert "duplicate-extension" not in codes(request)
