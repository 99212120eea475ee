"""The rules of the certificate engine: one subject each, pure, found by being in this list.

A rule has APPLIES (the kinds of item that it has something to say about), `judge`, and a docstring that documents
every
code it may report.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.rules import (
    against_request,
    certificate_signature,
    chain_order,
    chain_path,
    client_auth_ends,
    common_name,
    containers,
    csr_signature,
    csr_structure,
    dates,
    ec_key,
    encoding,
    ends_first,
    host_names,
    key_match,
    key_reuse,
    key_size,
    pasted_key,
    profile_names,
    profile_subject,
    published_key,
    revocation,
    rsa_numbers,
    serial,
    several_things,
    subject,
    usages,
    verified_domains,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its module's name."""

    name: str
    applies: frozenset[str]
    needs: str | None
    judge: Callable[[Case], Iterator[Finding]]
    docstring: str


def _rule(module: ModuleType) -> Rule:
    return Rule(
        module.__name__.rpartition(".")[2],
        module.APPLIES,
        getattr(module, "NEEDS", None),
        module.judge,
        module.__doc__ or "",
    )


RULES: tuple[Rule, ...] = tuple(
    _rule(module)
    for module in (
        pasted_key,
        containers,
        csr_signature,
        csr_structure,
        encoding,
        several_things,
        key_match,
        rsa_numbers,
        ec_key,
        published_key,
        key_size,
        key_reuse,
        subject,
        host_names,
        common_name,
        verified_domains,
        profile_subject,
        profile_names,
        usages,
        client_auth_ends,
        dates,
        ends_first,
        serial,
        certificate_signature,
        against_request,
        chain_order,
        chain_path,
        revocation,
    )
)
