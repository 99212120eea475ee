"""What the settings point at, read and checked before anybody is told that Dipper runs: rules, templates, DNS files, database."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bot.clock import system_clock
from bot.render.renderer import OUR_TEMPLATES, Renderer
from bot.settings import CertificateSettings, DnsSettings, ProcessSettings, Settings
from engine.dns import BadInput, Options, ResolverAddress, read_root_hints, read_trust_anchor
from engine.dns.options import PUBLIC_RESOLVERS
from engine.process.loader import ProcessInvalid, load_process
from engine.process.model import Process
from engine.reminders.calendar import bank_holidays
from engine.store import schema
from engine.store.dialects import Database, open_database
from engine.store.errors import BadAddress, Unavailable, WrongDatabase

if TYPE_CHECKING:
    from engine.pki import NamedBytes, Profile

T = TypeVar("T")


class StartFailed(Exception):
    """The house cannot be built or started. `problems` are sentences with what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def dns_options(dns: DnsSettings) -> Options:
    """Raises StartFailed naming the setting, and the file or address that cannot be used."""
    hints, anchor, resolvers, system = dns.root_hints, dns.trust_anchor, dns.resolvers, dns.system_resolver
    return Options(
        root_hints=_of("dns.root_hints", lambda: read_root_hints(hints) if hints else None),
        trust_anchor=_of("dns.trust_anchor", lambda: read_trust_anchor(anchor) if anchor else None),
        resolvers=PUBLIC_RESOLVERS if resolvers is None else _of("dns.resolvers", lambda: _resolvers(resolvers)),
        system_resolver=_of(
            "dns.system_resolver", lambda: ResolverAddress.parse(system) if system and system != "off" else None
        ),
        allow_private=dns.allow_private,
        port=dns.port,
        timeout_seconds=dns.timeout,
    )


def _of(setting: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except BadInput as error:
        raise StartFailed(f"{setting}: {error}") from None


def _resolvers(given: tuple[str, ...]) -> tuple[ResolverAddress, ...]:
    return tuple(ResolverAddress.parse(one) for one in given)


def load_words(settings: Settings) -> tuple[Process, Renderer]:
    """The process and the templates, the operator's own laid over ours. Raises StartFailed with file and line.

    Also reads the year's holidays, whose library takes most of a second: else the first click would wait for it.
    """
    bank_holidays(settings.people.nation, system_clock().year)
    process = load_rules(settings.process)
    site = settings.process.site
    overlays = (site / "templates",) if site and (site / "templates").is_dir() else ()
    renderer = Renderer(OUR_TEMPLATES, overlays)
    if overlays:
        from bot.render.checking import TemplatesInvalid, checked  # noqa: PLC0415 -- every sample of a message, which
        from bot.render.samples import samples  # noqa: PLC0415 -- nobody needs without templates of their own

        try:
            checked(renderer, samples(process), overlays)
        except TemplatesInvalid as error:
            raise StartFailed(*(str(problem) for problem in error.problems)) from None
    return process, renderer


def load_rules(settings: ProcessSettings) -> Process:
    """Raises StartFailed with file and line."""
    site = settings.site
    try:
        process = load_process(site / "process" if site and (site / "process").is_dir() else None)
    except ProcessInvalid as error:
        raise StartFailed(*(str(problem) for problem in error.problems)) from None
    return replace(process, ids_during_vetting=True) if settings.ids_during_vetting else process


def load_profiles(settings: ProcessSettings) -> "dict[str, Profile]":
    """The operator's own certificate profiles, by the name of ours that each stands for. Raises StartFailed with the file."""
    folder = settings.site / "profiles" if settings.site else None
    if folder is None or not folder.is_dir():
        return {}
    from engine.pki.profile import SHIPPED, BadProfile, parse  # noqa: PLC0415 -- only where there are profiles of one's own

    found: dict[str, Profile] = {}
    problems = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".yaml", ".yml", ".json") or path.stem not in SHIPPED:
            problems.append(f"{path}: call it {' or '.join(SHIPPED)}, and .yaml or .json, or move it away")
            continue
        try:
            found[path.stem] = parse(path.read_text("utf-8-sig"), str(path))
        except BadProfile as error:
            problems.append(str(error))
        except (OSError, UnicodeError) as error:
            problems.append(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text in UTF-8'}")
    if problems:
        raise StartFailed(*problems)
    return found


def load_anchors(settings: CertificateSettings) -> "tuple[NamedBytes, ...]":
    """The authorities whose certificates are known. Raises StartFailed with the file that holds none."""
    if not settings.trust:
        return ()
    from engine.comparing import authorities_in  # noqa: PLC0415 -- only where there are any
    from engine.pki import NamedBytes  # noqa: PLC0415

    found: list[NamedBytes] = []
    problems = []
    for place in settings.trust:
        try:
            paths = sorted(place.glob("*.pem")) if place.is_dir() else [place]
            for path in paths:
                named = NamedBytes(path.name, path.read_bytes())
                if authorities_in(named):
                    found.append(named)
                else:
                    problems.append(f"certificates.trust: {path} holds no certificate of an authority")
        except OSError as error:
            problems.append(f"certificates.trust: {place} cannot be read: {error.strerror}")
    if problems:
        raise StartFailed(*problems)
    return tuple(found)


def usable_database(settings: Settings, *, upgrade: bool) -> Database:
    """Opened, and of this version. Raises StartFailed."""
    try:
        database = open_database(settings.database.url.get_secret_value())
        database.make_folder()
        if upgrade:
            schema.upgrade(database)
        schema.require_current(database)
    except BadAddress as error:
        raise StartFailed(f"database.url: {error}") from None
    except (WrongDatabase, Unavailable) as error:
        raise StartFailed(str(error)) from None
    return database
