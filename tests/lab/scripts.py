"""The spoilt answers: each script is a host of the lab, `KEY.hosts.com`, in front of the real servers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from lab.scripted import Asked, Script

CAA = dns.rdatatype.CAA


@dataclass(frozen=True, slots=True)
class Made:
    """A script with what it needs: `two` real servers behind it, and whether anything listens on TCP."""

    script: Script
    two: bool = False
    tcp: bool = True


async def _silent(asked: Asked) -> Sequence[bytes]:
    return ()


async def _honest(asked: Asked) -> Sequence[bytes]:
    return (_fitting(asked, await asked.honest()),)


async def _slow(asked: Asked) -> Sequence[bytes]:
    """Far away: every answer takes a while."""
    await asyncio.sleep(0.2)
    return (_fitting(asked, await asked.honest()),)


async def _twice(asked: Asked) -> Sequence[bytes]:
    """Each answer comes twice, as on a network that repeats packets."""
    packets = (_fitting(asked, await asked.honest()),)
    return packets if asked.tcp else packets * 2


async def _always_cut_off(asked: Asked) -> Sequence[bytes]:
    """Sends everybody to TCP."""
    if asked.tcp:
        return (await asked.behind(asked.wire),)
    answer = dns.message.make_response(asked.message())
    answer.flags |= dns.flags.TC | dns.flags.AA
    return (answer.to_wire(),)


async def _wrong_id(asked: Asked) -> Sequence[bytes]:
    wire = _fitting(asked, await asked.honest())
    return (bytes((wire[0] ^ 0xFF, wire[1])) + wire[2:],)


async def _without_aa(asked: Asked) -> Sequence[bytes]:
    answer = await asked.honest()
    answer.flags &= ~dns.flags.AA
    return (_fitting(asked, answer),)


async def _from_cache(asked: Asked) -> Sequence[bytes]:
    answer = await asked.honest()
    answer.flags &= ~dns.flags.AA
    answer.flags |= dns.flags.RA
    return (_fitting(asked, answer),)


async def _upward(asked: Asked) -> Sequence[bytes]:
    answer = dns.message.make_response(asked.message())
    answer.authority.append(dns.rrset.from_text(".", 300, "IN", "NS", "a.root-servers.com."))
    return (answer.to_wire(),)


async def _refusing(asked: Asked) -> Sequence[bytes]:
    answer = dns.message.make_response(asked.message())
    answer.set_rcode(dns.rcode.REFUSED)
    return (answer.to_wire(),)


async def _garbled(asked: Asked) -> Sequence[bytes]:
    """The right header and question, then an answer whose length points beyond the end."""
    wire = asked.message().to_wire()
    return (wire[:2] + b"\x84\x00" + b"\x00\x01\x00\x01\x00\x00\x00\x00" + wire[12:40] + b"\xff" * 20,)


async def _forged_first(asked: Asked) -> Sequence[bytes]:
    """An answer under a wrong id with a wrong value comes first, then the true one."""
    true = _fitting(asked, await asked.honest())
    lie = dns.message.make_response(asked.message())
    lie.flags |= dns.flags.AA
    question = lie.question[0]
    if question.rdtype == dns.rdatatype.TXT:
        lie.answer.append(dns.rrset.from_text(question.name, 300, "IN", "TXT", '"forged"'))
    wire = lie.to_wire()
    return (bytes((wire[0] ^ 0xFF, wire[1])) + wire[2:], true)


async def _without_opt(asked: Asked) -> Sequence[bytes]:
    answer = await asked.honest()
    answer.use_edns(False)
    return (_fitting(asked, answer),)


async def _edns_error(asked: Asked) -> Sequence[bytes]:
    if asked.message().edns < 0:
        return (_fitting(asked, await asked.honest()),)
    answer = dns.message.make_response(asked.message())
    answer.use_edns(False)
    answer.set_rcode(dns.rcode.FORMERR)
    return (answer.to_wire(),)


async def _drops_edns(asked: Asked) -> Sequence[bytes]:
    return () if asked.message().edns >= 0 else (_fitting(asked, await asked.honest()),)


def _has_cookie(asked: Asked) -> bool:
    return any(isinstance(each, dns.edns.CookieOption) for each in asked.message().options)


async def _drops_cookies(asked: Asked) -> Sequence[bytes]:
    return () if _has_cookie(asked) else (_fitting(asked, await asked.honest()),)


async def _cookie_error(asked: Asked) -> Sequence[bytes]:
    if not _has_cookie(asked):
        return (_fitting(asked, await asked.honest()),)
    answer = dns.message.make_response(asked.message())
    answer.set_rcode(dns.rcode.BADVERS)
    return (answer.to_wire(),)


async def _lower_case(asked: Asked) -> Sequence[bytes]:
    wire = _fitting(asked, await asked.honest())
    end = wire.index(b"\x00", 12)
    return (wire[:12] + wire[12:end].lower() + wire[end:],)


async def _no_caa_reply(asked: Asked) -> Sequence[bytes]:
    if asked.message().question[0].rdtype == CAA:
        return ()
    return (_fitting(asked, await asked.honest()),)


async def _caa_not_implemented(asked: Asked) -> Sequence[bytes]:
    message = asked.message()
    if message.question[0].rdtype != CAA:
        return (_fitting(asked, await asked.honest()),)
    answer = dns.message.make_response(message)
    answer.set_rcode(dns.rcode.NOTIMP)
    return (answer.to_wire(),)


async def _caa_servfail(asked: Asked) -> Sequence[bytes]:
    message = asked.message()
    if message.question[0].rdtype != CAA:
        return (_fitting(asked, await asked.honest()),)
    answer = dns.message.make_response(message)
    answer.set_rcode(dns.rcode.SERVFAIL)
    return (answer.to_wire(),)


async def _cname_at_apex(asked: Asked) -> Sequence[bytes]:
    """A CNAME beside SOA, NS and whatever else is there, as some panels allow it."""
    answer = await asked.honest()
    question = answer.question[0]
    labels = len(question.name.labels)
    if labels == 4 and question.rdtype not in (dns.rdatatype.SOA, dns.rdatatype.NS):
        answer.answer = [dns.rrset.from_text(question.name, 300, "IN", "CNAME", "shop.cname-target.com.")]
        answer.authority = []
        answer.set_rcode(dns.rcode.NOERROR)
    return (_fitting(asked, answer),)


async def _flapping(asked: Asked) -> Sequence[bytes]:
    """Two machines with different zones behind one address take turns."""
    wire = await (asked.other if asked.count % 2 else asked.behind)(asked.wire)
    return (_fitting(asked, dns.message.from_wire(wire)),)


async def _only_once(asked: Asked) -> Sequence[bytes]:
    """Rate limiting: of the same question for TXT only the first is answered."""
    if not asked.tcp and asked.message().question[0].rdtype == dns.rdatatype.TXT and asked.count:
        return ()
    return (_fitting(asked, await asked.honest()),)


async def _by_source(asked: Asked) -> Sequence[bytes]:
    """Who asks from 127.0.0.1 is served by one machine, everybody else by another."""
    wire = await (asked.behind if asked.source == "127.0.0.1" else asked.other)(asked.wire)
    return (_fitting(asked, dns.message.from_wire(wire)),)


async def _bad_signature(asked: Asked) -> Sequence[bytes]:
    """TXT records come with a text that nobody signed."""
    answer = await asked.honest()
    for rrset in answer.answer:
        if rrset.rdtype == dns.rdatatype.TXT:
            rrset.add(dns.rrset.from_text(rrset.name, 300, "IN", "TXT", '"slipped in"')[0])
    return (_fitting(asked, answer),)


async def _stray_denial(asked: Asked) -> Sequence[bytes]:
    """Answers of absence come without their NSEC records."""
    answer = await asked.honest()
    kinds = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)
    answer.authority = [
        each
        for each in answer.authority
        if each.rdtype not in kinds and not (each.rdtype == dns.rdatatype.RRSIG and each.covers in kinds)
    ]
    return (_fitting(asked, answer),)


def _fitting(asked: Asked, answer: dns.message.Message) -> bytes:
    """The answer as UDP can carry it: cut off, with the TC flag, where it is too large."""
    wire = answer.to_wire(max_size=65535)
    message = asked.message()
    if asked.tcp or len(wire) <= (message.payload if message.edns >= 0 else 512):
        return wire
    short = dns.message.make_response(message)
    short.flags |= dns.flags.TC | (answer.flags & dns.flags.AA)
    return short.to_wire()


SCRIPTS: dict[str, Made] = {
    "silent": Made(_silent),
    "slow": Made(_slow),
    "twice": Made(_twice),
    "cut-off": Made(_always_cut_off),
    "wrong-id": Made(_wrong_id),
    "udp-only": Made(_honest, tcp=False),
    "no-aa": Made(_without_aa),
    "cache": Made(_from_cache),
    "upward": Made(_upward),
    "refusing": Made(_refusing),
    "garbled": Made(_garbled),
    "forged": Made(_forged_first),
    "no-opt": Made(_without_opt),
    "edns-error": Made(_edns_error),
    "edns-drop": Made(_drops_edns),
    "cookie-drop": Made(_drops_cookies),
    "cookie-error": Made(_cookie_error),
    "lower-case": Made(_lower_case),
    "caa-silent": Made(_no_caa_reply),
    "caa-notimp": Made(_caa_not_implemented),
    "caa-servfail": Made(_caa_servfail),
    "apex-cname": Made(_cname_at_apex),
    "flapping": Made(_flapping, two=True),
    "limited": Made(_only_once),
    "by-source": Made(_by_source, two=True),
    "bad-signature": Made(_bad_signature),
    "no-denial": Made(_stray_denial),
}
