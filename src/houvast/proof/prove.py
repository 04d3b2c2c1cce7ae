"""`houvast prove`: try every promise on the live database, with made-up people, as every login."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Lock

from houvast.compiler.compile import Compiled, compile_policy
from houvast.compiler.registry import known, setting
from houvast.database import Connection, queries, read_catalogue
from houvast.database.catalogue import qualified
from houvast.database.connect import DatabaseError
from houvast.datamap.model import DataMap
from houvast.errors import UsageError
from houvast.policy.model import Policy, PurposeKind
from houvast.policy.regime import regime
from houvast.proof import (
    addresses,
    budgets,
    corpus,
    counters,
    elsewhere,
    exchanging,
    flagging,
    handling,
    identity,
    leaving,
    limits,
    looking,
    mails,
    owners,
    refused,
    register,
    registry,
    rights,
    safeguards,
    sharing,
    weighing,
)
from houvast.proof.attempts import probes, probes_of, reads
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.judge import Attempting
from houvast.proof.nursery import Nursery
from houvast.proof.outcome import drifted, proofs, proven
from houvast.proof.probe import REASON
from houvast.proof.reading import read_all
from houvast.proof.refused import gather
from houvast.proof.report import Attempt, Extra, Report
from houvast.proof.words import tried

_SQL = queries("houvast.proof", "canary.sql")
Progress = Callable[[str, int, int], None]
"""(what is being done, how many done, how many in all)"""


def prove(
    door: Door,
    versions: Sequence[Policy],
    datamap: DataMap,
    *,
    promises: Sequence[str] = (),
    progress: Progress | None = None,
    now: datetime | None = None,
    extra: Sequence[Extra] = (),
) -> Report:
    """Try every promise of text and law, or only those in `promises`; whatever is made is taken away again.

    `extra`: attempts beyond those that policy, map and database give rise to.

    Raises:
        DatabaseRefusal: nothing was applied here, no rights to make canaries, or another proof is running.
        FileErrors: the map does not fit the database.
        UsageError: `promises` names one that the policy does not have.
    """
    tell = _one_by_one(progress or _say_nothing)
    wanted = _wanted(versions[-1], promises)
    with _alone(door, tell) as connection, ThreadPoolExecutor(2) as meanwhile:
        beside = meanwhile.submit(_extras, [one for one in extra if one.beside], wanted, tell)
        differences = drifted(connection)
        door = replace(door, mark=registry.marked(connection))
        field = _field(connection, versions, datamap, now or datetime.now(UTC), tell)
        field = replace(field, strange=_administrators_use(door, field))
        made = Attempting(door, list(probes_of(field, wanted)), tell, lambda: gather(connection)).made()
        found = [(one.promises, attempt) for one, attempt in made]
        tell("attacks of the corpus", 0, 1)
        found += corpus.corpus(connection, door, field, wanted)
        alone = [one for one in extra if not one.beside]
        reading = meanwhile.submit(_extras, [*_reading(door, field), *alone], wanted, tell)
        more = _extras(_sealed(connection, door, field), wanted, tell)
        for promise, attempts in (*reading.result().items(), *beside.result().items()):
            more.setdefault(promise, []).extend(attempts)
    tell("done", 1, 1)
    return Report(proofs(versions[-1], wanted, found, more, differences, field.flock), corpus.residuals())


def probe(
    door: Door,
    versions: Sequence[Policy],
    datamap: DataMap,
    *,
    compiled: Compiled | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> tuple[Attempt, ...]:
    """Let every purpose read made-up people in every state: what it may see, and what it may not.

    Far less than a proof: that PostgreSQL does what the compiler meant. `compiled`: what was applied just now, so that it is not
    compiled again. Raises as `prove` does.
    """
    tell = progress or _say_nothing
    with _alone(door, tell) as connection:
        door = replace(door, mark=registry.marked(connection))
        field = _field(connection, versions, datamap, now or datetime.now(UTC), tell, compiled)
        return tuple(read_all(door, probes(field, (reads.reads, reads.undeclared)), tell))


@contextmanager
def stage(door: Door, versions: Sequence[Policy], datamap: DataMap) -> Generator[tuple[Connection, Field]]:
    """The administrator's connection and everything that attempts are made from, to be taken away again. Raises as `prove`."""
    with _alone(door, _say_nothing) as connection:
        field = _field(connection, versions, datamap, datetime.now(UTC), _say_nothing)
        yield connection, replace(field, strange=_administrators_use(door, field))


@contextmanager
def _alone(door: Door, tell: Progress) -> Generator[Connection]:
    """The administrator's connection, while no other proof runs; no canary is left afterwards."""
    with door.administer() as connection:
        registry.prepare(connection)
        connection.execute(_SQL["untold"])
        registry.remove(connection)
        try:
            yield connection
        finally:
            tell("taking the canaries away", 0, 1)
            door.end()
            registry.remove(connection)


