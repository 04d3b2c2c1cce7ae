"""Tables: how rows reach their owners, what they were given for, from when their terms count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from houvast.datamap.check_names import OWN_EVENTS
from houvast.datamap.model import EVERYBODY, ORGANISATION, PERSON, DataMap, Owner, Table
from houvast.datamap.promised import Promised
from houvast.errors import Finding
from houvast.reading import did_you_mean

MOST_CONTESTABLE = 15  # bits of the guard that are set aside for contested values


def rows_have_owners(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A row with personal data belongs to somebody, or the map says that by nature it does not."""
    subjects = {subject.table for subject in datamap.subjects.values()}
    for table in datamap.tables.values():
        owned = table.owners or table.ownerless or table.name in subjects
        if _categories(table) and not owned:
            yield Finding(
                "owner-missing",
                table.place,
                f"Table `{table.name}` holds personal data and does not say of whom.",
                "Add `owner: {customer: account_id}`, or `ownerless: yes` when no row can have an owner.",
            )
        if table.owners and table.ownerless:
            yield Finding(
                "owner-unclear",
                table.places.get("ownerless", table.place),
                f"Table `{table.name}` is ownerless and has an owner.",
                "Keep one of them.",
            )


def ownership_ends(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """The way from a row to its owner does not lead in a circle, as far as names tell."""
    for table in datamap.tables.values():
        for owner in (*table.owners, *table.accessed_by):
            circle = _circle(datamap, table.name, owner)
            if circle:
                yield Finding(
                    "owner-cyclic",
                    owner.place,
                    f"The way from `{table.name}` to its owner leads in a circle: {' > '.join(circle)}.",
                    "Write the way that ends at the person.",
                )


def owners_are_of_one_kind(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A row that several own is answered for by one kind of people; others may have it in their copy."""
    for table in datamap.tables.values():
        for owner in table.owners[1:]:
            if owner.kind != table.owners[0].kind:
                yield Finding(
                    "owner-kinds",
                    owner.place,
                    f"Table `{table.name}` has owners of two kinds, `{table.owners[0].kind}` and `{owner.kind}`.",
                    f"Keep the one whose data it is, and write `accessed_by: {{{owner.kind}: ...}}` for the other.",
                )


def ways_name_columns(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """What a way hides or empties are columns of this table that the map lists with a category."""
    for table in datamap.tables.values():
        for owner in (*table.owners, *table.accessed_by):
            for key, names in (("hides", owner.hides), ("empties", owner.empties)):
                for name in names:
                    if name not in table.columns or not (table.columns[name].categories or key == "hides"):
                        yield Finding(
                            "owner-column-nowhere",
                            owner.places.get(f"{key}.{name}", owner.places.get(key, owner.place)),
                            f"`{key}` of table `{table.name}` names `{name}`, which is no personal column of it.",
                            did_you_mean(name, table.columns),
                        )
        for owner in table.accessed_by:
            if owner.empties or owner.stand_in or owner.left:
                yield Finding(
                    "access-unclear",
                    owner.place,
                    f"`accessed_by` of table `{table.name}` says what becomes of the row when somebody leaves it.",
                    "Take `empties`, `stand_in` and `left` out: the row is not theirs; or list them under `owner:`.",
                )


def given_data_say_what_for(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A value that was given for a purpose has a column that says for which (promise C14)."""
    given = {name for policy in policies for name, one in policy.categories.items() if one.given_for}
    for table in datamap.tables.values():
        for column in table.columns.values():
            ours = [name for name in column.categories if name in given]
            if ours and not (column.given_for or table.given_for):
                yield Finding(
                    "given-for-missing",
                    column.place,
                    f"Column `{table.name}.{column.name}` holds `{ours[0]}`, which is used only for "
                    "what it was given for; no column says for what that was.",
                    "Add `given_for: COLUMN` to the table or to the column.",
                )


def terms_have_dates(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Each table has the date of every event that a term of its data counts from (promise C30)."""
    for table in datamap.tables.values():
        categories = _categories(table)
        terms = [term for policy in policies for term in policy.terms if term.category in categories]
        for event in dict.fromkeys(term.event for term in terms):
            if not (event in table.events or event in OWN_EVENTS or _since(datamap, table, event)):
                category = next(term.category for term in terms if term.event == event)
                yield Finding(
                    "event-missing",
                    table.places.get("events", table.place),
                    f"The term of `{category}` counts from `{event}`; table `{table.name}` does not say when that was.",
                    f"Add `events: {{{event}: COLUMN}}` with the column that holds the date.",
                )


def contested_values_fit(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A guard has room for so many contested columns."""
    for table in datamap.tables.values():
        columns = [column for column in table.columns.values() if column.contestable]
        if len(columns) > MOST_CONTESTABLE:
            yield Finding(
                "contestable-many",
                columns[MOST_CONTESTABLE].place,
                f"Table `{table.name}` has {len(columns)} columns that a person may contest; "
                f"there is room for {MOST_CONTESTABLE}.",
                "Mark the most important ones, or split the table.",
            )


def closed_is_not_open(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """What is closed to every purpose is not listed as something that a purpose may see (promise C03)."""
    for name in datamap.closed:
        if name in datamap.tables:
            yield Finding(
                "closed-listed",
                datamap.places.get(f"closed.{name}", datamap.places.get("closed", datamap.place)),
                f"Table `{name}` is closed and listed among the tables.",
                "Keep one of them.",
            )
    for table in datamap.tables.values():
        for name in table.closed:
            if name in table.columns:
                yield Finding(
                    "closed-listed",
                    table.places.get(f"closed.{name}", table.places.get("closed", table.place)),
                    f"Column `{table.name}.{name}` is closed and listed among the columns.",
                    "Keep one of them.",
                )


def whose_names_a_column(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """`whose` is one of the words for it, or another column of the same row that the map lists."""
    for table in datamap.tables.values():
        for column in table.columns.values():
            others = [name for name in table.columns if name != column.name]
            if column.whose not in ("", PERSON, EVERYBODY, ORGANISATION, *others):
                yield Finding(
                    "whose-nowhere",
                    column.places.get("whose", column.place),
                    f"`whose` of column `{table.name}.{column.name}` is `{column.whose}`,"
                    " which is no column of this row.",
                    f"Write {PERSON}, {EVERYBODY}, {ORGANISATION} or the column that names whose it is.",
                )


CHECKS = (
    whose_names_a_column,
    rows_have_owners,
    ownership_ends,
    owners_are_of_one_kind,
    ways_name_columns,
    given_data_say_what_for,
    terms_have_dates,
    contested_values_fit,
    closed_is_not_open,
)


def _categories(table: Table) -> set[str]:
    return {name for column in table.columns.values() for name in column.categories}


def _since(datamap: DataMap, table: Table, event: str) -> bool:
    return event == "collected" and any(
        subject.table == table.name and subject.since for subject in datamap.subjects.values()
    )


def _circle(datamap: DataMap, start: str, owner: Owner) -> tuple[str, ...]:
    """The tables on the way, when one of them comes back; a column `ticket_id` leads to table `ticket`."""
    way, hop = [start], owner
    while True:
        steps = [hop.through] if hop.through else [_target(datamap, key) for key in hop.path[:-1]]
        for step in filter(None, steps):
            way.append(step)
            if step in way[:-1]:
                return tuple(way)
        link = datamap.tables.get(hop.through) if hop.through else None
        following = link.owners[0] if link and link.owners else None
        if following is None:
            return ()
        hop = following


def _target(datamap: DataMap, key: str) -> str:
    name = key.removesuffix("_id")
    return name if name in datamap.tables else ""
