"""What the whole suite shares: leaving out, aloud, what cannot run on this machine."""

import pytest

_LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()


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
    wanted = dict(option.split(":", 1) for option in config.getoption("--leave-out"))
    left: dict[str, list[str]] = {marker: [] for marker in wanted}
    kept = []
    for item in items:
        marker = next((name for name in wanted if item.get_closest_marker(name)), None)
        if marker is None:
            kept.append(item)
        else:
            left[marker].append(item.nodeid)
    config.stash[_LEFT_OUT] = left
    gone = [item for item in items if item not in kept] if len(kept) < len(items) else []
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for option in config.getoption("--leave-out"):
        marker, packages = option.split(":", 1)
        terminalreporter.write_line(
            f"LEFT OUT: every test marked {marker}, because this machine lacks: {packages}. Install it and run make test again.",
            yellow=True,
        )
