"""Requests, letters, breaches and complaints are proven; each weakening of what keeps them is found out."""

from __future__ import annotations

import pytest

from houvast.proof import Outcome, Report
from houvast.proof.handling import SORTS, Handling
from houvast.proof.words import tried
from tests.proof.conftest import Sabotage

PROMISES = {"clock": "G18", "letter": "G10", "breach": "G14", "complaint": "C54", "notice": "G06", "by hand": "C35"}
FREE = "FUNCTION houvast.is_free(date, date)"
NAMES = "FUNCTION houvast.letter_names(text, text)"
TOLD = "FUNCTION houvast.was_told(text, text, timestamptz)"
ASKED = "FUNCTION houvast.asked_by(text, text)"
CONFIRMED = "FUNCTION houvast.is_confirmed(text, text)"
TELLS = "ALTER TABLE houvast.request {} TRIGGER hv_tell_case"


def replaced(function: str, returns: str, body: str) -> tuple[str, str]:
    """SQL that puts another function in the place of one, and SQL that takes it away again."""
    name = function.partition(" ")[2].partition("(")[0]
    away = f"ALTER {function} RENAME TO kept_one; CREATE {function} RETURNS {returns} LANGUAGE sql AS $$ {body} $$"
    arguments = function.partition("(")[2]
    return away, f"DROP {function}; ALTER FUNCTION houvast.kept_one({arguments} RENAME TO {name.partition('.')[2]}"


def disabled(trigger: str, table: str) -> tuple[str, str]:
    """SQL that switches a trigger off, and on."""
    return tuple(f"ALTER TABLE houvast.{table} {word} TRIGGER {trigger}" for word in ("DISABLE", "ENABLE"))  # pyright: ignore[reportReturnType]


WAYS = {
    "nothing keeps requests": ("clock", disabled("hv_keep_request", "request")),
    "holidays are working days": ("clock", replaced(FREE, "boolean", "SELECT extract(isodow FROM $1) > 5")),
    "nothing keeps letters": ("letter", disabled("hv_keep_letter", "letter")),
    "letters need name nobody": ("letter", replaced(NAMES, "text[]", "SELECT '{}'::text[]")),
    "nothing keeps breaches": ("breach", disabled("hv_keep_breach", "breach")),
    "complaints are not told": ("complaint", disabled("hv_tell_case", "request")),
    "a restriction ends without a letter": ("notice", replaced(TOLD, "boolean", "SELECT true")),
    "nobody need have asked": ("by hand", replaced(ASKED, "boolean", "SELECT true")),
    "nothing asks a code": ("letter", replaced(CONFIRMED, "boolean", "SELECT true")),
    "complaints may name no court": ("complaint", replaced(NAMES, "text[]", "SELECT '{}'::text[]")),
    "codes read the letters of somebody known": (
        "complaint",
        replaced(
            "FUNCTION houvast.answers_to(uuid)",
            "TABLE (subject text, body text, sent_at timestamptz)",
            "SELECT subject, body, sent_at FROM houvast.letter l JOIN houvast.request q ON q.id = l.request"
            " WHERE q.code = $1",
        ),
    ),
}


@pytest.mark.parametrize("sort", SORTS)
def test_every_attempt_goes_as_the_law_has_it(handling: Handling, sort: str) -> None:
    attempts = list(SORTS[sort](handling))
    assert [(one.name, one.seen) for one in attempts if not one.passed] == []
    assert any(one.control for one in attempts)
    assert len(attempts) >= 9
    assert {one.sort for one in attempts} == {sort}
    assert PROMISES[sort] in tried(sort)


@pytest.mark.parametrize("way", WAYS)
def test_what_no_longer_keeps_a_case_is_found_out(handling: Handling, sabotaged: Sabotage, way: str) -> None:
    sort, (weaken, undo) = WAYS[way]
    with sabotaged(weaken, undo):
        assert any(not one.passed for one in SORTS[sort](handling))
    assert all(one.passed for one in SORTS[sort](handling))


def test_nothing_that_was_tried_stays(handling: Handling) -> None:
    tables = ("request", "letter", "breach")
    counted = "SELECT " + ", ".join(f"(SELECT count(*) FROM houvast.{one})" for one in tables)
    before = handling.connection.execute(counted).fetchone()
    for make in SORTS.values():
        list(make(handling))
    assert handling.connection.execute(counted).fetchone() == before


def test_the_promises_about_cases_are_held_but_for_complaints_whose_page_is_tried_elsewhere(report: Report) -> None:
    proofs = [report.of(promise) for promise in PROMISES.values()]
    found = {one.id: (one.outcome, [a.name for a in one.failed]) for one in proofs}
    outcomes = {**dict.fromkeys(PROMISES.values(), Outcome.HELD), "C54": Outcome.NOT_YET_KEPT}
    assert found == {name: (outcome, []) for name, outcome in outcomes.items()}
