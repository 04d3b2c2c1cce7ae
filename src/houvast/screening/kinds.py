"""The kinds of personal data that a detector tells apart."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A kind of personal data, as the data map writes it (`may_hold: [email, phone]`)."""

    EMAIL = "email"
    PHONE = "phone"
    BSN = "bsn"  # the Dutch citizen service number
    IBAN = "iban"
    CARD = "card"  # a number of a payment card
    ADDRESS = "address"  # a street with a house number, or a Dutch postcode with one
    POSTCODE = "postcode"
    CITY = "city"  # beside a postcode or a street only
    NAME = "name"
    USERNAME = "username"
    BIRTH_DATE = "birth_date"
    NUMBER_PLATE = "number_plate"
    PASSPORT = "passport"
    VAT_NUMBER = "vat_number"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"
    HOST_NAME = "host_name"
    COORDINATES = "coordinates"
    SECRET = "secret"  # noqa: S105 (a kind: password, token, cookie, key)
    KEYWORD = "keyword"  # a word that the customer named
    SPECIAL = "special"  # what GDPR articles 9 and 10 protect, and children


WORDS: dict[Kind, dict[str, str]] = {
    Kind.EMAIL: {"nl": "e-mailadressen", "en": "e-mail addresses"},
    Kind.PHONE: {"nl": "telefoonnummers", "en": "phone numbers"},
    Kind.BSN: {"nl": "burgerservicenummers", "en": "citizen service numbers (BSN)"},
    Kind.IBAN: {"nl": "rekeningnummers", "en": "bank account numbers (IBAN)"},
    Kind.CARD: {"nl": "nummers van betaalkaarten", "en": "payment card numbers"},
    Kind.ADDRESS: {"nl": "adressen", "en": "addresses"},
    Kind.POSTCODE: {"nl": "postcodes", "en": "postcodes"},
    Kind.CITY: {"nl": "woonplaatsen", "en": "places"},
    Kind.NAME: {"nl": "namen", "en": "names"},
    Kind.USERNAME: {"nl": "gebruikersnamen", "en": "user names"},
    Kind.BIRTH_DATE: {"nl": "geboortedata", "en": "dates of birth"},
    Kind.NUMBER_PLATE: {"nl": "kentekens", "en": "number plates"},
    Kind.PASSPORT: {"nl": "nummers van identiteitsbewijzen", "en": "numbers of identity documents"},
    Kind.VAT_NUMBER: {"nl": "btw-nummers", "en": "VAT numbers"},
    Kind.IP_ADDRESS: {"nl": "IP-adressen", "en": "IP addresses"},
    Kind.MAC_ADDRESS: {"nl": "MAC-adressen", "en": "MAC addresses"},
    Kind.HOST_NAME: {"nl": "namen van computers", "en": "host names"},
    Kind.COORDINATES: {"nl": "coördinaten", "en": "coordinates"},
    Kind.SECRET: {"nl": "wachtwoorden, sleutels en tokens", "en": "passwords, keys and tokens"},
    Kind.KEYWORD: {"nl": "eigen trefwoorden", "en": "words of your own"},
    Kind.SPECIAL: {"nl": "bijzondere gegevens", "en": "special categories of data"},
}
"""What pages and mail call them."""
