"""How an answer of the database is put into a few words."""

from __future__ import annotations

import pytest

from houvast.proof.attempts.uses import look_alikes
from houvast.proof.judge import Answer, judged
from houvast.proof.probe import Kind, Probe


def probe(kind: Kind = Kind.READ) -> Probe:
    return Probe("", "", "", (), "", frozenset(), kind=kind, truth="12", marker="hv-canary-1")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer([("12",)]), "canary seen"),
        (Answer([(12,)]), "canary seen"),
        (Answer([("x hv-canary-1 y",)]), "canary seen"),
        (Answer([(None,)]), "not seen"),
        (Answer(), "not seen"),
        (Answer([("other",)]), "something else seen"),
        (Answer(sqlstate="42501"), "not seen"),
        (Answer(sqlstate="42P01"), "error: 42P01"),
        (Answer(sqlstate="22P02", words='invalid input: "hv-canary-1"'), "canary seen in an error"),
        (Answer(sqlstate="42501", words="Failing row contains (hv-canary-1)"), "canary seen in an error"),
    ],
)
def test_a_read_shows_the_canary_or_not(answer: Answer, said: str) -> None:
    assert judged(probe(), answer) == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(count=1), "changed"),
        (Answer(count=0), "not changed"),
        (Answer(sqlstate="42501"), "not changed"),
    ],
)
def test_a_write_changes_a_row_or_not(answer: Answer, said: str) -> None:
    assert judged(probe(Kind.WRITE), answer) == said


def test_an_order_is_allowed_or_refused_with_its_sqlstate() -> None:
    assert judged(probe(Kind.ORDER), Answer()) == "allowed"
    assert judged(probe(Kind.ORDER), Answer(sqlstate="42501")) == "refused: 42501"


def test_a_condition_that_is_null_or_false_admits_nobody() -> None:
    assert judged(probe(Kind.CONDITION), Answer([(True,)])) == "permitted"
    assert [judged(probe(Kind.CONDITION), Answer([(v,)])) for v in (False, None)] == ["refused"] * 2


def test_no_look_alike_is_the_purpose_itself() -> None:
    for name in ("billing", "a", "MARKETING", "über"):
        assert name not in look_alikes(name).values()
        assert len(look_alikes(name)) >= 5
