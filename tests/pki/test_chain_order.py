"""Bundles: the right order, nothing missing, nothing too much, and the intermediate that belongs to it."""

from datetime import timedelta

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from engine.pki import NamedBytes
from tests.pki.conftest import NOW, Authority, codes, ec_key, issue, look

OURS = {
    "chain-order",
    "issuer-missing",
    "rotated-issuer",
    "not-part-of-the-chain",
    "root-sent",
    "cross-signed",
    "untrusted",
}
FAR = NOW + timedelta(days=3650)


def trust(*certificates: bytes) -> tuple[NamedBytes, ...]:
    return tuple(NamedBytes("trust", each) for each in certificates)


def test_a_bundle_in_order_is_left_alone(ca: Authority) -> None:
    report = look(ca.leaf.pem + ca.intermediate.pem, trust=trust(ca.root.pem))
    assert report.findings == ()
    assert report.chain is not None
    assert (report.chain.order, report.chain.complete, report.chain.trusted) == (("0", "0"), True, True)


def test_separate_files_are_put_in_order_whatever_theirs(ca: Authority) -> None:
    report = look(ca.root.pem, ca.intermediate.pem, ca.leaf.pem)
    assert report.findings == ()
    assert report.chain is not None
    assert (report.chain.order, report.chain.complete, report.chain.trusted) == (("2", "1", "0"), True, None)


def test_a_bundle_that_does_not_begin_with_the_holder_is_reported(ca: Authority) -> None:
    [finding] = [each for each in look(ca.intermediate.pem + ca.leaf.pem).findings if each.code in OURS]
    assert (finding.code, finding.severity) == ("chain-order", "error")


def test_intermediates_in_the_wrong_order_are_a_warning() -> None:
    root = issue("R", ca=True, key=ec_key(1), not_after=FAR)
    upper = issue("U", ca=True, key=ec_key(2), issuer=root, not_after=FAR)
    lower = issue("L", ca=True, key=ec_key(3), issuer=upper, not_after=FAR)
    leaf = issue(issuer=lower)
    found = [each for each in look(leaf.pem + upper.pem + lower.pem).findings if each.code in OURS]
    assert [(each.code, each.severity) for each in found] == [("chain-order", "warning")]
    assert not codes(leaf.pem + lower.pem + upper.pem) & OURS
    report = look(leaf.pem + upper.pem + lower.pem)
    assert report.chain is not None and len(report.chain.order) == 3


def test_a_missing_intermediate_is_reported_where_it_can_be_known(ca: Authority) -> None:
    assert "issuer-missing" in codes(ca.leaf.pem, trust=trust(ca.root.pem))
    assert "issuer-missing" in codes(ca.leaf.pem, ca.root.pem)
    assert not codes(ca.leaf.pem) & OURS


def test_a_bundle_of_pkcs7_has_no_order_to_get_wrong(ca: Authority) -> None:
    bundle = pkcs7.serialize_certificates([ca.intermediate.certificate, ca.leaf.certificate], Encoding.DER)
    assert not codes(bundle) & OURS


def test_an_intermediate_with_the_right_name_and_another_key_is_rotated(ca: Authority) -> None:
    other = issue("Example Issuing 1", ca=True, key=ec_key(7), issuer=ca.root, not_after=FAR, organisation="Example CA")
    assert codes(ca.leaf.pem + other.pem, trust=trust(ca.root.pem)) & OURS == {"rotated-issuer"}
    assert not codes(ca.leaf.pem + ca.intermediate.pem, trust=trust(ca.root.pem)) & OURS


def test_the_right_intermediate_beside_an_old_one_wins(ca: Authority) -> None:
    other = issue("Example Issuing 1", ca=True, key=ec_key(7), issuer=ca.root, not_after=FAR, organisation="Example CA")
    report = look(ca.leaf.pem, other.pem, ca.intermediate.pem, trust=trust(ca.root.pem))
    assert report.chain is not None and report.chain.trusted
    assert "rotated-issuer" not in {each.code for each in report.findings}


def test_a_stranger_in_the_bundle_is_reported(ca: Authority) -> None:
    stranger = issue("Stranger", ca=True, organisation="Stranger", not_after=FAR)
    assert codes(ca.leaf.pem + ca.intermediate.pem + stranger.pem, trust=trust(ca.root.pem)) & OURS == {
        "not-part-of-the-chain"
    }


def test_a_root_behind_the_holder_in_one_file_is_reported_and_in_its_own_file_it_is_not(ca: Authority) -> None:
    assert codes(ca.leaf.pem + ca.intermediate.pem + ca.root.pem) & OURS == {"root-sent"}
    assert not codes(ca.leaf.pem + ca.intermediate.pem, ca.root.pem) & OURS


def test_a_cross_signed_authority_is_noted_and_the_trusted_way_is_found(ca: Authority) -> None:
    other_root = issue("Other Root", ca=True, key=ec_key(8), not_after=FAR, organisation="Other CA")
    crossed = issue(
        "Example Issuing 1",
        ca=True,
        key=ca.intermediate.key,
        issuer=other_root,
        not_after=FAR,
        organisation="Example CA",
    )
    report = look(ca.leaf.pem, ca.intermediate.pem, crossed.pem, trust=trust(other_root.pem))
    assert {each.code for each in report.findings} & OURS == {"cross-signed"}
    assert report.chain is not None and report.chain.trusted


def test_a_new_issuer_at_renewal_is_no_error(ca: Authority) -> None:
    newer = issue("Example Issuing 2", ca=True, key=ec_key(9), issuer=ca.root, not_after=FAR, organisation="Example CA")
    renewed = issue(issuer=newer)
    assert look(renewed.pem, newer.pem, trust=trust(ca.root.pem)).findings == ()
