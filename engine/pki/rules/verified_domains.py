"""name-outside-domains (C7): a name is not below any verified domain.

Seen as: a host name that is neither a verified domain nor below one.
Fix: correct the name, or verify its domain first (Step 5). Look closely: evil-example.co.uk is not below
example.co.uk, nor is example.co.uk.other.com.
Source: Elexon DIP, Step 5; GlobalSign Atlas domain claims. Confidence: sourced.

GlobalSign issues only for names below a domain whose claim is verified.

no-name-to-match (C7): there is no host name to hold against the verified domains.

Seen as: no alternative names and no host as common name.
Fix: check that the names are given in the request at GlobalSign; its API takes them from there and not from the CSR.
Source: GlobalSign Atlas API: names in a CSR are ignored. Confidence: sourced.

This cannot be judged from the file alone.

public-suffix-name (C7): a name is a public suffix.

Seen as: for example co.uk, below which anybody registers.
Fix: ask for a host below your own domain.
Source: CA/Browser Forum Baseline Requirements 3.2.2.4; publicsuffix.org. Confidence: sourced.

Nobody can prove to own it.

claim-runs-out (C7): the domain's proof runs out.

Seen as: the claim for the domain has run out, or does within two weeks.
Fix: renew the proof in the portal (Step 5) before you submit; keep the TXT record where it is.
Source: GlobalSign Atlas domain claims, expires_at. Confidence: sourced.

After that date GlobalSign refuses to issue for the domain.
"""

from collections.abc import Iterator
from datetime import timedelta

from engine.findings import Finding
from engine.pki.case import Case, hosts, is_authority
from engine.pki.facts import Certificate, Csr
from engine.pki.names import is_public_suffix, under
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate"})
report = codes(__doc__)

SOON = timedelta(days=14)


def judge(case: Case) -> Iterator[Finding]:
    domains = (*case.context.domains, *case.context.claims)
    for item in case.items:
        value = item.value
        if value is None or (isinstance(value, Certificate) and is_authority(value)):
            continue
        names = hosts(value)
        for name in names:
            if is_public_suffix(name.removeprefix("*.")):
                yield report("public-suffix-name", "error", name, item.file)
            elif domains and not under(name, *domains):
                seen = f"{name} is not below {', '.join(domains)}"
                yield report("name-outside-domains", "error", seen, item.file)
        if domains and not names:
            yield report("no-name-to-match", "note", "no host name in it", item.file)
        for domain, end in case.context.claims.items():
            if any(under(name, domain) for name in names) and end - case.now <= SOON and isinstance(value, Csr):
                over = end <= case.now
                seen = f"the claim for {domain} {'ran' if over else 'runs'} out on {end:%Y-%m-%d %H:%M} UTC"
                yield report("claim-runs-out", "error" if over else "warning", seen, item.file)
