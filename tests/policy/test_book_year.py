"""A book year that is no calendar year: read, counted and told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from houvast.policy import check, load_versions, notice
from houvast.policy.law import Dated
from houvast.policy.model import Period, Term
from houvast.policy.regime import regime
from houvast.policy.terms import book_year_after, term_end
from houvast.policy.world import Row
from tests.policy.small import findings, write

NOW = datetime(2026, 11, 25, tzinfo=UTC)
TERM = "{data: question, until: ticket.closed, plus: P1Y, promise: C05}"
IN_JULY = "{data: question, until: book_year.end, book_year: §07-01, plus: P1Y, promise: C05}"


@pytest.mark.parametrize(
    ("day", "next_year"),
    [(date(2025, 6, 30), date(2025, 7, 1)), (date(2025, 7, 1), date(2026, 7, 1)), (date(2025, 1, 1), date(2025, 7, 1))],
)
def test_the_next_book_year_begins_on_its_first_day(day: date, next_year: date) -> None:
    assert book_year_after(regime("nl-avg"), day, 7) == next_year


def test_a_term_ends_a_period_after_its_own_book_year() -> None:
    row = Row("fee", "1", events={"book_year.end": date(2018, 6, 30)})
    ends = [term_end(row, Term("fee", "book_year.end", Period(7), book_year=year), "nl-avg", NOW) for year in (0, 1, 7)]
    assert [end.date() for end in ends if end] == [date(2026, 1, 1), date(2026, 1, 1), date(2025, 7, 1)]


def test_the_policy_says_when_it_begins_and_the_notice_tells(tmp_path: Path) -> None:
    write(tmp_path, old=TERM, new=IN_JULY)
    assert findings(tmp_path) == ()
    policy = load_versions(tmp_path)[-1]
    assert policy.terms[1].book_year == 7
    said = {lang: " ".join(str(one) for one in notice(policy, lang).details) for lang in ("nl", "en")}
    assert "het einde van het boekjaar (dat begint op 1 juli)" in said["nl"]
    assert "(which begins on 1 July)" in said["en"]


@pytest.mark.parametrize(
    ("code", "new"),
    [("book-year-unclear", IN_JULY.replace("07-01", "07-15")), ("book-year-unclear", IN_JULY.replace("07-01", "july")),
     ("book-year-unclear", IN_JULY.replace("07-01", "13-01")),
     ("book-year-elsewhere", IN_JULY.replace("until: book_year.end", "until: ticket.closed"))],
)  # fmt: skip
def test_a_book_year_that_is_none_is_told_at_its_place(tmp_path: Path, code: str, new: str) -> None:
    place = write(tmp_path, old=TERM, new=new)
    (found,) = findings(tmp_path)
    assert (found.code, (found.place.line, found.place.column)) == (code, place)
    assert found.todo


def test_under_a_law_with_another_book_year_a_term_says_its_own(tmp_path: Path) -> None:

    law = regime("nl-avg").changed("book_year_end", Dated(date(2020, 1, 1), ("06-30",), ("New 1",), "BW"))
    write(tmp_path, old=TERM, new=IN_JULY.replace("book_year: §07-01, ", ""))
    assert [one.code for one in check(load_versions(tmp_path)[-1], NOW, law)] == ["book-year-unsupported"]
    write(tmp_path, old=TERM, new=IN_JULY)
    assert check(load_versions(tmp_path)[-1], NOW, law) == ()
