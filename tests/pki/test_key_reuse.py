"""A key belongs to one environment and one order."""

from engine.pki import NamedBytes
from tests.pki.conftest import codes, ec_key, make_csr, rsa_key


def test_a_key_seen_before_is_reported_and_a_new_one_is_not() -> None:
    known = (NamedBytes("uit.csr", make_csr(key=rsa_key())),)
    assert "key-used-again" in codes(make_csr("other.northwind.example", None, key=rsa_key()), known=known)
    assert "key-used-again" not in codes(make_csr(key=ec_key()), known=known)


def test_without_earlier_orders_nothing_is_said() -> None:
    assert "key-used-again" not in codes(make_csr(), make_csr())
