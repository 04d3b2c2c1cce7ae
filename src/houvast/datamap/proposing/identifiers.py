"""By what the people of a proposed subject are found, and where letters to them go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from houvast.datamap.model import NOT_PERSONAL, Subject
from houvast.datamap.proposing.columns import sort_of
from houvast.datamap.proposing.model import LiveTable, TableGuess
from houvast.datamap.proposing.names import parts
from houvast.datamap.proposing.people import Way
from houvast.writing import Value

FOUND_BY = ("email", "phone", "login")
"""Sorts of identifiers that the vocabulary knows by their names."""


def with_identifiers(
    subject: Subject,
    value: Mapping[str, Value],
    tables: Mapping[str, LiveTable],
    guesses: Mapping[str, TableGuess],
    ways: Mapping[str, tuple[Way, ...]],
) -> dict[str, Value]:
    """The entry of a subject with the columns by which one such person is found, where it is plain which they are."""
    rows = {name: tables[name] for name in guesses if _is_of_one(ways.get(name, ()), subject)}
    found: dict[str, Value] = {}
    for sort in FOUND_BY:
        near = list(_columns(sort, {name: one for name, one in rows.items() if name == subject.table}, guesses))
        all_ = near or list(_columns(sort, rows, guesses))
        if len(all_) == 1:
            found[sort] = all_[0]
    reach = {"reach": "email"} if "email" in found else {}
    return {**value, "identifiers": found, **reach} if found else dict(value)


def _is_of_one(ways: tuple[Way, ...], subject: Subject) -> bool:
    return len(ways) == 1 and ways[0].kind == subject.kind and len(ways[0].path) == 1


def _columns(sort: str, rows: Mapping[str, LiveTable], guesses: Mapping[str, TableGuess]) -> Iterator[str]:
    for name, table in rows.items():
        sure = guesses[name].columns
        alike = [
            column.name
            for column in table.columns.values()
            if (held := sort_of(column)) and held.name == sort
            and column.name in sure and sure[column.name].sure and sure[column.name].value != NOT_PERSONAL
        ]  # fmt: skip
        plain = [column for column in alike if len(parts(column)) == 1]
        if len(alike) == 1 or len(plain) == 1:
            yield f"{name}.{(plain or alike)[0]}"
