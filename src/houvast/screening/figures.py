"""What is written in figures: citizen service numbers, accounts, cards, phone numbers, dates of birth, number plates."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from houvast.errors import UsageError
from houvast.screening.checks import LENGTHS, is_bsn, is_card, is_iban
from houvast.screening.engine import Judge, Rule, Span
from houvast.screening.keyed import EDGE, Check, apart, key, near, value
from houvast.screening.kinds import Kind

if TYPE_CHECKING:
    from types import ModuleType

_NOTHING: tuple[Span, ...] = ()

_NINE = rb"(?:\d{9}|\d{8}|\d{4}[. ]\d{2}[. ]\d{3}|\d{3}[. ]\d{3}[. ]\d{3}|\d{2}[. ]\d{3}[. ]\d{3})"
_BSN = rb"(?:bsn|burgerservice|sofi-?n|citizen service|social security n)"


def _is_bsn(number: bytes) -> bool:
    return is_bsn(number) or is_bsn(b"0" + number)


_IBAN = re.compile(rb"[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.I)


def _iban(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    """Capitals that follow an account number look like more of it: its country says how long it is."""
    found = _IBAN.match(data, begin)
    length = LENGTHS.get(data[begin : begin + 2].upper().decode("latin-1"), 0)
    if not found or not length:
        return _NOTHING
    at, left = begin, length
    while at < found.end() and left:
        left -= data[at] not in b" -"
        at += 1
    return ((begin, at),) if not left and is_iban(data[begin:at].upper()) else _NOTHING


_BRANDS = re.compile(
    rb"(?:4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    rb"|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15})\Z"
)
_CARD = re.compile(rb"\d{4}([ -]?)(?:\d{4}\1\d{4}\1\d{1,7}|\d{6}\1\d{4,5})(?![0-9A-Za-z-]|\.\d)")
_MOST_OF_CARDS = 16
_AMID = re.compile(rb"[-+]|\d\.")
"""What stands before digits that are part of another number; not a comma, which parts the cells of a table."""


def _card(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    found = _CARD.match(data, begin)
    if not found or _AMID.search(data[max(0, begin - 2) : begin]):
        return _NOTHING
    number = found[0].translate(None, b" -")
    if len(number) > _MOST_OF_CARDS and data[max(0, begin - 1) : begin] == b"_":  # `blk_` and 19 figures, of Hadoop
        return _NOTHING
    return (found.span(),) if _BRANDS.match(number) and is_card(number) else _NOTHING


_DATE = (
    rb"(?:\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)?\d{2}|(?:19|20)\d{2}[-/.]?\d{2}[-/.]?\d{2}"
    rb"|\d{1,2}(?:e|st|nd|rd|th)?[ -](?:of )?(?:jan|feb|mrt|maart|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]{0,7}\.?,?[ -](?:19|20)\d{2}"
    rb"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}\.? \d{1,2},? (?:19|20)\d{2})"
)
_BIRTH = rb"(?:geboren|geb\.|geb_?dat|geboorte|verjaardag|\bborn\b|birth|\bd\.?o\.?b\b)"
_BIRTH_BACK = 80

_FEWEST, _MOST = 5, 17
"""Figures of a number: at most 15 (E.164), with the two that call another country."""
_GAP = rb"(?:[ .()/+-]|%2[089])"
_PHONE_KEY = key(
    rb"(?:tele?(?:foon|phone)?|mob(?:iel|ile)?|gsm|msisdn|fax|phone|cell|whatsapp)(?:[_ -]?(?:nr|no|num(?:mer|ber)?))?\.?",
    before=rb"(?:^|[^a-z]|_)",
)


@lru_cache(maxsize=4096)
def _is_phone(region: str, text: bytes) -> bool:
    """Whether it is a number of a plan; with a plus, whether its country has numbers of that length."""
    plain = _ENCODED.sub(lambda found: b"+" if found[0].upper() == b"%2B" else b" ", text)
    if not _FEWEST <= len(plain) - len(plain.translate(None, b"0123456789")) <= _MOST:
        return False
    phones = _phonenumbers()
    with_plus = plain.startswith((b"+", b"(+"))
    try:
        number = phones.parse(plain[:2].decode("latin-1") + plain[2:].replace(b"+", b" ").decode("latin-1"), region)
    except phones.NumberParseException:
        return False
    return bool(phones.is_possible_number(number) if with_plus else phones.is_valid_number(number))


_ENCODED = re.compile(rb"%2[0-9a-f]", re.I)


@lru_cache(maxsize=1)
def _phonenumbers() -> ModuleType:
    try:
        import phonenumbers
    except ImportError as error:
        raise UsageError(
            "Screening needs the plans of phone numbers, which are not installed here.",
            todo="pip install 'houvast[diagnostics]'",
        ) from error
    return phonenumbers


_LAST_GROUP = re.compile(rb"(?:" + _GAP + rb")+\d+\Z", re.I)


def _dialled(judge: Judge, is_one: Check, *, keyed: bool = False) -> Judge:
    """A number of a plan, without figures behind it that are something else; behind a key also one of no plan."""

    def dialled(data: bytes, begin: int, end: int) -> tuple[Span, ...]:
        for first, last in judge(data, begin, end):
            number, whole = data[first:last], b""
            while number != whole:
                if is_one(number):
                    return ((first, first + len(number)),)
                whole, number = number, _LAST_GROUP.sub(b"", number)
            return ((first, last),) if keyed else _NOTHING
        return _NOTHING

    return dialled


_CONSONANT = rb"[BDFGHJKLMNPRSTVWXZ]"
_PLATES = (
    rb"(?:C{2}-\d{2}-\d{2}|\d{2}-\d{2}-C{2}|\d{2}-C{2}-\d{2}|C{2}-\d{2}-C{2}|C{2}-C{2}-\d{2}|\d{2}-C{2}-C{2}|\d{2}-C{3}-\d"
    rb"|\d-C{3}-\d{2}|C{2}-\d{3}-C|C-\d{3}-C{2}|C{3}-\d{2}-C|C-\d{2}-C{3}|\d-C{2}-\d{3}|\d{3}-C{2}-\d)"
)
_PLATE = _PLATES.replace(b"C", _CONSONANT)
_LOOSE_PLATE = _PLATES.replace(b"-", b"[- ]?").replace(b"C", b"[A-Z]")
_ALONE = rb"(?<![0-9A-Za-z-])"
_COORDINATE = rb"-?(?:[0-8]?\d|90)\.\d{4,12}"


def rules(country: str) -> tuple[Rule, ...]:
    """The rules, with phone numbers as this country writes them."""
    ours: Check = partial(_is_phone, country)
    american: Check = partial(_is_phone, "US")
    return (
        Rule(
            Kind.BSN, 97, _BSN + rb"[^\d\n]{0,40}" + _NINE + EDGE,
            near(_NINE + rb"(?![0-9A-Za-z-]|\.\d)", 11, _is_bsn), caseless=True,
        ),
        Rule(
            Kind.BSN, 95, EDGE + _NINE + rb"[^0-9A-Za-z]{1,5}" + _BSN,
            near(_ALONE + rb"(" + _NINE + rb")[^0-9A-Za-z]{1,5}" + _BSN, 50, _is_bsn, re.I), caseless=True,
        ),
        Rule(Kind.IBAN, 99, EDGE + rb"[A-Z]{2}\d{2}[ -]?[A-Z0-9]{4}[ -]?[A-Z0-9]{4}", apart(_iban), begins=True),
        Rule(Kind.CARD, 95, EDGE + rb"\d{4}[ -]?(?:\d{4}[ -]?\d{4}[ -]?\d{1,7}|\d{6}[ -]?\d{4,5})" + EDGE, apart(_card), begins=True),
        Rule(
            Kind.PHONE, 90, rb"(?:\+|%2B)[1-9][0-9 .()/+%-]{8}",
            _dialled(near(rb"(?<![0-9A-Za-z.+-])(?<!m=)\(?(?:\+|%2B)[1-9](?:" + _GAP + rb"{0,2}\d){7,14}(?![0-9A-Za-z-]|[.:]\d)", 50, flags=re.I), ours), caseless=True,
        ),
        Rule(
            Kind.PHONE, 90, EDGE + rb"00[1-9]\d[0-9 .()/-]{8}",
            _dialled(near(rb"(?<![0-9A-Za-z.:/+-])00(?:[1-9]\d{9,13}|[1-9]\d{1,2}[ -](?:[ .()/-]{0,2}\d){6,12})(?![0-9A-Za-z-]|[.:]\d)", 40), ours),
        ),
        Rule(
            Kind.PHONE, 85, rb"(?:^|[^0-9A-Za-z.:/+-])\(?0[1-9](?:\d{8,9}(?:\b|_)|\d{0,2}\)?[ -]{1,2}\d{2}[0-9 -]{3})",
            _dialled(near(rb"(?<![0-9A-Za-z.:/+-])\(?0(?:[1-9]\d{8,9}|[1-9]\d{0,2}\)?[ -]{1,2}\d{6,8}|[1-9]\d{0,2}\)?(?:[ -]\d{2,4}){2,4})(?![0-9A-Za-z-]|[.:/]\d)", 28), ours),
        ),
        Rule(
            Kind.PHONE, 80, rb"(?:^|[^0-9A-Za-z.:/+-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}" + EDGE,
            near(rb"(?<![0-9A-Za-z.:/+-])(?<!\d )(?:\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}|\d{3}\.\d{3}\.\d{4}|\d{3} \d{3} \d{4})(?![0-9A-Za-z-]|[.:]\d| \d)", 16, american),
        ),
        Rule(
            Kind.PHONE, 90, _PHONE_KEY,
            _dialled(value(rb"((?:\+|%2B)?(?:\(|%28)?\d(?:" + _GAP + rb"{0,2}\d){6,14})(?![0-9A-Za-z-]|[.:]\d)", flags=re.I), ours, keyed=True), caseless=True,
        ),
        Rule(
            Kind.BIRTH_DATE, 95, _BIRTH + rb"[^\d\n]{0,40}" + _DATE + EDGE,
            near(_BIRTH + rb"[^\d\n]{0,40}(" + _DATE + rb")(?![0-9A-Za-z])", _BIRTH_BACK, flags=re.I), caseless=True,
        ),
        Rule(Kind.NUMBER_PLATE, 75, EDGE + _PLATE + EDGE, near(_ALONE + _PLATE + rb"(?![0-9A-Za-z-])", 12)),
        Rule(
            Kind.NUMBER_PLATE, 95, key(rb"kenteken(?:s|plaat|nummer)?", rb"licen[cs]e[_ -]?plate", rb"number[_ -]?plate", rb"plate[_ -]?n(?:umber|o|r)"),
            value(rb"(" + _LOOSE_PLATE + rb")(?![0-9A-Za-z-])", flags=re.I), caseless=True,
        ),
        Rule(
            Kind.NUMBER_PLATE, 90, rb"\bkenteken " + _LOOSE_PLATE + EDGE, near(rb"kenteken (" + _LOOSE_PLATE + rb")(?![0-9A-Za-z])", 24, flags=re.I), caseless=True,
        ),
        Rule(
            Kind.PASSPORT, 90,
            rb"(?:pas(?:poort|sport)|id-?kaart|identiteits(?:kaart|bewijs)|rijbewijs|driving licen[cs]e|id-?card|reisdocument|travel doc(?:ument)?|document(?:nummer|[_ -]?n(?:umber|o|r)))[^\n\d]{0,30}?(?:\b|_)[A-Z0-9]{8,10}(?:\b|_)",
            near(rb"(?<![0-9A-Za-z])(?=[A-Z0-9]{0,9}\d)(?:[A-NP-Z]{2}[A-NP-Z0-9]{6}\d|[A-Z]{1,2}\d{6,8}|\d{9,10})(?![0-9A-Za-z])", 11, flags=re.I), caseless=True,
        ),
        Rule(
            Kind.VAT_NUMBER, 95, EDGE + rb"NL ?\d{9} ?B ?\d{2}" + EDGE,
            near(rb"(?<![0-9A-Za-z])NL ?\d{9} ?B ?\d{2}(?![0-9A-Za-z])", 18),
        ),
        Rule(
            Kind.VAT_NUMBER, 90, key(rb"btw(?:[_ -]?(?:nr|nummer|id))?", rb"vat(?:[_ -]?(?:id|no|nr|number|reg\w{0,12}))?", rb"tax[_ -]?id"),
            value(rb"([A-Z]{2}[ .]?(?=[0-9A-Z]{0,9}\d{4})[0-9A-Z]{8,12})(?![0-9A-Za-z])"), caseless=True,
        ),
        Rule(
            Kind.COORDINATES, 85, EDGE + rb"\d{1,2}\.\d{4,12}[,;] ?-?\d{1,3}\.\d{4}",
            near(rb"(?<![0-9A-Za-z.-])" + _COORDINATE + rb"[,;] ?-?(?:1[0-7]\d|\d{1,2})\.\d{4,12}(?![0-9A-Za-z.])", 34),
        ),
        Rule(
            Kind.COORDINATES, 90, rb"\b(?:geo|gps|point|coord[a-z]{0,8}|locati(?:on|e)|loc|pos(?:ition|itie)?|lat_?lo?ng?)[\"'\\]{0,3} ?[:=(@] ?[\"'(\[]{0,2}-?\d{1,3}\.\d{2}",
            near(rb"[:=(@] ?[\"'(\[]{0,2}(-?\d{1,3}\.\d{2,12}(?:[,;] ?| )-?\d{1,3}\.\d{2,12})(?![0-9A-Za-z.])", 12), caseless=True,
        ),
        Rule(
            Kind.COORDINATES, 90, key(rb"lat(?:itude)?", rb"l(?:o?ng|on)(?:itude)?", rb"breedtegraad", rb"lengtegraad"),
            value(rb"(-?\d{1,3}\.\d{3,12})(?![0-9A-Za-z.])"), caseless=True,
        ),
    )  # fmt: skip
