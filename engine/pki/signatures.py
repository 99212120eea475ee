"""Whether a signature fits, told apart from whether its algorithm is any good.

`weak` means that it fits and its hash is no longer accepted (MD5, SHA-1); `unsupported` that nobody here can tell.
"""

from typing import cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa

from engine.pki import asn1
from engine.pki.facts import Certificate, Csr
from engine.pki.model import SignatureState
from engine.pki.oids import HASHES, RSA_PSS
from engine.pki.public_key import PublicKey

WEAK_HASHES = frozenset({"md2", "md4", "md5", "sha1"})
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303  to say "weak" instead of "tampered", never to sign
    "sha1": hashes.SHA1(),  # noqa: S303  as above
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3-256": hashes.SHA3_256(),
}


def state_of(signed: Csr | Certificate, key: PublicKey) -> SignatureState:
    """How the signature of a request or certificate stands against the key that should have made it."""
    name = signed.signature_hash
    weak = name in WEAK_HASHES
    try:
        _verify(signed, key)
    except InvalidSignature:
        return "invalid"
    except (UnsupportedAlgorithm, ValueError, TypeError, asn1.Malformed):
        return "weak" if weak else "unsupported"
    return "weak" if weak else "valid"


def _verify(signed: Csr | Certificate, key: PublicKey) -> None:
    """By the algorithm that the key's own identifier names, which is what `loaded` was made from."""
    if key.loaded is None:
        raise UnsupportedAlgorithm("a key that cannot be loaded")
    if key.algorithm in ("Ed25519", "Ed448"):
        cast("ed25519.Ed25519PublicKey", key.loaded).verify(signed.signature, signed.signed)
        return
    digest = _HASHES.get(signed.signature_hash or "")
    if digest is None:
        raise UnsupportedAlgorithm(f"signature {signed.signature_oid}")
    match key.algorithm:
        case "RSA":
            pad = _PKCS1 if signed.signature_oid != RSA_PSS else _pss(signed.signature_parameters)
            cast("rsa.RSAPublicKey", key.loaded).verify(signed.signature, signed.signed, pad, digest)
        case "EC":
            cast("ec.EllipticCurvePublicKey", key.loaded).verify(signed.signature, signed.signed, ec.ECDSA(digest))
        case "DSA":
            cast("dsa.DSAPublicKey", key.loaded).verify(signed.signature, signed.signed, digest)
        case _:
            raise UnsupportedAlgorithm(f"a key of the kind {key.algorithm}")


def _pss(parameters: bytes) -> padding.AsymmetricPadding:
    """RFC 4055 section 3.1: the mask's hash in field [1], SHA-1 when absent; the salt's length in [2], 20 when absent."""
    mask, salt = "sha1", 20
    for node in asn1.children(parameters, asn1.read(parameters, 0, len(parameters))) if parameters else ():
        if node.tag == 0xA1:
            generator = asn1.children(parameters, asn1.read(parameters, node.body, node.stop))
            if len(generator) < 2:
                raise UnsupportedAlgorithm("a mask of an unknown kind")
            mask = HASHES.get(asn1.oid(parameters, asn1.children(parameters, generator[1])[0]), "")
        elif node.tag == 0xA2:
            salt = asn1.integer(parameters, asn1.read(parameters, node.body, node.stop))
    if mask not in _HASHES:
        raise UnsupportedAlgorithm("a mask of an unknown kind")
    return padding.PSS(padding.MGF1(_HASHES[mask]), salt)


_PKCS1: padding.AsymmetricPadding = padding.PKCS1v15()
