"""What the whole suite shares: leaving out, aloud, what cannot run on this machine."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--leave-out",
        action="append",
        default=[],
        metavar="MARKER:PACKAGES",
        help="leave out the tests with this marker, because these system packages are missing; said in the last lines",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
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
