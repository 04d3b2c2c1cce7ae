"""The law is dated data, asked for an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from houvast.errors import FileErrors, HouvastError, UsageError
from houvast.policy import law as law_room
from houvast.policy.law import Dated, Regime
from houvast.policy.model import Basis, Period
from houvast.policy.regime import load_regime, regime

LAW = Path(law_room.__file__).parent / "regimes" / "nl-avg.yaml"


def test_the_law_gives_one_month_and_seven_years() -> None:
    law = regime("nl-avg").at(datetime(2026, 1, 1, tzinfo=UTC))
    assert (law.answer_term, law.fiscal_retention, law.book_year_end) == (
        Period(0, 1, 0),
        Period(7, 0, 0),
        (12, 31),
    )
    assert law.marketing_bases == {Basis.CONSENT, Basis.OWN_CUSTOMER}
    assert law.sources["answer_term"] == ("AVG 12(3)",)


def test_the_day_begins_at_midnight_in_amsterdam() -> None:
    ours = regime("nl-avg")
    assert ours.at(datetime(2018, 5, 24, 22, 0, 0, tzinfo=UTC)).consent_age == 16
    with pytest.raises(HouvastError, match="2018-05-24"):
        ours.at(datetime(2018, 5, 24, 21, 59, 59, tzinfo=UTC))


def test_a_changed_parameter_holds_from_its_day() -> None:
    ours = regime("nl-avg")
    changed = (*ours.parameters["answer_term"], Dated(date(2030, 1, 1), ("P14D",), ("New 1",)))
    later = Regime(ours.name, ours.timezone, {**ours.parameters, "answer_term": changed})
    assert later.at(datetime(2029, 12, 31, 22, 59, tzinfo=UTC)).answer_term == Period(0, 1, 0)
    assert later.at(datetime(2029, 12, 31, 23, 0, tzinfo=UTC)).answer_term == Period(0, 0, 14)


def test_an_unknown_law_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="nl-avg"):
        regime("nl-avgg")


def test_every_value_of_the_law_has_a_date_an_article_and_a_source() -> None:
    ours = regime("nl-avg")
    values = [one for group in (ours.parameters, ours.holidays) for dated in group.values() for one in dated]
    assert len(values) > 30
    assert all(one.since >= date(2018, 5, 25) and one.law and one.source in ours.books for one in values)


def test_accessibility_is_demanded_from_its_day_on() -> None:
    ours = regime("nl-avg")
    assert ours.on(date(2025, 6, 27)).duties["G19"].law == ("AVG 12(1)",)
    assert ours.on(date(2025, 6, 28)).duties["G19"].law == ("AVG 12(1)", "EAA 4")
    assert ours.changes == (date(2025, 6, 28),)


SPOILT = {
    "no date": ("key-missing", "{from: 2018-05-25, is: P1M, law: AVG 12(3)", "{is: P1M, law: AVG 12(3)"),
    "a day that is none": (
        "regime-date",
        "{from: 2018-05-25, is: P1M, law: AVG 12(3)",
        "{from: soon, is: P1M, law: AVG 12(3)",
    ),
    "no article": ("key-missing", "{from: 2018-05-25, is: P2M, law: AVG 12(3), ", "{from: 2018-05-25, is: P2M, "),
    "a value that is none": ("regime-value", "is: P2M", "is: two months"),
    "an age in words": ("regime-value", "is: 16,", "is: sixteen,"),
    "a basis that is none": ("regime-value", "is: [consent, own customer]", "is: [consent, own costumer]"),
    "a source that is none": ("regime-source", "law: AVG 33(1), source: AVG", "law: AVG 33(1), source: AVGG"),
    "no such parameter": ("key-unknown", "  answer_term:", "  anwser_term:"),
    "a holiday that is none": ("regime-value", "is: easter+39", "is: eastern"),
    "a time zone that is none": ("regime-zone", "Europe/Amsterdam", "Europe/Amsterdm"),
    "a floor on nothing": ("regime-floor", "most: answer_term", "most: answer_trem"),
    "a name that no duty tells": ("regime-value", "complaint, necessity, automated]", "complaint, need, automated]"),
    "a refusal without words": ("regime-value", "is: [reason, authority", "is: [raeson, authority"),
    "a duty that does not say what to write": (
        "key-missing",
        '        en: "Add a right to erasure',
        '        fr: "Add a right to erasure',
    ),
    "a duty that asks for nothing known": ("word-unknown", "asks: controller", "asks: controler"),
}


@pytest.mark.parametrize(("code", "old", "new"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_law_is_told_at_its_place(tmp_path: Path, code: str, old: str, new: str) -> None:
    text = LAW.read_text("utf-8")
    assert old in text
    spoilt = tmp_path / "nl-avg.yaml"
    spoilt.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(FileErrors) as error:
        load_regime(spoilt)
    found = [one for one in error.value.findings if one.code == code]
    assert found
    assert all(one.place.line > 1 and one.todo for one in found)
