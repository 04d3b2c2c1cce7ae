"""The register of controls of one target: measured when it is due, attested by staff, red ones told as alarms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from houvast.app import desk
from houvast.app.evidence import Log
from houvast.app.people import there
from houvast.app.places import home
from houvast.app.settings import load_settings
from houvast.app.target import Target
from houvast.controls import Ground, Standing, measured, store
from houvast.controls.words import LANGUAGES, found, label, stands
from houvast.database import Connection
from houvast.errors import DatabaseRefusal, UsageError
from houvast.reading import did_you_mean

if TYPE_CHECKING:
    from houvast.proof import Attempt, Extra

ALARM = "control"
SORT = "safeguard"
"""The sort of attempts of the room below that look into the register too."""
EARLY = 4
"""A control is measured again when this part of its period is left, so that it never waits for the last moment."""
AGAIN = timedelta(hours=1)
"""What failed is measured again after this time."""
_SAME, _OTHER, _GONE = "as declared", "not as declared", "not in the register"
_PASSES, _FAILS = "passes", "fails"


def standings(target: Target) -> tuple[Standing, ...]:
    """How each control stands, red ones first. Raises DatabaseRefusal."""
    with there(target) as connection:
        return _known(connection)


def measure(target: Target, names: Sequence[str] = ()) -> tuple[Standing, ...]:
    """Measure these controls now, or all that a program can; how they stand then.

    Raises DatabaseRefusal; UsageError for one that is not in the register, or that people attest.
    """
    with there(target) as connection:
        known = {one.control.name: one for one in _known(connection)}
        for name in names:
            if name not in known:
                raise UsageError(f"There is no control `{name}`.", todo=did_you_mean(name, known))
            if not known[name].control.measured:
                raise UsageError(f"Nobody measures `{name}`: people attest it.", todo=f"houvast controls attest {name}")
        wanted = [known[name] for name in names] or [one for one in known.values() if one.control.measured]
        _measure(target, connection, wanted)
        return tuple(one for one in _known(connection) if one.control.name in {w.control.name for w in wanted})


def attest(target: Target, name: str, *, by: str, code: str, note: str, passed: bool = True) -> None:
    """One of the staff says how a control stands. Raises DatabaseRefusal."""
    with there(target) as connection:
        store.attest(connection, name, by=by, code=code, passed=passed, note=note)
        follow(connection)


def keep_up(target: Target, connection: Connection, now: datetime | None = None) -> int:
    """Measure what is due, and raise an alarm for each control that is red; how many were measured."""
    if not store.there(connection):
        return 0
    due = [one for one in store.standings(connection) if is_due(one, now or datetime.now(UTC))]
    _measure(target, connection, due)
    follow(connection)
    return len(due)


def is_due(one: Standing, now: datetime) -> bool:
    """Whether a control is to be measured now."""
    if not one.control.measured:
        return False
    if one.at is None:
        return True
    if one.stands == "failed":
        return now - one.at >= AGAIN
    return one.due - now <= timedelta(days=one.control.days) / EARLY


def follow(connection: Connection) -> None:
    """Raise an alarm for each control that is red, and settle those that are not any more."""
    if not desk.exists(connection):
        return
    red = [one for one in store.standings(connection) if one.red]
    for one in red:
        text = {
            lang: f"{label(one, lang)}: {' '.join((stands(one, lang) + '.', *found(one, lang)))}" for lang in LANGUAGES
        }
        desk.raise_alarm(connection, ALARM, one.control.name, text, one.control.promise)
    desk.settle(connection, ALARM, {one.control.name for one in red})


def ground(target: Target, connection: Connection) -> Ground:
    """What measures look at: this database, and the files with keys. Raises FileErrors."""
    return Ground(connection, tuple(_files(target)))


def register_attempts(target: Target) -> Extra:
    """For `prove`: the register is what the file declares, and what passed still passes when it is measured again."""
    from houvast.proof import Extra
    from houvast.proof.words import tried

    return Extra(tried(SORT), lambda: list(_attempts(target)))


def _measure(target: Target, connection: Connection, wanted: Sequence[Standing]) -> None:
    where = ground(target, connection)
    for one in wanted:
        found = measured(one.control.test, where)
        if found is not None:
            store.record(connection, one.control.name, found)


def _known(connection: Connection) -> tuple[Standing, ...]:
    if not store.there(connection):
        raise DatabaseRefusal("No register of controls is kept here.", todo="Apply this release: houvast apply")
    return store.standings(connection)


def _files(target: Target) -> Iterator[Path]:
    settings = load_settings(target.project.folder)
    key = Log.of(target, settings).key
    yield from (key, *key.parent.glob(f"{key.name}.*"), home() / "web" / "secret")
    named = [settings.inbox.password_file if settings.inbox else "", *(one.secret_file for one in settings.issuers)]
    yield from (Path(one) for one in named if one)


def _attempts(target: Target) -> Iterator[Attempt]:
    declared = target.project.controls
    with target.connect() as connection:
        if not store.begun(connection):
            return
        known = {str(one["name"]): one for one in store.registered(connection)}
        for one in declared:
            ours = known.pop(one.name, None)
            seen = _SAME if ours == one.to_json() else _OTHER if ours else _GONE
            yield _attempt(f"{one.name} stands in the register as controls.yaml declares it", _SAME, seen)
        for name in known:
            yield _attempt(f"{name} stands in the register, and controls.yaml does not declare it", _GONE, _OTHER)
        where = ground(target, connection)
        for standing in store.standings(connection):
            test = standing.control.test
            # what drifted is counted by every proof already
            if standing.stands == "good" and standing.control.measured and test != "least_privilege":
                seen = _FAILS if measured(test, where) else _PASSES
                yield _attempt(f"{standing.control.name} passed, and is measured again", _PASSES, seen, control=True)


def _attempt(name: str, expected: str, seen: str, *, control: bool = False) -> Attempt:
    from houvast.proof import Attempt

    return Attempt(name, "administrator", "houvast controls", control, expected, seen, SORT)
