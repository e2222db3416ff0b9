"""Complaints (举报): leads from the public, never visible as findings."""

import ipaddress

from registry.domain.terms import Term

SHORTEST_ACCOUNT = 10
LONGEST_ACCOUNT = 4_000
LONGEST_CONTACT = 200
_IPV6_NETWORK_BITS = 64


class ComplaintState(Term):
    """Where a complaint stands: as its flag does."""

    RECEIVED = "RECEIVED", "已接收"
    DISMISSED = "DISMISSED", "不予立案"
    LED_TO_CASE = "LED_TO_CASE", "已立案"


def counted_address(address: str | None) -> str:
    """The address that limits count by: of IPv6 its network of 64 bits, which one subscriber holds whole."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
