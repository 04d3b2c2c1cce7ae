"""Random ownership graphs: small applications with every way of owning and reading, and their data map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from houvast.datamap.model import Column, DataMap, Owner, Subject, Table, Where

KIND: Final = "somebody"
PEOPLE: Final = "forest.somebody"


@dataclass(frozen=True)
class Node:
    """One table with a text. `way`: "single", "joint" or "below"; `above`: the table to which column `above` leads.

    `holders`, `links`, `readers`: columns that name an owner, link tables of owners and columns that name a reader.
    `where`: a link counts only when it says so. `left`: a link says since when its person has left. `shut`:
    whoever owns it by the first holder alone does not see its second text, which is emptied when whom the second one
    names leaves.
    """

    name: str
    way: str
    above: str = ""
    holders: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    reading_links: tuple[str, ...] = ()
    reads_above: str = ""
    where: bool = False
    left: bool = False
    shut: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns that lead elsewhere."""
        above, beside = ("above",) if self.above else (), ("beside",) if self.reads_above else ()
        return (*above, *beside, *self.holders, *self.readers)


Graph = tuple[Node, ...]


def graph(number: int) -> Graph:
    """A graph; the same one for the same number."""
    random = Random(number)
    nodes: list[Node] = []
    for index in range(random.randint(2, 4)):
        name = f"g{number}_{index}"
        shared = [n for n in nodes if n.way == "joint"]
        below = [n for n in nodes if n.way in ("joint", "below")]
        way = random.choice(("single", "joint", "joint", *("below", "below") * bool(below)))
        node = Node(f"forest.{name}", way)
        if way == "single":
            node = replace(node, holders=("one",))
        elif way == "joint":
            holders = tuple(f"holder{n}" for n in range(random.choice([0, 1, 2])))
            several = random.choice([0, 1, 2] if len(holders) > 1 else [1, 2])
            node = replace(
                node, holders=holders, links=tuple(f"forest.{name}_link{n}" for n in range(several)),
                where=random.random() < 0.5, left=random.random() < 0.3,
                shut=len(holders) == 2 and random.random() < 0.7,
            )  # fmt: skip
        else:
            node = replace(node, above=random.choice(below).name)
        if way != "below" and random.random() < 0.5:
            node = replace(
                node,
                readers=("reader",) if random.random() < 0.5 else (),
                reading_links=(f"forest.{name}_read",) if random.random() < 0.5 else (),
                reads_above=random.choice(shared).name if shared and random.random() < 0.5 else "",
            )
        nodes.append(node)
    return tuple(nodes)


FOREST: Final = tuple(graph(number) for number in range(6))


def root(node: Node, nodes: Iterable[Node]) -> Node:
    """The table whose owners a table's rows have."""
    return root(next(n for n in nodes if n.name == node.above), nodes) if node.way == "below" else node


def _path(node: Node, nodes: Graph) -> tuple[str, ...]:
    parent = next(n for n in nodes if n.name == node.above)
    return ("above", *(_path(parent, nodes) if parent.way == "below" else ()))


def forest_sql(forest: Iterable[Graph]) -> str:
    """All tables, in one schema."""
    made = [
        "CREATE SCHEMA forest",
        f"CREATE TABLE {PEOPLE} (id int PRIMARY KEY, name text,"
        " created_at timestamptz DEFAULT now(), closed_at timestamptz)",
    ]
    for nodes in forest:
        for node in nodes:
            made += _tables(node)
    return ";\n".join(made)


def _tables(node: Node) -> Iterator[str]:
    lines = ["id int PRIMARY KEY", "words text", "secret text"]
    lines += [f"above int NOT NULL REFERENCES {node.above}"] if node.above else []
    lines += [f"beside int REFERENCES {node.reads_above} ON DELETE SET NULL"] if node.reads_above else []
    lines += [f"{name} int {'NOT NULL' if node.way == 'single' else ''} REFERENCES {PEOPLE}" for name in node.holders]
    lines += [f"{name} int REFERENCES {PEOPLE} ON DELETE SET NULL" for name in node.readers]
    yield f"CREATE TABLE {node.name} ({', '.join(lines)})"
    for link in (*node.links, *node.reading_links):
        goes = " ON DELETE SET NULL" if link in node.reading_links else ""
        yield (f"CREATE TABLE {link} (id int PRIMARY KEY, row_id int REFERENCES {node.name}{goes},"
               f" person int NOT NULL REFERENCES {PEOPLE}, says text, left_at timestamptz)")  # fmt: skip


def forest_map(forest: Iterable[Graph]) -> DataMap:
    """Where what lies in them."""
    people = Table(PEOPLE, columns=_columns("name", "id", "created_at", "closed_at"), owners=(Owner(KIND, ("id",)),))
    tables = {PEOPLE: people}
    for nodes in forest:
        for node in nodes:
            tables |= {table.name: table for table in _mapped(node, nodes)}
    return DataMap(
        "forest", "ownership", "ownership", "", {KIND: Subject(KIND, PEOPLE, "id", "created_at", "closed_at")}, tables
    )


def _columns(personal: str, *plain: str) -> dict[str, Column]:
    found = {name: Column(name) for name in plain}
    return found | {name: Column(name, ("data",)) for name in personal.split()}


def _mapped(node: Node, nodes: Graph) -> Iterator[Table]:
    where = Where({"says": ("in",)}) if node.where else Where()
    left = "left_at" if node.left else ""
    hides = {"holder0": ("secret",)} if node.shut else {}
    empties = {"holder1": ("secret",)} if node.shut else {}
    owners = [Owner(KIND, (name,), hides=hides.get(name, ()), empties=empties.get(name, ())) for name in node.holders]
    owners += [Owner(KIND, ("person",), link, "row_id", left, where=where) for link in node.links]
    if node.above:
        owners = [Owner(KIND, _path(node, nodes))]
    readers = [Owner(KIND, (name,)) for name in node.readers]
    readers += [Owner(KIND, ("person",), link, "row_id") for link in node.reading_links]
    readers += [Owner(KIND, ("beside",))] if node.reads_above and not node.shut else []
    yield Table(
        node.name,
        columns=_columns("words secret", "id", *node.columns),
        owners=tuple(owners),
        accessed_by=tuple(readers),
    )
    for link in (*node.links, *node.reading_links):
        yield Table(
            link, columns=_columns("says", "id", "row_id", "person", "left_at"), owners=(Owner(KIND, ("person",)),)
        )
