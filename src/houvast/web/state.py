"""How things stand now: the policy in force, and each promise by its last proof."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from houvast.app import desk
from houvast.app.counting import counts_until, proof_term
from houvast.app.project import Project, today
from houvast.policy import Policy
from houvast.policy.model import Period
from houvast.policy.regime import regime
from houvast.web import site as sites
from houvast.web.site import Site
from houvast.web.standing import Standing, newest, proofs, standings

DAILY = timedelta(days=2)
"""The worker proves each night: an officer hears of it when two were missed, long before a proof stops counting."""


@dataclass(frozen=True)
class State:
    """What pages are made of. `key` changes whenever a public page does."""

    project: Project
    policy: Policy
    standings: Mapping[str, Standing]
    key: tuple[object, ...]

    @property
    def timezone(self) -> str:
        """Whose clock the pages go by."""
        return regime(self.policy.regime).timezone

    @property
    def proof_term(self) -> Period:
        """For how long a proof counts."""
        return proof_term(self.policy)

    @property
    def late(self) -> bool:
        """Whether the newest proof is older than it is where the worker runs; before the first it is not."""
        return self.proven is not None and today() - self.proven > DAILY

    @property
    def proven(self) -> datetime | None:
        """When the newest proof was made."""
        return max((one.proven for one in self.standings.values() if one.proven), default=None)


class _Last:
    """The last proof as read from the desk, and what it means; large, so both are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: tuple[object, Mapping[str, desk.Proven]] = (None, {})
        self._stood: tuple[object, Mapping[str, Standing]] = (None, {})

    def found(self, site: Site) -> tuple[int, Mapping[str, desk.Proven]]:
        number = site.ask(newest)
        key = (site.url, number)
        with self._lock:
            if self._read[0] != key:
                self._read = (key, site.ask(proofs))
            return number, self._read[1]

    def state(self, site: Site) -> State:
        now, project = today(), site.project()
        policy = project.version_at(now)
        number, found = self.found(site)
        counting = {ended for ended in {one.ended for one in found.values()} if now <= counts_until(policy, ended)}
        fresh = frozenset(name for name, one in found.items() if one.ended in counting)
        key = (site.url, site.revision, policy.version, number, fresh)
        with self._lock:
            if self._stood[0] != key:
                self._stood = (key, standings(policy, found, fresh))
            return State(project, policy, self._stood[1], key)


_last = _Last()


def state() -> State:
    """How things stand now: one small question to the desk, and a large one only after a new proof.

    Raises DatabaseError while the database is gone.
    """
    return _last.state(sites.current())
