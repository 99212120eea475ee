"""`dipper sandbox`: the local workspace alone, as a process of its own."""

import typer


def sandbox(
    port: int = typer.Option(8021, help="Port of the workspace's page and API on 127.0.0.1."),
    folder: str = typer.Option("var/demo", help="Where the workspace keeps its state."),
    transport: str = typer.Option("socket", help="How the bot is reached: socket or http."),
    request_url: str = typer.Option("", help="With --transport http: where the bot listens."),
) -> None:
    """Start the local workspace: a strict stand-in for Slack with a web page, and a small DNS provider beside it."""
    import os
    import sys
    from pathlib import Path

    from bot.cli.manifest import MANIFEST

    Path(folder).mkdir(parents=True, exist_ok=True)
    os.execv(sys.executable, [sys.executable, *sandbox_arguments(port, folder, transport, request_url, str(MANIFEST))])


def sandbox_arguments(port: int, folder: str, transport: str, request_url: str, manifest: str) -> list[str]:
    """The arguments after the interpreter's name. The workspace is a program of its own: only its command line is known here."""
    arguments = ["-m", "sandbox", "--port", str(port), "--state", f"{folder}/workspace.sqlite", "--manifest", manifest]
    arguments += ["--transport", transport, "--dns-port", "0"]
    return arguments + (["--request-url", request_url] if request_url else [])
