"""Finds any sixteen bytes of a secret in a text, whatever encoding they are in."""

import base64
from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.asymmetric import ec, rsa

RUN = 16


def private_numbers(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> list[bytes]:
    """Everything about a key that is not public."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return [key.private_numbers().private_value.to_bytes((key.key_size + 7) // 8, "big")]
    private = key.private_numbers()
    numbers = (private.d, private.p, private.q, private.dmp1, private.dmq1, private.iqmp)
    return [number.to_bytes((number.bit_length() + 7) // 8, "big") for number in numbers]


class Secrets:
    """Built once from the secrets themselves; `found_in` then tells what of them a text holds."""

    def __init__(self, secrets: Iterable[bytes]) -> None:
        self._runs: dict[int, set[str]] = {}
        for secret in secrets:
            for text, size in _encodings(secret):
                runs = self._runs.setdefault(size, set())
                runs.update(text[at : at + size] for at in range(len(text) - size + 1))

    def found_in(self, text: str | bytes) -> list[str]:
        """Line ends are left out, written out or not, since PEM has them everywhere; bytes are looked at one by one."""
        flat = text.decode("latin-1") if isinstance(text, bytes) else text
        for end in ("\\r", "\\n", "\r", "\n"):
            flat = flat.replace(end, "")
        return [
            flat[at : at + size]
            for size, runs in self._runs.items()
            for at in range(len(flat) - size + 1)
            if flat[at : at + size] in runs
        ]


def _encodings(secret: bytes) -> Iterator[tuple[str, int]]:
    """The secret in every dress, each with the length that sixteen bytes have in it."""
    yield secret.hex(), 2 * RUN
    yield secret.hex().upper(), 2 * RUN
    yield ":".join(f"{byte:02x}" for byte in secret), 3 * RUN - 1
    yield repr(secret)[2:-1], RUN
    yield secret.decode("latin-1").replace("\r", "").replace("\n", ""), RUN
    if len(secret) <= 1024:  # longer ones are files, which nobody writes as one number
        yield str(int.from_bytes(secret, "big")), 38
    for skipped in range(3):
        yield base64.b64encode(secret[skipped:]).decode(), 22
        yield base64.urlsafe_b64encode(secret[skipped:]).decode(), 22
