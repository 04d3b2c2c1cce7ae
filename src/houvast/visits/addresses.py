"""Addresses of visitors: whose word about them is believed, one way to write each, and how much of it is used."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_network
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

from houvast.visits.model import Address

LONGEST = 1024
"""Characters of an X-Forwarded-For that are looked at, from its end: what our own proxies wrote."""
LOCAL = "127.0.0.1"
_SOCKETS = frozenset({"", "unix", "unix:", "local"})
"""What servers say of who comes through a socket of the file system."""
_MAPPED = b"\0" * 10 + b"\xff\xff"
"""How an IPv4 address within IPv6 begins (::ffff:192.0.2.1, RFC 4291)."""


class Proxies:
    """Networks whose X-Forwarded-For is believed; nobody else's is."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """Raises ValueError when a network is none (`10.0.0.0/8`, `2001:db8::/32`, or one address)."""
        known = [ip_network(one, strict=False) for one in networks]
        self._masks = {
            version: [(int(one.network_address), int(one.netmask)) for one in known if one.version == version]
            for version in (4, 6)
        }

    def __contains__(self, address: str) -> bool:
        masks = self._masks[6 if ":" in address else 4]
        if not masks or not address:
            return False
        number = int.from_bytes(inet_pton(AF_INET6 if ":" in address else AF_INET, address), "big")
        for base, mask in masks:  # noqa: SIM110 - any() takes twice as long, and this is asked of every request
            if number & mask == base:
                return True
        return False


NOBODY = Proxies()


def client(remote: str, forwarded: str, proxies: Proxies = NOBODY) -> str:
    """The address of whoever asks as `inet_ntop` writes it, or "" when it is not known.

    `remote`: who connected to us. `forwarded`: X-Forwarded-For, which is read from its end for as long as a declared
    proxy said it. What an address before that says could be anybody's invention. Who comes through a socket of the file
    system comes from this machine.
    """
    known = canonical(LOCAL if remote in _SOCKETS else remote)
    if remote in _SOCKETS and known not in proxies:
        return ""
    if not forwarded or not known or known not in proxies:
        return known
    for one in reversed(forwarded[-LONGEST:].split(",")):
        said = canonical(one)
        if not said:
            return known
        known = said
        if said not in proxies:
            return said
    return known


def canonical(text: str) -> str:
    """An address as `inet_ntop` writes it, from how it stands in a log or a header; "" when it is none.

    An IPv4 address within an IPv6 address (::ffff:192.0.2.1, RFC 4291) is that IPv4 address. Ports, brackets and zones
    are left out.
    """
    return _canonical(text if len(text) <= 64 else text[:64])


@lru_cache(maxsize=65_536)
def _canonical(text: str) -> str:
    try:
        return inet_ntop(AF_INET, inet_pton(AF_INET, text))
    except (OSError, ValueError):
        return _unwrapped(text)


def _unwrapped(text: str) -> str:
    written = text.strip().strip('"')
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    written = written.partition("%")[0]
    try:
        if ":" not in written:
            return inet_ntop(AF_INET, inet_pton(AF_INET, written))
        packed = inet_pton(AF_INET6, written)
    except (OSError, ValueError):
        return ""
    return inet_ntop(AF_INET, packed[12:]) if packed.startswith(_MAPPED) else inet_ntop(AF_INET6, packed)


def used(address: str, mode: Address) -> str:
    """What of an address goes into a visitor's number: all of it, or the first address of its network."""
    return address if mode is Address.KEYED else network(address)


def network(address: str) -> str:
    """The first address of the network (/24, /48) of an address that `canonical` wrote; "" of ""."""
    if ":" not in address:
        return address and address.rpartition(".")[0] + ".0"
    return inet_ntop(AF_INET6, inet_pton(AF_INET6, address)[:6] + b"\0" * 10)
