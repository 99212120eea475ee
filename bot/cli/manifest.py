"""`dipper manifest`: app.yaml as it stands, or with the request URL of a server of ours for signed HTTP."""

from pathlib import Path

import typer

MANIFEST = Path(__file__).resolve().parents[2] / "app.yaml"


def manifest(
    url: str = typer.Option("", "--url", help="Public https address of `dipper run` with transport http."),
) -> None:
    """Print Slack's app manifest: for Socket Mode, or with --url for signed HTTP."""
    if not url:
        typer.echo(MANIFEST.read_text(encoding="utf-8"), nl=False)
        return
    if not url.startswith("https://"):
        typer.echo(f"--url must begin with https:// (Slack calls nothing else), got {url}", err=True)
        raise typer.Exit(2)
    typer.echo(_for_http(MANIFEST.read_text(encoding="utf-8"), url.rstrip("/") + "/slack/events"), nl=False)


def _for_http(text: str, request_url: str) -> str:
    from io import StringIO

    from ruamel.yaml import YAML

    yaml = YAML()
    data = yaml.load(text)
    data["settings"]["socket_mode_enabled"] = False
    data["settings"]["event_subscriptions"].insert(0, "request_url", request_url)
    data["settings"]["interactivity"]["request_url"] = request_url
    for command in data["features"]["slash_commands"]:
        command["url"] = request_url
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()
