"""What opens more than before is said to: also to a purpose that goes on under another name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from houvast.compiler.branches import Branch, Needs
from houvast.compiler.compare import narrower, to_text

OWN, OLDER = ("answer_now",), ("answer", "answer_now")


def text(*written: tuple[str, ...]) -> str:
    return to_text(Branch(1, datetime(2026, 1, 1, tzinfo=UTC), None, 0, Needs(written=frozenset(written))))


@pytest.mark.parametrize(
    ("new", "old", "is_narrower"),
    [
        ([OWN], [OWN], True),
        ([OLDER], [OLDER], True),
        ([OWN], [OLDER], True),
        ([OLDER], [OWN], False),
        ([OLDER], [OLDER, OWN], False),
        ([OLDER, OWN], [OWN], True),
        ([OLDER], [], False),
    ],
)
def test_more_names_under_which_rows_were_written_open_more(
    new: list[tuple[str, ...]], old: list[tuple[str, ...]], is_narrower: bool
) -> None:
    assert narrower(text(*new), text(*old)) is is_narrower
