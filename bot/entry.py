"""Where the command `dipper` begins: nothing is imported yet, so that Ctrl+C finds a program that can end without a traceback."""

import signal


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.cli import main as command  # noqa: PLC0415 -- takes its time

    signal.signal(signal.SIGINT, signal.default_int_handler)
    command()
