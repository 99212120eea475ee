"""Which addresses may be asked: a stranger's zone or URL chooses them, so those inside a network are not."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_PROTOCOLS = IPv4Network("192.0.0.0/24")
"""Set aside for protocols (IANA's special-purpose registry); Python 3.11 knows only parts of it."""

_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is assigned to the internet (RFC 4291, IANA). Outside of it are site-local addresses, IPv4 ones in
disused dress (`::10.0.0.1`, `::ffff:0:10.0.0.1`) and a network's own translators (`64:ff9b:1::/48`, RFC 8215)."""

_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether a literal address belongs to the public internet, also when an IPv4 one hides in an IPv6 one."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if (inner := _ipv4_in(address)) is not None:
            return is_public(str(inner))
        return address in _UNICAST and address.is_global
    return address.is_global and not address.is_multicast and address not in _PROTOCOLS


def _ipv4_in(address: IPv6Address) -> IPv4Address | None:
    """Where a mapped, 6to4 or NAT64 address leads in the end."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The host's addresses by the system's resolver, each once. Raises OSError (socket.gaierror) if there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
