"""Whether the ways by which rows belong to people, and are in the copies of others, can be kept in this database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from houvast.database.catalogue import Relation
from houvast.datamap.model import Owner, Path, Table

if TYPE_CHECKING:
    from houvast.compiler.resolving import Resolver
    from houvast.compiler.shape import Reader, Shape

FREES = frozenset("nd")
"""Foreign keys (as in pg_constraint) that let go of the row that they point at."""


def person_type(resolver: Resolver, live: Relation, way: Owner) -> str:
    """The type of the column in which a way finds a person's key."""
    here = resolver.catalogue.relations.get(way.through, live) if way.through else live
    person = here.columns.get(way.path[0])
    return person.type if person else "text"


def shared_above(resolver: Resolver, live: Relation, path: Path) -> str:
    """The table whose rows several share, when a path ends at the key of one of its rows; else ""."""
    for step in path[:-1]:
        live = resolver.catalogue.relations[next(k.table for k in live.foreign_keys if k.columns == (step,))]
    key = next((k for k in live.foreign_keys if k.columns == (path[-1],)), None)
    parent = resolver.map.tables.get(key.table) if key else None
    several = parent is not None and (len(parent.owners) > 1 or any(owner.through for owner in parent.owners))
    return parent.name if parent and several else ""


def links_once(resolver: Resolver, ways: tuple[Owner, ...]) -> bool:
    """Whether the only way is a link table in which nobody stands twice for the same row."""
    through = resolver.catalogue.relations.get(ways[0].through) if len(ways) == 1 else None
    if through is None or ways[0].where.conditions:
        return False
    return bool(through.key) and set(through.key) <= {ways[0].of, *ways[0].path}


def check_way(resolver: Resolver, live: Relation, table: Table, way: Owner) -> None:
    """Who owns a row beside others can leave it to them."""
    for name in way.empties:
        if name in live.key or any(name in k.columns for k in live.foreign_keys):
            resolver.wrong("owner-empties-key", way.place, f"`empties` names `{name}`, a key of `{live.name}`.",
                       "name columns that hold values; the column that names who leaves is emptied by itself.")  # fmt: skip
    if way.through:
        check_link(resolver, live, way)
        known = resolver.map.tables.get(way.through)
        check_writers(resolver, way)
        if known and known.personal and not any(_is_whom(one, way) for one in known.owners):
            resolver.wrong("link-owner", way.place, f"Rows of the link table `{way.through}` are not owned by whom they link to `{live.name}`.",
                       f"let `{way.through}` have `owner: {{{way.kind}: {way.path[0]}}}` alone: leaving deletes that row.")  # fmt: skip
        return
    column = resolver.column(live, way.path[0], way.place) if len(way.path) == 1 else None
    if len(way.path) != 1:
        resolver.wrong("owner-far", way.place, f"One of several owners of `{live.name}` is named by another table's row.",
                   "name a column of the row itself, or a link table; or let the row have the owners of the other one alone.")  # fmt: skip
    elif column and (way.path[0] in live.key or (column.not_null and not way.stand_in)):
        resolver.wrong("owner-stays", way.place, f"Column `{way.path[0]}` of `{live.name}` cannot be emptied, so nobody can leave the row to the others.",
                   "let it be NULL, or write `stand_in:` with the key of a row that stands for who left; no part of the primary key.")  # fmt: skip


def check_writers(resolver: Resolver, way: Owner) -> None:
    """No purpose writes as it likes whose the rows of others are."""
    known = resolver.map.tables.get(way.through)
    if known and known.writers:
        resolver.wrong("link-writers", way.place, f"The link table `{way.through}` says whose rows are, and `{known.writers[0]}` may write it freely.",
                       f"list its columns, with `owner: {{{way.kind}: {way.path[0]}}}`; then a link is held to what shows in the same use.")  # fmt: skip


