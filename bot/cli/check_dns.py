"""`dipper check dns`: asks every server of a domain and says whether Submit would be accepted, and if not, why."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from engine.dns import Claim, Diagnosis, Options, ResolverAddress

EXIT_CODES = {"ready": 0, "not_yet": 10, "wrong": 11, "broken": 12, "unknown": 13}
WRONG_USAGE = 2


def check_dns(
    domain: Annotated[str, typer.Argument(help="The domain as the portal shows it.")],
    value: Annotated[str | None, typer.Argument(help="The TXT value as the portal shows it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")] = False,
    root_hints: Annotated[
        Path | None,
        typer.Option("--root-hints", envvar="DIPPER_DNS_ROOT_HINTS", help="Root servers, in named.root format."),
    ] = None,
    trust_anchor: Annotated[
        Path | None,
        typer.Option("--trust-anchor", envvar="DIPPER_DNS_TRUST_ANCHOR", help="DS or DNSKEY of the root, zone format."),
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option("--resolver", metavar="IP[@PORT]", help="A resolver to compare with; may be given several times."),
    ] = None,
    resolvers_setting: Annotated[
        str | None, typer.Option("--resolvers-setting", envvar="DIPPER_DNS_RESOLVERS", hidden=True)
    ] = None,
    no_resolvers: Annotated[bool, typer.Option("--no-resolvers", help="Ask no public resolver.")] = False,
    system_resolver: Annotated[
        str | None,
        typer.Option(
            "--system-resolver",
            envvar="DIPPER_DNS_SYSTEM_RESOLVER",
            metavar="IP or off",
            help="The resolver inside the company; by default what this machine is set to.",
        ),
    ] = None,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", envvar="DIPPER_DNS_ALLOW_PRIVATE", help="Ask private addresses too."),
    ] = False,
    port: Annotated[
        int, typer.Option("--port", envvar="DIPPER_DNS_PORT", min=1, max=65535, help="Port of the name servers.")
    ] = 53,
    timeout: Annotated[
        float,
        typer.Option("--timeout", envvar="DIPPER_DNS_TIMEOUT", min=0.05, max=30, help="Seconds for one exchange."),
    ] = 2.0,
    assert_by: Annotated[
        str | None, typer.Option("--assert-by", metavar="ISO8601", help="When the value runs out.")
    ] = None,
    previous: Annotated[list[str] | None, typer.Option("--previous", help="A value of an earlier claim.")] = None,
    verified_at: Annotated[
        str | None, typer.Option("--verified-at", metavar="ISO8601", help="The record was right then.")
    ] = None,
    claim: Annotated[
        Path | None, typer.Option("--claim", help="The claim as GlobalSign's API gives it, as a JSON file.")
    ] = None,
    repeat: Annotated[int, typer.Option("--repeat", min=1, max=20, help="How often each server is asked.")] = 3,
    max_queries: Annotated[int, typer.Option("--max-queries", min=1, max=100_000)] = 2000,
    max_seconds: Annotated[float, typer.Option("--max-seconds", min=0.1, max=600)] = 30.0,
    company_domain: Annotated[
        list[str] | None, typer.Option("--company-domain", help="Another domain of the same company.")
    ] = None,
) -> None:
    """Would GlobalSign accept a Submit now? If not: what must who change, and how long will it take?

    Exit code: 0 ready, 10 not yet, 11 wrong, 12 broken, 13 unknown, 2 wrong usage.
    """
    import asyncio
    from datetime import UTC

    from engine.dns import BadInput, Options, ResolverAddress, diagnose, read_root_hints, read_trust_anchor
    from engine.dns.options import PUBLIC_RESOLVERS

    try:
        if no_resolvers:
            compared: tuple[ResolverAddress, ...] = ()
        else:
            given = resolver or [each for each in (resolvers_setting or "").split(",") if each.strip()]
            compared = tuple(ResolverAddress.parse(text) for text in given) or PUBLIC_RESOLVERS
        options = Options(
            root_hints=read_root_hints(root_hints) if root_hints else None,
            trust_anchor=read_trust_anchor(trust_anchor) if trust_anchor else None,
            resolvers=compared,
            system_resolver=_system_resolver(system_resolver),
            allow_private=allow_private,
            port=port,
            timeout_seconds=timeout,
            repeat=repeat,
            max_queries=max_queries,
            max_seconds=max_seconds,
        )
        asked = _claim(domain, value, assert_by, previous or [], verified_at, claim, company_domain or [])
    except BadInput as error:
        _wrong_usage(str(error))
    diagnosis = asyncio.run(diagnose(asked, options, datetime.now(UTC)))
    if as_json:
        _print_json(diagnosis)
    else:
        _print_for_people(diagnosis, options)
    raise typer.Exit(EXIT_CODES[diagnosis.verdict])


def _wrong_usage(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(WRONG_USAGE)


def _claim(
    domain: str,
    value: str | None,
    assert_by: str | None,
    previous: list[str],
    verified_at: str | None,
    claim: Path | None,
    company_domains: list[str],
) -> "Claim":
    from engine.dns import BadInput, Claim
    from engine.dns.claim_file import ClaimFile, parse_claim_file
    from engine.dns.options import read_text

    held = parse_claim_file(read_text(claim)) if claim else ClaimFile(None, None, None, ())
    made = Claim.parse(
        domain,
        value,
        assert_by=_moment(assert_by, "--assert-by") or held.assert_by,
        previous=previous,
        verified_at=_moment(verified_at, "--verified-at"),
        company_domains=company_domains,
        status=held.status,
        log=held.log,
    )
    if held.domain is not None and held.domain != made.domain:
        raise BadInput(f"The claim file is about {held.domain.to_text(omit_final_dot=True)}, not {made.domain_text}.")
    return made


def _moment(text: str | None, option: str) -> datetime | None:
    from datetime import UTC

    from engine.dns import BadInput

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{option} {text} is no time of the form 2026-11-24T09:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _system_resolver(setting: str | None) -> "ResolverAddress | None":
    import dns.exception
    import dns.resolver

    from engine.dns import ResolverAddress

    if setting is not None:
        return None if setting.strip().lower() in ("off", "") else ResolverAddress.parse(setting)
    try:
        addresses = dns.resolver.Resolver().nameservers
    except (dns.exception.DNSException, OSError):
        typer.echo("This machine names no resolver of its own, so none is compared.", err=True)
        return None
    return ResolverAddress(str(addresses[0])) if addresses else None


def _print_json(diagnosis: "Diagnosis") -> None:
    import json

    from engine.dns import to_json

    typer.echo(json.dumps(to_json(diagnosis)))


def _print_for_people(diagnosis: "Diagnosis", options: "Options") -> None:
    from rich.console import Console

    from bot.cli.dns_text import render

    console = Console(highlight=False)
    for part in render(diagnosis, asked_resolvers=bool(options.resolvers)):
        console.print(part)
