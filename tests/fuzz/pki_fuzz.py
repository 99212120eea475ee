"""Fuzzing of `inspect` and `find_secret`: `python tests/fuzz/pki_fuzz.py [-runs=N] [-max_total_time=S] [CORPUS]`.

Whatever comes in, a report comes out, in which no rule has failed. The first byte chooses the place.
"""

from datetime import UTC, datetime

from driver import instrumented, run

with instrumented("engine.pki"):
    from engine.pki import Context, Password, inspect, shipped, to_json
    from engine.pki.secrets import find_secret

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CONTEXTS = (
    Context(),
    Context(
        place="machine",
        password=Password(b"x"),
        profile=shipped("mtls"),
        domains=("northwind.example",),
        usage="client",
    ),
)


def one_input(data: bytes) -> None:
    if not data:
        return
    report = inspect(data[1:], CONTEXTS[data[0] % 2], NOW)
    to_json(report)
    find_secret(data[1:])
    failed = [finding.summary for finding in report.findings if finding.code == "rule-failed"]
    if failed:
        raise AssertionError(failed[0])


if __name__ == "__main__":
    run(one_input)
