"""The attempts of a proof, a few at a time, on canaries that are there already."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from houvast.database import Connection
from houvast.proof import Attempt, Door, registry
from houvast.proof.attempts import ALONE, SORTS, probes
from houvast.proof.field import Field
from houvast.proof.judge import Attempting
from houvast.proof.probe import Probe
from houvast.proof.prove import stage
from houvast.proof.refused import gather
from tests.proof.scene import Scene


@dataclass(frozen=True)
class Staged:
    """A proof that has made its canaries: what takes it longest, and what most weakenings leave as it is.

    That `prove` makes these attempts, and that one that fails breaks its promise, other tests say.
    """

    connection: Connection
    door: Door
    field: Field

    def failed(self, promise: str, family: str) -> list[Attempt]:
        """The attempts of one family and for one promise that fail."""
        ours = (one for one in self._probes if one.family == family and promise in one.promises)
        return [attempt for attempt in self.made(ours) if not attempt.passed]

    def made(self, ours: Iterable[Probe]) -> list[Attempt]:
        """Make these attempts."""
        made = Attempting(self.door, list(ours), _say_nothing, lambda: gather(self.connection)).made()
        return [attempt for _, attempt in made]

    @cached_property
    def _probes(self) -> tuple[Probe, ...]:
        return tuple(probes(self.field, [sort for sort in SORTS if sort not in ALONE]))


def _say_nothing(what: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""


@contextmanager
def canaries(scene: Scene) -> Generator[Staged]:
    """Canaries, while no other proof runs."""
    with stage(scene.door, scene.versions, scene.datamap) as (connection, field):
        yield Staged(connection, replace(scene.door, mark=registry.marked(connection)), field)
