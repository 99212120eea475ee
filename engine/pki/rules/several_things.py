"""several-requests (C5): there are several requests where one is meant.

Seen as: more than one certificate request in the same file.
Fix: submit one request at a time, each in its own file. Compare the fingerprints shown here to tell them apart.
Source: RFC 7468 section 7. Confidence: inferred.

A portal reads the first, or refuses the file. Old requests that stay in a file are how certificates are made for keys
that nobody has any more.

request-beside-certificate (C5): the file holds a request and a certificate.

Seen as: a CSR and a certificate together in one file.
Fix: give each its own file, and submit the one that is asked for.
Source: RFC 7468. Confidence: inferred.

Which of the two a portal takes is a matter of luck.
"""

from collections import Counter
from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.wording import codes

APPLIES = frozenset({"csr"})
NEEDS = "several"
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    if len(case.items) < 2:
        return
    requests = Counter(item.file for item in case.items if item.kind == "csr")
    with_certificate = {item.file for item in case.items if item.kind == "certificate"}
    for file, count in requests.items():
        if count > 1:
            yield report("several-requests", "error", f"{count} requests in one file", file)
        if file in with_certificate:
            yield report("request-beside-certificate", "error", "a request and a certificate in one file", file)
