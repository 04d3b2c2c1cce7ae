"""What stands in the place of a value: a keyed pseudonym that no real value can be mistaken for, nor it for one.

The same value gets the same stand-in under the same key, whatever the file and the spelling: HMAC-SHA-256 (RFC 2104).
Whoever looks again needs no key to know one, for each has a form in which nobody's data can be:

- e-mail addresses and host names end in `.invalid` (RFC 2606), with as many labels as before;
- IPv4 addresses lie in 240.0.0.0/4 (RFC 1112: reserved) and IPv6 addresses in 3fff::/20 (RFC 9637: documentation); two
  that share their first bits, from the eighth (IPv4) or the 32nd (IPv6) on, share as many of them;
- MAC addresses are those of a group, beginning with f3, which is no device's;
- phone numbers have the country code 999 or the area code 099, and two digits more, which are the sum of those before;
- account numbers have the check digits 00; citizen service and card numbers fail their test;
- all else is a word: `hv`, a letter of its kind, 13 characters of the pseudonym and two by which it is known.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from houvast.screening.checks import digits, is_bsn, is_card
from houvast.screening.kinds import Kind

_ALPHABET = b"abcdefghijklmnopqrstuvwxyz234567"
_LETTERS: dict[Kind, str] = {
    Kind.NAME: "n", Kind.USERNAME: "u", Kind.ADDRESS: "a", Kind.POSTCODE: "p", Kind.CITY: "c", Kind.BIRTH_DATE: "d",
    Kind.NUMBER_PLATE: "l", Kind.PASSPORT: "i", Kind.VAT_NUMBER: "v", Kind.COORDINATES: "g", Kind.SECRET: "s",
    Kind.KEYWORD: "k", Kind.SPECIAL: "b", Kind.HOST_NAME: "h", Kind.IP_ADDRESS: "r", Kind.MAC_ADDRESS: "m",
    Kind.EMAIL: "e", Kind.PHONE: "t", Kind.IBAN: "x", Kind.BSN: "z", Kind.CARD: "q",
}  # fmt: skip
_WORD = re.compile(rb"hv[a-z]([a-z2-7]{13})([a-z2-7]{2})")
_OURS = re.compile(rb"(?<![\w.+@-])(?:u[a-z2-7]{13}@)?(?:h[a-z2-7]{8}\.)+invalid(?![\w-])")
_V4 = re.compile(rb"(?<![\d.])(?:24\d|25[0-5])(?:\.\d{1,3}){3}(?![\d.])")
_V6 = re.compile(rb"(?i)\b3fff:0?[0-9a-f]{1,3}(?::[0-9a-f]{1,4}){6}")
_PHONE = re.compile(rb"(?:\+|0|00)?[ (]{0,2}(?:(?<=0)|9[ ().-]{0,2})9[ ().-]{0,2}9(?:[ ().-]{0,3}\d){4,16}")
_DIGITS, _SUMMED = 15, 7
_MAC = re.compile(rb"(?i)\bf3([:.-]?)[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}\b")
_MAC_OF_THREE = re.compile(rb"(?i)\bf3[0-9a-f]{2}\.[0-9a-f]{4}\.[0-9a-f]{4}\b")
_NOBODYS = (_OURS, _V6)
_SHAPES = {Kind.IP_ADDRESS: (_V4,), Kind.MAC_ADDRESS: (_MAC, _MAC_OF_THREE)}
"""What nobody's data can look like, whatever it was found as; and what is that only where it was found as such."""
_FAILED = {
    Kind.BSN: re.compile(rb"9\d{8}"),
    Kind.CARD: re.compile(rb"9\d{12,18}"),
    Kind.IBAN: re.compile(rb"[A-Za-z]{2}00[A-Za-z0-9]{8,30}"),
}
_MAY_BE = re.compile(rb"(?i)hv|\.invalid|2[45]\d\.|3fff:|f3")
"""What stands in whatever is one of those, or a word of ours."""
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_SAYS = re.compile(rb"\d|[A-Za-z\x80-\xff]{2}")
_RESERVED_V4, _RESERVED_V6 = 0xF, 0x3FFF0
_KEPT = 50_000
"""Stand-ins that are remembered, so that they need not be computed again."""


