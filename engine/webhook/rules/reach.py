"""address-not-allowed (C13): the host has an address that must not be asked.

Seen as: a private, loopback, link-local or otherwise internal address among those of the host.
Fix: give the webhook a public name and address. To test inside your own network, use `--allow-private` on your own
machine.
Source: RFC 1918; RFC 6890. Confidence: measured.

The DIP reaches the webhook over the internet, and a check that follows such names could be led into a network.

host-not-found (C13): the host's name has no address.

Seen as: the resolver knows no address for it.
Fix: correct the name, or have the DNS record made.
Source: RFC 1034. Confidence: measured.

The DIP cannot find it either.

no-connection (C13): nobody answers at the address.

Seen as: the connection is refused, or nothing comes back in time.
Fix: start the service, and open the port in the firewall for the DIP's addresses.
Source: RFC 9293. Confidence: measured.

If the firewall lets only the DIP in, this check cannot see more from here.

address-differs (C13): one of the host's addresses does not answer like the other.

Seen as: no connection or no handshake at one address, and both at another.
Fix: take the address out of the DNS, or start the service there too.
Source: RFC 8305. Confidence: measured.

Some of the messages will be lost, depending on the address that the sender happens to take.

ip-in-address (C13): the webhook's address has an IP address instead of a name.

Seen as: digits where a host name belongs.
Fix: give it a name below your verified domain, and a certificate for that name.
Source: Elexon DIP: the certificate is tied to the registered domain. Confidence: inferred.

A certificate for a domain cannot match it.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.wording import codes
from engine.webhook.seen import Seen

report = codes(__doc__)


def judge(seen: Seen) -> Iterator[Finding]:
    url = seen.claim.url
    if url.is_ip:
        yield report("ip-in-address", "warning", url.host, None)
    if seen.forbidden:
        yield report("address-not-allowed", "error", f"{url.host} has {', '.join(seen.forbidden)}", None)
    elif seen.unresolved:
        yield report("host-not-found", "error", f"{url.host}: {seen.unresolved}", None)
    elif seen.plain is not None and seen.plain.stage == "connect":
        yield report("no-connection", "error", f"{seen.plain.address} port {url.port}: {seen.plain.error}", None)
    elif seen.plain is not None:
        for other in seen.others:
            if other.address != seen.plain.address and other.stage == "connect":
                yield report("address-differs", "warning", f"{other.address}: {other.error}", None)
