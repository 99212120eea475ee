"""A key belongs to one environment and one order."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from engine.pki import NamedBytes
from tests.pki.conftest import Authority, codes, ec_key, issue, make_csr, pem, rsa_key


def test_a_key_seen_before_is_reported_and_a_new_one_is_not() -> None:
    known = (NamedBytes("uit.csr", make_csr(key=rsa_key())),)
    assert "key-used-again" in codes(make_csr("other.northwind.example", None, key=rsa_key()), known=known)
    assert "key-used-again" not in codes(make_csr(key=ec_key()), known=known)


@pytest.mark.parametrize("label", ["PRIVATE KEY", "CERTIFICATE"])
def test_the_private_key_of_an_earlier_order_counts_too_on_the_persons_own_machine_whatever_its_label(
    label: str,
) -> None:
    private = rsa_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    known = (NamedBytes("old.key", pem(private, label)),)
    assert "key-used-again" in codes(make_csr(key=rsa_key()), known=known)
    assert "key-used-again" not in codes(make_csr(key=rsa_key()), known=known, place="chat")
    assert "key-used-again" in codes(make_csr(key=rsa_key()), known=known)


def test_two_orders_for_one_key_among_the_files_are_reported_and_an_order_with_its_certificate_is_not(
    ca: Authority,
) -> None:
    one, other = make_csr(key=rsa_key()), make_csr("b.northwind.example", None, key=rsa_key())
    assert "key-used-again" in codes(one, other)
    assert "key-used-again" in codes(issue(key=rsa_key()).pem, issue(key=rsa_key(), issuer=ca.intermediate).pem)
    assert "key-used-again" not in codes(make_csr(key=ca.leaf.key), ca.leaf.pem, ca.leaf.pem)
    assert "key-used-again" not in codes(one, make_csr(key=ec_key()))


def test_without_earlier_orders_nothing_is_said() -> None:
    assert "key-used-again" not in codes(make_csr())


def test_the_issuer_that_comes_with_every_order_is_no_key_used_again(ca: Authority) -> None:
    known = (
        NamedBytes(
            "uit.pem", issue("uit.northwind.example", key=ec_key(), issuer=ca.intermediate).pem + ca.intermediate.pem
        ),
    )
    assert "key-used-again" not in codes(ca.leaf.pem, ca.intermediate.pem, known=known)
