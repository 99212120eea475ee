"""DNSSEC: the chain from the trust anchor to what the servers said, which link is broken, and how."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

import dns.dnssec
import dns.exception
import dns.name
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS

from engine.dns.answers import CNAME, TXT, Answers, Cut, Look, Message, Name, Server
from engine.dns.denial import Denials, Proof
from engine.dns.names import listed, text
from engine.dns.signatures import ALGORITHMS, Check, Fault, Verifier, signatures_of

Status = Literal["secure", "insecure", "bogus", "indeterminate"]
DNAME = dns.rdatatype.DNAME
_DENIALS = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)
_OUR_LIMITS = frozenset({"queries", "seconds", "bytes", "sockets"})
ENTRY_FAULTS = frozenset({"ds-without-key", "ds-digest-wrong", "ds-algorithm-wrong"})
"""How the DS records and the keys of a zone fail to meet; at one server alone, that server has other keys."""
_DIGESTS = {1: "SHA1", 2: "SHA256", 4: "SHA384"}


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken link. `code` is that of the finding; `what` names the records, `servers` who gave them."""

    code: str
    zone: Name
    what: str
    servers: tuple[str, ...] = ()
    caa_only: bool = False


def merged(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """One problem for each kind and zone, with all the records and servers that it concerns."""
    groups: dict[tuple[str, Name, bool], list[Problem]] = {}
    for each in problems:
        groups.setdefault((each.code, each.zone, each.caa_only), []).append(each)
    return tuple(
        Problem(
            code,
            zone,
            listed(tuple(dict.fromkeys(each.what for each in group))),
            tuple(dict.fromkeys(server for each in group for server in each.servers)),
            caa_only,
        )
        for (code, zone, caa_only), group in groups.items()
    )


@dataclass(frozen=True, slots=True)
class Lifetime:
    """When a record set's best signature began and ends."""

    what: str
    inception: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a zone can be trusted; `keys` are its verified DNSKEYs if it is secure."""

    status: Status
    reason: str
    keys: dns.rrset.RRset | None = None


@dataclass(frozen=True, slots=True)
class Security:
    """The result. `expires_at` is when the first signature runs out that the answer rests on."""

    status: Status
    reason: str
    expires_at: datetime | None
    problems: tuple[Problem, ...] = ()
    lifetimes: tuple[Lifetime, ...] = ()
    caa: Mapping[Name, Status] = field(default_factory=lambda: MappingProxyType({}))
    """Status of the answer about CAA at each name that was asked."""


def judge_security(answers: Answers, anchors: tuple[dns.rrset.RRset, ...] | None, now: datetime) -> Security:
    """The chain for the record, its aliases or their denial, at every server, and for CAA."""
    return _Judge(answers, anchors, now).judge()


@dataclass(frozen=True, slots=True)
class _KeySet:
    """One server's DNSKEY set: what is wrong with it, and whether every validator would refuse it (`hard`)."""

    fault: str | None
    hard: bool
    keys: dns.rrset.RRset | None
    check: Check


class _Judge:
    def __init__(self, answers: Answers, anchors: tuple[dns.rrset.RRset, ...] | None, now: datetime) -> None:
        self._answers = answers
        self._anchors = anchors
        self._verifier = Verifier(now)
        self._trust: dict[Name, Trust] = {}
        self._problems: list[Problem] = []
        self._key_faults: dict[Name, dict[tuple[str, str], list[Server]]] = {}
        self._ends: list[datetime] = []
        self._lifetimes: list[Lifetime] = []

    def judge(self) -> Security:
        if self._anchors is None:
            return Security("indeterminate", "These root servers have no trust anchor here.", None)
        if not self._answers.looks:
            zone = self._answers.absent_below or self._answers.stopped_at or dns.name.root
            trust = self._zone(zone)
            return self._result(trust.status, trust.reason)
        statuses = [self._look(look) for look in self._answers.looks]
        status, reason = min(statuses, key=lambda each: ("bogus", "indeterminate", "insecure", "secure").index(each[0]))
        caa = self._caa()
        return self._result(status, reason, caa)

    def _result(self, status: Status, reason: str, caa: Mapping[Name, Status] | None = None) -> Security:
        ends = min(self._ends, default=None) if status == "secure" else None
        return Security(
            status, reason, ends, tuple(dict.fromkeys(self._problems)), tuple(self._lifetimes), MappingProxyType(dict(caa or {}))
        )  # fmt: skip

    # The chain of zones

    def _zone(self, name: Name) -> Trust:
        if name not in self._trust:
            self._trust[name] = self._judge_zone(name)
        return self._trust[name]

    def _judge_zone(self, name: Name) -> Trust:
        cut = self._answers.cuts.get(name)
        if cut is None:
            return Trust("indeterminate", f"{text(name)} was not reached.")
        if cut.parent is None:
            anchors = self._anchors or ()
            return self._keys(cut, _ds_in(anchors), _keys_in(anchors))
        parent = self._zone(cut.parent)
        if parent.status != "secure" or parent.keys is None:
            return Trust(parent.status, parent.reason)
        ds, found = self._ds(cut, parent.keys)
        if isinstance(found, Trust):
            return found
        supported = [
            each for each in _ds_in([ds] if ds else []) if each.algorithm in ALGORITHMS and each.digest_type in _DIGESTS
        ]
        if not supported:
            return Trust(
                "insecure", f"The DS records of {text(name)} have only algorithms that validators do not know."
            )
        return self._keys(cut, supported, [])

    def _ds(self, cut: Cut, parent_keys: dns.rrset.RRset) -> tuple[dns.rrset.RRset | None, Trust | None]:
        parent = cut.parent or dns.name.root
        for message in (cut.delegation, cut.ds):
            if message is None:
                continue
            section = (*message.answer, *message.authority)
            ds = next((each for each in section if each.rdtype == dns.rdatatype.DS and each.name == cut.zone), None)
            if ds is not None:
                check = self._verifier.check(
                    ds, signatures_of(section, cut.zone, dns.rdatatype.DS), parent_keys, parent
                )
                self._ends += [check.expires] if check.expires else []
                if check.fault:
                    return None, self._bogus(check.fault, parent, f"the DS records of {text(cut.zone)}")
                return ds, None
        for message in (cut.delegation, cut.ds):
            if message is None:
                continue
            proof, fault = self._denied(message, parent, parent_keys, cut.zone, dns.rdatatype.DS)
            if proof is not Proof.NONE:
                return None, Trust("insecure", f"{text(cut.zone)} is not signed: its parent has no DS record for it.")
            if fault:
                return None, self._bogus(fault, parent, f"the proof that {text(cut.zone)} has no DS record")
        if cut.delegation is None and cut.ds is None:
            return None, Trust("indeterminate", f"Nothing was learnt about the DS records of {text(cut.zone)}.")
        return None, self._bogus("denial-missing", parent, f"the proof that {text(cut.zone)} has no DS record")

    def _keys(self, cut: Cut, ds: list[DS], trusted: list[DNSKEY]) -> Trust:
        """The zone's keys, from the first server whose set holds; what is wrong at the others is said with their names."""
        what = f"the DNSKEY records of {text(cut.zone)}"
        best: _KeySet | None = None
        faults: dict[str, list[Server]] = {}
        for server, message in self._key_answers(cut):
            found = self._key_set(cut.zone, message, ds, trusted)
            if found.fault and server:
                faults.setdefault(found.fault, []).append(server)
            if best is None or (best.fault and not found.fault) or (best.hard and not found.hard):
                best = found
        if best is None:
            return self._no_keys(cut, what)
        if best.hard and best.fault:
            return self._bogus(best.fault, cut.zone, what, tuple(map(str, faults.get(best.fault, ()))))
        self._key_faults[cut.zone] = {
            ("keys-differ" if code in ENTRY_FAULTS else code, what): servers for code, servers in faults.items()
        }
        if best.fault and not faults:
            self._problems.append(Problem(best.fault, cut.zone, what))
        self._alive(best.check, cut.zone, what)
        return Trust("secure", f"The chain from the root to {text(cut.zone)} is whole.", best.keys)

    def _key_answers(self, cut: Cut) -> Iterator[tuple[Server | None, Message]]:
        for look in self._answers.looks:
            if look.zone == cut.zone:
                for server in look.servers:
                    reply = look.reply(server, cut.zone, dns.rdatatype.DNSKEY)
                    if reply and reply.message and reply.message.authoritative:
                        yield server, reply.message
                return
        if cut.dnskey is not None:
            yield None, cut.dnskey

    def _no_keys(self, cut: Cut, what: str) -> Trust:
        served = any(
            look.zone == cut.zone and any(_answers_txt(look, each) for each in look.servers)
            for look in self._answers.looks
        )
        if served:
            return self._bogus("ds-without-key", cut.zone, what)
        if cut.parent is not None and not self._answers.limits & _OUR_LIMITS:
            return self._bogus("keys-not-had", cut.zone, what)
        return Trust("indeterminate", f"The keys of {text(cut.zone)} could not be had.")

    def _key_set(self, zone: Name, message: Message, ds: list[DS], trusted: list[DNSKEY]) -> "_KeySet":
        keys = message.records(zone, dns.rdatatype.DNSKEY)
        if keys is None:
            return _KeySet("ds-without-key", True, None, Check(None))
        known = _keys_in([keys])
        entry = [key for key in known if key in trusted or any(_matches(zone, key, each) for each in ds)]
        if not entry:
            return _KeySet(_why_no_entry(known, ds), True, None, Check(None))
        by = dns.rrset.from_rdata_list(zone, keys.ttl, entry)
        signatures = signatures_of(message.answer, zone, dns.rdatatype.DNSKEY)
        check = self._verifier.check(keys, signatures, by, zone)
        if check.fault in (Fault.NO_KEY, Fault.MISSING) and signatures:
            return _KeySet("ds-without-key", True, None, check)
        return _KeySet(check.fault, check.fault not in (None, Fault.DISAGREE), keys, check)

    def _bogus(self, code: str, zone: Name, what: str, servers: tuple[str, ...] = ()) -> Trust:
        self._problems.append(Problem(str(code), zone, what, servers))
        return Trust("bogus", f"{code}: {what}.")

    def _disagreement(self, check: Check, zone: Name, what: str) -> None:
        if check.fault is Fault.DISAGREE:
            self._problems.append(Problem(str(Fault.DISAGREE), zone, what))

    def _alive(self, check: Check, zone: Name, what: str) -> None:
        if check.inception and check.expires:
            self._ends.append(check.expires)
            deciding = self._answers.deciding
            if deciding is not None and zone == deciding.zone:
                self._lifetimes.append(Lifetime(what, check.inception, check.expires))

    # What the servers said

    def _look(self, look: Look) -> tuple[Status, str]:
        trust = self._zone(look.zone)
        if trust.status != "secure" or trust.keys is None:
            return trust.status, trust.reason
        faults: dict[tuple[str, str], list[Server]] = dict(self._key_faults.get(look.zone, {}))
        good = 0
        for server in look.servers:
            reply = look.txt(server)
            if reply is None or reply.message is None or not reply.message.authoritative:
                continue
            found = self._message(reply.message, look.zone, trust.keys, look.name, TXT)
            if found is None:
                good += 1
            else:
                faults.setdefault(found, []).append(server)
        if not faults and not good:
            return "indeterminate", "No server gave an answer to validate."
        for (code, what), servers in faults.items():
            self._problems.append(Problem(code, look.zone, what, tuple(map(str, servers))))
        hard = [key for key in faults if key[0] != Fault.DISAGREE]
        if hard:
            return "bogus", f"{hard[0][0]}: {hard[0][1]}."
        return "secure", trust.reason

    def _message(
        self, message: Message, zone: Name, keys: dns.rrset.RRset, name: Name, kind: dns.rdatatype.RdataType
    ) -> tuple[str, str] | None:
        """The fault of an answer as code and records, or None if it validates."""
        positive = [
            rrset
            for rrset in message.answer
            if rrset.rdtype in (kind, CNAME, DNAME) and rrset.name.is_subdomain(zone) and name.is_subdomain(rrset.name)
        ]
        if any(rrset.rdtype == DNAME for rrset in positive):
            positive = [rrset for rrset in positive if rrset.rdtype != CNAME]
        if not positive:
            proof, fault = self._denied(message, zone, keys, name, kind)
            what = f"the proof that {text(name)} has no {dns.rdatatype.to_text(kind)} record"
            if proof is Proof.NONE:
                return (str(fault or "denial-missing"), what)
            return None
        soft: tuple[str, str] | None = None
        for rrset in positive:
            sigs = signatures_of(message.answer, rrset.name, rrset.rdtype)
            check = self._verifier.check(rrset, sigs, keys, zone)
            what = f"the {dns.rdatatype.to_text(rrset.rdtype)} records of {text(rrset.name)}"
            if check.fault and check.fault is not Fault.DISAGREE:
                return str(check.fault), what
            if check.fault:
                soft = (str(check.fault), what)
            self._alive(check, zone, what)
            labels = min((sig.labels for sig in sigs), default=127)
            if labels < len(rrset.name) - 1 - (rrset.name.labels[0] == b"*"):
                denials, _ = self._verified(message, zone, keys)
                if denials.no_exact(rrset.name, labels) is Proof.NONE:
                    return "wildcard-proof-missing", what
        return soft

    def _denied(
        self, message: Message, zone: Name, keys: dns.rrset.RRset, name: Name, kind: dns.rdatatype.RdataType
    ) -> tuple[Proof, Fault | None]:
        denials, fault = self._verified(message, zone, keys)
        if message.rcode == "NXDOMAIN":
            return denials.no_name(name), fault
        return denials.no_data(name, kind), fault

    def _verified(self, message: Message, zone: Name, keys: dns.rrset.RRset) -> tuple[Denials, Fault | None]:
        section = message.authority
        good: list[dns.rrset.RRset] = []
        worst: Fault | None = None
        for rrset in section:
            if rrset.rdtype in _DENIALS and rrset.name.is_subdomain(zone):
                check = self._verifier.check(rrset, signatures_of(section, rrset.name, rrset.rdtype), keys, zone)
                if check.fault in (None, Fault.DISAGREE):
                    good.append(rrset)
                    self._disagreement(check, zone, "the proof of absence")
                    self._alive(check, zone, "the proof of absence")
                else:
                    worst = worst or check.fault
        return Denials.of(zone, good), worst

    def _caa(self) -> dict[Name, Status]:
        statuses: dict[Name, Status] = {}
        for question, resolved in self._answers.resolved.items():
            if question.type != dns.rdatatype.CAA or resolved.failure:
                continue
            status: Status = "secure"
            name = question.name
            for zone, message in resolved.steps:
                trust = self._zone(zone)
                if trust.status != "secure" or trust.keys is None:
                    status = trust.status
                    break
                ends, lifetimes, before = len(self._ends), len(self._lifetimes), len(self._problems)
                fault = self._message(message, zone, trust.keys, name, question.type)
                del self._ends[ends:], self._lifetimes[lifetimes:]
                if fault and fault[0] != Fault.DISAGREE:
                    del self._problems[before:]
                    self._problems.append(Problem(fault[0], zone, fault[1], caa_only=True))
                    status = "bogus"
                    break
                alias = message.records(name, CNAME)
                name = alias[0].target if alias else name
            statuses[question.name] = status
        return statuses


def _answers_txt(look: Look, server: Server) -> bool:
    reply = look.txt(server)
    return bool(reply and reply.message and reply.message.authoritative)


def _keys_in(anchors: Iterable[dns.rrset.RRset]) -> list[DNSKEY]:
    return [rdata for each in anchors for rdata in each if isinstance(rdata, DNSKEY)]


def _ds_in(rrsets: Iterable[dns.rrset.RRset]) -> list[DS]:
    return [rdata for each in rrsets for rdata in each if isinstance(rdata, DS)]


def _matches(zone: Name, key: DNSKEY, ds: DS) -> bool:
    digest = _DIGESTS.get(ds.digest_type)
    if digest is None or ds.key_tag != dns.dnssec.key_id(key) or ds.algorithm != key.algorithm:
        return False
    try:
        made = dns.dnssec.make_ds(zone, key, digest, policy=dns.dnssec.allow_all_policy)
    except (dns.exception.DNSException, ValueError):
        return False
    return bytes(made.digest) == bytes(ds.digest)


def _why_no_entry(keys: list[DNSKEY], ds: list[DS]) -> str:
    tags = {dns.dnssec.key_id(key): key for key in keys}
    for each in ds:
        key = tags.get(each.key_tag)
        if key is not None:
            return "ds-digest-wrong" if key.algorithm == each.algorithm else "ds-algorithm-wrong"
    return "ds-without-key"
