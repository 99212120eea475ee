"""Properties: dress never changes what is read, names behave like labels, and what is written is read back."""

import base64
import string
from datetime import timedelta

from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pki import asn1
from engine.pki.names import same_host, under
from engine.pki.read.text import armour, decode
from engine.pki.secrets import find_secret
from tests.pki.conftest import NOW, authority, look, make_csr

PEM = make_csr().decode()
WORDS = st.text(alphabet=string.ascii_letters + string.digits + " .,;:!?\n\u00e9\u2013", max_size=60)
LABEL = st.text(alphabet=string.ascii_lowercase + string.digits, min_size=1, max_size=10)
DOMAIN = st.lists(LABEL, min_size=2, max_size=4).map(".".join)


@settings(max_examples=60, deadline=None)
@given(
    before=WORDS,
    after=WORDS,
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_text_around_line_ends_and_encodings_never_change_what_is_read(
    before: str, after: str, ends: str, encoding: str
) -> None:
    report = look(f"{before}\n{PEM}\n{after}".replace("\n", ends).encode(encoding))
    assert [(each.item.kind, each.signature) for each in report.items] == [("csr", "valid")]
    assert report.verdict == "good"


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400))
def test_armour_is_undone_by_decoding(data: bytes) -> None:
    body = armour(data, "X").decode().split("-----")[2]
    assert decode(body) == data


@settings(max_examples=200, deadline=None)
@given(domain=DOMAIN, label=LABEL)
def test_a_name_below_a_domain_is_under_it_and_one_beside_it_is_not(domain: str, label: str) -> None:
    assert under(domain, domain)
    assert under(f"{label}.{domain}", domain)
    assert under(f"*.{domain}", domain.upper() + ".")
    assert not under(f"{label}{domain}", domain)
    beside = f"{domain}.{label}"
    assert under(beside, domain) == beside.endswith(f".{domain}")
    assert same_host(f"*.{domain}", f"{label}.{domain}")
    assert not same_host(f"*.{domain}", domain)


@settings(max_examples=200, deadline=None)
@given(arcs=st.tuples(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 2**40), max_size=6)))
def test_object_identifiers_are_read_back_as_they_were_written(arcs: tuple[int, int, list[int]]) -> None:
    dotted = ".".join(map(str, (arcs[0], arcs[1], *arcs[2])))
    raw = asn1.encode_oid(dotted)
    data = bytes((asn1.OID, len(raw))) + raw
    assert asn1.oid(data, asn1.read(data, 0, len(data))) == dotted == x509.ObjectIdentifier(dotted).dotted_string


@settings(max_examples=200, deadline=None)
@given(text=WORDS)
def test_prose_is_no_secret(text: str) -> None:
    assert find_secret(text) is None


@settings(max_examples=100, deadline=None)
@given(
    key=st.binary(min_size=24, max_size=40), name=st.sampled_from(["secret", "api_key", "Password", "client_secret"])
)
def test_a_random_value_behind_a_telling_name_is_a_secret(key: bytes, name: str) -> None:
    value = "a1" + base64.urlsafe_b64encode(key).decode().rstrip("=")
    assert find_secret(f"{name}: {value}") is not None


@settings(max_examples=40, deadline=None)
@given(days=st.integers(-400, 400))
def test_the_renewal_date_is_never_later_than_the_earliest_end(days: int) -> None:
    ca = authority()
    claim = NOW + timedelta(days=days)
    report = look(ca.leaf.pem, ca.intermediate.pem, claims={"northwind.example": claim})
    assert report.renew_by is not None
    assert report.renew_by <= min(ca.leaf.certificate.not_valid_after_utc, claim)
