"""The sample company under its policy, with made-up people in it, and everybody who attacks it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from houvast.compiler.apply import apply
from houvast.database import Connection, connect, run, run_query
from houvast.datamap import load_datamap
from houvast.policy import load_versions
from houvast.proof import Door
from houvast.proof.attack import Attack, Login, Must
from houvast.proof.attacking import Attacker, Result
from houvast.proof.field import Field
from houvast.proof.fitting import Aim, aims_of
from houvast.proof.probe import SEEN
from houvast.proof.prove import stage
from houvast.sample import create

PROJECT = Path(__file__).parents[2] / "policies" / "lakana"


@dataclass(frozen=True)
class Standing:
    """A database that is attacked."""

    connection: Connection
    field: Field
    attacker: Attacker
    aims: tuple[Aim, ...]
    version: int

    @contextmanager
    def through(self, door: Door) -> Generator[Standing]:
        """The same, attacked through another door, a pool."""
        attacker = Attacker(door, self.connection, pooled=True)
        try:
            yield replace(self, attacker=attacker)
        finally:
            attacker.close()

    def concerns(self, attack: Attack) -> bool:
        """Whether this version of PostgreSQL knows what the attack needs."""
        return attack.since <= self.version <= attack.until

    def results(self, attack: Attack, turn: int | None = None) -> list[Result]:
        """What came of it, by every login on every purpose; in one `turn` (any number), by every kind of login on one.

        A residual is tried on all: it is to be let through somewhere.
        """
        aims = self.aims if turn is None or attack.residual else tuple(self._in_turn(turn))
        found = list(filter(None, (self.attacker.attack(attack, aim) for aim in aims)))
        return found or (self.results(attack) if aims != self.aims else [])

    def _in_turn(self, turn: int) -> Iterator[Aim]:
        for kind in Login:
            aims = [aim for aim in self.aims if aim.kind is kind]
            yield aims[turn % len(aims)]


def make(url: str) -> None:
    """The sample company, its policy applied, in an empty database."""
    create(url, people=60)
    with connect(url) as database:
        apply(database, load_versions(PROJECT), load_datamap(PROJECT / "datamap.yaml"), now=datetime.now(UTC))


@contextmanager
def standing(door: Door) -> Generator[Standing]:
    """Canaries in it, and who attacks them."""
    versions, datamap = load_versions(PROJECT), load_datamap(PROJECT / "datamap.yaml")
    with stage(door, versions, datamap) as (connection, field):
        version = int(run_query(connection, "SHOW server_version_num")[0][0]) // 10000
        attacker = Attacker(door, connection)
        try:
            yield Standing(connection, field, attacker, tuple(aims_of(field)), version)
        finally:
            attacker.close()


def wrong(results: list[Result]) -> Iterator[str]:
    """What came of an attack that should not have, a residual's apart."""
    for one in results:
        if one.control != SEEN:
            yield f"{one.aim.words}: control: {one.control}: {one.sql}"
        if one.seen != one.expected and not one.attack.residual:
            yield f"{one.aim.words}: expected {one.expected}, {one.seen}: {one.sql}"
        if one.attack.residual and one.attack.must is not Must.SHOWN and one.seen == SEEN:
            yield f"{one.aim.words}: more is seen than the residual says: {one.sql}"


def still_open(results: list[Result]) -> bool:
    """Whether PostgreSQL still lets a residual through for some login; else it must not be in the list."""
    return any(one.seen == one.expected for one in results if one.aim.kind is Login.USE)


def empty(url: str, name: str) -> None:
    """A database."""
    with connect(url) as admin:
        run(admin, f"CREATE DATABASE {name}")
