"""Captures of network traffic (pcap, and pcapng as IETF draft-ietf-opsawg-pcapng has it): addresses, and plain text."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator

from houvast.screening.bundle.limits import MIB, Unreadable
from houvast.screening.bundle.looking import Looking
from houvast.screening.bundle.tap import Tap
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind

CAPTURE = "it is a network capture: only its addresses and its plain text were looked through"
_LARGEST = MIB
_ETHERNET, _RAW, _COOKED = 1, 101, 113
_HEADS = {_ETHERNET: 14, _RAW: 0, _COOKED: 16}
_NG_SECTION, _NG_INTERFACE, _NG_PACKET, _NG_SIMPLE = 0x0A0D0D0A, 1, 6, 3
_LITTLE_ENDIAN = (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1")


def capture(tap: Tap, looking: Looking) -> tuple[int, list[Finding]]:
    """How many bytes it has, and what was found. Raises Unreadable."""
    begin = tap.at
    found: list[Finding] = []
    is_ng = tap.peek(4) == b"\x0a\x0d\x0d\x0a"
    for offset, link, packet in _packets_ng(tap) if is_ng else _packets(tap):
        found += _addresses(packet, link, offset - begin)
        found += [
            Finding(one.offset + offset - begin, one.length, one.kind, one.confidence)
            for span in looking.whole(packet)
            for one in span.found
        ]
    return tap.at - begin, found


def _packets(tap: Tap) -> Iterator[tuple[int, int, bytes]]:
    head = tap.exactly(24)
    order = "<" if head[:4] in _LITTLE_ENDIAN else ">"
    link = struct.unpack(order + "I", head[20:24])[0] & 0xFFFF
    while tap.peek(1):
        size = struct.unpack(order + "I", tap.exactly(16)[8:12])[0]
        if size > _LARGEST:
            raise Unreadable("it is damaged")
        yield tap.at, link, tap.exactly(size)


def _packets_ng(tap: Tap) -> Iterator[tuple[int, int, bytes]]:
    order, links = "<", list[int]()
    while tap.peek(1):
        head = tap.exactly(8)
        if head[:4] == b"\x0a\x0d\x0d\x0a":
            order, links = "<" if tap.peek(4) == b"\x4d\x3c\x2b\x1a" else ">", []
        kind, size = struct.unpack(order + "II", head)
        if not 12 <= size <= _LARGEST or size % 4:
            raise Unreadable("it is damaged")
        offset, body = tap.at, tap.exactly(size - 8)[:-4]
        if kind == _NG_INTERFACE:
            links.append(struct.unpack(order + "H", body[:2])[0])
        skipped = {_NG_PACKET: 20, _NG_SIMPLE: 4}.get(kind, 0)
        at = struct.unpack(order + "I", body[:4])[0] if kind == _NG_PACKET and len(body) > 20 else 0
        link = links[at] if skipped and at < len(links) else -1
        yield offset + skipped, link, body[skipped:]


def _addresses(packet: bytes, link: int, offset: int) -> Iterator[Finding]:
    """Those of Ethernet and of the Internet protocols in the heads of a packet."""
    if link not in _HEADS:
        return
    if link == _ETHERNET and len(packet) >= 14:
        for at in (0, 6):
            if not packet[at] & 1:
                yield Finding(offset + at, 6, Kind.MAC_ADDRESS, 95)
    at = _HEADS[link]
    kind = packet[at - 2 : at] if at else b""
    while kind == b"\x81\x00":
        kind, at = packet[at + 2 : at + 4], at + 4
    version = packet[at] >> 4 if len(packet) > at and kind in {b"", b"\x08\x00", b"\x86\xdd"} else 0
    if kind == b"\x08\x06" and len(packet) >= at + 28:
        yield from (Finding(offset + at + one, 4, Kind.IP_ADDRESS, 95) for one in (14, 24))
    begin, size, count = {4: (12, 4, 20), 6: (8, 16, 40)}.get(version, (0, 0, 0))
    if size and len(packet) >= at + count:
        for one in (at + begin, at + begin + size):
            address = ipaddress.ip_address(packet[one : one + size])
            if not (address.is_multicast or address.is_unspecified or address.is_loopback or address.is_reserved):
                yield Finding(offset + one, size, Kind.IP_ADDRESS, 95)
