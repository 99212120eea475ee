"""The one interface to the check engines: a job in, what was seen out. Nothing here knows of Slack.

`DnsJob` asks the domain's servers; `MaterialJob` reads a CSR or certificate. Both give a `Seen`: a verdict, the report as
the engine's own JSON (`dipper.dns/1`, `dipper.pki/1`), and what it means for time. An engine is imported with its first job.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine import dns, pki, webhook
from engine.dns.claim import BadInput
from engine.dns.watch import POLICY, Pace, Policy
from engine.onboarding.values import ABSENT
from engine.pki.secrets import SecretKind, find_secret
from engine.process.model import Cadences, Half
from engine.webhook.claim import BadUrl

if TYPE_CHECKING:
    from engine.dns import Diagnosis, Options
    from engine.pki import NamedBytes, Profile

DNS = "dns-txt"
CSR = "csr"
CERTIFICATE = "certificate"
UNKNOWN = "unknown"


class HoldsSecret(Exception):
    """The material holds a secret and was not read. `kind` may be named to people; the content is in nothing of this.

    `keys`: the SHA-256 of the public halves of its private keys, in hex.
    """

    def __init__(self, kind: SecretKind, keys: tuple[str, ...] = ()) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.keys = keys


@dataclass(frozen=True, slots=True)
class DnsJob:
    """`token_days` after `shown_on` the token runs out (GlobalSign in general). `watch` and `awaited_since`, when a change
    was promised or last seen, say when to look again."""

    domain: str
    value: str | None
    previous: tuple[str, ...] = ()
    shown_on: datetime | None = None
    token_days: int = 30
    verified_at: datetime | None = None
    awaited_since: datetime | None = None
    watch: Policy = POLICY


@dataclass(frozen=True, slots=True)
class MaterialJob:
    """`usage` is the profile's name where it is known: `signing`, `mtls`, `dual-purpose`, `atlas-api`."""

    name: str
    data: bytes = field(repr=False)
    step: int = 0
    usage: str | None = None
    domains: tuple[str, ...] = ()
    organisation: str | None = None
    known: "tuple[NamedBytes, ...]" = ()
    requested: "NamedBytes | None" = None  # the CSR of this track that counted for the same certificate
    other_track: "tuple[NamedBytes, ...]" = ()
    ends: Mapping[str, datetime] = field(default_factory=dict)  # what else ends, in words: for the renewal date


@dataclass(frozen=True, slots=True)
class Seen:
    kind: str
    verdict: str
    report: dict[str, Any]
    ready_at: datetime | None = None
    look_again_at: datetime | None = None
    ends: dict[str, datetime] = field(default_factory=dict)
    cause: str = ""  # what decided the verdict; `ABSENT` where the record is simply not there yet
    agrees: tuple[str, ...] = ()  # the halves that were compared and agree (`process.model.Half`)
    disagrees: tuple[str, ...] = ()
    key: str = ""  # the SHA-256 of the public key, in hex


def watch_policy(cadences: Cadences) -> Policy:
    """How often the process has the TXT record looked for."""
    paces = tuple(Pace(until, every) for until, every in cadences.dns_look_again)
    daily = cadences.dns_watch_every
    return replace(POLICY, paces=paces, after=daily, success=daily, most=daily)


class Checks:
    """The engines with the settings that they were given.

    `profiles`: an operator's own, by the name that each stands for; `anchors`: the authorities that are known.
    """

    def __init__(
        self,
        dns_options: "Options",
        profiles: "Mapping[str, Profile] | None" = None,
        anchors: "tuple[NamedBytes, ...]" = (),
    ) -> None:
        self._dns = dns_options
        self._profiles = profiles or {}
        self._anchors = anchors

    async def dns(self, job: DnsJob, now: datetime) -> Seen:
        """Raises BadInput where the domain or value is none, with the reason in words for whoever typed it."""
        claim = dns.Claim.parse(
            job.domain,
            job.value,
            assert_by=job.shown_on + timedelta(days=job.token_days) if job.shown_on else None,
            previous=job.previous,
            verified_at=job.verified_at,
            awaited_since=job.awaited_since,
        )
        found = await dns.diagnose(claim, replace(self._dns, watch=job.watch), now)
        agrees = (Half.DOMAIN.value, Half.VALUE.value) if job.value else (Half.DOMAIN.value,)
        return Seen(
            DNS, found.verdict, dns.to_json(found), found.ready_at, found.recheck_at, cause=_cause(found), agrees=agrees
        )

    async def webhook(self, url: str, now: datetime) -> dict[str, Any]:
        """The report (`dipper.webhook/1`) of a probe that sends no POST. Raises BadUrl with the reason in words."""
        claim = webhook.Claim(webhook.parse_url(url), allow_private=self._dns.allow_private)
        return webhook.to_json(await webhook.check_aside(claim, now))

    def material(self, job: MaterialJob, now: datetime) -> Seen:
        """Pure, but slow enough (a key's check costs milliseconds) for a thread. Raises HoldsSecret."""
        secret = find_secret(job.data)
        if secret is not None:
            raise HoldsSecret(secret, pki.public_halves(job.data))
        from engine.comparing import Against, State, compare  # noqa: PLC0415 -- with the first file, as the engine itself

        context = pki.Context(
            place="chat",
            profile=(self._profiles.get(job.usage) or pki.shipped(job.usage)) if job.usage else None,
            domains=job.domains,
            organisation=job.organisation,
            known=job.known,
            ends=job.ends,
        )
        report = pki.inspect((pki.NamedBytes(job.name, job.data),), context, now)
        body = pki.to_json(report)
        if not job.step:  # for a command, without a step: there is nothing to compare it with
            return Seen(_kind(body), report.verdict, body)
        against = Against(job.requested, job.usage, job.organisation, job.domains, job.other_track, self._anchors)
        compared = compare([each.item for each in report.items], against, now)
        body["compared"] = [
            {"half": one.half, "state": one.state, "why": one.why, "seen": one.seen} for one in compared.halves
        ]
        return Seen(
            _kind(body),
            report.verdict,
            body,
            ends=_ends(body, job.step),
            agrees=compared.those(State.AGREES),
            disagrees=compared.those(State.DISAGREES),
            key=compared.key,
        )


_NOT_THERE = "D12"  # NXDOMAIN, NODATA or other TXT values: nothing of ours was found anywhere


def _cause(found: "Diagnosis") -> str:
    blockers = found.blockers()
    if not blockers:
        return ""
    return ABSENT if all(one.class_ == _NOT_THERE for one in blockers) else blockers[0].code


def _kind(report: dict[str, Any]) -> str:
    """What the material is: the first CSR or certificate in it."""
    kinds = [item["kind"] for item in report["items"]]
    for kind in (CSR, CERTIFICATE, "pkcs7"):
        if kind in kinds:
            return CERTIFICATE if kind == "pkcs7" else kind
    return UNKNOWN


def _ends(report: dict[str, Any], step: int) -> dict[str, datetime]:
    """When what was seen ends, under the key that the reminders know: the leaf's own end, as read from the file."""
    ends = [
        datetime.fromisoformat(item["not_after"])
        for item in report["items"]
        if item["kind"] == CERTIFICATE and item.get("not_after")
    ]
    if not ends:
        return {}
    return {"atlas_certificate" if step == 4 else "certificate": min(ends)}


__all__ = ["BadInput", "BadUrl", "Checks", "DnsJob", "HoldsSecret", "MaterialJob", "Seen", "watch_policy"]
