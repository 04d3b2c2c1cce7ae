"""E-mail, IP and MAC addresses, and names of computers."""

from __future__ import annotations

import ipaddress
import re

from houvast.screening.engine import Rule, Span
from houvast.screening.keyed import EDGE, apart, here, key, value
from houvast.screening.kinds import Kind

_LOCAL = re.compile(
    rb"(?:[\w+\x80-\xff]|[.'-](?=[\w+.-]|\Z)|%2[BDE]|%5F)(?:[\w.+\x80-\xff-]|(?<=\w)'(?=\w)|%2[BDE]|%5F){0,63}\Z", re.I
)
_ODD_LOCAL = re.compile(rb"(?:\"[^\"\r\n]{1,62}\"|(?=[^\r\n]*[0-9A-Za-z])[\w.+!#$&*/=?^`{|}~'%\x80-\xff-]{1,64})\Z")
"""What else may stand before the sign (RFC 5321, 4.1.2), and what is put there."""
_DOMAIN = re.compile(
    rb"(?:[a-z0-9\x80-\xff](?:[a-z0-9\x80-\xff-]{0,61}[a-z0-9\x80-\xff])?\.){1,8}([a-z\x80-\xff][a-z0-9\x80-\xff-]{0,38}[a-z\x80-\xff])(?![0-9A-Za-z])",
    re.I,
)
_NO_DOMAIN = frozenset(
    b"service slice socket target timer mount automount path scope device swap conf png jpg svg js ts so py go lib dll jar "
    b"json yaml yml xml txt log gz xz zip tar sh exe css html cluster git".split()
)
_HEX_PAIR = re.compile(rb"[0-9a-f]{2}[\w]", re.I)
_ROBOTS = frozenset((b"git",))
_SIGNS_ALONE = frozenset((b"'", b".", b"-"))
_NOTHING: tuple[Span, ...] = ()


