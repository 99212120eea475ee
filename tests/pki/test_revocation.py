"""CRLs and OCSP answers: revoked, good, and every reason not to rely on them."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from engine.pki import NamedBytes
from tests.pki.conftest import NOW, Authority, Issued, authority, codes, ec_key, issue, look

OURS = {
    "revoked",
    "revocation-disagrees",
    "revocation-stale",
    "revocation-wrong-signer",
    "responder-error",
    "revocation-unknown",
}
HOUR = timedelta(hours=1)
CA = authority()


def crl(
    *revoked: Issued, signer: Issued = CA.intermediate, since: datetime = NOW - HOUR, until: datetime = NOW + HOUR
) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(CA.intermediate.certificate.subject)
    builder = builder.last_update(since).next_update(until)
    for each in revoked:
        entry = (
            x509.RevokedCertificateBuilder().serial_number(each.certificate.serial_number).revocation_date(NOW - HOUR)
        )
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(signer.key, SHA256()).public_bytes(Encoding.PEM)


def answer(
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    *,
    about: Issued = CA.leaf,
    signer: Issued = CA.intermediate,
    delegate: bool = False,
    since: datetime = NOW - HOUR,
    until: datetime = NOW + HOUR,
) -> bytes:
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        about.certificate,
        CA.intermediate.certificate,
        SHA1(),  # noqa: S303  how responders name a certificate
        status,
        since,
        until,
        NOW - HOUR if revoked else None,
        None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    if delegate:
        builder = builder.certificates([signer.certificate])
    return builder.sign(signer.key, SHA256()).public_bytes(Encoding.DER)


def responder(
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.OCSP_SIGNING, issuer: Issued = CA.intermediate
) -> Issued:
    return issue("Responder", None, issuer=issuer, key=ec_key(40), usages=[usage])


def verdict(*lists: bytes, answers: tuple[bytes, ...] = ()) -> set[str]:
    given = (CA.leaf.pem, CA.intermediate.pem, CA.root.pem, *lists)
    return codes(*given, ocsp=tuple(NamedBytes(f"answer {n}", each) for n, each in enumerate(answers))) & OURS


UNSUCCESSFUL = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)
REVOKED, UNKNOWN = ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN


@pytest.mark.parametrize(
    ("lists", "answers", "expected"),
    [
        ([crl(CA.leaf)], [], {"revoked"}),
        ([], [answer(REVOKED)], {"revoked"}),
        ([crl(CA.leaf)], [answer()], {"revoked", "revocation-disagrees"}),
        ([crl()], [answer(REVOKED)], {"revoked", "revocation-disagrees"}),
        ([crl(CA.leaf)], [answer(REVOKED)], {"revoked"}),
        ([crl(until=NOW - timedelta(minutes=1))], [], {"revocation-stale"}),
        ([], [answer(until=NOW - timedelta(minutes=1))], {"revocation-stale"}),
        ([crl(since=NOW + timedelta(minutes=1))], [], {"revocation-stale"}),
        ([crl(CA.leaf, until=NOW - timedelta(minutes=1))], [], {"revoked", "revocation-stale"}),
        ([crl(CA.leaf, signer=CA.root)], [], {"revocation-wrong-signer"}),
        ([], [answer(REVOKED, signer=CA.root)], {"revocation-wrong-signer"}),
        ([], [answer(signer=responder(ExtendedKeyUsageOID.CLIENT_AUTH), delegate=True)], {"revocation-wrong-signer"}),
        ([], [answer(signer=responder(issuer=CA.root), delegate=True)], {"revocation-wrong-signer"}),
        ([], [UNSUCCESSFUL], {"responder-error"}),
        ([], [answer(UNKNOWN)], {"revocation-unknown"}),
    ],
)
def test_what_lists_and_responders_say_is_told(lists: list[bytes], answers: list[bytes], expected: set[str]) -> None:
    assert verdict(*lists, answers=tuple(answers)) == expected


OTHER = issue("other.northwind.example", issuer=CA.intermediate)


@pytest.mark.parametrize(
    ("lists", "answers"),
    [
        ([], []),
        ([crl()], []),
        ([], [answer()]),
        ([crl()], [answer()]),
        ([crl(OTHER)], []),
        ([], [answer(REVOKED, about=OTHER)]),
        ([], [answer(signer=responder(), delegate=True)]),
    ],
)
def test_good_news_and_news_about_others_stay_silent(lists: list[bytes], answers: list[bytes]) -> None:
    assert verdict(*lists, answers=tuple(answers)) == set()


def test_a_list_without_the_issuers_certificate_still_tells_of_a_revocation(ca: Authority) -> None:
    report = look(ca.leaf.pem, crl(ca.leaf))
    assert [each.code for each in report.findings] == ["revoked"]
    assert [each.item.kind for each in report.items] == ["certificate", "crl"]
    assert report.verdict == "bad"


def test_a_responders_error_is_told_once_for_the_whole_chain(ca: Authority) -> None:
    files = (NamedBytes("answer", UNSUCCESSFUL),)
    found = [each.code for each in look(ca.leaf.pem, ca.intermediate.pem, ocsp=files).findings]
    assert found.count("responder-error") == 1
