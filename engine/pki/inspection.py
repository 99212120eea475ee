"""The engine's door: read, put in relation, let every rule judge, sum up. Pure but for the operating system's entropy."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal

from engine.findings import Finding
from engine.pki import chain as chains
from engine.pki.case import Case, is_authority
from engine.pki.facts import Certificate, Csr
from engine.pki.model import Context, Item, ItemReport, NamedBytes, Report, SignatureState
from engine.pki.read import read
from engine.pki.renewal import renew_by
from engine.pki.rules import RULES, Rule
from engine.pki.signatures import WEAK_HASHES, state_of

MAX_REMEMBERED = 8192
"""Bytes of a file; a request is a kilobyte or two."""


def inspect(data: bytes | str | Sequence[NamedBytes], context: Context, now: datetime) -> Report:
    """Says what is wrong with what was given: one paste, or several files that may belong together.

    `now` is the time that validity is judged for and must carry a zone (ValueError if not). Never raises for what the
    data are. In a chat (the context's place) private keys are refused unread.
    """
    if now.tzinfo is None:
        raise ValueError("the time to judge for must carry a zone")
    case = _case(_named(data), context, now)
    findings, silent, idle = _judge(case)
    end = renew_by(case)
    states = zip(case.items, case.signatures, strict=True)
    reports = tuple([ItemReport(item, state, _belongs_to(item, case)) for item, state in states])
    chains.forget()
    return Report(
        verdict=_verdict(case, findings),
        renew_by=end.at if end else None,
        renew_reason=end.what if end else None,
        items=reports,
        chain=case.chains[0] if case.chains else None,
        findings=findings,
        silent=silent,
        not_applicable=idle,
    )


def _named(data: bytes | str | Sequence[NamedBytes]) -> Sequence[NamedBytes]:
    if isinstance(data, str):
        return (NamedBytes("paste", data.encode("utf-8", "surrogateescape")),)
    if isinstance(data, bytes):
        return (NamedBytes("paste", data),)
    return data


def _case(files: Sequence[NamedBytes], context: Context, now: datetime) -> Case:
    items = tuple([item for named in files for item in _read(named, context)])
    anchors = None
    if context.trust is not None:
        trusted = (item.value for named in context.trust for item in read(named, context))
        anchors = tuple(value for value in trusted if isinstance(value, Certificate))
    known = tuple([item for named in context.known for item in _read(named, context)]) if context.known else ()
    certificates = [item.value for item in items if isinstance(item.value, Certificate)]
    issuers = (*certificates, *anchors) if anchors else certificates
    return Case(
        items=items,
        context=context,
        now=now,
        signatures=tuple([_signature(item, issuers) for item in items]),
        known=known,
        answers=tuple(item for named in context.ocsp for item in read(named, context)) if context.ocsp else (),
        anchors=anchors,
        chains=chains.build(items, anchors, now) if certificates else (),
    )


def _read(named: NamedBytes, context: Context) -> tuple[Item, ...]:
    """What a file holds. A request or certificate is read once: it is looked at again, and those that follow ask for it."""
    if len(named.data) <= MAX_REMEMBERED and named.data.startswith(b"-----BEGIN CERTIFICATE"):
        items = _read_once(named)
        if items is not None:
            return items
    return read(named, context)


@lru_cache(maxsize=256)
def _read_once(named: NamedBytes) -> tuple[Item, ...] | None:
    """As in a chat, so that nothing private is kept; None where there is anything else than requests and certificates."""
    items = read(named, Context())
    return items if all(isinstance(item.value, Csr | Certificate) for item in items) else None


def _signature(item: Item, issuers: Sequence[Certificate]) -> SignatureState:
    """Of a request by its own key; of a certificate by an issuer that is here. "none": nothing here to check it by.

    An old hash is called weak without an issuer too, since it is known before the signature is checked.
    """
    value = item.value
    if isinstance(value, Csr):
        return state_of(value, value.key)
    if not isinstance(value, Certificate):
        return "none"
    candidates = [each for each in issuers if each.subject.same_as(value.issuer)]
    states = [chains.issuer_state(value, candidate) for candidate in candidates]
    best = next((state for state in ("valid", "weak", "unsupported", "invalid") if state in states), None)
    return best or ("weak" if value.signature_hash in WEAK_HASHES else "none")


def _judge(case: Case) -> tuple[tuple[Finding, ...], tuple[str, ...], tuple[str, ...]]:
    """Every rule that has something to look at; one that fails becomes a finding, and the others go on."""
    context = case.context
    applicable, idle = _choose(
        frozenset([item.kind for item in case.items]),
        profile=context.profile is not None,
        usage=context.usage is not None,
        several=len(case.items) > 1,
        known=bool(case.known),
    )
    found: list[Finding] = []
    silent = []
    for rule in applicable:
        before = len(found)
        try:
            for finding in rule.judge(case):
                found.append(finding)  # noqa: PERF402  twice as fast as extend where nothing comes, which is nearly always
        except Exception as failure:  # noqa: BLE001  whatever it was, the person is told and the other rules still speak
            found.append(_failed(rule, failure))
        if len(found) == before:
            silent.append(rule.name)
    return tuple(dict.fromkeys(found)), tuple(silent), idle


@lru_cache(maxsize=64)
def _choose(
    kinds: frozenset[str], *, profile: bool, usage: bool, several: bool, known: bool
) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules that have something to look at, and the names of the others."""
    here = {
        None: True,
        "profile": profile,
        "purpose": profile or usage,
        "several": several,
        "others": several or known,
    }
    applicable = tuple(rule for rule in RULES if not rule.applies.isdisjoint(kinds) and here[rule.needs])
    return applicable, tuple(rule.name for rule in RULES if rule not in applicable)


def _failed(rule: Rule, failure: Exception) -> Finding:
    return Finding(
        class_="C14",
        code="rule-failed",
        severity="warning",
        summary=f"One check ({rule.name}) could not be carried out",
        seen=type(failure).__name__,
        why="The other checks were made; this one says nothing about the file.",
        fix="Report this with the name of the check and, if it holds nothing private, the file.",
        source="Dipper",
        confidence="measured",
    )


def _belongs_to(item: Item, case: Case) -> str | None:
    """A key's certificate or request, a request's certificate, an issuer's certificate: the file of it."""
    if len(case.items) == 1:
        return None
    key, value = item.key, item.value
    if isinstance(value, Certificate):
        if not is_authority(value):
            return None
        for other, certificate in case.certificates():
            named = certificate.der != value.der and certificate.issuer.same_as(value.subject)
            if named and chains.signed_by(certificate, value):
                return other.file
        return None
    if key is None:
        return None
    same = [
        other
        for other in case.items
        if other is not item and other.key and other.value and other.key.identity == key.identity
    ]
    if isinstance(value, Csr):
        same = [other for other in same if isinstance(other.value, Certificate)]
    same.sort(key=lambda other: isinstance(other.value, Csr))
    return same[0].file if same else None


def _verdict(case: Case, findings: tuple[Finding, ...]) -> Literal["good", "bad", "unknown"]:
    for finding in findings:
        if finding.severity == "error":
            return "bad"
    for item in case.items:
        if item.kind != "unknown" and item.problem != "locked":
            return "good"
    return "unknown"
