"""`dipper check webhook URL`: connects to a webhook as the DIP would, and says what it sees."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.webhook import Report

EXIT = {"good": 0, "bad": 11, "unknown": 13}


def check_webhook(
    url: Annotated[str, typer.Argument(help="The webhook's address, beginning with https://")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object (dipper.webhook/1) on standard output.")
    ] = False,
    post: Annotated[bool, typer.Option("--post", help="Send one empty POST; else a GET request is sent.")] = False,
    trust: Annotated[list[Path] | None, typer.Option(help="Trust anchors in PEM (repeat).")] = None,
    cert: Annotated[Path | None, typer.Option(help="A client certificate in PEM, with its chain.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key in PEM, not encrypted.")] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Ask addresses inside your network too.")
    ] = False,
    at: Annotated[
        str | None, typer.Option(help="The time to judge certificates for (ISO 8601); now if left out.")
    ] = None,
) -> None:
    """Check a webhook: address, TLS, server certificate, client certificate, answer."""
    from datetime import UTC, datetime

    from bot.cli.pki_files import WRONG_USAGE, Wrong, files_with, moment, refuse, silence_deprecations
    from engine.webhook import BadUrl, Claim, check, parse_url

    silence_deprecations()
    try:
        if (cert is None) != (key is None):
            refuse("--cert and --key belong together; one of them is missing")
        pair = (cert, key) if cert and key else None
        if pair:
            _usable(*pair)
        claim = Claim(
            url=parse_url(url),
            post=post,
            trust=files_with(trust, "--trust", {"certificate"}, "certificate") if trust else None,
            certificate=(str(pair[0]), str(pair[1])) if pair else None,
            allow_private=allow_private,
            at=moment(at, "--at") if at else None,
        )
        typer.echo(f"Connecting to {claim.url.host} ...", err=True)
        report = check(claim, datetime.now(UTC))
    except (Wrong, BadUrl) as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(WRONG_USAGE) from None
    _show(report, as_json)
    raise typer.Exit(EXIT[report.verdict])


def _usable(cert: Path, key: Path) -> None:
    """Whether the pair can be used for TLS, said before anything is connected."""
    import ssl

    from bot.cli.pki_files import read_bytes, refuse

    read_bytes(cert)
    if b"ENCRYPTED" in read_bytes(key):
        refuse(f"{key}: the key is encrypted; give an unsealed copy that you delete afterwards")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert, key)
    except (ssl.SSLError, OSError):
        refuse(f"{cert} and {key} are no pair of certificate and key in PEM")


def _show(report: "Report", as_json: bool) -> None:
    from engine.webhook import to_json

    document = to_json(report)
    if as_json:
        json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    from bot.cli.pki_files import show_findings

    tls = document["tls"]
    if tls["version"]:
        spoken = ", ".join(filter(None, (tls["version"], tls["cipher"])))
        typer.echo(f"TLS: {spoken}; client certificate: {tls['client_certificate'].replace('_', ' ')}")
    for name in tls["accepted_cas"]:
        typer.echo(f"  accepts certificates issued by {name}")
    if document["ends"]:
        typer.echo(f"The server's certificate ends on {document['ends'][:10]}.")
    show_findings(document["findings"])
    typer.echo(f"\nVerdict: {_VERDICTS[report.verdict]}")


_VERDICTS = {
    "good": "good. As far as can be seen from here, the DIP can deliver to it.",
    "bad": "bad. Put the errors above right; until then messages will not arrive.",
    "unknown": "unknown. Nothing that decides it could be seen from here.",
}

if __name__ == "__main__":
    alone = typer.Typer(pretty_exceptions_enable=False)
    alone.command()(check_webhook)
    alone()
