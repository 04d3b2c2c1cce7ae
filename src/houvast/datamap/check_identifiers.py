"""By what people are found, and where letters to them go: each a column of a row that is that person's alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from houvast.datamap.model import DataMap, Identifier, Subject, Table
from houvast.datamap.promised import Promised
from houvast.errors import Finding
from houvast.reading import did_you_mean


def identifiers_lie_somewhere(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """An identifier is a column with personal data of a table of the map."""
    for subject, one in _all(datamap):
        title = f"The {one.sort} of `{subject.kind}`"
        table = datamap.tables.get(one.table)
        if table is None or not table.personal:
            names = [name for name, found in datamap.tables.items() if found.personal]
            message = f"{title} lies in `{one.table}`, which is no table of people in this map."
            yield Finding("identifier-nowhere", one.place, message, did_you_mean(one.table, names))
        elif one.column not in table.columns:
            message = f"{title} lies in `{one.table}.{one.column}`, which is no column of this map."
            yield Finding("identifier-nowhere", one.place, message, did_you_mean(one.column, table.columns))
        elif not table.columns[one.column].categories:
            yield Finding(
                "identifier-nowhere",
                one.place,
                f"{title} lies in `{one.table}.{one.column}`, which the map calls not personal.",
                f"Say under `tables:` which category `{one.column}` holds: who can be found by it is known by it.",
            )


def identifiers_are_of_one_person(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """The row of an identifier belongs to one person of this kind, and says so itself (promise C33)."""
    for subject, one in _all(datamap):
        table = datamap.tables.get(one.table)
        if table and table.personal and one.column in table.columns and not owned_directly(table, subject):
            yield Finding(
                "identifier-shared",
                one.place,
                f"The {one.sort} of `{subject.kind}` lies in `{one.table}`, which names no {subject.kind} in each row.",
                f"Name a column of `{subject.table}`, or of a table with `owner: {{{subject.kind}: COLUMN}}`.",
            )


def letters_go_somewhere(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Letters go to an identifier that the map names."""
    for subject in datamap.subjects.values():
        if subject.reach and subject.reach not in subject.identifiers:
            yield Finding(
                "reach-missing",
                subject.places.get("reach", subject.place),
                f"Letters to `{subject.kind}` go to the {subject.reach}, and the map does not say where that lies.",
                f"Add `identifiers: {{{subject.reach}: TABLE.COLUMN}}`.",
            )


def an_address_is_one_row(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """The lines of a postal address are columns of one table."""
    for subject in datamap.subjects.values():
        if len({one.table for one in subject.post}) > 1:
            yield Finding(
                "post-scattered",
                subject.post[0].place,
                f"The postal address of `{subject.kind}` lies in more than one table.",
                "Name columns of one table: lines of two rows are the address of nobody.",
            )


CHECKS = (identifiers_lie_somewhere, identifiers_are_of_one_person, letters_go_somewhere, an_address_is_one_row)


def owned_directly(table: Table, subject: Subject) -> bool:
    """Whether each row of a table is one person of this kind, or holds the key of one itself."""
    if table.name == subject.table:
        return True
    return len(table.owners) == 1 and all(
        owner.kind == subject.kind and len(owner.path) == 1 and not owner.through for owner in table.owners
    )


def _all(datamap: DataMap) -> Iterator[tuple[Subject, Identifier]]:
    for subject in datamap.subjects.values():
        for one in (*subject.identifiers.values(), *filter(None, (subject.called,)), *subject.post):
            yield subject, one
