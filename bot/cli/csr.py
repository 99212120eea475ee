"""`dipper csr`: makes a key and a request on the Certificate Admin's own machine. Nothing leaves it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.pki.keys import Wish


def csr(
    profile: Annotated[
        str | None, typer.Option(help="signing, mtls, dual-purpose, atlas-api, or a policy file.")
    ] = None,
    organisation: Annotated[str | None, typer.Option(help="The company's name as it was vetted.")] = None,
    country: Annotated[str | None, typer.Option(help="Two letters; GB for the United Kingdom.")] = None,
    host: Annotated[list[str] | None, typer.Option(help="A host name below a verified domain (repeat).")] = None,
    key_type: Annotated[str, typer.Option(help="rsa:2048, rsa:3072, rsa:4096, ec:P-256 or ec:P-384.")] = "rsa:2048",
    out: Annotated[Path | None, typer.Option(help="BASE: makes BASE.key and BASE.csr.")] = None,
    key_password_file: Annotated[
        Path | None, typer.Option(help="A file with the password to seal the key with.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Make a key (for your eyes only) and the request to submit. Existing files are never overwritten."""
    from bot.cli.pki_files import WRONG_USAGE, Wrong, ask_password, must_not_exist, password_from, refuse, write_new
    from engine.pki.keys import BadWish, make, openssl_lines

    try:
        wish, base = _wish(profile, organisation, country, host, key_type, out)
        key_file, csr_file = Path(f"{base}.key"), Path(f"{base}.csr")
        for path in (key_file, csr_file):
            must_not_exist(path)
        password = password_from(key_password_file)
        if password is not None and not password.reveal():
            refuse(f"{key_password_file}: the password is empty")
        if password is None and not as_json:
            password = ask_password("Password for the key (empty: none)", twice=True)
        made = make(wish, password)
        _must_pass(wish, made.csr)
        write_new(key_file, made.key, private=True)
        write_new(csr_file, made.csr, private=False)
    except (Wrong, BadWish) as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(WRONG_USAGE) from None
    sealed = password is not None and bool(password.reveal())
    lines = openssl_lines(wish, str(key_file), str(csr_file), sealed=sealed)
    _tell(wish, key_file, csr_file, made.csr, lines, as_json)


def _must_pass(wish: "Wish", csr: bytes) -> None:
    """Judges the request before anything is written: what the profile refuses is not worth a file. Raises Wrong."""
    from bot.cli.pki_files import Wrong, moment
    from engine.pki import Context, inspect

    report = inspect(csr, Context(place="machine", profile=wish.profile), moment(None, ""))
    if errors := [found for found in report.findings if found.severity == "error"]:
        lines = [f"{found.summary.rstrip('.')}: {found.seen}. To put it right, {found.fix}" for found in errors]
        raise Wrong("\n".join((*lines, "Nothing was written.")))


def _wish(
    profile: str | None,
    organisation: str | None,
    country: str | None,
    hosts: list[str] | None,
    key_type: str,
    out: Path | None,
) -> "tuple[Wish, Path]":
    from bot.cli.check_cert import profile_from
    from bot.cli.pki_files import Wrong
    from engine.pki.keys import Wish

    if out is not None and out.suffix in (".key", ".csr"):
        raise Wrong(f"--out {out}: give it without {out.suffix}; both files get their endings")
    name = profile or _ask("profile", "Profile (signing, mtls, dual-purpose or atlas-api)")
    wish = Wish(
        profile=profile_from(name),
        organisation=organisation or _ask("organisation", "Company name as it was vetted"),
        country=country or _ask("country", "Country (two letters)", "GB"),
        hosts=tuple(hosts or _ask("host", "Host names, separated by blanks").split()),
        key_type=key_type,
    )
    return wish, out or Path(_ask("out", "Name of the files, without ending", "dip"))


def _ask(option: str, question: str, default: str | None = None) -> str:
    from bot.cli.pki_files import Wrong

    if not sys.stdin.isatty():
        raise Wrong(f"--{option} is missing")
    return str(typer.prompt(question, default=default, err=True))


def _tell(wish: "Wish", key_file: Path, csr_file: Path, csr: bytes, openssl: tuple[str, str], as_json: bool) -> None:
    from engine.pki.facts import read_csr
    from engine.pki.read.text import decode

    body = csr.decode().partition("-----\n")[2].partition("\n-----END")[0]
    request = read_csr(decode(body) or b"")
    if as_json:
        document = {
            "schema": "dipper.csr/1",
            "key": str(key_file),
            "csr": str(csr_file),
            "subject": request.subject.text(),
            "names": list(request.names.all()),
            "key_type": request.key.label,
            "spki_sha256": request.key.sha256,
            "openssl": list(openssl),
        }
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    typer.echo(f"Made {key_file} ({request.key.label}, readable by you alone) and {csr_file}.\n")
    typer.echo(csr.decode())
    typer.echo(
        "Paste the block above, with its BEGIN and END lines, where the certificate is asked for (DIP portal, Step 6;"
    )
    typer.echo(
        "for the API certificate: Atlas). In GlobalSign's own requests the names go into the request, not only here:"
    )
    typer.echo(f"  {', '.join(wish.hosts)}\n")
    typer.echo(
        f"Keep {key_file} on this machine. Never put it into a chat, a mail or a ticket. Without it the certificate"
    )
    typer.echo("is worth nothing, and whoever has it can speak for your company.\n")
    typer.echo("The same with openssl:")
    for line in openssl:
        typer.echo(f"  {line}")
