"""Settings from the environment and `dipper.toml`: validated together, errors name their source, secrets are masked.

A variable of the environment wins over the file. That of `[slack] bot_token` is `DIPPER_SLACK_BOT_TOKEN`, and so on.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "DIPPER_"
FILE = "dipper.toml"
_MEMBER_ID = re.compile("[UW][A-Z0-9]+")


class SettingsError(Exception):
    """The settings cannot be used. `problems` says for each where it stands, what is wrong and what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""A list in the file, or words separated by commas in the environment."""


class Transport(StrEnum):
    SOCKET = "socket"
    HTTP = "http"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SlackSettings(_Section):
    """How to reach Slack. Socket Mode needs the app-level token; signed HTTP needs the signing secret."""

    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    transport: Transport = Transport.SOCKET
    base_url: str = "https://slack.com/api/"
    file_hosts: Words = ("files.slack.com",)
    connections: int = Field(default=2, ge=1, le=10)
    posts_per_second: float = Field(default=1.0, gt=0, le=1000)  # in one channel; Slack's page says about one

    @field_validator("bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _must_start(value, "xoxb-", "the Bot User OAuth Token of the app's page OAuth & Permissions")

    @field_validator("app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _must_start(value, "xapp-", "an app-level token with connections:write (Basic Information)")

    @field_validator("signing_secret")
    @classmethod
    def _signing_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().strip():
            raise ValueError("must not be empty: anybody could sign with it (Basic Information shows the app's own)")
        return value

    @field_validator("file_hosts")
    @classmethod
    def _file_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any("/" in host for host in value):
            raise ValueError("write the host alone, such as files.slack.com")
        return value

    @field_validator("base_url")
    @classmethod
    def _base_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            return value.rstrip("/") + "/"
        raise ValueError("must be https; plain http is for a workspace on this machine only")


class HttpSettings(_Section):
    """Where the bot listens: Slack's requests (transport http) at /slack/events; health and metrics always."""

    host: str = "127.0.0.1"
    port: int = Field(default=8020, ge=0, le=65535)


class DatabaseSettings(_Section):
    url: SecretStr = SecretStr("sqlite:///var/dipper.db")

    @field_validator("url")
    @classmethod
    def _url(cls, value: SecretStr) -> SecretStr:
        scheme = value.get_secret_value().split(":", 1)[0]
        if scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value


class DnsSettings(_Section):
    """Options of the DNS engine; the same variables as `dipper check dns`."""

    root_hints: Path | None = None
    trust_anchor: Path | None = None
    resolvers: Words | None = None
    system_resolver: str | None = None
    allow_private: bool = False
    port: int = Field(default=53, ge=1, le=65535)
    timeout: float = Field(default=2.0, gt=0, le=30)


class CertificateSettings(_Section):
    """Whose certificates are known: PEM files with authorities, or folders of them."""

    trust: Annotated[tuple[Path, ...], BeforeValidator(_split)] = ()


class ProcessSettings(_Section):
    site: Path | None = None  # the operator's own rules and templates, beside dipper.toml
    ids_during_vetting: bool = False

    @field_validator("site")
    @classmethod
    def _site(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"{value} is not a folder, so none of your own rules would hold")
        return value


class PeopleSettings(_Section):
    admins: Words = ()
    nation: Literal["ENG", "SCT", "NIR"] = (
        "ENG"  # whose bank holidays, unless a form says otherwise; Wales has England's
    )
    thread_guard: bool = False
    retention_months: int = Field(default=24, ge=0, le=1200)  # after an onboarding was closed; 0 keeps everything

    @field_validator("admins")
    @classmethod
    def _admins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [one for one in value if not _MEMBER_ID.fullmatch(one)]:
            raise ValueError(
                f"{', '.join(wrong)} is no Slack member id such as U012AB3CD (profile → ⋮ → Copy member ID)"
            )
        return value


class LogSettings(_Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "text"] = "auto"


class Settings(_Section):
    slack: SlackSettings = SlackSettings()
    http: HttpSettings = HttpSettings()
    database: DatabaseSettings = DatabaseSettings()
    dns: DnsSettings = DnsSettings()
    certificates: CertificateSettings = CertificateSettings()
    process: ProcessSettings = ProcessSettings()
    people: PeopleSettings = PeopleSettings()
    log: LogSettings = LogSettings()

    def missing_for_slack(self) -> tuple[str, ...]:
        """What `dipper run` needs beside what is set, each as a sentence with the way to set it."""
        needed = [("bot_token", self.slack.bot_token)]
        if self.slack.transport is Transport.SOCKET:
            needed.append(("app_token", self.slack.app_token))
        else:
            needed.append(("signing_secret", self.slack.signing_secret))
        return tuple(
            f"{_variable('slack', name)} is not set (or [slack] {name} in {FILE}). See README.md, Connect a workspace."
            for name, value in needed
            if value is None
        )

    @property
    def is_local_workspace(self) -> bool:
        """Whether Slack's base URL is on this machine: only then may the clock come from there."""
        return is_loopback(urlsplit(self.slack.base_url).hostname or "")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """Settings of `folder`/dipper.toml with the environment laid over them.

    Raises SettingsError naming every problem with its source; a secret's value is never part of it.
    """
    path = folder / FILE
    origins: dict[tuple[str, str], str] = {}
    values = _from_file(path, origins)
    _lay_environment_over(values, environment, origins)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(
            tuple(_problem(path, origins, item) for item in error.errors(include_input=False))
        ) from None


