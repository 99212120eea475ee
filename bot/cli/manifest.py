"""`dipper manifest`: app.yaml as it stands, or with the request URL of a server of ours for signed HTTP."""

from pathlib import Path

import typer

MANIFEST = Path(__file__).resolve().parents[2] / "app.yaml"


def manifest(
    url: str = typer.Option("", "--url", help="Public https address of `dipper run` with transport http."),
    thread_guard: bool = typer.Option(
        False, "--thread-guard", help="Add what people.thread_guard needs: the history scopes and message events."
    ),
) -> None:
    """Print Slack's app manifest: for Socket Mode, or with --url for signed HTTP."""
    if url and not url.startswith("https://"):
        typer.echo(f"--url must begin with https:// (Slack calls nothing else), got {url}", err=True)
        raise typer.Exit(2)
    text = MANIFEST.read_text(encoding="utf-8")
    if url or thread_guard:
        text = changed(text, url.rstrip("/") + "/slack/events" if url else "", thread_guard=thread_guard)
    typer.echo(text, nl=False)


def changed(text: str, request_url: str, *, thread_guard: bool) -> str:
    """The manifest for signed HTTP at `request_url` (empty: Socket Mode), with or without what the guard needs."""
    from io import StringIO

    from ruamel.yaml import YAML

    yaml = YAML()
    data = yaml.load(text)
    if thread_guard:
        data["oauth_config"]["scopes"]["bot"].extend(["channels:history", "groups:history"])
        data["settings"]["event_subscriptions"]["bot_events"].extend(["message.channels", "message.groups"])
    if request_url:
        data["settings"]["socket_mode_enabled"] = False
        data["settings"]["event_subscriptions"].insert(0, "request_url", request_url)
        data["settings"]["interactivity"]["request_url"] = request_url
        for command in data["features"]["slash_commands"]:
            command["url"] = request_url
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()
