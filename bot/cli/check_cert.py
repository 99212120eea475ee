"""`dipper check cert FILE...`: what is wrong with these files, on the Certificate Admin's own machine."""

import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from engine.pki import Context, NamedBytes, Profile, Report

EXIT = {"good": 0, "bad": 11, "unknown": 13}


def check_cert(
    files: Annotated[list[Path], typer.Argument(help="CSRs, certificates, chains, keys, PFX files, CRLs; any form.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object (dipper.pki/1) on standard output.")] = False,
    profile: Annotated[
        str | None,
        typer.Option(
            help="signing, mtls, dual-purpose, atlas-api, or a file in the form of HVCA's policy; use only a file that "
            "you trust, since its patterns are run as they are."
        ),
    ] = None,
    request: Annotated[Path | None, typer.Option(help="The request (JSON) that a certificate was issued for.")] = None,
    expect_serial: Annotated[str | None, typer.Option(help="The serial number that was announced, in hex.")] = None,
    domain: Annotated[list[str] | None, typer.Option(help="A verified domain of the company (repeat).")] = None,
    claim: Annotated[
        list[str] | None, typer.Option(help="DOMAIN=ISO8601: when the proof of a domain runs out (repeat).")
    ] = None,
    organisation: Annotated[str | None, typer.Option(help="The vetted name of the organisation.")] = None,
    usage: Annotated[str | None, typer.Option(help="client or server: what the certificate is for.")] = None,
    host: Annotated[str | None, typer.Option(help="The name that the certificate must have.")] = None,
    trust: Annotated[list[Path] | None, typer.Option(help="Trust anchors in PEM (repeat).")] = None,
    ocsp: Annotated[list[Path] | None, typer.Option(help="An OCSP response as a file (repeat).")] = None,
    online: Annotated[
        bool, typer.Option("--online/--offline", help="Ask the addresses for OCSP, CRLs and issuers (default: do not).")
    ] = False,
    at: Annotated[str | None, typer.Option(help="The time to judge for (ISO 8601); now if left out.")] = None,
    known: Annotated[list[Path] | None, typer.Option(help="An earlier CSR or certificate (repeat).")] = None,
    password_file: Annotated[Path | None, typer.Option(help="A file with the password of a PFX or key.")] = None,
) -> None:
    """Check CSRs, certificates, chains, keys and PFX files. Nothing leaves this machine unless --online is given."""
    from bot.cli.pki_files import (
        WRONG_USAGE,
        Wrong,
        blocklist,
        files_with,
        moment,
        password_from,
        read_files,
        silence_deprecations,
    )
    from engine.pki import Context

    silence_deprecations()
    try:
        given = read_files(files)
        now = moment(at, "--at")
        context = Context(
            place="machine",
            profile=profile_from(profile) if profile else None,
            expect_serial=_hexadecimal(expect_serial),
            domains=tuple(_domain(each, "--domain") for each in domain or ()),
            claims=dict(_claim(each) for each in claim or ()),
            organisation=organisation,
            usage=_usage(usage),
            host=host,
            trust=files_with(trust, "--trust", {"certificate"}, "certificate") if trust else None,
            ocsp=files_with(ocsp, "--ocsp", {"ocsp", "crl"}, "OCSP response or CRL"),
            known=files_with(known, "--known", {"csr", "certificate", "public_key"}, "request or certificate"),
            password=password_from(password_file),
            blocklist=blocklist(),
        )
        context = _with_request(context, request)
        report = _inspect(given, context, now, online)
    except Wrong as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(WRONG_USAGE) from None
    _show(report, context.profile, as_json)
    raise typer.Exit(EXIT[report.verdict])


def _inspect(given: "tuple[NamedBytes, ...]", context: "Context", now: datetime, online: bool) -> "Report":
    """One look; a second with a password if a person is there to give one; a third with what the network says."""
    from bot.cli.pki_files import ask_password
    from engine.pki import inspect

    report = inspect(given, context, now)
    if context.password is None and any(each.item.problem == "locked" for each in report.items):
        locked = ", ".join(dict.fromkeys(each.item.file for each in report.items if each.item.problem == "locked"))
        if password := ask_password(f"Password of {locked}"):
            context = replace(context, password=password)
            report = inspect(given, context, now)
    return _asked_online(given, context, now, report) if online else report


def _asked_online(given: "tuple[NamedBytes, ...]", context: "Context", now: datetime, report: "Report") -> "Report":
    """Judged again with what the addresses say. An issuer that was fetched may name a further one, and tells whom to ask
    about revocation, so a chain is climbed by a few rounds."""
    from engine.pki import inspect
    from engine.pki.online import MAX_ROUNDS, fetch

    typer.echo("Asking the addresses for revocation and issuers ...", err=True)
    asked: set[tuple[str, bytes]] = set()
    for _ in range(MAX_ROUNDS):
        fetched = fetch(report, asked=asked)
        for trouble in fetched.troubles:
            typer.echo(trouble, err=True)
        if not (fetched.files or fetched.ocsp):
            break
        given, context = (*given, *fetched.files), replace(context, ocsp=(*context.ocsp, *fetched.ocsp))
        report = inspect(given, context, now)
    return report


