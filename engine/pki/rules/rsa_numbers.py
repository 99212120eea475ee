"""rsa-invalid-modulus (C2): the RSA key's modulus is no product of two primes.

Seen as: a modulus that is zero, negative, even, a prime or divisible by a small number.
Fix: make a new key with `dipper csr` or `openssl genpkey`. Find out how this one came about: the file may be damaged.
Source: RFC 8017 section 3.1; badkeys. Confidence: measured.

Such a key protects nothing: anybody can compute its private half, or it never worked at all.

rsa-invalid-exponent (C2): the RSA key's public exponent makes the key void.

Seen as: an exponent of 0 or 1, an even or negative one, or one as large as the modulus.
Fix: make a new key with the exponent 65537, which every tool takes unless told otherwise.
Source: RFC 8017 section 3.1; NIST SP 800-56B. Confidence: sourced.

With such an exponent signing changes nothing, or cannot be undone, or the key is a broken one in disguise.

rsa-unusual-exponent (C2): the RSA key's public exponent is allowed and unwise.

Seen as: an exponent below 65537, such as 3, or one far above it.
Fix: make a new key with the exponent 65537.
Source: CA/Browser Forum Baseline Requirements 6.1.6; NIST SP 800-56B. Confidence: sourced.

Small exponents have made forged signatures possible in careless software; authorities may refuse them.

rsa-small-private-exponent (C2): the RSA key's private exponent is so small that it can be computed.

Seen as: a huge public exponent whose private one is found by Wiener's method.
Fix: make a new key and never use this one again. Do not exchange e and d when importing numbers.
Source: Wiener 1990; badkeys check smalld. Confidence: measured.

Anybody who sees the certificate can sign in your name.

rsa-fermat-close-primes (C2): the two primes of the RSA key are so close that the key can be taken apart.

Seen as: Fermat's method finds both within a hundred steps.
Fix: make a new key with openssl, never use this one again, and report the device or library that made it.
Source: CVE-2022-26320; badkeys check fermat. Confidence: measured.

Anybody who sees the certificate can sign in your name.

rsa-roca (C2): the RSA key was made by hardware with the ROCA fault.

Seen as: the modulus has the structure of keys from Infineon's library of 2012 to 2017.
Fix: make the key in software, or update the token's or TPM's firmware first and make a new one there.
Source: CVE-2017-15361; badkeys check roca. Confidence: measured.

Such a key can be taken apart at bearable cost. Authorities must refuse it.

rsa-shared-prime (C2): the RSA key shares a prime with another key.

Seen as: a common divisor with a key that is known, or with another key among these files.
Fix: make new keys on a machine with a good source of randomness, and never use these again.
Source: Heninger and others 2012; badkeys check sharedprimes. Confidence: measured.

Whoever has both public keys computes both private ones in a moment.

rsa-pattern (C2): the RSA key's modulus has a pattern that no random key has.

Seen as: repeating bytes, long runs of zeros, or a bias of its bits.
Fix: make a new key with openssl, and report the program that made this one.
Source: badkeys checks rsapoly, rsabias, pattern and xzbackdoor; repetition is looked for here. Confidence: measured.

The primes were not random. Some such keys can be taken apart; all show that the maker was faulty or playful.
"""

from collections.abc import Iterator
from functools import lru_cache

import gmpy2
from badkeys.rsakeys import (
    fermat,
    pattern,
    roca,
    rsabias,
    rsapoly,
    sharedprimes,
    smalld,
    smallfactors,
    xzbackdoor,
)

from engine.findings import Finding, Severity
from engine.pki.case import Case
from engine.pki.model import Item
from engine.pki.public_key import PublicKey
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate", "public_key", "private_key", "openssh"})
report = codes(__doc__)

MAX_BITS = 16384
"""Above this the checks would take long; no authority takes such a key."""

MAX_BITS_FOR_PRIME = 4096
"""The test for a prime takes a fiftieth of a second at this length, and eight times that at twice the length."""

Fault = tuple[str, Severity, str]


def judge(case: Case) -> Iterator[Finding]:
    judged: set[bytes] = set()
    moduli: list[tuple[Item, PublicKey]] = []
    for item in case.items:
        key = item.key
        if key is None or key.n is None or key.e is None or key.spki in judged:
            continue
        judged.add(key.spki)
        moduli.append((item, key))
        for code, severity, seen in faults(key.n, key.e):
            yield report(code, severity, seen, item.file)
        if "tiny-private-value" in item.traits:
            yield report("rsa-small-private-exponent", "error", "the private exponent has few bits", item.file)
    known = [(item, item.key) for item in case.known if item.key and item.key.n]
    if len(moduli) + len(known) > 1:
        yield from _common_divisors(moduli, known)


def _common_divisors(moduli: list[tuple[Item, PublicKey]], known: list[tuple[Item, PublicKey]]) -> Iterator[Finding]:
    for position, (item, key) in enumerate(moduli):
        for other, earlier in (*known, *moduli[:position]):
            if key.n and earlier.n and _share(key.n, earlier.n):
                yield report(
                    "rsa-shared-prime", "error", f"a divisor in common with the key in {other.file}", item.file
                )


def _share(one: int, other: int) -> bool:
    """Whether two different moduli have a divisor in common."""
    divisor: int = _gcd(one, other) if _usual(one, other) else gmpy2.gcd(one, other)
    return divisor > 1 and abs(one) != abs(other)


def faults(n: int, e: int) -> tuple[Fault, ...]:
    """What is wrong with these numbers. Remembered, since it says nothing about where the key was seen."""
    return _remembered(n, e) if _usual(n, e) else _faults(n, e)


def _usual(one: int, other: int) -> bool:
    """Whether both are short enough to be remembered."""
    return one.bit_length() <= MAX_BITS and other.bit_length() <= MAX_BITS


def _faults(n: int, e: int) -> tuple[Fault, ...]:
    if e < 1 or e == 1 or e % 2 == 0 or e >= n > 0:
        exponent: tuple[Fault, ...] = (("rsa-invalid-exponent", "error", f"e = {_short(e)}"),)
    elif e < 65537 or e.bit_length() > 256:
        exponent = (("rsa-unusual-exponent", "warning", f"e = {_short(e)}"),)
    else:
        exponent = ()
    return (*exponent, *_modulus(n, e))


_remembered = lru_cache(maxsize=1024)(_faults)
_gcd = lru_cache(maxsize=1024)(gmpy2.gcd)


def _modulus(n: int, e: int) -> Iterator[Fault]:
    bad = "rsa-invalid-modulus"
    if n <= 5 or n % 2 == 0:
        yield bad, "error", "the modulus is " + ("zero" if n == 0 else "negative" if n < 0 else "even or tiny")
        return
    if n.bit_length() > MAX_BITS:
        yield bad, "error", f"the modulus has {n.bit_length()} bits, more than anybody can use"
        return
    if smallfactors(n):
        yield bad, "error", "the modulus is divisible by a small prime"
        return
    if found := fermat(n):
        square = found.get("subtest") == "square"
        seen = "the modulus is a square" if square else "both primes are found by Fermat's method"
        yield "rsa-fermat-close-primes", "error", seen
        return
    if roca(n):
        yield "rsa-roca", "error", "the modulus has the structure that CVE-2017-15361 describes"
    if sharedprimes(n):
        yield "rsa-shared-prime", "error", "it has a prime that is known from other keys"
    if e.bit_length() > 32 and smalld(n, e):
        yield "rsa-small-private-exponent", "error", "the private exponent was computed from the public key"
    if odd := _odd_pattern(n):
        yield "rsa-pattern", "error", odd
    if n.bit_length() <= MAX_BITS_FOR_PRIME and gmpy2.powmod(2, n - 1, n) == 1 and gmpy2.is_prime(n):
        yield bad, "error", "the modulus is itself a prime"


def _odd_pattern(n: int) -> str | None:
    if rsapoly(n):
        return "the modulus is a polynomial in a power of two"
    if found := rsabias(n):
        vanity = found.get("subtest") == "vanity"
        return (
            "part of the modulus was chosen (a vanity key)" if vanity else f"{found['biaspct']} % of its bits are set"
        )
    if pattern(n):
        return "the same byte stands sixteen times in a row"
    if period := _period(n):
        return f"the same {period} bytes stand again and again"
    return "the structure of the xz back door's payload" if xzbackdoor(n) else None


def _period(n: int) -> int | None:
    """After how many bytes the modulus repeats itself all through, but for two bytes at either end; None if it does not."""
    body = n.to_bytes((n.bit_length() + 7) // 8, "big")[2:-2]
    at = body.find(body[:8], 1)
    return at if 0 < at <= len(body) // 2 and body[at:] == body[:-at] else None


def _short(number: int) -> str:
    return str(number) if number.bit_length() < 128 else f"a number of {number.bit_length()} bits"
