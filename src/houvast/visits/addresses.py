"""Addresses of visitors: whose word about them is believed, one way to write each, and how much of it is used."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from houvast.visits.model import Address

LONGEST = 1024
"""Characters of an X-Forwarded-For that are looked at, from its end: what our own proxies wrote."""
LOCAL = "127.0.0.1"
_SOCKETS = frozenset({"", "unix", "unix:", "local"})
"""What servers say of who comes through a socket of the file system."""
_BITS = {4: 24, 6: 48}
"""How much of an address is used when addresses are truncated."""


class Proxies:
    """Networks whose X-Forwarded-For is believed; nobody else's is."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """Raises ValueError when a network is none (`10.0.0.0/8`, `2001:db8::/32`, or one address)."""
        self._networks = tuple(ip_network(one, strict=False) for one in networks)
        self._known = lru_cache(maxsize=65_536)(self._among)

    def __contains__(self, address: str) -> bool:
        return bool(self._networks) and self._known(address)

    def _among(self, address: str) -> bool:
        return any(ip_address(address) in network for network in self._networks)


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
    return _canonical(text[:64])


@lru_cache(maxsize=65_536)
def _canonical(text: str) -> str:
    written = text.strip().strip('"')
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        address = ip_address(written.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or socket.inet_ntop(socket.AF_INET6, address.packed))
    return str(address)


def used(address: str, mode: Address) -> str:
    """What of an address goes into a visitor's number: all of it, or the first address of its network."""
    return address if mode is Address.KEYED else network(address)


@lru_cache(maxsize=65_536)
def network(address: str) -> str:
    """The first address of the network (/24, /48) of an address that `canonical` wrote; "" of ""."""
    if not address:
        return ""
    around = ip_network(f"{address}/{_BITS[6 if ':' in address else 4]}", strict=False)
    if isinstance(around, IPv6Network):
        return socket.inet_ntop(socket.AF_INET6, around.network_address.packed)
    return str(around.network_address)