def is_stand_in(kind: Kind, value: bytes) -> bool:
    """Whether a value is a stand-in, or a value of which nothing but stand-ins is left."""
    if b"%" in value:
        value = unquote_to_bytes(value)
    if kind is Kind.PHONE and _PHONE.fullmatch(value) and _is_summed(value):
        return True
    if len(value) == _DIGITS and value.isdigit() and value[:3] == b"999" and _two_digits(value[:-2]) == value[-2:]:
        return True
    if kind in _FAILED and _FAILED[kind].fullmatch(digits(value)) and not (is_bsn(value) or is_card(value)):
        return True
    if not _MAY_BE.search(value):
        return False
    rest = _WORD.sub(lambda found: b"" if _check(found[1]) == found[2] else found[0], value)
    for shape in (*_NOBODYS, *_SHAPES.get(kind, ())):
        rest = shape.sub(b"", rest)
    return len(rest) < len(value) and not _SAYS.search(rest)


class Pseudonyms:
    """Stand-ins under one key of at least 32 bytes: one a case, and nobody's but the customer's.

    `told`: is told each value with its stand-in, for a table that only the customer can open.
    """

    def __init__(self, key: bytes, told: Callable[[Kind, bytes, bytes], object] | None = None) -> None:
        self._key = key
        self._told = told
        self._made: OrderedDict[tuple[Kind, bytes], bytes] = OrderedDict()

    def of(self, kind: Kind, value: bytes) -> bytes:
        """The stand-in of a value as it was written: ASCII, and nothing that JSON, YAML, XML or CSV give a meaning."""
        known = self._made.get((kind, value))
        if known is None:
            known = self._make(kind, value)
            if self._told:
                self._told(kind, value, known)
            self._made[kind, value] = known
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return known

    def _make(self, kind: Kind, value: bytes) -> bytes:
        shape = _MAKERS.get(kind)
        if shape and shape[0].fullmatch(value) and (made := shape[1](self, value)):
            return made
        if _NUMBER.fullmatch(value):
            return self._number(kind, value)
        return self._word(kind, b" ".join(value.lower().split()))

    def _bits(self, what: str, value: bytes) -> int:
        return int.from_bytes(hmac.digest(self._key, what.encode() + b"\0" + value, hashlib.sha256), "big")

    def _text(self, what: str, value: bytes, length: int) -> bytes:
        bits = self._bits(what, value)
        return bytes(_ALPHABET[bits >> 5 * at & 31] for at in range(length))

    def _word(self, kind: Kind, value: bytes) -> bytes:
        text = self._text(kind, value, 13)
        return b"hv" + _LETTERS[kind].encode() + text + _check(text)

    def _number(self, kind: Kind, value: bytes) -> bytes:
        """A number stays one: JSON has places where nothing else may stand. Two digits tell that it is ours."""
        made = b"999" + self._digits(kind, value, b"0" * 10)
        return made + _two_digits(made)

    def _digits(self, kind: Kind, value: bytes, shape: bytes, turn: int = 0) -> bytes:
        """Other digits in the place of digits; those at the end do not depend on how many stand before."""
        bits = self._bits(kind, value + bytes([turn]))
        made = bytearray(shape)
        for at in range(len(shape) - 1, -1, -1):
            if 48 <= shape[at] <= 57:
                bits, digit = divmod(bits, 10)
                made[at] = 48 + digit
        return bytes(made)

    def host(self, value: bytes) -> bytes:
        labels = value.lower().rstrip(b".").split(b".")
        if len(labels) == 1:
            return self._word(Kind.HOST_NAME, labels[0])
        made = [b"h" + self._text("host", b".".join(labels[at:]), 8) for at in range(len(labels) - 1)]
        return b".".join([*made, b"invalid"])

    def email(self, value: bytes) -> bytes:
        local, _, domain = value.lower().replace(b"%40", b"@").rpartition(b"@")
        host = self.host(domain if b"." in domain else domain + b".local")
        return b"u" + self._text("local", local + b"@" + domain, 13) + b"@" + host

    def ip(self, value: bytes) -> bytes:
        try:
            address = ipaddress.ip_address(value.decode("ascii", "replace").strip("[]").split("%")[0])
        except ValueError:
            return b""
        number = int(address)
        if address.version == 4:
            begin = _RESERVED_V4 << 4 | self._bits("net4", bytes([number >> 24])) & 0xF
            return str(ipaddress.IPv4Address(self._below(begin << 24, number, 32, 8))).encode()
        begin = _RESERVED_V6 << 12 | self._bits("net6", (number >> 96).to_bytes(4, "big")) & 0xFFF
        made = self._below(begin << 96, number, 128, 32)
        return ":".join(f"{made >> 16 * at & 0xFFFF:x}" for at in range(7, -1, -1)).encode()

    def _below(self, made: int, number: int, width: int, kept: int) -> int:
        """Each bit below the first `kept` is turned or not as all bits before it say: so prefixes stay prefixes. The
        digest of the bytes before has a bit for each node of the tree of the next eight."""
        for at in range(width - kept - 8, -1, -8):
            turns = self._bits(f"ip{width}/{at}", (number >> at + 8).to_bytes(16, "big"))
            node = 1
            for level in range(at + 7, at - 1, -1):
                bit = number >> level & 1
                made |= (bit ^ turns >> node & 1) << level
                node = node << 1 | bit
        return made

    def mac(self, value: bytes) -> bytes:
        plain = value.translate(None, b":.-").lower()
        bits = self._bits("maker", plain[:6]) & 0xFFFF, self._bits("mac", plain) & 0xFFFFFF
        made = f"f3{bits[0]:04x}{bits[1]:06x}".encode()
        mark = next((bytes([one]) for one in value if one in b":.-"), b"")
        size = len(value.split(mark)[0]) if mark else len(made)
        return mark.join(made[at : at + size] for at in range(0, len(made), size))

    def phone(self, value: bytes) -> bytes:
        plain = digits(value.translate(None, b"()/\t"))
        is_abroad = plain.startswith((b"+", b"00"))
        number = plain.lstrip(b"+0")
        same = number if is_abroad or not plain.startswith(b"0") else b"31" + number
        zeros = len(plain) - len(plain.lstrip(b"0"))
        mark = b"99" if zeros == 1 else b"999"
        made = bytearray(self._digits(Kind.PHONE, same, value))
        skipped = zeros
        for at, one in enumerate(value):
            if 48 <= one <= 57 and skipped:
                made[at], skipped = 48, skipped - 1
            elif 48 <= one <= 57 and mark:
                made[at], mark = mark[0], mark[1:]
        plain = bytes(made).translate(None, b"()")
        return plain + _two_digits(_last_digits(plain))

    def iban(self, value: bytes) -> bytes:
        return value[:2] + b"00" + self._digits(Kind.IBAN, digits(value).upper(), value[4:])

    def _failing(self, kind: Kind, value: bytes, passes: Callable[[bytes], bool]) -> bytes:
        first = next(at for at, one in enumerate(value) if 48 <= one <= 57)
        for turn in range(255):
            made = value[:first] + b"9" + self._digits(kind, digits(value), value[first + 1 :], turn)
            if not passes(made):
                return made
        return b""

    def bsn(self, value: bytes) -> bytes:
        return self._failing(Kind.BSN, value, is_bsn)

    def card(self, value: bytes) -> bytes:
        return self._failing(Kind.CARD, value, is_card)


