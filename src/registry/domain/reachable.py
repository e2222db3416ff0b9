"""Where the register may be sent to by others: public HTTPS addresses, and private ones that an operator allows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from registry.domain.errors import Bilingual, InputError

HTTPS_PORT = 443
LONGEST_URL = 2_000

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_UNFIT = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: leads to any IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa", "localdomain")


def plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for (mapped, or of NAT64); any other as it is."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Tell whether an address is of the public internet, whatever way of writing an IPv4 address it is."""
    meant = plain(address)
    if isinstance(meant, IPv6Address) and (meant not in _GLOBAL_UNICAST or meant.scope_id is not None):
        return False
    return not any(meant in network for network in _UNFIT if network.version == meant.version)


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached: the public internet and `allowed` private networks, on these ports."""

    allowed: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({HTTPS_PORT})

    @classmethod
    def of(cls, networks: Iterable[str] = (), ports: Collection[int] = (HTTPS_PORT,)) -> "Reach":
        """Read networks as CIDR; ValueError for what is none."""
        return cls(tuple(ip_network(text) for text in networks), frozenset(ports))

    def admits(self, address: Address) -> bool:
        """Tell whether a connection to the address may be made."""
        meant = plain(address)
        listed = any(meant in network for network in self.allowed if network.version == meant.version)
        return listed or is_public(address)

    def admits_all(self, texts: Collection[str]) -> bool:
        """Tell whether a name that resolves to these addresses may be reached: none of them may be unfit."""
        return bool(texts) and all(self.admits(ip_address(text)) for text in texts)


def _refuse(field: str, zh: str, en: str) -> InputError:
    return InputError(Bilingual(zh, en), rule="webhook.address", path=("input", field))


def check_url(url: str, reach: Reach, field: str = "url") -> None:
    """Refuse what can never be reached; the addresses of a name are checked at each connection. `webhook.address`."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _refuse(field, "地址无效", "The address is no URL of printable ASCII characters")
    try:
        parts = urlsplit(url)
        port, host = parts.port or HTTPS_PORT, parts.hostname or ""
    except ValueError:
        raise _refuse(field, "地址无效", "The address is no URL") from None
    if parts.scheme != "https" or not host:
        raise _refuse(field, "地址须以 https:// 开头", "The address must begin with https://")
    if parts.username is not None or parts.password is not None or parts.fragment:
        zh, en = "地址不得含用户名、密码或片段", "The address has no user, password or fragment"
        raise _refuse(field, zh, en)
    if port not in reach.ports:
        shown = ", ".join(map(str, sorted(reach.ports)))
        raise _refuse(field, f"端口须为：{shown}", f"The port must be one of: {shown}")
    _check_host(host, reach, field)


def _check_host(host: str, reach: Reach, field: str) -> None:
    try:
        fit = reach.admits(ip_address(host))
    except ValueError:
        labels = host.rstrip(".").split(".")
        local = any(host.rstrip(".") == name or host.rstrip(".").endswith(f".{name}") for name in _LOCAL_NAMES)
        fit = bool(reach.allowed) or (len(labels) > 1 and not local)
    if not fit:
        raise _refuse(field, "地址不在公网", "The address is not on the public internet")
