"""Make a database keep the policy: run a plan, step by step, each step in one short transaction."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from houvast.compiler import registry
from houvast.compiler.compile import Compiled, compile_policy
from houvast.compiler.drift import drifted_pieces, remember
from houvast.compiler.filling import at_once, fill, fill_side_by_side, in_one, together
from houvast.compiler.piece import Piece
from houvast.compiler.plan import Plan, Step, Verb, difference
from houvast.compiler.preflight import preflight
from houvast.compiler.words import KEEPER
from houvast.database import Connection, read_catalogue, run
from houvast.datamap.model import DataMap
from houvast.errors import DatabaseRefusal
from houvast.evidence import rows
from houvast.policy.model import Policy
from houvast.policy.regime import regime

AT_ONCE = 20
"""So many pieces are made in one transaction: together they take a few milliseconds."""
ROUNDS = 5
"""So often a plan is made anew for what the application made meanwhile."""
Progress = Callable[[str, int, int], None]
"""(what is being done, how many done, how many in all)"""


def _say_nothing(*_: object) -> None:
    """Progress of work that nobody watches."""


@dataclass(frozen=True)
class Sources:
    """SHA-256, in hexadecimal, of the files of policy and data map as they lay there."""

    policy: str
    map: str

    @classmethod
    def of(cls, policy: Policy, datamap: DataMap) -> Sources:
        """Where there are no files: of the values."""
        return cls(*(hashlib.sha256(repr(one).encode()).hexdigest() for one in (policy, datamap)))


@dataclass(frozen=True)
class Prepared:
    """A plan for a live database, and what it was compiled to."""

    compiled: Compiled
    plan: Plan


def prepare(
    connection: Connection, versions: Sequence[Policy], datamap: DataMap, *, profile: str = "fast", now: datetime,
    leakproof: bool = False,
) -> Prepared:  # fmt: skip
    """Compile for this database and compare with what it has. `leakproof`: mark the vetted functions of PostgreSQL's too.

    Raises:
        FileErrors: the map does not fit the database.
        DatabaseRefusal: this database or login cannot keep a policy; the message says why.
    """
    catalogue, made = read_catalogue(connection, datamap.views), registry.registered(connection)
    known = registry.known(connection, profile)
    known = replace(known, leakproof=known.leakproof or leakproof)
    preflight(catalogue, versions, datamap, made=made)
    first = not registry.completed(connection)
    with ThreadPoolExecutor(1) as beside:  # PostgreSQL compares while this computes
        mend = beside.submit(_to_mend, connection)
        compiled = compile_policy(versions, datamap, catalogue, known, now, regime(versions[-1].regime).timezone)
        return Prepared(compiled, difference(compiled.pieces, made, mend.result(), first=first))


def _to_mend(connection: Connection) -> frozenset[str]:
    """Names of pieces of which something is gone; none where nothing was applied."""
    return drifted_pieces(connection) if registry.installed(connection) else frozenset()


def apply(
    connection: Connection,
    versions: Sequence[Policy],
    datamap: DataMap,
    *,
    now: datetime,
    profile: str = "fast",
    weaken: bool = False,
    progress: Progress | None = None,
    sources: Sources | None = None,
    leakproof: bool = False,
    made: Callable[[Compiled], object] = _say_nothing,
) -> Plan:
    """Make the database keep the policy. What was not finished before is finished; twice changes nothing.

    `made`: is given what was compiled last. `sources`: what the log is told of the files; by default of the values that were read from them. `leakproof`: as in
    `prepare`; once marked they stay so until `unapply`.

    Raises:
        DatabaseRefusal: the plan weakens protection and `weaken` is not given; or somebody else applies.
    """
    with _alone(connection):
        telling = _telling(connection, versions[-1], sources or Sources.of(versions[-1], datamap), profile)
        done: tuple[Step, ...] = ()
        for _ in range(ROUNDS):
            before = registry.application(connection)
            found = prepare(connection, versions, datamap, profile=profile, now=now, leakproof=leakproof)
            made(found.compiled)
            _refuse_weakening(found.plan, weaken=weaken)
            done += found.plan.steps
            if _carry_out(connection, found.plan, telling, progress or _say_nothing, before):
                return Plan(done, found.plan.first)
        raise DatabaseRefusal(
            "Others make tables, or open them, all the time while the policy is applied.",
            todo="let their migration end, and apply again: until then what they made is not looked at.",
        )


def _refuse_weakening(plan: Plan, *, weaken: bool) -> None:
    if plan.weakening and not weaken:
        names = "\n".join(f"  - {s.verb} {s.name} (promise {s.promise})" for s in plan.weakening)
        raise DatabaseRefusal(
            f"This plan weakens protection:\n{names}",
            todo="look at it with `houvast plan`, then apply with --weaken.",
        )


def _telling(connection: Connection, policy: Policy, sources: Sources, profile: str) -> Callable[[], None]:
    """Tells the log that a policy was applied."""

    def tell() -> None:
        rows.tell(connection, "policy_applied", {
            "policy": policy.name, "version": policy.version, "policy_sha256": sources.policy, "map_sha256": sources.map,
            "profile": registry.setting(connection, "profile") or profile,
        })  # fmt: skip

    return tell


@contextmanager
def _alone(connection: Connection) -> Generator[None]:
    """Be the only one who changes what is kept here, and be allowed to.

    Raises:
        DatabaseRefusal: somebody else is at it, or this login has not the rights.
    """
    if not registry.rights(connection)[0]:
        raise DatabaseRefusal(
            "This login may not apply a policy.",
            todo="apply as a superuser of the database server; afterwards nothing of Houvast runs as one.",
        )
    if not registry.try_lock(connection):
        raise DatabaseRefusal("Somebody else is applying a policy to this database.", todo="wait until they are done.")
    run(connection, "SET synchronous_commit = off")  # a crash loses the last steps, which the next apply makes
    try:
        yield
    finally:
        if not connection.broken:
            run(connection, "SET synchronous_commit = on")
            registry.unlock(connection)


def _carry_out(
    connection: Connection, plan: Plan, testify: Callable[[], None], tell: Progress, before: frozenset[str]
) -> bool:
    """Take the steps; whether the application is as it was `before`, without anything that the plan did not know."""
    steps = plan.steps
    if not registry.installed(connection):
        tell(steps[0].name, 0, len(steps))
        steps = _lay_ground(connection, steps)
    unfinished = bool(plan.steps) or plan.first or registry.is_unfinished(connection)
    if unfinished:
        registry.begin(connection)
    _run_steps(connection, steps, len(plan.steps), tell)
    if unfinished:
        run(connection, "SET synchronous_commit = on")
        with connection.transaction():
            if registry.application(connection) - before:
                return False
            remember(connection)
            testify()
    tell("done", len(plan.steps), len(plan.steps))
    return True


def _run_steps(connection: Connection, steps: Sequence[Step], total: int, tell: Progress) -> None:
    left = deque(steps)
    while left:
        alike = together(step.piece for step in left)
        pieces = alike or _of_one_table(left)
        for number, step in enumerate(islice(left, 1 if alike else len(pieces) or 1)):
            tell(step.name, total - len(left) + number, total)
        if len(alike) > 1:
            fill_side_by_side(connection, alike, tell)
        elif alike or not pieces:
            _run_step(connection, left[0], tell)
        else:
            at_once(connection, *(text for piece in pieces for text in _creating(piece)), registry.register(*pieces))
        for _ in range(len(pieces) or 1):
            left.popleft()


def _of_one_table(steps: Iterable[Step]) -> list[Piece]:
    """What is made in one transaction: the next pieces, as long as they lock one table of the application at most."""
    found: list[Piece] = []
    table = ""
    for piece in (step.piece for step in steps):
        if piece is None or piece.fill or len(found) == AT_ONCE or "SET LOCAL" in piece.create:
            break
        locks = piece.locks if piece.kind != "grant" else ""  # which locks nothing that an application needs
        if table and locks not in ("", table):
            break
        table = table or locks
        found.append(piece)
    return found


def _run_step(connection: Connection, step: Step, tell: Progress) -> None:
    piece = step.piece
    if piece is None:
        at_once(connection, *_taking_away(step))
    elif piece.fill:
        fill(connection, piece, tell)
    else:
        at_once(connection, *_creating(piece), registry.register(piece))


def _taking_away(step: Step) -> list[str]:
    return [step.sql, (registry.expect if step.remade else registry.forget)(step.name)]


def _creating(piece: Piece) -> list[str]:
    return [f"SET LOCAL ROLE {KEEPER}", piece.create, "RESET ROLE"] if piece.as_keeper else [piece.create]


def _lay_ground(connection: Connection, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Make what stands under the tables that remember, and those, all or nothing; gives the other steps."""
    pieces = [s.piece for s in steps if s.piece]
    ground = pieces[: 1 + next(n for n, p in enumerate(pieces) if p.kind == "tables")]
    with connection.transaction():
        for piece in ground:
            run(connection, in_one(*_creating(piece)))
        run(connection, registry.register(*ground))
    return tuple(steps[len(ground) :])