def _check(text: bytes) -> bytes:
    """By which anyone knows a word of ours: a digest of it without a key."""
    bits = int.from_bytes(hashlib.sha256(b"houvast stand-in\0" + text).digest()[:2], "big")
    return bytes([_ALPHABET[bits & 31], _ALPHABET[bits >> 5 & 31]])


def _last_digits(number: bytes) -> bytes:
    return b"".join(re.findall(rb"\d", number))[-_SUMMED:]


def _is_summed(number: bytes) -> bool:
    """Whether the last two digits are the sum of those before: those of a real number are that by chance only."""
    return _two_digits(_last_digits(number[:-2])) == number[-2:]


def _two_digits(number: bytes) -> bytes:
    return b"%02d" % (int.from_bytes(hashlib.sha256(b"houvast stand-in\0" + number).digest()[:2], "big") % 100)


_MAKERS: dict[Kind, tuple[re.Pattern[bytes], Callable[[Pseudonyms, bytes], bytes]]] = {
    Kind.EMAIL: (re.compile(rb"[^@\s]+(?:@|%40)[^@\s]+"), Pseudonyms.email),
    Kind.HOST_NAME: (re.compile(rb"[\w.-]+"), Pseudonyms.host),
    Kind.IP_ADDRESS: (re.compile(rb"\[?[0-9A-Fa-f:.]+(?:%\w+)?\]?"), Pseudonyms.ip),
    Kind.MAC_ADDRESS: (re.compile(rb"(?:[0-9A-Fa-f]{2,6}[:.-]?){2,6}"), Pseudonyms.mac),
    Kind.PHONE: (re.compile(rb"\+?\(?\d(?:[\s()./-]{0,3}\d){6,}"), Pseudonyms.phone),
    Kind.IBAN: (re.compile(rb"[A-Za-z]{2}\d{2}[A-Za-z0-9 .-]{8,40}"), Pseudonyms.iban),
    Kind.BSN: (re.compile(rb"\d(?:[ .-]?\d){8}"), Pseudonyms.bsn),
    Kind.CARD: (re.compile(rb"\d(?:[ .-]?\d){12,18}"), Pseudonyms.card),
}
"""What each kind looks like, and how its stand-in is made; what looks otherwise gets a word."""
