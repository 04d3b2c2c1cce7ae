"""Whose word about an address is believed, and how addresses are written."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.visits.addresses import Proxies, canonical, client, network, used
from houvast.visits.model import Address

PROXIES = Proxies(["10.0.0.0/8", "127.0.0.1", "2001:db8:1::/48"])


@given(st.ip_addresses())
def test_an_address_is_written_as_inet_ntop_does(address: object) -> None:
    text = str(address)
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    written = socket.inet_ntop(family, socket.inet_pton(family, text))
    assert canonical(text) in (written, written.removeprefix("::ffff:"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:8080", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:c000:0207", "192.0.2.7"),
        ("[2001:DB8::0:1]:443", "2001:db8::1"),
        ('"[2001:db8::1]"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("192.0.2.256", ""),
        ("192.0.2", ""),
        ("0300.0.2.7", ""),
        ("unknown", ""),
        ("_hidden", ""),
        ("1" * 100_000, ""),
        ("", ""),
    ],
)
def test_one_address_is_written_in_one_way(text: str, written: str) -> None:
    assert canonical(text) == written


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("198.51.100.1", "192.0.2.7", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.7, 10.0.0.2, 127.0.0.1", "192.0.2.7"),
        ("2001:db8:1::5", "2001:db8:2::7", "2001:db8:2::7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "jan, 10.0.0.2", "10.0.0.2"),
        ("", "192.0.2.7", "192.0.2.7"),  # a socket of the file system, and 127.0.0.1 is believed
        ("jan", "192.0.2.7", ""),
        ("10.0.0.1", "," * 100_000 + "192.0.2.7", "192.0.2.7"),
    ],
)
def test_forwarded_is_read_from_its_end_while_a_proxy_said_it(remote: str, forwarded: str, found: str) -> None:
    assert client(remote, forwarded, PROXIES) == found


def test_nobody_is_believed_when_nobody_was_declared() -> None:
    assert client("127.0.0.1", "192.0.2.7") == "127.0.0.1"
    assert client("", "192.0.2.7") == ""


def test_a_network_is_24_or_48_bits() -> None:
    assert network("192.0.2.77") == "192.0.2.0"
    assert network("2001:db8:1:2:3::4") == "2001:db8:1::"
    assert network("") == ""
    assert used("192.0.2.77", Address.KEYED) == "192.0.2.77"
    assert used("192.0.2.77", Address.TRUNCATED) == "192.0.2.0"


def test_a_proxy_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 network"):
        Proxies(["everybody"])