def profile_from(name: str) -> "Profile":
    """A shipped profile by its name, or one from a file. Raises Wrong if it is neither."""
    from bot.cli.pki_files import Wrong, read_bytes
    from engine.pki import BadProfile, parse, shipped
    from engine.pki.profile import SHIPPED

    try:
        if name in SHIPPED:
            return shipped(name)
        path = Path(name)
        if not path.exists():
            raise Wrong(f"--profile {name}: none of {', '.join(SHIPPED)}, and no such file")
        return parse(read_bytes(path).decode("utf-8-sig", "replace"), path.name)
    except BadProfile as bad:
        raise Wrong(f"--profile {bad}") from None


def _claim(text: str) -> tuple[str, datetime]:
    from bot.cli.pki_files import Wrong, moment

    domain, equals, when = text.partition("=")
    if not (equals and domain.strip() and when.strip()):
        raise Wrong(f"--claim {text}: DOMAIN=ISO8601 is expected, such as northwind.example=2027-03-01T00:00:00Z")
    return _domain(domain, "--claim"), moment(when.strip(), "--claim")


def _domain(text: str, option: str) -> str:
    from bot.cli.pki_files import Wrong
    from engine.pki.names import verified_domain

    try:
        return verified_domain(text)
    except ValueError as refused:
        raise Wrong(f"{option} {text}: {refused}; a domain such as northwind.example is expected") from None


def _usage(text: str | None) -> Literal["client", "server"] | None:
    from bot.cli.pki_files import Wrong

    match text:
        case None | "client" | "server":
            return text
        case _:
            raise Wrong(f"--usage {text}: client or server is expected")


def _hexadecimal(text: str | None) -> str | None:
    from bot.cli.pki_files import Wrong

    if text is None:
        return None
    plain = text.replace(":", "").replace(" ", "").removeprefix("0x")
    if not plain or any(char not in "0123456789abcdefABCDEF" for char in plain):
        raise Wrong(f"--expect-serial {text}: a hexadecimal number is expected")
    return plain


def _with_request(context: "Context", path: Path | None) -> "Context":
    from bot.cli.pki_files import Wrong, read_bytes
    from engine.pki.request import BadRequest, parse_request

    if path is None:
        return context
    try:
        return replace(context, request=parse_request(read_bytes(path).decode("utf-8-sig", "replace")))
    except BadRequest as bad:
        raise Wrong(f"--request {path}: {bad}") from None


def _show(report: "Report", profile: "Profile | None", as_json: bool) -> None:
    from engine.pki import to_json

    document = to_json(report)
    if as_json:
        json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    from rich.console import Console

    from bot.cli.pki_files import show_findings

    console = Console(highlight=False, markup=False)
    for item in document["items"]:
        for line in _lines(item):
            console.print(line, soft_wrap=True)
    if chain := document["chain"]:
        console.print(f"Chain: {' <- '.join(_links(report))}; {chain['reason']}.", soft_wrap=True)
    show_findings(document["findings"])
    if document["comparison"]:
        console.print("\nOld and new compared: " + " ".join(document["comparison"]), soft_wrap=True)
    if document["renew_by"]:
        console.print(f"\nRenew by {document['renew_by'][:10]}: {document['renew_reason']}.", soft_wrap=True)
    if profile is not None and (unproven := profile.unproven()):
        what = ", ".join(unproven).replace("_", " ")
        console.print(
            f"\nThe profile {profile.name} only assumes its rules on {what}: none was published. They give notes, "
            "never errors; ask the DIP where it matters.",
            soft_wrap=True,
        )
    console.print(f"\nVerdict: {_VERDICTS[report.verdict]}", soft_wrap=True)


def _lines(item: dict[str, Any]) -> list[str]:
    """One thing that was found: what it is, whose, until when. Lines, since columns would cut the names off."""
    kind = item["kind"]
    facts = [_KINDS.get(kind, kind.upper()), item["key"]]
    if kind in ("csr", "certificate"):
        facts.append(_SIGNATURES[kind, item["signature"] == "none"].format(item["signature"]))
    if item["not_after"]:
        facts.append(f"from {item['not_before'][:10]} to {item['not_after'][:10]}")
    if item["belongs_to"]:
        facts.append(f"belongs to {item['belongs_to']}")
    if item["detail"] and kind not in ("csr", "certificate"):
        facts.append(item["detail"])
    lines = [f"{item['file']}: {', '.join(fact for fact in facts if fact)}"]
    if item["subject"]:
        lines.append(f"  {item['subject']}")
    if item["names"]:
        lines.append(f"  for {', '.join(item['names'])}")
    return lines


_KINDS = {
    "csr": "certificate request",
    "pkcs7": "PKCS#7 bundle",
    "pkcs12": "PFX",
    "private_key": "private key",
    "public_key": "public key",
    "certificate": "certificate",
    "openssh": "SSH key",
    "jks": "Java key store",
    "unknown": "not recognised",
}
_SIGNATURES = {
    ("csr", False): "signature {}",
    ("csr", True): "signature not checked",
    ("certificate", False): "signature {}",
    ("certificate", True): "signature not checked (its issuer is not here)",
}


def _links(report: "Report") -> list[str]:
    """The chain by its files, or by the holders' names where one file holds several links."""
    chain = report.chain
    if chain is None:
        return []
    if len(set(chain.order)) == len(chain.order):
        return list(chain.order)
    return [each.subject.text() for each in chain.certificates]


_VERDICTS = {
    "good": "good. Nothing here will be refused, as far as can be seen from the files.",
    "bad": "bad. Put the errors above right before you submit.",
    "unknown": "unknown. Nothing was recognised, or it could not be opened.",
}

if __name__ == "__main__":
    alone = typer.Typer(pretty_exceptions_enable=False)
    alone.command()(check_cert)
    alone()
