"""Where others may have the register send: no private address in any disguise."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import InputError
from registry.domain.reachable import Reach, check_url, is_public

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "::1", "::", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "3fff::1", "100::1", "5f00::1", "4000::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "114.114.114.114", "223.5.5.5", "2606:4700::1111", "2400:3200::1", "::ffff:1.1.1.1",
    "64:ff9b::808:808",
]  # fmt: skip
URLS = [
    "http://example.org/", "ftp://example.org/", "https://example.org:8443/", "https://user@example.org/",
    "https://u:p@example.org/", "https://example.org/#x", "https:///x", "https://localhost/", "https://LOCALHOST./",
    "https://a.localhost/", "https://printer/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/", "https://register.internal/", "https://x.local/", "https://example.org:99999/",
    "https://例子.org/", "https://example.org\\@127.0.0.1/", "//example.org/",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_are_told_in_any_spelling(text: str) -> None:
    assert not is_public(ip_address(text))
    assert not Reach().admits_all([text])
    assert not Reach().admits_all(["1.1.1.1", text])


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_reached(text: str) -> None:
    assert Reach().admits_all([text, "1.1.1.1"])


def test_a_name_without_an_address_is_not_reached() -> None:
    assert not Reach().admits_all([])


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_never_public(address) -> None:  # type: ignore[no-untyped-def]
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(address) or "%" in str(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_the_same_in_each_of_its_disguises(address) -> None:  # type: ignore[no-untyped-def]
    for disguise in (f"::ffff:{address}", f"64:ff9b::{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"):
        assert is_public(ip_address(disguise)) == is_public(address)


def test_what_an_operator_allows_is_reached_and_nothing_beside_it() -> None:
    reach = Reach.of(["10.1.0.0/16", "fd00:1::/32"], [443, 8443])
    assert reach.admits_all(["10.1.2.3", "::ffff:10.1.2.3", "fd00:1::5", "1.1.1.1"])
    assert not reach.admits_all(["10.2.0.1"])
    assert not reach.admits_all(["fd00:2::5"])
    check_url("https://10.1.2.3:8443/hooks", reach)
    check_url("https://intranet/hooks", reach)
    with pytest.raises(ValueError):
        Reach.of(["10.1.0.1/16"])


@pytest.mark.parametrize("url", [*URLS, "https://example.org/ x", f"https://example.org/{'x' * 2000}", "https://[::1"])
def test_what_can_never_be_reached_is_refused_when_it_is_given(url: str) -> None:
    with pytest.raises(InputError) as refused:
        check_url(url, Reach())
    assert refused.value.rule == "webhook.address"


def test_a_public_address_is_taken() -> None:
    for url in (
        "https://example.org",
        "https://example.org:443/hooks?a=b",
        "https://xn--fsqu00a.cn/",
        "https://1.1.1.1/",
    ):
        check_url(url, Reach())
