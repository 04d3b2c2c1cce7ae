"""What is said in examples, PostgreSQL and `decide` both give."""

from __future__ import annotations

from itertools import groupby

import pytest

from houvast.database.server import Server
from tests.agreement.examples import Ask, Example, answers
from tests.agreement.found import FOUND
from tests.agreement.meaning import EXAMPLES


def _asks(examples: tuple[Example, ...]) -> list[tuple[str, Ask]]:
    return [(example.name, ask) for example in examples for ask in example.asks]


@pytest.mark.parametrize(
    "examples",
    [EXAMPLES, pytest.param(FOUND, marks=pytest.mark.long)],
    ids=["of the meaning", "found by the random worlds"],
)
def test_examples_are_answered_alike(server: Server, examples: tuple[Example, ...]):
    given: dict[tuple[str, Ask], tuple[bool, bool]] = {}
    for _, group in groupby(sorted(examples, key=lambda e: repr(e.versions)), key=lambda e: repr(e.versions)):
        given |= answers(server, group)
    wrong = [
        f"{name}: {ask}\n  PostgreSQL permits: {live}, decide permits: {said}"
        for (name, ask), (live, said) in given.items()
        if not live is said is ask.may
    ]
    assert not wrong, "\n".join(wrong)
    assert set(given) == set(_asks(examples))