def check_link(resolver: Resolver, live: Relation, owner: Owner) -> None:
    """A link table names the shared row, and the person, in columns of its own."""
    through = resolver.relation(owner.through, owner.place)
    if through is None:
        return
    for name in filter(None, (owner.of, owner.left, *owner.where.conditions)):
        resolver.column(through, name, owner.place)
    if len(owner.path) != 1:
        resolver.wrong("link-path", owner.place, f"The link table `{owner.through}` must hold the person's key itself.",
                   "name one column of the link table.")  # fmt: skip
    else:
        resolver.column(through, owner.path[0], owner.place)
    if not any(k.columns == (owner.of,) and k.table == live.name for k in through.foreign_keys):
        resolver.wrong("no-foreign-key", owner.place, f"`{owner.through}.{owner.of}` does not point at `{live.name}`.",
                   "name the column with the foreign key to the shared row, or add that key.")  # fmt: skip


def check_hiding(resolver: Resolver, live: Relation, table: Table) -> None:
    """By which way a row reaches somebody is asked in their own session, of columns that the map lists."""
    ways = (*table.owners, *table.accessed_by)
    for way in ways:
        here = resolver.map.tables.get(way.through) if way.through else table
        used = (*way.path, *filter(None, (way.of, way.left)), *way.where.conditions)
        itself = bool(way.through) or (len(way.path) == 1 and not shared_above(resolver, live, way.path))
        plain = itself and here is not None and all(name in here.columns for name in used)
        hidden = any(other.hides for other in ways if other.kind == way.kind)
        if not plain and (hidden or (len(table.owners) > 1 and way in table.owners)):
            resolver.wrong("owner-unlisted", way.place, f"By which way a row of `{table.name}` reaches somebody cannot be told from what the map lists.",
                       "list under `columns:` what the way names, here and in its link table; a path of one column.")  # fmt: skip


def check_reader(resolver: Resolver, live: Relation, reader: Reader) -> None:
    """The row and its reader do not hold each other back: it stays when they go, for it is somebody else's, and goes when its owner
    does, while what says that they may read it is theirs."""
    way, mapped = reader.way, resolver.map.tables[live.name]
    if way.through:
        check_writers(resolver, way)
        through = resolver.catalogue.relations.get(way.through)
        owns = any(one.through == way.through for one in mapped.owners)
        keys = [k for k in through.foreign_keys if k.columns == (way.of,) and k.table == live.name] if through else []
        if not owns and any(k.on_delete not in FREES for k in keys):
            resolver.wrong(
                "reader-holds", way.place,
                f"`{way.through}.{way.of}` holds rows of `{live.name}` back for people whose they are not.",
                "let that foreign key be ON DELETE SET NULL.",
            )  # fmt: skip
        return
    subject = resolver.map.subjects.get(way.kind)
    people = resolver.map.tables.get(subject.table) if subject else None
    frees = any(k.columns == way.path and k.on_delete in FREES for k in live.foreign_keys)
    goes = people is not None and people.erasure == "delete"
    if goes and not (frees or reader.above or len(way.path) > 1):
        resolver.wrong(
            "reader-stays", way.place,
            f"Column `{reader.column}` of `{live.name}` goes on naming who was erased, or holds them back.",
            "let it have a foreign key ON DELETE SET NULL: the row stays, for it is somebody else's.",
        )  # fmt: skip


def _is_whom(owner: Owner, way: Owner) -> bool:
    return owner.kind == way.kind and owner.path == way.path and not owner.through


def leads_once(resolver: Resolver, shapes: Mapping[str, Shape]) -> None:
    """Nobody leaves two rows with one link."""
    seen: set[str] = set()
    for shape in shapes.values():
        for way in shape.links:
            if way.through in seen:
                resolver.wrong("link-twice", way.place, f"The link table `{way.through}` makes owners of more than one row.",
                               "let the second table lead to the first one's row, or use a link table of its own.")  # fmt: skip
            seen.add(way.through)
