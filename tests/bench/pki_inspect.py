"""Measures the certificate engine: a CSR of a known and of an unknown key, a chain, a PFX's refusal, key generation.

`python tests/bench/pki_inspect.py` prints one JSON object and ends with 1 if a goal is missed. The goal for a 2048-bit CSR is
three times what `cryptography` takes to parse it and verify its signature, CPU against CPU in the same run.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import gmpy2  # after the path is set
from cryptography import x509  # as above

from engine.pki import Context, NamedBytes, inspect, shipped, to_json  # as above
from engine.pki.keys import Wish, generate, make, request  # as above
from engine.pki.rules import rsa_numbers  # as above

GOAL = 3.0
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WISH = Wish(shipped("dual-purpose"), "Northwind Energy Ltd", "GB", ("meter.northwind.example",))


def cpu(work: Callable[[], object], times: int) -> float:
    """Microseconds of CPU for one call."""
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) / times * 1e6


def ratio(csr: bytes, context: Context) -> dict[str, float]:
    """Medians over rounds in which both are measured side by side, so that a busy machine hits both."""
    rounds = []
    for _ in range(15):
        base = cpu(lambda: x509.load_pem_x509_csr(csr).is_signature_valid, 200)
        ours = cpu(lambda: inspect(csr, context, NOW), 200)
        rounds.append((base, ours, ours / base))
    base, ours, times = (statistics.median(column) for column in zip(*rounds, strict=True))
    return {"cryptography_us": round(base, 1), "inspect_us": round(ours, 1), "ratio": round(times, 2)}


def first_sight(csrs: list[bytes]) -> float:
    """A CSR whose key was never seen: the checks for weak keys, which are remembered afterwards, come on top."""
    rsa_numbers.faults.cache_clear()
    started = time.process_time()
    for csr in csrs:
        inspect(csr, Context(), NOW)
    return round((time.process_time() - started) / len(csrs) * 1e6, 1)


def proof(csrs: list[bytes]) -> float:
    """One modular exponentiation: the least that excludes a prime modulus, which is why a new key costs what it does."""
    moduli = [x509.load_pem_x509_csr(csr).public_key().public_numbers().n for csr in csrs]  # type: ignore[union-attr]  # they are RSA keys
    return round(cpu(lambda: [gmpy2.powmod(2, n - 1, n) for n in moduli], 3) / len(moduli), 1)


def main() -> int:
    csr = make(WISH, None).csr
    fresh = [request(WISH, generate("rsa:2048")) for _ in range(12)]
    full = Context(
        profile=shipped("dual-purpose"), domains=("northwind.example",), known=(NamedBytes("old", fresh[0]),)
    )
    plain = ratio(csr, Context())
    started = time.perf_counter()
    generate("rsa:4096")
    figures = {
        "csr_2048": plain,
        "csr_2048_with_profile_domains_and_an_earlier_csr": ratio(csr, full),
        "csr_2048_of_a_new_key_us": (new := first_sight(fresh)),
        "csr_2048_of_a_new_key_ratio": round(new / plain["cryptography_us"], 1),
        "of_that_proof_that_the_modulus_is_no_prime_us": proof(fresh),
        "to_json_us": round(cpu(lambda: to_json(inspect(csr, Context(), NOW)), 300), 1),
        "generate_rsa_4096_s": round(time.perf_counter() - started, 2),
        "goal_ratio": GOAL,
    }
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 0 if plain["ratio"] <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
