"""What the whole suite shares: leaving out, aloud, what cannot run on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
NOT_QUICK = (
    "bot", "fuzz", "sandbox", "sandbox_dns", "store", "webhook",
    "dns/test_dns_command.py", "dns/test_dns_faulty_servers.py", "dns/test_dns_hostile.py", "dns/test_dns_many.py",
    "handlers/test_forms_read.py", "handlers/test_targets.py",
    "pki/test_differential.py", "pki/test_leaks.py", "pki/test_mutations.py",
    "process/test_process_any_input.py", "process/test_process_codec.py", "process/test_process_overlay.py",
)  # fmt: skip
"""What `make check` leaves to `make test`, so that it ends within a minute: what starts servers, and the longest properties."""

settings.register_profile(
    "whatever the machine does", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("whatever the machine does")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--leave-out",
        action="append",
        default=[],
        metavar="MARKER:PACKAGES",
        help="leave out the tests with this marker, because these system packages are missing; said in the last lines",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Marks the slow ones first, and leaves out last: the rooms' own conftests mark theirs in between."""
    for item in items:
        place = item.path.relative_to(HERE).as_posix() if item.path.is_relative_to(HERE) else ""
        if place.startswith(tuple(f"{name}/" for name in NOT_QUICK)) or place in NOT_QUICK:
            item.add_marker(pytest.mark.slow)
    yield
    wanted = [option.split(":", 1)[0] for option in config.getoption("--leave-out")]
    gone = [item for item in items if any(item.get_closest_marker(marker) for marker in wanted)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for option in config.getoption("--leave-out"):
        marker, packages = option.split(":", 1)
        terminalreporter.write_line(
            f"LEFT OUT: every test marked {marker}, because this machine lacks: {packages}. Install it and run make test again.",
            yellow=True,
        )
