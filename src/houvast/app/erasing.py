"""A person's data erased at their request: planned, carried out in one transaction, searched for, certified."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from houvast.app import steps
from houvast.app.acting import Acting, acting, way
from houvast.app.evidence import Log
from houvast.app.handing_out import person_of
from houvast.app.remembering import mirror
from houvast.app.target import Target
from houvast.compiler.words import relation
from houvast.database import Connection, DatabaseError, queries, run
from houvast.errors import DatabaseRefusal, HouvastError
from houvast.evidence.canonical import canonical
from houvast.policy.world import PersonKey
from houvast.rights.certificate import Absence, Certificate
from houvast.rights.erasing import carry_out, open_tables
from houvast.rights.files import refuse_taken, write_private
from houvast.rights.forgetting import forget
from houvast.rights.identifying import on_file
from houvast.rights.keeping import Keeping, plan
from houvast.rights.model import Elsewhere
from houvast.rights.plan import Fate, Plan
from houvast.rights.trace import Place, rows_of, trace
from houvast.rights.walk import Walk
from houvast.systems import store

Step = Callable[[str], None]
"""Told what is done next; an exception that it raises ends everything there."""
_SQL = queries("houvast.app", "erasing.sql")
_WAITING = "houvast.step_value"
_PATIENCE = 5.0
"""Seconds in which a worker may finish what it does for the same request."""


@dataclass(frozen=True)
class Erased:
    """What was done. `sha256`: of the certificate as JSON, which the log tells."""

    certificate: Certificate
    sha256: str
    json: bytes


def planned(target: Target, person: str) -> Plan:
    """What an erasure would do now. Changes nothing and needs no request. Raises as `erase` does."""
    whom = person_of(target, person)
    with target.connect() as admin:
        return plan(admin, way(target, admin, whom), whom)


def erase(target: Target, person: str, *, verified_by: str = "", step: Step | None = None) -> Erased:
    """Erase what is held about a person, as far as no law and no dispute keeps it.

    Until the one transaction has ended nothing is done; afterwards everything is. Calling it again is safe.

    Raises:
        DatabaseRefusal: see `acting`; rows beside the map point at what would go; or somebody worked on it meanwhile.
    """
    tell = step or _say_nothing
    whom = person_of(target, person)
    with acting(target, whom, "erasure", verified_by) as act, _alone(act.admin, whom):
        values = on_file(act.session, act.walk)
        open_tables(act.session, act.walk)
        made, number = _in_one(act, tell)
        elsewhere = _elsewhere(target, act, tell)
        tell("search")
        found = _absence(act.admin, act.walk, whom, made, values)
        vacuumed, not_vacuumed = _vacuum(act.admin, act.walk, made, number, tell)
        request, policy = act.request, act.walk.policy
    tell("log")
    return _certify(target, whom, Certificate(
        made, policy, request, datetime.now(UTC), found, vacuumed, not_vacuumed, None, elsewhere))  # fmt: skip


def _say_nothing(_what: str) -> None:
    """Nobody watches."""


@contextmanager
def _alone(admin: Connection, person: PersonKey) -> Generator[None]:
    row = admin.execute(_SQL["alone"], (":".join(person),)).fetchone()
    if not (row and row[0]):
        raise DatabaseRefusal("Somebody else is erasing this person's data now.", todo="Wait until they are done.")
    yield  # the lock ends with the use of the connection


def _in_one(act: Acting, tell: Step) -> tuple[Plan, str]:
    """All that changes the application's data, and the telling of it, in one transaction of the session; its number."""
    with act.admin.transaction():
        act.admin.execute(_SQL["hold_still"])
        made = plan(act.admin, act.walk, act.person)
        with act.session.transaction():
            row = act.session.execute(_SQL["number"]).fetchone()
            act.session.execute("SELECT houvast.open_steps(%s, 'erasure', '[]')", (act.request,))
            carry_out(act.session, act.walk, made, tell)
            counts = made.counts()
            tell("telling")
            act.session.execute("SELECT houvast.tell_erasure(%s, %s, %s, %s)", [counts[fate.value] for fate in Fate])
            tell("commit")
    return made, str(row[0]) if row else ""