def unapply(
    connection: Connection,
    *,
    progress: Progress | None = None,
    publish: Callable[[], object] | None = None,
    losing_events: bool = False,
) -> int:
    """Take everything back, newest first; the database is as it was before the first apply.

    `publish`: brings what the log has not published into its store, called within the last transaction. `losing_events`:
    what it has not published may go. Returns how many pieces were taken away.

    Raises:
        DatabaseRefusal: nothing was applied here; or events of the log would be lost.
    """
    if not registry.installed(connection):
        raise DatabaseRefusal("No policy was applied to this database.", todo="nothing needs to be taken back.")
    with _alone(connection):
        if not (publish or losing_events):
            _refuse_loss(connection)
        return _take_back(connection, progress or _say_nothing, publish, losing_events=losing_events)


def _refuse_loss(connection: Connection) -> None:
    waiting = rows.unpublished(connection)
    if waiting:
        raise DatabaseRefusal(
            f"The log of this database holds {waiting} events that are in no store yet; taking the policy back would lose them.",
            todo="publish them first (houvast evidence integrate), then again.",
        )


def _take_back(
    connection: Connection, tell: Progress, publish: Callable[[], object] | None, *, losing_events: bool
) -> int:
    pieces = sorted(registry.registered(connection).values(), key=lambda r: -r.seq)
    last = [p for p in pieces if p.name in _LAST]
    for number, piece in enumerate(p for p in pieces if p.name not in _LAST):
        tell(piece.name, number, len(pieces))
        step = Step(Verb.TAKE_AWAY, piece.name, piece.undo, piece.promise, weakens=True)
        at_once(connection, *_taking_away(step))
    run(connection, "SET synchronous_commit = on")
    with connection.transaction():
        rows.hold_events(connection)
        if publish:
            publish()
        if not losing_events:
            _refuse_loss(connection)
        for piece in last:
            run(connection, piece.undo) if piece.undo else None
    tell("done", len(pieces), len(pieces))
    return len(pieces)


_LAST = ("schema houvast", "houvast tables", f"role {KEEPER}", "parameter backtrace_functions")
"""What goes last, together: without it nothing is remembered."""
