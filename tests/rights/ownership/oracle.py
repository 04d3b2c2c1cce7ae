"""Who owns what, who may read it, and what an erasure leaves: said once more in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.rights.ownership.graphs import PEOPLE, Graph, Node

Rows = dict[str, dict[int, dict[str, Any]]]
"""Table -> key -> row."""


@dataclass
class Oracle:
    """The rows of one graph."""

    nodes: Graph
    rows: Rows = field(default_factory=dict[str, dict[int, dict[str, Any]]])

    def ways(self, node: Node, key: int) -> Iterator[tuple[str, int, bool]]:
        """(by what, whom, whether they are still there) of the owners of a row of a table that has its own."""
        row = self.rows[node.name][key]
        yield from ((name, row[name], True) for name in node.holders if row[name] is not None)
        for link in node.links:
            for one in self.rows[link].values():
                if one["row_id"] == key and (not node.where or one["says"] == "in"):
                    yield link, one["person"], not (node.left and one["left_at"] is not None)

    def _root(self, node: Node, key: int) -> tuple[Node, int]:
        while node.way == "below":
            key = self.rows[node.name][key]["above"]
            node = next(n for n in self.nodes if n.name == node.above)
        return node, key

    def owners(self, node: Node, key: int) -> dict[int, bool]:
        """Whom a row is about, and whether they are still there."""
        found: dict[int, bool] = {}
        for _, person, stays in self.ways(*self._root(node, key)):
            found[person] = found.get(person, False) or stays
        return found

    def readers(self, node: Node, key: int) -> set[int]:
        """Who may have it in their copy besides."""
        row = self.rows[node.name][key]
        found = {row[name] for name in node.readers}
        found |= {
            one["person"] for link in node.reading_links for one in self.rows[link].values() if one["row_id"] == key
        }
        if node.reads_above and not node.shut and row["beside"] is not None:
            above = next(n for n in self.nodes if n.name == node.reads_above)
            found |= set(self.owners(above, row["beside"]))
        return found - {None}

    def copy(self, person: int) -> dict[str, dict[int, tuple[Any, bool]]]:
        """Table -> key -> (the words, whether the secret is hidden) of what is in somebody's copy."""
        found: dict[str, dict[int, tuple[Any, bool]]] = {}
        for node in self.nodes:
            for key, row in self.rows[node.name].items():
                if person in self.owners(node, key) or person in self.readers(node, key):
                    ways = (
                        {way for way, one, _ in self.ways(node, key) if one == person}
                        if node.way != "below"
                        else set[str]()
                    )
                    hidden = node.shut and ways == {"holder0"} and person not in self.readers(node, key)
                    found.setdefault(node.name, {})[key] = row["words"], hidden and row["secret"] is not None
            for link in (*node.links, *node.reading_links):
                ours = {key: (row["says"], False) for key, row in self.rows[link].items() if row["person"] == person}
                if ours:
                    found[link] = ours
        if person in self.rows[PEOPLE]:
            found[PEOPLE] = {person: (self.rows[PEOPLE][person]["name"], False)}
        return found

    def erase(self, person: int) -> None:
        """What is nobody else's goes; what is, is left; a row on which others' links hang is emptied."""
        before = Oracle(self.nodes, deepcopy(self.rows))
        gone: dict[str, set[int]] = {node.name: set() for node in self.nodes}
        for node in self.nodes:
            for key in before.rows[node.name]:
                owners = before.owners(node, key)
                if person not in owners:
                    continue
                if any(stays for other, stays in owners.items() if other != person):
                    self._leave(before, node, key, person)
                elif any(
                    one["person"] != person
                    for link in node.links
                    for one in before.rows[link].values()
                    if one["row_id"] == key
                ):
                    self._empty(node, key)
                else:
                    gone[node.name].add(key)
        for node in self.nodes:
            for link in (*node.links, *node.reading_links):
                self.rows[link] = {k: row for k, row in self.rows[link].items() if row["person"] != person}
                for row in self.rows[link].values():
                    row["row_id"] = None if row["row_id"] in gone[node.name] else row["row_id"]
            for key in gone[node.name]:
                del self.rows[node.name][key]
        for node in self.nodes:
            for row in self.rows[node.name].values():
                if node.reads_above and row["beside"] in gone[node.reads_above]:
                    row["beside"] = None
                for name in node.readers:
                    row[name] = None if row[name] == person else row[name]
        del self.rows[PEOPLE][person]

    def _leave(self, before: Oracle, node: Node, key: int, person: int) -> None:
        row = self.rows[node.name][key]
        if node.way != "joint":
            return
        if node.shut and any(way == "holder1" and one == person for way, one, _ in before.ways(node, key)):
            row["secret"] = None
        for name in node.holders:
            row[name] = None if row[name] == person else row[name]

    def _empty(self, node: Node, key: int) -> None:
        row = self.rows[node.name][key]
        row |= {"words": None, "secret": None} | dict.fromkeys(node.holders)
