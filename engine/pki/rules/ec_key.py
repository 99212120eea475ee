"""ec-invalid-point (C2): the elliptic-curve key is no point of its curve.

Seen as: a point off the curve, the point at infinity, or of the wrong length.
Fix: make a new key with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`; this file is damaged or
forged.
Source: SEC 1 section 3.2.2; NIST SP 800-56A. Confidence: sourced.

Nothing can be verified with such a key, and software that does not notice gives secrets away.

ec-trivial-private-key (C2): the elliptic-curve key is one that anybody can guess.

Seen as: the public point is the curve's base point, or the private number is tiny.
Fix: make a new key with openssl and never use this one again.
Source: SEC 1 section 3.2.1. Confidence: measured.

A private number of 1 is what an uninitialised variable gives. Anybody can sign in your name.

explicit-curve (C5): the key spells its curve out instead of naming it.

Seen as: explicit parameters where the name of a curve is expected.
Fix: make the key with a named curve: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt
ec_param_enc:named_curve`.
Source: RFC 5480 section 2.1.1; CVE-2020-0601. Confidence: sourced.

Authorities refuse it, because a spelled-out curve can be a forged one.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate", "public_key", "private_key", "openssh"})
report = codes(__doc__)

BASE_X = {
    "P-256": 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    "P-384": 0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    "P-521": (
        0xC6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66
    ),
    "secp256k1": 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
}
"""The x coordinate of each curve's base point: the public key of the private number 1 and of its negative. SEC 2."""


def judge(case: Case) -> Iterator[Finding]:
    for item in case.items:
        key = item.key
        if key is None or key.algorithm != "EC":
            continue
        if key.explicit_curve:
            yield report("explicit-curve", "error", "the curve's parameters are spelled out", item.file)
        elif key.loaded is None and key.curve in BASE_X:
            yield report("ec-invalid-point", "error", f"no point of {key.curve}", item.file)
        if "tiny-private-value" in item.traits or _is_base_point(key.curve, key.point):
            yield report("ec-trivial-private-key", "error", "the private number is 1 or nearly so", item.file)


def _is_base_point(curve: str | None, point: bytes | None) -> bool:
    base = BASE_X.get(curve or "")
    if base is None or not point or point[0] not in (2, 3, 4):
        return False
    size = len(point) // 2 if point[0] == 4 else len(point) - 1
    return int.from_bytes(point[1 : 1 + size], "big") == base
