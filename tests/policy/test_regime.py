"""The law is dated data, asked for an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from houvast.errors import HouvastError, UsageError
from houvast.policy.model import Basis, Period
from houvast.policy.regime import Dated, Regime, regime


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
