"""Finding people and changing where they stand: each change is one transaction, told in the log, its effect shown."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from houvast.app.handing_out import person_of
from houvast.app.target import Target
from houvast.compiler import registry
from houvast.database import Connection, DatabaseError
from houvast.database.connect import sql
from houvast.errors import DatabaseRefusal, UsageError
from houvast.people import rules, store
from houvast.people.model import Change, Doubt, Known, State
from houvast.policy.sight import Said
from houvast.policy.world import PersonKey
from houvast.reading import did_you_mean

_NOBODY = "Nobody is known by this number."
_FIND = "Find the person first: houvast person find --email - (which reads the address from standard input)."


@contextmanager
def there(target: Target) -> Generator[Connection]:
    """The database, with a policy applied. A refusal of the database itself is told with what to do."""
    with target.connect() as connection:
        if not registry.installed(connection):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        try:
            yield connection
        except DatabaseError as error:
            said = error.diag.message_primary or ""
            if said.startswith("Houvast refuses"):
                raise DatabaseRefusal(said, todo=error.diag.message_hint or "") from None
            raise


def find(target: Target, sort: str, value: str) -> tuple[Known, ...]:
    """Everybody who is known by an identifier of this sort. Raises DatabaseRefusal."""
    with there(target) as connection:
        return store.by(connection, sort, value)


def known(target: Target, person: str) -> tuple[Known, ...]:
    """Somebody by `KIND:KEY`. Raises DatabaseRefusal, UsageError."""
    with there(target) as connection:
        return store.known(connection, person_of(target, person))


def state(target: Target, person: str) -> State:
    """Where somebody stands and stood, and who may see what of them. Raises DatabaseRefusal, UsageError."""
    key = person_of(target, person)
    with there(target) as connection:
        since, closed = _of(connection, key)
        history = store.stood(connection, key, closed)
        seen = _seen(target, connection, key)
        return State(
            key, since, closed, tuple(history), seen, store.same(connection, key), store.cooling(connection, key)
        )


def doubts(target: Target) -> tuple[Doubt, ...]:
    """What is contested or in doubt, counted. Raises DatabaseRefusal."""
    with there(target) as connection:
        return store.doubts(connection)


def _of(connection: Connection, key: PersonKey) -> tuple[datetime | None, datetime | None]:
    found = store.person(connection, key)
    if found is None:
        raise DatabaseRefusal(_NOBODY, todo=_FIND)
    return found


def _seen(target: Target, connection: Connection, key: PersonKey) -> Mapping[str, tuple[str, ...]]:
    since, closed = _of(connection, key)
    now = datetime.now(UTC)
    said: list[Said] = store.standing(connection, key, closed)
    return rules.seen_by(target.project.versions, key, said, since or now, now)


def change(
    target: Target, person: str, did: str, about: str, make: Callable[[Connection, PersonKey], bool], note: str = ""
) -> Change:
    """Make one change of one person, in one transaction, and see what it closes and opens.

    Raises:
        DatabaseRefusal: nobody is known by this number, or the database refuses.
        UsageError: that names nobody.
    """
    key = person_of(target, person)
    with there(target) as connection, connection.transaction():
        if not store.lock(connection, key):
            raise DatabaseRefusal(_NOBODY, todo=_FIND)
        before = _seen(target, connection, key)
        changed = make(connection, key)
        after = _seen(target, connection, key)
        return Change(key, did, about, changed, rules.lost(before, after), rules.lost(after, before), note)


def _stand(
    stand: str, about: str = "", *, end: bool = False, doubt: bool = False
) -> Callable[[Connection, PersonKey], bool]:
    """`doubt`: not at the person's request, but on the officer's own doubt, which the database lets only take away."""

    def make(connection: Connection, key: PersonKey) -> bool:
        if end:
            return store.end_stand(connection, key, stand, about)
        return store.set_stand(connection, key, stand, about, _source(doubt=doubt))

    return make


def _source(*, doubt: bool) -> str:
    return "officer" if doubt else "houvast"


def purpose_of(target: Target, name: str) -> str:
    """A purpose of the policy in force. Raises UsageError."""
    purposes = target.project.versions[-1].purposes
    if name not in purposes:
        raise UsageError(f"The policy has no purpose `{name}`.", todo=did_you_mean(name, purposes))
    return name


def objects(target: Target, person: str, purpose: str = "", *, doubt: bool = False) -> Change:
    """Somebody objects: to one purpose, or to everything that an objection holds against. See `change`."""
    policy, (kind, _) = target.project.versions[-1], person_of(target, person)
    if purpose:
        wanted = {purpose: rules.objection_to(policy, purpose_of(target, purpose))}
    else:
        wanted = rules.objected(policy, kind)

    def make(connection: Connection, key: PersonKey) -> bool:
        held = [name for name, answer in wanted.items() if answer is not rules.Answer.NOTHING]
        changed = [store.set_stand(connection, key, "objected", name, _source(doubt=doubt)) for name in held]
        return any(changed)

    return change(target, person, "objected", ", ".join(wanted), make, note=rules.told(wanted))


def weighs(target: Target, person: str, purpose: str, reason: str) -> Change:
    """An objection is dismissed, in writing. See `change`."""

    def make(connection: Connection, key: PersonKey) -> bool:
        store.weigh(connection, key, purpose, reason)
        return True

    return change(target, person, "objection dismissed", purpose_of(target, purpose), make)


def withdraws(target: Target, person: str, purpose: str, *, doubt: bool = False) -> Change:
    """Somebody takes back a yes; of marketing that is an objection. See `change`."""
    return change(target, person, "withdrawn", purpose, _stand("withdrawn", purpose_of(target, purpose), doubt=doubt))


def consents(target: Target, person: str, purpose: str, *, again: bool = False) -> Change:
    """Somebody says yes. After an objection to marketing only when they say so themselves. See `change`."""
    marketing = target.project.versions[-1].purposes[purpose_of(target, purpose)].marketing

    def make(connection: Connection, key: PersonKey) -> bool:
        said = {(one.what, one.about) for one in store.standing(connection, key, None)}
        if marketing and ("objected", purpose) in said:
            if not again:
                raise DatabaseRefusal(
                    "This person objected to marketing, which holds for ever (promise C13).",
                    todo="Only they can take that back. When they asked for it themselves, say so: --again.",
                )
            store.end_stand(connection, key, "objected", purpose)
        return store.set_stand(connection, key, "consented", purpose)

    return change(target, person, "consented", purpose, make)


def restricts(target: Target, person: str, *, doubt: bool = False) -> Change:
    """Nothing is done with somebody's data but what the law or they themselves allow. See `change`."""
    return change(target, person, "restricted", "", _stand("restricted", doubt=doubt))


