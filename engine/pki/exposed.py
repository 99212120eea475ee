"""What may be remembered of a private key that was posted: the SHA-256 of its public half, and nothing else."""

from engine.pki.model import Context, NamedBytes
from engine.pki.read import read


def public_halves(data: bytes) -> tuple[str, ...]:
    """Of each private key in it that lies open: SHA-256 of the SubjectPublicKeyInfo, in hex (RFC 5280 section 4.1.2.7).

    Empty where the key is locked or is in a form that is not read: then only that it was posted is known.
    """
    items = read(NamedBytes("posted", data), Context(place="machine"))
    return tuple(dict.fromkeys(item.key.sha256 for item in items if item.key and "private" in item.traits))
