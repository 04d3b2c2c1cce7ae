"""Checks that chance does not pass: of the BSN (eleven-test), of cards (Luhn, ISO/IEC 7812-1), of IBAN (ISO 13616)."""

from __future__ import annotations

_ASIDE = bytes.maketrans(b"", b"")
_NOISE = b" .-"


def digits(value: bytes) -> bytes:
    """Without the spaces, full stops and hyphens between them."""
    return value.translate(_ASIDE, _NOISE)


def is_bsn(value: bytes) -> bool:
    """Whether nine digits pass the eleven-test: 9a + 8b + ... + 2h - i is a multiple of 11. Others are no BSN."""
    number = digits(value)
    if len(number) != 9 or not number.isdigit() or number == b"000000000":
        return False
    return (sum((9 - at) * (one - 48) for at, one in enumerate(number[:8])) - (number[8] - 48)) % 11 == 0


_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def is_card(value: bytes) -> bool:
    """Whether 13 to 19 digits pass Luhn's test, and are not one digit repeated."""
    number = digits(value)
    if not 13 <= len(number) <= 19 or not number.isdigit() or len(set(number)) == 1:
        return False
    back = [one - 48 for one in reversed(number)]
    return (sum(back[::2]) + sum(_DOUBLED[one] for one in back[1::2])) % 10 == 0


_LETTERS = {65 + at: str(10 + at) for at in range(26)}


def is_iban(value: bytes) -> bool:
    """Whether it is an account number: its length is that of its country, and the remainder by 97 is 1."""
    number = digits(value)
    if LENGTHS.get(number[:2].decode("latin-1")) != len(number):
        return False
    turned = (number[4:] + number[:4]).decode("latin-1")
    return turned.isalnum() and int(turned.translate(_LETTERS)) % 97 == 1


LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
    "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
    "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
    "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
"""Characters of an account number of each country that has them (the registry of ISO 13616)."""