def lifts(target: Target, person: str) -> Change:
    """A restriction ends; a letter told the person before. See `change`."""
    return change(target, person, "restriction lifted", "", _stand("restricted", end=True))


def stops(target: Target, person: str, *, doubt: bool = False) -> Change:
    """Somebody's data are used for services no longer. See `change`."""
    return change(target, person, "stopped", "", _stand("stopped", doubt=doubt))


def contests(target: Target, person: str, place: str, *, settle: bool = False, doubt: bool = False) -> Change:
    """Somebody says that a value is wrong: nobody uses it until that is settled. See `change`."""

    def make(connection: Connection, key: PersonKey) -> bool:
        if store.place_of(connection, key[0], place) != place:
            raise DatabaseRefusal(
                f"The data map has no column `{place}` that people of this kind may contest.",
                todo="Write TABLE.COLUMN, of a column with `contestable: yes`.",
            )
        return _stand("contested", place, end=settle, doubt=doubt)(connection, key)

    if settle:
        return change(target, person, "settled", place, make)
    note = f"{place} is read as empty by every purpose but the person's own and disputes, until it is settled"
    return change(target, person, "contested", place, make, note=note)


def closes(target: Target, person: str) -> Change:
    """Somebody's account closes now, in the application's own table. See `change`."""
    subject = target.project.datamap.subjects[person_of(target, person)[0]]
    if not subject.closed:
        raise UsageError("People of this kind have no account.", todo="Erase the person, or end the relation.")
    schema, _, table = subject.table.rpartition(".")
    names = [
        sql.Identifier(schema or "public", table),
        *map(sql.Identifier, (subject.closed, subject.key, subject.closed)),
    ]
    text = sql.SQL("UPDATE {} SET {} = clock_timestamp() WHERE {}::text = %s AND {} IS NULL").format(*names)

    def make(connection: Connection, key: PersonKey) -> bool:
        store.need_request(connection, key)
        return connection.execute(text, (key[1],)).rowcount == 1

    return change(target, person, "account closed", "", make)


def bounces(target: Target, person: str, sort: str, *, letter: bool) -> Change:
    """Mail to somebody did not arrive. See `change`."""
    times = 0

    def make(connection: Connection, key: PersonKey) -> bool:
        nonlocal times
        times = store.bounced(connection, key, sort, letter=letter)
        return True

    done = change(target, person, "bounced", sort, make)
    doubt = (
        "it is in doubt until it is settled or changed" if letter or times >= 3 else "in doubt from the third time on"
    )
    return replace(done, note=f"{_times(times)}; {doubt}")


def _times(number: int) -> str:
    return "1 time" if number == 1 else f"{number} times"


def links(target: Target, person: str, other: str, *, take_back: bool = False) -> Change:
    """Two people of the map are one, which both proved; or they are not. See `change`."""
    second = person_of(target, other)

    def make(connection: Connection, key: PersonKey) -> bool:
        return store.link(connection, key, second, take_back=take_back)

    return change(target, person, "unlinked" if take_back else "linked", ":".join(second), make)
