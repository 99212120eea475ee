"""`dipper doctor`: each thing that must be right, whether it is, and what to do."""

import typer


def doctor() -> None:
    """Examine settings, Slack, database, DNS, clock and delivery; exit code 1 if anything needs doing."""
    import asyncio
    import os
    from pathlib import Path

    from bot.doctor import examine_from_outside
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings(os.environ, Path.cwd())
    except SettingsError as error:
        for problem in error.problems:
            typer.echo(f"wrong     settings: {problem}")
        raise typer.Exit(1) from None
    findings = asyncio.run(examine_from_outside(settings))
    for finding in findings:
        typer.echo(f"{finding.state:<9} {finding.what}: {finding.seen}")
        if finding.fix:
            typer.echo(f"          do: {finding.fix}")
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)
