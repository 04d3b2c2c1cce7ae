"""Where somebody lives: streets with a house number, Dutch postcodes, and the place beside them."""

from __future__ import annotations

import re

from houvast.screening.engine import Rule, Span
from houvast.screening.keyed import EDGE, apart, key, value, whole
from houvast.screening.kinds import Kind

_NOTHING: tuple[Span, ...] = ()
_SUFFIX = (
    rb"(?:straat|str\.|stra\xc3\x9fe|strasse|gasse|allee|platz|laan|weg|dreef|plein|singel|kade|gracht|steeg|hof|pad|ring|baan|boulevard|plantsoen|park|markt|dijk"
    rb"|wal|haven|kamp|hoek|berg|veld|erf|akker|burg|horst|meent|oord|donk|stede|gaarde|zoom|rijn|oever|brink|es|wijk|dam"
    rb"|vaart|sloot|poort|kwartier|pas(?:sage)?|tuin|weide|waard|werf|heuvel|duin|bos|heide|eng|land|rak|ven|goed)"
)
_NUMBER = rb"\d{1,5}(?:[ -]?(?:bis|hs|[IVX]{1,4}|[A-Ha-h])\b(?:[ -]\d{1,4})?|[-/]\d{1,4})?(?![0-9A-Za-z]|[.,:]\d)"
_WORD = rb"[A-Z\xc3][\w'\x80-\xff.-]{0,30}"
_STREET = re.compile(
    rb"(?<![0-9A-Za-z.-])(?:(?:\d(?:e|de|ste) )?" + _WORD + rb" (?:(?:van|de|der|den|het|'t|ten|ter|op|aan) ){0,2}){0,3}"
    rb"(?:[A-Z\xc3][\w'\x80-\xff-]{0,30}?" + _SUFFIX + rb"|[a-z]{2,20}(?:straat|laan|weg|plein|singel|gracht|kade))"
    rb"(?: (?:Noord|Zuid|Oost|West|NZ|ZZ|N\.?Z\.?|Z\.?Z\.?))? " + _NUMBER
)  # fmt: skip
_SURE = re.compile(
    rb"(?:straat|str\.|stra\xc3\x9fe|strasse|gasse|allee|platz|laan|weg|dreef|plein|singel|kade|gracht|steeg|boulevard|plantsoen|hof|pad|ring|baan) ",
    re.I,
)


