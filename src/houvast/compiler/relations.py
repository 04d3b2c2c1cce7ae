"""Tables that would be taken for others: by their names, or because they show the rows of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from houvast.database.catalogue import Catalogue, Relation
from houvast.datamap.model import DataMap
from houvast.errors import Finding

if TYPE_CHECKING:
    from houvast.compiler.shape import Shape


def families(catalogue: Catalogue, datamap: DataMap) -> Iterator[Finding]:
    """Findings about mapped tables whose rows could be read or written past their rules through another table.

    PostgreSQL asks the row policy of the table that a statement names, and of no other. A partitioned table is guarded as a whole: its partitions get its columns and triggers, and are open to nobody. Tables
    that inherit get no triggers of their parents, so only what holds no personal data may.
    """
    for live in catalogue.relations.values():
        if live.partition:
            yield from _partition(live, catalogue, datamap)
            continue
        for name in live.parents:
            yield from _inherits(live, catalogue.relations[name], datamap)


def _partition(live: Relation, catalogue: Catalogue, datamap: DataMap) -> Iterator[Finding]:
    root = live
    while root.partition and root.parents:
        root = catalogue.relations[root.parents[0]]
    if live.name in datamap.tables:
        yield Finding("partition", datamap.tables[live.name].place, f"Table `{live.name}` is a partition of `{root.name}`.",
                      f"take it out of the map and list `{root.name}`: that guards every partition.", "C01")  # fmt: skip
    table = datamap.tables.get(root.name)
    if live.kind == "f" and table and table.personal:
        yield Finding("partition", table.place, f"Partition `{live.name}` of `{root.name}` lies on another server, where no rule holds.",
                      "detach it, or take its rows into a partition here.", "C01")  # fmt: skip


def _inherits(child: Relation, parent: Relation, datamap: DataMap) -> Iterator[Finding]:
    above, below = datamap.tables.get(parent.name), datamap.tables.get(child.name)
    table = above or below
    harmless = below is not None and not below.personal and not (above and above.personal)
    if table is None or harmless:
        return
    yield Finding("inherits", table.place, f"Table `{child.name}` inherits from `{parent.name}`, which shows its rows past its rules.",
                  f"make `{parent.name}` a partitioned table, or: ALTER TABLE {child.name} NO INHERIT {parent.name}.", "C01")  # fmt: skip


def alike(shapes: Iterable[Shape], others: Iterable[Relation]) -> Iterator[Finding]:
    """Findings about two tables of which one would be taken for the other: a view stands for a table by its bare name, and
    functions are called after tables. `others`: mapped tables without personal data."""
    known: dict[str, str] = {live.relname: live.name for live in others}
    for shape in shapes:
        for word in dict.fromkeys((shape.relation.relname, shape.id)):
            other = known.setdefault(word, shape.name)
            if other != shape.name:
                yield Finding("alike", shape.table.place, f"Tables `{other}` and `{shape.name}` are called alike.",
                              f"rename one of them: a purpose reaches a table by `{word}` alone.")  # fmt: skip
