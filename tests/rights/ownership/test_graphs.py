"""Random ownership graphs: what is in whose copy, and what an erasure leaves, is what the oracle says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.rights.ownership.apps import Apps
from tests.rights.ownership.graphs import FOREST, KIND, PEOPLE, Graph, Node
from tests.rights.ownership.oracle import Oracle

EVERYBODY = (1, 2, 3)
_person = st.sampled_from((None, *EVERYBODY))


@st.composite
def worlds(draw: st.DrawFn) -> Oracle:
    """A graph with rows."""
    nodes = draw(st.sampled_from(FOREST))
    oracle = Oracle(nodes, {PEOPLE: {key: {"id": key, "name": f"name {key}"} for key in EVERYBODY}})
    for node in nodes:
        keys = range(1, draw(st.integers(1, 3)) + 1)
        found = {key: row for key in keys if (row := _row(draw, oracle, node, key))}
        oracle.rows[node.name] = found
        for link in (*node.links, *node.reading_links):
            oracle.rows[link] = {
                key: {
                    "id": key, "row_id": draw(st.sampled_from(tuple(found))),
                    "person": draw(st.sampled_from(EVERYBODY)), "says": draw(st.sampled_from(("in", "out"))),
                    "left_at": draw(st.sampled_from((None, "2026-01-01Z"))),
                }
                for key in range(1, draw(st.integers(0, 4)) + 1) if found
            }  # fmt: skip
    return oracle


def _row(draw: st.DrawFn, oracle: Oracle, node: Node, key: int) -> dict[str, Any] | None:
    row: dict[str, Any] = {"id": key, "words": f"words {key}", "secret": f"secret {key}"}
    for name, table in (("above", node.above), ("beside", node.reads_above)):
        if table:
            keys = tuple(oracle.rows[table])
            if not keys:
                return None
            row[name] = draw(st.sampled_from(keys))
    row |= {name: draw(st.sampled_from(EVERYBODY) if node.way == "single" else _person) for name in node.holders}
    return row | {name: draw(_person) for name in node.readers}


def _tables(nodes: Graph) -> Iterator[str]:
    yield PEOPLE
    for node in nodes:
        yield from (node.name, *node.links, *node.reading_links)


def _fill(apps: Apps, oracle: Oracle) -> None:
    apps.do(f"TRUNCATE {', '.join(_tables(oracle.nodes))} CASCADE")
    apps.do("DELETE FROM houvast.request; DELETE FROM houvast.person WHERE kind = 'somebody'")
    for table in _tables(oracle.nodes):
        for row in oracle.rows[table].values():
            columns = ", ".join(row)
            apps.do(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())


def _seen(apps: Apps, person: int) -> dict[str, dict[int, tuple[Any, bool]]]:
    return {
        table: {
            row["id"]: (
                row["says"] if "says" in row else row["name"] if table == PEOPLE else row["words"],
                row.get("secret") == "somebody else",
            )
            for row in rows
        }
        for table, rows in apps.copy(KIND, person).items()
    }


def _state(apps: Apps, nodes: Graph) -> dict[str, dict[int, dict[str, Any]]]:
    return {
        table: {
            row["id"]: {n: v for n, v in row.items() if n not in ("created_at", "closed_at", "left_at")} for row in rows
        }
        for table, rows in apps.state(*_tables(nodes)).items()
    }


def _said(oracle: Oracle) -> dict[str, dict[int, dict[str, Any]]]:
    return {
        table: {key: {n: v for n, v in row.items() if n != "left_at"} for key, row in rows.items()}
        for table, rows in oracle.rows.items()
    }


def _holds(apps: Apps, oracle: Oracle, leaving: Sequence[int]) -> None:
    _fill(apps, oracle)
    for person in leaving:
        for one in oracle.rows[PEOPLE]:
            assert _seen(apps, one) == oracle.copy(one), f"the copy of {one}"
        apps.erase(KIND, person)
        oracle.erase(person)
        assert _state(apps, oracle.nodes) == _said(oracle), f"after {person} was erased"


def _try(apps: Apps, examples: int) -> None:
    @settings(max_examples=examples, phases=[Phase.explicit, Phase.generate])
    @given(oracle=worlds(), leaving=st.permutations(EVERYBODY))
    def holds(oracle: Oracle, leaving: list[int]) -> None:
        _holds(apps, oracle, leaving)

    holds()
    assert apps.books() == []


def test_copies_and_erasures_are_what_the_oracle_says(apps: Apps) -> None:
    _try(apps, 3)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_graphs(apps: Apps) -> None:
    _try(apps, 600)