def _elsewhere(target: Target, act: Acting, tell: Step) -> tuple[Elsewhere, ...]:
    """Other systems do their part, and recipients are told; those that are away go on later, with the worker."""
    steps.work(target, act.request, tell)
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and any(one.state == "running" for one in store.steps(act.admin, act.request)):
        time.sleep(0.2)  # the worker is at it
    return tuple(
        Elsewhere(one.system, one.stands, one.changed, one.kept, one.sort == "recipient", one.sort == "files")
        for one in store.steps(act.admin, act.request)
        if one.what == "erasure"
    )


def _absence(admin: Connection, walk: Walk, person: PersonKey, made: Plan, values: tuple[str, ...]) -> Absence:
    """Search for the person, and whose the rows are in which something was found."""
    found = trace(admin, walk.datamap, values)
    keeping, by_fate = Keeping(walk, person), {part.table for part in made.parts if part.fate is Fate.KEPT}
    kept, others, left = list[Place](), list[Place](), list[Place]()
    for place in found.places:
        if place.table == _WAITING:  # by what other systems find the person, until they have done their part
            kept.append(place)
            continue
        stop = walk.stop(place.table)
        own = place.rows if not place.mapped else 0
        if stop is not None and place.mapped:
            own = rows_of(admin, place, stop.shape.sql, keeping.own(stop.shape), values)
        if own:
            (kept if place.mapped and place.table in by_fate else left).append(replace(place, rows=own))
        if place.rows > own:
            others.append(replace(place, rows=place.rows - own))
    return Absence(tuple(kept), tuple(others), tuple(left), found.tables, found.values,
                   found.large_objects, found.unread, found.closed)  # fmt: skip


def _vacuum(
    admin: Connection, walk: Walk, made: Plan, number: str, tell: Step
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clean the dead rows of what was changed; what could not be cleaned now, for a lock or for somebody's snapshot."""
    touched = dict.fromkeys(part.table for part in made.parts if part.fate is not Fate.KEPT)
    done: list[str] = []
    failed: list[str] = []
    for name in touched:
        tell(f"vacuum {name}")
        live = walk.layout.shapes[name].relation
        try:
            admin.execute("SET lock_timeout = '5s'")
            run(admin, f"VACUUM (INDEX_CLEANUP ON) {relation(live.schema, live.relname)}")
        except DatabaseError:
            failed.append(name)
        else:
            done.append(name)
    row = admin.execute(_SQL["seen_still"], {"number": number}).fetchone()
    return ((), tuple(touched)) if row and row[0] else (tuple(done), tuple(failed))


def _certify(target: Target, person: PersonKey, made: Certificate) -> Erased:
    """Tell the log what the search found, publish it, and destroy what opens it; then the certificate is whole."""
    with target.session() as admin:
        with suppress(HouvastError, OSError):  # the worker writes it down later
            mirror(target, admin)
        closed = _close(target, admin, person)
        whole = Certificate(made.plan, made.policy, made.request, made.erased_at, made.absence, made.vacuumed,
                            made.not_vacuumed, closed, made.elsewhere)  # fmt: skip
        text = canonical(whole.to_json())
        sha256 = hashlib.sha256(text).hexdigest()
        admin.execute(_SQL["certified"], {"places": made.absence.open, "sha256": sha256})
    return Erased(whole, sha256, text)


def _close(target: Target, admin: Connection, person: PersonKey) -> int | None:
    try:
        Log.of(target).publisher(admin)()
        return forget(admin, person)
    except (HouvastError, DatabaseError, OSError):
        return None


def write(erased: Erased, out: Path, language: str) -> None:
    """The certificate as two files, readable by their user alone: NAME.json for programs, NAME.txt for the person.

    Raises OSError.
    """
    as_json, as_text = files_of(out)
    write_private(as_json, erased.json + b"\n")
    write_private(as_text, erased.certificate.text(language).encode())


def files_of(out: Path) -> tuple[Path, Path]:
    """The two files of a certificate. Raises UsageError when one cannot be put there."""
    found = out.with_name(f"{out.name}.json"), out.with_name(f"{out.name}.txt")
    for file in found:
        refuse_taken(file)
    return found