def _street(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
    line = max(data.rfind(b"\n", max(0, end - 80), end) + 1, end - 80, 0)
    found = _STREET.search(data, line, end + 24)
    while found and found.end() < end:
        found = _STREET.search(data, found.start() + 1, end + 24)
    return (found.span(),) if found and found.start() < end else _NOTHING


_ENGLISH = re.compile(
    rb"(?<![0-9A-Za-z.:/-])\d{1,5}[A-Za-z]? (?:[A-Z][a-z'-]{1,20} ){1,3}"
    rb"(?:Alley|Avenue|Ave|Boulevard|Blvd|Branch|Bridge|Brooks?|Burgs?|Bypass|Camp|Canyon|Cape|Causeway|Centers?|Centre|Circles?|"
    rb"Cliffs?|Close|Club|Common|Corners?|Course|Courts?|Ct|Coves?|Creek|Crescent|Crest|Crossing|Crossroads?|Curve|Dale|Dam|"
    rb"Divide|Drives?|Dr|Estates?|Expressway|Extensions?|Falls?|Ferry|Fields?|Flats?|Fords?|Forest|Forges?|Forks?|Fort|Freeway|"
    rb"Gardens?|Gateway|Glens?|Greens?|Groves?|Harbors?|Haven|Heights|Highway|Hwy|Hills?|Hollow|Inlet|Islands?|Isle|Junctions?|"
    rb"Keys?|Knolls?|Lakes?|Land|Landing|Lane|Ln|Lights?|Loaf|Locks?|Lodge|Loop|Mall|Manors?|Meadows?|Mews|Mills?|Missions?|"
    rb"Motorway|Mountains?|Mount|Neck|Orchard|Oval|Overpass|Parks?|Parkways?|Pass|Passage|Path|Pike|Pines?|Place|Plains?|Plaza|"
    rb"Points?|Ports?|Prairie|Radial|Ramp|Ranch|Rapids?|Rest|Ridges?|River|Roads?|Rd|Route|Row|Rue|Run|Shoals?|Shores?|Skyway|"
    rb"Springs?|Spurs?|Squares?|Station|Stravenue|Stream|Streets?|St|Summit|Terrace|Throughway|Trace|Track|Trafficway|Trail|"
    rb"Tunnel|Turnpike|Underpass|Unions?|Valleys?|Via|Viaduct|Views?|Villages?|Ville|Vista|Walks?|Wall|Ways?|Wells?)\b\.?"
    rb"(?:,? (?:Apt|Suite|Unit|Flat|Apartment)\.? ?\w{1,6})?"
)  # fmt: skip


def _english(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    found = _ENGLISH.match(data, begin)
    return (found.span(),) if found else _NOTHING


_POSTCODE = re.compile(rb"[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}(?![0-9A-Za-z-]|\.\w)")
_NO_POSTCODE = frozenset(
    b"KB MB GB TB PB MS NS US KM CM MM HZ AM PM IN OF TO AT BY ON OK NO IS IT ID DO OR AS UT CE BC AD HR SP PU BP IO DB IP "
    b"OS PC TV UI UX VM XP GT LT EQ NE GE LE MA VA KW TH ST ND RD BE IF AN WE HE ME MY SO UP GO".split()
)
_BESIDE = re.compile(
    rb"(?:(?:\d{1,5} ?[a-zA-Z]{0,3}|\bbis|-\d{1,4}),? {0,2}|(?:postcode|zip(?:code)?|\bpc)\W{0,4}(?:is )?)\Z", re.I
)
_PLACE = rb"(?:'[st][ -])?(?:(?:[A-Z]|\xc3[\x80-\x9e])(?:[\w\x80-\xff'-]|\\\\u00[0-9a-f]{2}){1,30})(?:(?: (?:aan|de|den|op|bij|en|het|am|an|der|of|in|under|upon))*(?: (?:[A-Z]|\xc3[\x80-\x9e])[\w\x80-\xff'-]{1,30})){0,3}"
_TOWN = re.compile(rb"(?:,? {1,2}|[\"']? ?, ?[\"']?)(" + _PLACE + rb")")
_AFTER_STREET = re.compile(rb"(?:, |[\"'] ?, ?[\"'])(" + _PLACE + rb")(?![0-9A-Za-z=:])")
_FIELD = (b"'", b'"', b";", b"\t", b">", b"<", b"|")


def _postcode(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    found = _POSTCODE.match(data, begin)
    if not found or (begin and data[begin - 1] in b"-./:+"):
        return _NOTHING
    beside = _BESIDE.search(data[max(0, begin - 14) : begin]) or _TOWN.match(data, found.end())
    if beside or _between(data, begin, found.end()):
        return (found.span(),)
    return _NOTHING if found[0][-2:] in _NO_POSTCODE or len(found[0]) == 6 else (found.span(),)


def _between(data: bytes, begin: int, end: int) -> bool:
    """Whether it is a field of its own."""
    before, behind = data[max(0, begin - 1) : begin], data[end : end + 1]
    return before in _FIELD and behind in _FIELD and bool(before or behind)


def _postcodes_town(data: bytes, begin: int, end: int) -> tuple[Span, ...]:
    if not _postcode(data, begin, end):
        return _NOTHING
    found = _TOWN.match(data, end)
    return (found.span(1),) if found else _NOTHING


def _streets_town(data: bytes, begin: int, end: int) -> tuple[Span, ...]:
    for _, last in _english(data, begin, end):
        found = _AFTER_STREET.match(data, last)
        if found:
            return (found.span(1),)
    return _NOTHING


_POSTCODE_TRIGGER = EDGE + rb"[1-9]\d{3} ?[A-Z]{2}" + EDGE
_ENGLISH_TRIGGER = EDGE + rb"\d{1,5}[A-Za-z]? [A-Z][a-z'-]{1,20} [A-Z][a-z]"

RULES = (
    Rule(Kind.ADDRESS, 88, _SUFFIX + rb" (?:(?:Noord|Zuid|Oost|West|[NZ]\.?Z\.?) )?\d", _street),
    Rule(Kind.ADDRESS, 85, _ENGLISH_TRIGGER, apart(_english), begins=True),
    Rule(Kind.ADDRESS, 85, EDGE + rb"(?:postbus|p\.?o\.? box|postfach) \d{1,6}" + EDGE, apart(whole), caseless=True, begins=True),
    Rule(
        Kind.ADDRESS, 85, key(rb"adres(?:regel)?_?\d?", rb"straat(?:naam)?", rb"street(?:[_ -]?address)?(?:[_ -]?line)?_?\d?", rb"address[_ -]?line_?\d?", rb"huisnummer", rb"woonadres"),
        value(rb"((?=[^\"'<>\n]{0,60}[A-Za-z]{3})[A-Z0-9\x80-\xff][^\"'<>\n,;|&\\{}=]{2,60})", lambda text: b"." not in text[:9] or b" " in text), caseless=True,
    ),
    Rule(Kind.POSTCODE, 80, _POSTCODE_TRIGGER, apart(_postcode), begins=True),
    Rule(
        Kind.POSTCODE, 95, key(rb"post(?:al)?[_ -]?code", rb"zip(?:[_ -]?code)?"),
        value(rb"([1-9]\d{3} ?[A-Z]{2}|\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})(?![0-9A-Za-z])", flags=re.I), caseless=True,
    ),
    Rule(Kind.CITY, 80, _POSTCODE_TRIGGER, apart(_postcodes_town), begins=True),
    Rule(Kind.CITY, 90, _ENGLISH_TRIGGER, apart(_streets_town), begins=True),
    Rule(
        Kind.CITY, 88, key(rb"(?:woon|geboorte)?plaats(?:naam)?", rb"city", rb"stad", rb"town", rb"residence", rb"gemeente"),
        value(rb"(" + _PLACE + rb")"), caseless=True,
    ),
)  # fmt: skip