def _email(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
    at = end - 2 if data[end - 2] == 64 else end - 4
    domain = _DOMAIN.match(data, end - 1)
    while domain and domain[1].lower() in _NO_DOMAIN:  # `jan@firm.nl.log` is a file of `jan@firm.nl`
        domain = _DOMAIN.fullmatch(data, end - 1, domain.start(1) - 1)
    if domain is None:
        return _NOTHING
    before = data[max(0, at - 64) : at]
    local = _LOCAL.search(before)
    if local is None or local[0] in _SIGNS_ALONE:
        local = _ODD_LOCAL.search(before)
    if local is None or local[0].lower() in _ROBOTS:
        return _NOTHING
    begin = at - len(local[0])
    if begin and data[begin - 1] == 37 and _HEX_PAIR.match(local[0]):  # `%3D` before it
        begin += 2
    return ((begin, domain.end()),)


_VERSION = re.compile(
    rb"[\s:=\"'/]{0,4}(?:noisrev|rev|noisiver|ver|esaeler|dliub|erawmrif|eisrev|tnega|emorhc|irafas|egde|xoferif|arepo|v)(?![a-z])",
    re.I,
)
"""Backwards: words before four figures that are a version."""
_SIGNS, _ENDS = b" :=\"'/\t", frozenset(bytes((one,)) for one in b"nrvedtixaNRVEDTIXA")
_PART_BEFORE = re.compile(rb"\d\.")
_NOBODYS = frozenset((b"127", b"0", b"255"))
"""How addresses begin that are of no machine of its own: loopback, none, masks."""


def _ipv4(data: bytes, begin: int, end: int) -> tuple[Span, ...]:
    a, b, c, d = data[begin:end].split(b".")
    if a in _NOBODYS or (len(a) == 3 and a > b"255") or (len(b) == 3 and b > b"255"):
        return _NOTHING
    if (len(c) == 3 and c > b"255") or (len(d) == 3 and d > b"255"):
        return _NOTHING
    if _PART_BEFORE.match(data[max(0, begin - 2) : begin]) or (
        data[end : end + 1] == b"." and data[end + 1 : end + 2].isdigit()
    ):
        return _NOTHING
    before = data[max(0, begin - 16) : begin]
    if before.rstrip(_SIGNS)[-1:] in _ENDS and _VERSION.match(before[::-1]):
        return _NOTHING
    return ((begin, end),)


_HEX_RUN = re.compile(rb"[0-9a-f:]{1,60}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?", re.I)
_HEX_BACK = re.compile(rb"[0-9a-f:]+\Z", re.I)
_WORD = re.compile(rb"[0-9A-Za-z:.-]")
_MORE = re.compile(rb"-?[0-9A-Za-z]")
_LOOKS = re.compile(rb"(?=.*\d)(?:[0-9a-f]{4}:|::ffff:|(?:[0-9a-f]{1,4}:+){3})", re.I)


def _ipv6(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
    back = _HEX_BACK.search(data[max(0, end - 50) : end])
    begin = end - len(back[0]) if back else end
    run = _HEX_RUN.match(data, begin)
    if run is None:
        return _NOTHING
    last = run.end()
    if data[last - 1] == 58 and data[last - 2] != 58:  # `address: text`
        last -= 1
    text = data[begin:last]
    if (begin and _WORD.match(data, begin - 1)) or _MORE.match(data, last) or not _LOOKS.match(text):
        return _NOTHING
    try:
        address = ipaddress.IPv6Address(text.decode("ascii"))
    except ValueError:
        return _NOTHING
    return _NOTHING if address.is_loopback or address.is_unspecified else ((begin, last),)


_NO_MAC = re.compile(rb"(?:00[:-]){5}00|(?:ff[:-]){5}ff", re.I)


def _mac(data: bytes, begin: int, end: int) -> tuple[Span, ...]:
    text = data[begin:end]
    before, behind = data[max(0, begin - 1) : begin], data[end : end + 1]
    sign = text[2:3]
    if text.count(sign) != 5 or before in (b":", b"-") or (behind == sign and data[end + 1 : end + 2].isalnum()):
        return _NOTHING
    if _NO_MAC.match(text) or (sign == b"-" and text.replace(b"-", b"").isdigit()):
        return _NOTHING
    return ((begin, end),)


_OURS = rb"internal|intern|local|lan|corp|intra|intranet|home|localdomain|private"
_PUBLIC = rb"com|net|org|nl|eu|de|be|fr|uk|info|nu|cloud|example"
_SOFTWARE = frozenset(
    b"""
    k8s kubernetes openshift operatorframework metal3 ovn quay istio tekton knative etcd prometheus
    grafana coreos cri-o docker gcr golang godoc gopkg pypi npmjs maven apache eclipse spring w3 ietf
    xmlsoap oasis-open freedesktop gnu kernel debian ubuntu fedoraproject redhat centos suse github
    githubusercontent gitlab google googleapis gstatic microsoft windowsupdate windows azure mozilla
    cloudflare letsencrypt digicert verisign oracle java sun jboss hibernate postgresql mysql sqlite
    python nodejs jquery schema json-schema openssl openssh isc iana icann
    """.split()
)
_ENDINGS = frozenset((b"com", b"net", b"org", b"io", b"nl", b"eu", b"dev", b"local"))
"""Names of well-known software, and under which they stand: no computers of anybody."""
_BACKWARDS = re.compile(rb"[a-z0-9._-]+", re.I)


def _host(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
    if _GOES_ON.match(data, end):
        return _NOTHING
    back = _BACKWARDS.match(data[max(0, end - 253) : end][::-1])
    name = back[0][::-1].lstrip(b"._-") if back else b""
    begin = end - len(name)
    labels = name.lower().rsplit(b".", 2)
    if len(labels) < 3 or (labels[1] in _SOFTWARE and labels[2] in _ENDINGS):
        return _NOTHING
    if labels[1:] == [b"cluster", b"local"]:
        return _NOTHING
    return ((begin, end),)


_GOES_ON = re.compile(rb"[0-9A-Za-z@(]|[.-][0-9A-Za-z]")
_HYPHENED = re.compile(
    rb"(?:ip|ec2|host|node|vm|dhcp|dsl|static)-(?:\d{1,3}-){3}\d{1,3}(?![\d-]|\.\d)(?:\.[a-z0-9-]{1,63}){0,6}", re.I
)

_DOTTED_MAC = rb"(?<![0-9A-Za-z.-])(?=[^a-f]*[a-f])(?=\D*\d)(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![0-9A-Za-z-]|\.\w)"

RULES = (
    Rule(Kind.EMAIL, 95, rb"[^\s@](?:@|%40)[a-z0-9\x80-\xff]", _email, caseless=True),
    Rule(Kind.IP_ADDRESS, 90, EDGE + rb"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}" + EDGE, apart(_ipv4), begins=True),
    Rule(Kind.IP_ADDRESS, 90, rb"(?:^|[^0-9a-z:.-])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::", _ipv6, caseless=True),
    Rule(Kind.IP_ADDRESS, 90, rb"(?:^|[^0-9a-f:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]", _ipv6, caseless=True),
    Rule(Kind.MAC_ADDRESS, 95, EDGE + rb"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}" + EDGE, apart(_mac), caseless=True, begins=True),
    Rule(
        Kind.MAC_ADDRESS, 75, EDGE + rb"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}" + EDGE,
        apart(here(_DOTTED_MAC, flags=re.I)), caseless=True, begins=True,
    ),
    Rule(
        Kind.MAC_ADDRESS, 90, key(rb"mac(?:[_ -]?addr(?:ess)?)?", rb"hwaddr", rb"ether"),
        value(rb"([0-9a-f]{12}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})(?![0-9A-Za-z.-])", flags=re.I), caseless=True,
    ),
    Rule(Kind.HOST_NAME, 75, rb"[a-z0-9]\.[a-z0-9-]{1,63}\.(?:" + _OURS + b"|" + _PUBLIC + rb")" + EDGE, apart(_host), caseless=True),
    Rule(
        Kind.HOST_NAME, 85, EDGE + rb"(?:ip|ec2|host|node|vm|dhcp|dsl|static)-(?:\d{1,3}-){3}\d{1,3}" + EDGE,
        apart(here(_HYPHENED.pattern, flags=re.I)), caseless=True, begins=True,
    ),
)  # fmt: skip
