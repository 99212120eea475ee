"""`dipper demo`: bot and local workspace on this machine, on SQLite, and one URL."""

import typer


def demo(
    port: int = typer.Option(8021, help="Port of the workspace's page on 127.0.0.1."),
    folder: str = typer.Option("var/demo", help="Where bot and workspace keep their state; delete it to begin anew."),
    quiet: bool = typer.Option(True, "--quiet/--verbose", help="Hide the bot's log, or show it."),
) -> None:
    """Try Dipper: starts everything on this machine and prints one URL. Ctrl+C ends it; what you did is kept."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C while modules are imported: no traceback
    from bot.demo import DemoFailed, run_demo
    from bot.running import run_interruptibly

    try:
        run_interruptibly(run_demo(port=port, folder=folder, quiet=quiet, say=typer.echo))
    except DemoFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
