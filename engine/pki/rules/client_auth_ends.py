"""client-authentication-ends (C8): certificates of this authority will soon come without client authentication.

Seen as: a publicly trusted issuer whose date for ending clientAuth is known, and a certificate that has it.
Fix: plan for a separate certificate for mTLS, from an authority that is meant for it, before this one has to be
renewed.
Source: notices of the authorities, listed with dates in client_auth_ends.yaml. Confidence: sourced.

The next certificate from there will not open an mTLS connection, although everything else about it is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from io import StringIO

from ruamel.yaml import YAML

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.oids import CLIENT_AUTH, SERVER_AUTH
from engine.pki.usage import usages_of
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)


@dataclass(frozen=True, slots=True)
class End:
    """When an authority stops putting clientAuth into public certificates; None: not published."""

    issuer: str
    ends: date | None
    source: str


@cache
def ends() -> tuple[End, ...]:
    text = (files("engine.pki.profiles") / "client_auth_ends.yaml").read_text("utf-8")
    rows = YAML(typ="safe", pure=True).load(StringIO(text))["authorities"]
    return tuple(End(row["issuer"], row.get("ends"), row["source"]) for row in rows)


def judge(case: Case) -> Iterator[Finding]:
    for item, certificate in case.leaves():
        usages = usages_of(certificate.extensions)
        if usages is None or CLIENT_AUTH not in usages or SERVER_AUTH not in usages:
            continue
        issuer = certificate.issuer.text().casefold()
        for end in ends():
            if end.issuer.casefold() in issuer:
                when = f"on {end.ends:%d %B %Y}" if end.ends else "on a date that was not found"
                seen = f"{end.issuer} ends it {when}"
                yield report("client-authentication-ends", "note", seen, item.file, source=end.source)