def _from_file(path: Path, origins: dict[tuple[str, str], str]) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError((f"{path}: not valid TOML: {error}",)) from None
    except OSError as error:
        raise SettingsError((f"{path}: cannot be read: {error.strerror}",)) from None
    for section, entries in values.items():
        if isinstance(entries, dict):
            origins.update({(section, name): f"{path.name}: [{section}] {name}" for name in entries})
            for name in ("root_hints", "trust_anchor", "site"):
                if isinstance(entries.get(name), str):
                    entries[name] = str(path.parent / entries[name])
            if isinstance(trust := entries.get("trust"), list | str):
                places = [trust] if isinstance(trust, str) else trust
                entries["trust"] = [str(path.parent / str(place)) for place in places]
    return values


def _variable(section: str, name: str) -> str:
    return f"{PREFIX}{section}_{name}".upper()


def _lay_environment_over(
    values: dict[str, Any], environment: Mapping[str, str], origins: dict[tuple[str, str], str]
) -> None:
    """A variable of one of our sections that names no setting is taken along, so that it is refused like one in the file."""
    for variable, value in environment.items():
        section, _, name = variable.removeprefix(PREFIX).lower().partition("_")
        ours = variable.startswith(PREFIX) and variable.isupper() and section in Settings.model_fields
        if ours and name and value:
            target = values.setdefault(section, {})
            if isinstance(target, dict):
                target[name] = value
                origins[section, name] = f"environment: {variable}"


def _fields(annotation: object) -> tuple[str, ...]:
    return tuple(annotation.model_fields) if isinstance(annotation, type) and issubclass(annotation, BaseModel) else ()


def _problem(path: Path, origins: Mapping[tuple[str, str], str], error: Any) -> str:
    place = tuple(str(part) for part in error["loc"])
    where = origins.get((place[0], place[1])) if len(place) > 1 else None
    where = where or f"{path.name}: " + ".".join(place)
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown setting. Known here: {', '.join(_known(place))}."
    return f"{where}: {error['msg'].removeprefix('Value error, ')}"


def _known(place: tuple[str, ...]) -> tuple[str, ...]:
    if len(place) > 1 and place[0] in Settings.model_fields:
        return _fields(Settings.model_fields[place[0]].annotation)
    return tuple(Settings.model_fields)


def _must_start(value: SecretStr | None, prefix: str, what: str) -> SecretStr | None:
    if value is not None and not value.get_secret_value().startswith(prefix):
        raise ValueError(f"must begin with {prefix}: it is {what}")
    return value


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the start-up summary: what runs where, or what is off and why."""

    what: str
    how: str


def summary(settings: Settings) -> tuple[Line, ...]:
    """What runs where and what is off, in a few lines without secrets."""
    slack = "Socket Mode" if settings.slack.transport is Transport.SOCKET else "signed HTTP"
    database = settings.database.url.get_secret_value()
    lines = [
        Line("Slack", f"{slack} at {settings.slack.base_url}"),
        Line("Database", database if database.startswith("sqlite") else _without_credentials(database)),
        Line("Health and metrics", f"http://{settings.http.host}:{settings.http.port}/healthz, /metrics"),
        Line("DNS", _dns_line(settings.dns)),
        Line("Own rules", str(settings.process.site) if settings.process.site else "none (no site/ folder is set)"),
        Line(
            "Thread guard", "on" if settings.people.thread_guard else "off (people.thread_guard; needs history scopes)"
        ),
        Line(
            "Admins", ", ".join(settings.people.admins) or "nobody (people.admins): doctor answers only in the terminal"
        ),
    ]
    return tuple(lines)


def _without_credentials(address: str) -> str:
    """Host, port and name; a password may stand before the host or among the options."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return "an address that cannot be read"
    return f"{url.host or ''}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def _dns_line(dns: DnsSettings) -> str:
    roots = f"root servers of {dns.root_hints}" if dns.root_hints else "the public root servers"
    if dns.resolvers is None:
        return f"{roots}, built-in public resolvers"
    return f"{roots}, resolvers {', '.join(dns.resolvers) or 'none'}"
