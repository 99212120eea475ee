"""Keys whose private half can be looked up."""

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engine.pki.blocklist import open_blocklist
from engine.pki.public_key import read_key
from tests.pki.conftest import codes, ec_key, make_csr, rsa_key
from tests.pki.test_rsa_numbers import SAMPLES


def test_a_key_of_debians_fault_and_one_printed_in_a_standard_are_reported() -> None:
    for sample in ("rsa-debianweak.key", "ec-p256-rfc-example.key", "ed25519-rfc-example.key"):
        assert "published-key" in codes((SAMPLES / sample).read_bytes())


def test_fresh_keys_are_left_alone() -> None:
    assert "published-key" not in codes(make_csr(key=rsa_key()))
    assert "published-key" not in codes(make_csr(key=ec_key()))


def test_badkeys_own_list_is_asked_where_it_was_fetched(tmp_path) -> None:  # type: ignore[no-untyped-def]
    spki = rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = read_key(spki).fingerprint
    records = sorted([bytes(15) + b"\x01", digest[:15] + b"\x02", b"\xff" * 15 + b"\x01"])
    (tmp_path / "blocklist.dat").write_bytes(b"".join(records))
    (tmp_path / "badkeysdata.json").write_text('{"blocklists": [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]}')
    listed = open_blocklist(tmp_path)
    assert "published-key" in codes(spki, blocklist=listed)
    assert "published-key" not in codes(make_csr(key=rsa_key(1)), blocklist=listed)


def test_no_list_is_no_trouble(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert open_blocklist(tmp_path) is None
