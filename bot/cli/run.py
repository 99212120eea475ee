"""`dipper run`: the bot, until it is interrupted."""

import typer


def run(
    upgrade: bool = typer.Option(
        True, "--upgrade/--no-upgrade", help="Bring an older database up to this version first."
    ),
) -> None:
    """Run the bot with the settings of the environment and dipper.toml (see README.md, Connect a workspace)."""
    import gc
    import os
    import signal
    from pathlib import Path

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C while modules are imported: no traceback
    gc.disable()  # what a start makes is there to stay; `run_house` switches it on again
    from bot.logs import set_up_logging
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings(os.environ, Path.cwd())
    except SettingsError as error:
        _stop("The settings cannot be used:", error.problems)
    missing = settings.missing_for_slack()
    if missing:
        _stop("Dipper cannot start:", (*missing, "To try it without a workspace: dipper demo"))
    set_up_logging(settings.log)

    from bot.house import Broken
    from bot.loading import StartFailed
    from bot.running import run_house, run_interruptibly

    try:
        run_interruptibly(run_house(settings, upgrade=upgrade, say=typer.echo))
    except StartFailed as error:
        _stop("Dipper cannot start:", error.problems)
    except Broken as error:
        typer.echo(f"Dipper ends itself: {error}. Nothing that was acknowledged is lost; start it again.", err=True)
        raise typer.Exit(70) from None  # EX_SOFTWARE: systemd and others start it again


def _stop(heading: str, problems: tuple[str, ...]) -> None:
    typer.echo(heading, err=True)
    for problem in problems:
        typer.echo(f"  {problem}", err=True)
    raise typer.Exit(2)
