"""u-label (C6): a host name has letters beyond ASCII.

Seen as: a name such as bücher.example where its encoded form is expected.
Fix: write the name in its encoded form (xn--...), as the DNS has it.
Source: RFC 5280 section 7.2; RFC 5890. Confidence: sourced.

A dNSName is ASCII only; readers refuse the request or read something else.

underscore (C6): a host name has an underscore.

Seen as: for example dip_api.northwind.example.
Fix: give the host a name with hyphens, and ask for that one.
Source: RFC 5280 section 4.2.1.6; CA/Browser Forum ballot SC12. Confidence: sourced.

Authorities must not certify such names any more.

bad-wildcard (C6): a wildcard stands where it is not allowed.

Seen as: an asterisk that is not the whole leftmost label, or one above everybody's domains.
Fix: ask for `*.` followed by your own domain, or name each host.
Source: RFC 6125 section 6.4.3; CA/Browser Forum Baseline Requirements 3.2.2.6. Confidence: sourced.

Authorities refuse it, and clients would not match it.

wildcard (C6): a wildcard is asked for.

Seen as: a name that begins with `*.`.
Fix: name each host unless you know that the DIP takes wildcards for your purpose.
Source: MHHS DIP FAQ has an entry on wildcard URLs whose text was not readable. Confidence: inferred.

Whether the DIP accepts wildcards could not be read; GlobalSign allows them on domains proved by DNS.

ip-as-host-name (C6): an IP address stands where a host name belongs.

Seen as: an address in a dNSName or in the common name.
Fix: use a host name. An address, where one is really meant, goes into an iPAddress entry.
Source: RFC 5280 section 4.2.1.6; RFC 6125. Confidence: sourced.

Clients do not match addresses against dNSName entries, and domain validation cannot cover them.

trailing-dot (C6): a host name ends with a dot.

Seen as: for example meter.northwind.example. with the dot.
Fix: leave the final dot out in certificates (in the DNS it does no harm).
Source: RFC 5280 section 4.2.1.6, preferred name syntax. Confidence: sourced.

Authorities refuse it, and clients do not match it.

single-label (C6): a name without a domain is asked for.

Seen as: a bare word such as localhost or gateway.
Fix: use the full name of the host, below your verified domain.
Source: CA/Browser Forum Baseline Requirements 7.1.4.2.1, internal names. Confidence: sourced.

Such names belong to nobody, so nobody can be certified for them.

not-a-host-name (C6): something that is no host name stands in a host name's place.

Seen as: a URL, an e-mail address, blanks, or labels that are too long or have forbidden characters.
Fix: give the bare host name, without https://, path, port or address.
Source: RFC 1123 section 2.1; RFC 5280 section 4.2.1.6. Confidence: sourced.

Authorities refuse it, and no client would match it.

email-in-common-name (C6): the common name is an e-mail address.

Seen as: an @ in the common name.
Fix: use the host name as common name; an address, where one is wanted, goes into a rfc822Name entry.
Source: GlobalSign Atlas: the common name is one of the alternative names. Confidence: inferred.

A DIP certificate is for a company's systems, not for a person's mailbox.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.facts import Certificate
from engine.pki.names import fault, looks_like_host
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    for item in case.items:
        value = item.value
        if value is None or (isinstance(value, Certificate) and is_authority(value)):
            continue
        said: set[tuple[str, str]] = set()
        common = value.subject.all("CN")
        for name in value.names.dns:
            found = fault(name)
            if found is None and name.startswith("*."):
                yield report("wildcard", "note" if isinstance(value, Certificate) else "warning", name, item.file)
            elif found:
                said.add(found)
        for name in common:
            if "@" in name:
                said.add(("email-in-common-name", f"CN={name}"))
            elif (looks_like_host(name) or "://" in name) and name not in value.names.dns and (found := fault(name)):
                said.add(found)
        for code, seen in sorted(said) if said else ():
            mild = code == "email-in-common-name" or (code == "single-label" and isinstance(value, Certificate))
            yield report(code, "warning" if mild else "error", seen, item.file)
