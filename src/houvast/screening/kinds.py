"""The kinds of personal data that a detector tells apart."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A kind of personal data, as the data map writes it (`may_hold: [email, phone]`)."""

    EMAIL = "email"
    PHONE = "phone"
    BSN = "bsn"  # the Dutch citizen service number
    IBAN = "iban"
    ADDRESS = "address"  # a Dutch postcode with a house number
    BIRTH_DATE = "birth_date"


WORDS: dict[Kind, dict[str, str]] = {
    Kind.EMAIL: {"nl": "e-mailadressen", "en": "e-mail addresses"},
    Kind.PHONE: {"nl": "telefoonnummers", "en": "phone numbers"},
    Kind.BSN: {"nl": "burgerservicenummers", "en": "citizen service numbers (BSN)"},
    Kind.IBAN: {"nl": "rekeningnummers", "en": "bank account numbers (IBAN)"},
    Kind.ADDRESS: {"nl": "adressen", "en": "addresses"},
    Kind.BIRTH_DATE: {"nl": "geboortedata", "en": "dates of birth"},
}
"""What pages and mail call them."""
