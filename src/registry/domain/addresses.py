"""Where callers connect from."""

import ipaddress
from functools import lru_cache

_IPV6_NETWORK_BITS = 64


@lru_cache(maxsize=10_000)
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


@lru_cache(maxsize=10_000)
def is_this_machine(address: str | None) -> bool:
    """Whether a caller is this machine itself: a loopback address, or a socket that has none."""
    if address is None:
        return True
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback
