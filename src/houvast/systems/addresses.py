"""Addresses that may be asked over HTTP: https, or a server on this very machine. Never one that data name."""

from __future__ import annotations

import errno
import ipaddress
import socket
from urllib.parse import urlsplit


def wrong_with(url: str) -> str:
    """Why a URL may not be asked, in a few words; "" when it may."""
    try:
        place = urlsplit(url)
        _ = place.port
    except ValueError:
        return "it cannot be read"
    if not url.isascii() or any(letter.isspace() or letter == "\\" for letter in url):
        return "it holds characters that an address has not"
    if place.scheme not in ("http", "https") or not place.hostname or place.port == 0:
        return "it is none of HTTP"
    if place.username or place.password or place.fragment:
        return "it holds a name, a password or a fragment"
    if place.scheme == "http" and not is_here(place.hostname):
        return "what is not on this machine is asked by https alone"
    return ""


def leads_inside(url: str) -> bool:
    """Whether the host of an address is not on the internet for everybody, by each address that its name has now."""
    place = urlsplit(url)
    try:
        return not outside(place.hostname or "", place.port or 443)
    except OSError:
        return True


def outside(host: str, port: int) -> list[str]:
    """The addresses that a name has now; none when one of them is not on the internet for everybody. Raises OSError."""
    found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    ours = all(ipaddress.ip_address(one.partition("%")[0]).is_global for one in addresses)
    return addresses if ours else []


def reach_outside(host: str, port: int, patience: float | None) -> socket.socket:
    """Connect to a host on the internet for everybody. Its name is looked up once: what was checked is what is reached,
    also when its owner answers every question with another address (DNS rebinding). Raises OSError.
    """
    failed: OSError = PermissionError(
        errno.EACCES, "its name leads to an address that is not on the internet for everybody"
    )
    for address in outside(host, port):
        try:
            return socket.create_connection((address, port), patience)
        except OSError as error:
            failed = error
    raise failed


def is_here(host: str) -> bool:
    """Whether a host is this machine, by its name alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