def _say_nothing(what: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""


def _one_by_one(tell: Progress) -> Progress:
    """The same for several threads: one tells at a time."""
    lock = Lock()

    def told(what: str, done: int, total: int) -> None:
        with lock:
            tell(what, done, total)

    return told


def _wanted(policy: Policy, promises: Sequence[str]) -> frozenset[str]:
    ours = [p.id for p in proven(policy)]
    strange = [p for p in promises if p not in ours]
    if strange:
        raise UsageError(
            f"The policy has no promise {', '.join(strange)} of its text or the law.",
            todo=f"name one of: {', '.join(ours)}.",
        )
    return frozenset(promises or ours)


def _sealed(connection: Connection, door: Door, field: Field) -> tuple[Extra, ...]:
    """Attempts on what is recorded of reading: uses, refused calls, and PostgreSQL's own counts."""
    return (
        Extra(tried(register.SORT), lambda: register.register(connection, door, field)),
        Extra(tried(refused.SORT), lambda: refused.refusals(connection, door, field)),
        Extra(tried(identity.SORT), lambda: identity.identity(connection, door, field)),
        Extra(tried(identity.CHOICE), lambda: identity.identity(connection, door, field, identity.CHOICE)),
        *_handled(connection, door, field),
        Extra(tried(sharing.SORT), lambda: sharing.others(connection, door, field)),
        Extra(tried(owners.SORT), lambda: owners.owners(connection, door, field)),
        Extra(tried(rights.ERASURE), lambda: rights.erasures(connection, door, field)),
        Extra(tried(rights.CORRECTION), lambda: rights.corrections(connection, door, field)),
    )


def _reading(door: Door, field: Field) -> tuple[Extra, ...]:
    """Attempts that change nothing of a canary, and so are made while others are."""
    return (
        Extra(tried(counters.SORT), lambda: counters.counters(door, field)),
        Extra(tried(rights.COPY), lambda: rights.copies(door, field)),
    )


def _handled(connection: Connection, door: Door, field: Field) -> Iterator[Extra]:
    """Attempts on requests, letters, breaches, complaints, mail, diagnostic data, looking together, and controls."""
    one = field.flock.canaries[0]
    ours = handling.Handling(connection, field.policy, field.now, (one.kind, one.key), field.flock.marker)
    for sort, make in {
        **handling.SORTS,
        weighing.SORT: weighing.weighing,
        **elsewhere.SORTS,
        **exchanging.SORTS,
        **looking.SORTS,
    }.items():
        yield Extra(tried(sort), partial(make, ours))
    yield Extra(tried(mails.SORT), partial(mails.mails, ours))
    yield Extra(tried(flagging.SORT), partial(flagging.flags, ours, field))
    yield Extra(tried(leaving.SORT), leaving.leaving)
    login = next((one.name for one in field.map.logins.values() if one.purposes), "")
    yield Extra(tried(safeguards.SORT), partial(safeguards.safeguards, connection, door, ours, login))
    for make in (safeguards.reviews, safeguards.backups):
        yield Extra(tried(safeguards.ACCESS), partial(make, ours))
    yield Extra(tried(safeguards.EMERGENCY), partial(safeguards.emergencies, ours, field.map))
    yield Extra(tried(limits.SORT), partial(limits.limits, ours, field.versions, field.map))
    yield Extra(tried(budgets.SORT), partial(budgets.budgets, ours, field.map))
    yield Extra(tried(addresses.SORT), partial(addresses.addresses, ours, field.map, fast=field.fast))


def _extras(extra: Iterable[Extra], wanted: frozenset[str], tell: Progress) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for one in extra:
        if one.promises & wanted:
            tell(f"attempts on {', '.join(sorted(one.promises & wanted))}", 0, 1)
            made = list(one.make())
            for promise in one.promises:
                found.setdefault(promise, []).extend(made)
    return found


def _administrators_use(door: Door, field: Field) -> int:
    """The number of a use that no application's login opened, so that they can try to take it."""
    purpose = next(p.name for p in field.policy.purposes.values() if p.kind is PurposeKind.ORDINARY)
    with door.administer() as connection:
        try:
            row = connection.execute(_SQL["open_use"], (purpose, REASON)).fetchone()
        except DatabaseError:
            return 0  # no use can be opened here, which other attempts tell
    return int(row[0]) if row else 0


def _field(
    connection: Connection, versions: Sequence[Policy], datamap: DataMap, now: datetime, tell: Progress,
    compiled: Compiled | None = None,
) -> Field:  # fmt: skip
    """Everything that attempts are made from, canaries included."""
    if compiled is None:
        live, zone = read_catalogue(connection, datamap.views), regime(versions[-1].regime).timezone
        compiled = compile_policy(versions, datamap, live, known(connection, "fast"), now, zone)
    catalogue = compiled.catalogue
    nursery = Nursery(connection, versions, datamap, catalogue, compiled.layout)
    flock = nursery.hatch(now, lambda what: tell(what, 0, 1))
    numbers = dict(connection.execute(_SQL["numbers"]).fetchall())
    rows = connection.execute(_SQL["policies"]).fetchall()
    policies = {(qualified(schema, table), name): text for schema, table, name, text in rows}
    fast = setting(connection, "profile") == "fast"
    return Field(versions, datamap, catalogue, compiled, flock, numbers, datetime.now(UTC), policies, fast)
