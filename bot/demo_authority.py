"""The demo's own certificate authority, in the demo's folder: whoever plays GlobalSign there signs with it.

Its certificates are known to the demo's bot by the same setting by which an operator names GlobalSign's.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NAME = "Dipper demo issuing authority (not GlobalSign)"
_ROOT_NAME = "Dipper demo root (not GlobalSign)"
_BEGINS, _ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)  # the demo's clock can be moved far


def demo_authority(folder: Path) -> Path:
    """The root's certificate, `folder`/root.pem. Beside it, made where they are not there yet: `issuing.pem`, which comes with
    each certificate as its chain, and `issuing.key`, which signs.
    """
    root_file, issuing_file, key_file = (folder / name for name in ("root.pem", "issuing.pem", "issuing.key"))
    if root_file.exists() and issuing_file.exists() and key_file.exists():
        return root_file
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _authority(_ROOT_NAME, root_key.public_key(), _ROOT_NAME, root_key)
    issuing = _authority(NAME, key.public_key(), _ROOT_NAME, root_key)
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sealed)
    issuing_file.write_bytes(issuing.public_bytes(Encoding.PEM))
    root_file.write_bytes(root.public_bytes(Encoding.PEM))
    return root_file


def _authority(
    name: str, key: ec.EllipticCurvePublicKey, issuer: str, signs: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    usage = dict.fromkeys(_USAGES, False) | {"key_cert_sign": True, "crl_sign": True}
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BEGINS)
        .not_valid_after(_ENDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signs.public_key()), critical=False)
        .sign(signs, hashes.SHA256())
    )


_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
