"""Detectors find what they are for, and nothing in what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.screening import Detector, Kind

DETECTOR = Detector("NL")
THERE = {
    "graag mail naar jan@voorbeeld.example": "email",
    "JAN.DE.VRIES+nieuws@sub.voorbeeld.example!": "email",
    "bel 06-12345678 na zessen": "phone",
    "bel +31 6 1234 5678": "phone",
    "tel. (020) 794 60 95": "phone",
    "call +44 20 7946 0958": "phone",
    "zijn bsn is 111222333": "bsn",
    "bsn 1112.22.333": "bsn",
    "overmaken op NL91 ABNA 0417 1643 00 graag": "iban",
    "NL91ABNA0417164300 IN MEI": "iban",
    "Dorpsstraat 12, 1234 AB Utrecht": "address",
    "levering: 1234AB 12": "address",
    "geboren op 12-03-1980 te Assen": "birth_date",
    "geb. 1 mei 1970": "birth_date",
    "date of birth: 1980-03-12": "birth_date",
}
NOT_THERE = (
    "",
    "De klant belt morgen terug.",
    "bestelling 2026-001234 van 12 mei, 3 stuks à 19,95",
    "artikel 100200300 is op",
    "versie 12.34.56.789",
    "1234 AB is een postcode",
    "verzonden op 12-03-2026",
    "NL91ABNA0417164301 is geen rekening",
    "@ is een apenstaartje",
    "tel uit je winst: 12345",
)


@pytest.mark.parametrize("text", THERE)
def test_what_is_there_is_found_and_nothing_else(text: str) -> None:
    assert {str(kind) for kind in DETECTOR.kinds_in(text)} == {THERE[text]}


@pytest.mark.parametrize("text", NOT_THERE)
def test_what_only_looks_like_it_is_not_found(text: str) -> None:
    assert DETECTOR.kinds_in(text) == frozenset()


def test_a_number_without_a_country_belongs_to_the_country_of_the_policy() -> None:
    assert Kind.PHONE in Detector("GB").kinds_in("call 020 7946 0958")
    assert Kind.PHONE not in DETECTOR.kinds_in("call 020 7946 0958")


def test_nine_digits_that_fail_the_eleven_test_speak_against_a_bsn() -> None:
    assert DETECTOR.counts_against("order 100200300")
    assert not DETECTOR.counts_against("bsn 111222333")


def test_only_the_beginning_of_a_very_long_value_is_looked_at() -> None:
    assert DETECTOR.kinds_in("x " * 60_000 + "jan@voorbeeld.example") == frozenset()


@given(st.text())
def test_any_text_can_be_looked_at_and_white_space_around_it_says_nothing(text: str) -> None:
    assert DETECTOR.kinds_in(f"  {text}\n") == DETECTOR.kinds_in(text)
    assert DETECTOR.counts_against(f"  {text}\n") == DETECTOR.counts_against(text)
