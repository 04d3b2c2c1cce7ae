"""A database to prove, as the tests of the proof see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from houvast.database import Connection
from houvast.database.connect import sql
from houvast.datamap.model import DataMap
from houvast.policy.model import Policy
from houvast.proof import Door, Report, prove

PROJECT = Path(__file__).parents[2] / "policies" / "lakana"
COUNTED = ("account", "contact", "ticket", "invoice", "household", "business_contact", "houvast.person",
           "houvast.stand", "houvast.request", "houvast.hold", "houvast.canary", "houvast.c_ticket_open",
           "houvast.o_household")  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """The sample company with its policy applied."""

    door: Door
    versions: Sequence[Policy]
    datamap: DataMap

    def prove(self, *promises: str) -> Report:
        """Prove these promises, or all."""
        return prove(self.door, self.versions, self.datamap, promises=promises)


def together_and_alone(groups: Iterable[Sequence[str]]) -> list[ParameterSet]:
    """Weakenings that are proven together, each of another thing, because a proof takes seconds; and, where there is
    time, each of them alone: that it is found out by itself, and not by the others."""
    groups = [tuple(group) for group in groups]
    alone = [(way,) for group in groups if len(group) > 1 for way in group]
    return [
        *(pytest.param(group, id=", ".join(group)) for group in groups),
        *(pytest.param(one, id=one[0], marks=pytest.mark.long) for one in alone),
    ]


def counts(connection: Connection) -> dict[str, int]:
    """How many rows the tables have in which canaries and their traces lie."""
    found: dict[str, int] = {}
    for name in COUNTED:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.SQL(name))).fetchone()  # pyright: ignore[reportArgumentType]
        found[name] = int(row[0]) if row else 0
    return found
