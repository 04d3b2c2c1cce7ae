"""Whether a use is open: none, not yet committed, ended, another's, misspelt, not this login's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from houvast.compiler.words import ident
from houvast.policy.model import Action
from houvast.proof.attempts.reads import read
from houvast.proof.canary import CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.probe import NOT_SEEN, REFUSED, Kind, Opened, Probe

_LOOKS_LIKE = str.maketrans("aeiopcxyBHKMT", "аеіорсхуВНКМТ")


def look_alikes(name: str) -> dict[str, str]:
    """Spellings that a person or a program could take for the same."""
    found = {
        "in capitals": name.upper(),
        "with a capital": name.capitalize(),
        "with a space behind": f"{name} ",
        "with a space before": f" {name}",
        "with letters of another alphabet": name.translate(_LOOKS_LIKE),
        "with a quote": f"{name}'",
        "with a zero-width space": f"{name}\u200b",
        "empty": "",
    }
    return {words: text for words, text in found.items() if text != name}


def targets(field: Field, *, every: bool = False) -> Iterator[tuple[str, Spot, Opened]]:
    """(login, spot, use): for each purpose one place, or every place, at which it sees the active canary."""
    for purpose in field.openable():
        for spot in field.spots:
            found = field.canary(spot, given=purpose.name)
            if found is None:
                continue
            opened = field.opened(purpose, found[0])
            if field.permits(purpose.name, Action.READ, spot, found[1], opened):
                yield field.logins(purpose.name)[0], spot, opened
                if not every:
                    break


def without_a_use(field: Field) -> Iterator[Probe]:
    """The same reads as the controls: no use open, one that is not committed, one that has ended."""
    for login, spot, opened in targets(field):
        found = field.canary(spot, given=opened.purpose)
        if found:
            yield from _no_use(field, login, spot, found[1], opened)


def _no_use(field: Field, login: str, spot: Spot, row: CanaryRow, opened: Opened) -> Iterator[Probe]:
    promises = field.promises(spot.category, opened.purpose)
    seat = field.compiled.seats[opened.purpose]
    take, path = f"SET ROLE {ident(seat.reader)}", f"SET search_path = {ident(seat.schema)}, public"
    look = read(spot, row, login, None, "", "", promises, seen=False)
    base = read(spot, row, login, None, "", "", promises, seen=False, table=spot.shape.sql)
    between = ("SAVEPOINT s", "RELEASE SAVEPOINT s")
    ways: dict[str, tuple[str, tuple[str, ...], bool]] = {
        "with no use open": ("no use", base.steps, False),
        f"in the role of {opened.purpose} with no use open": ("no use", (take, path, *look.steps), False),
        "before the use is committed": ("rolled back", (opened.sql(), *look.steps), True),
        "behind a savepoint, before the use is committed": (
            "rolled back",
            (opened.sql(), *between, *look.steps),
            True,
        ),
        "after the use was rolled back": (
            "rolled back",
            ("BEGIN", opened.sql(), "ROLLBACK", take, path, *look.steps),
            False,
        ),
        "after rolling back to a savepoint": (
            "rolled back",
            ("BEGIN", "SAVEPOINT s", opened.sql(), "ROLLBACK TO s", "COMMIT", take, path, *look.steps),
            False,
        ),
        "after the use was closed": ("no use", (opened.sql(), _CLOSE, take, path, *look.steps), False),
    }
    for words, (family, steps, rollback) in ways.items():
        yield replace(
            look,
            name=f"{login} reads {spot.category} for {opened.purpose} {words}",
            family=family,
            steps=steps,
            fresh=True,
            rollback=rollback,
        )


_CLOSE = (
    "SELECT houvast.close_use(split_part(coalesce(nullif(current_setting('backtrace_functions', true), ''),"
    " current_setting('houvast.use', true)), '_', 3)::bigint)"
)


def misspelt(field: Field) -> Iterator[Probe]:
    """A purpose that only looks like one of the login's."""
    for login, spot, opened in targets(field):
        promises = field.promises(spot.category, opened.purpose)
        for words, text in look_alikes(opened.purpose).items():
            alike = Opened(text, opened.person, opened.case)
            yield Probe(
                f"{login} opens a use for {opened.purpose!r} {words}",
                "look-alike",
                login,
                (alike.sql(),),
                REFUSED,
                promises,
                kind=Kind.ORDER,
            )


def strangers(field: Field) -> Iterator[Probe]:
    """Every login tries every purpose that it was not given, also as somebody else's use."""
    for login in field.map.logins.values():
        for purpose in field.policy.purposes.values():
            if purpose.name in login.purposes:
                continue
            promises = frozenset(p for p in (purpose.promise, *purpose.also) if p)
            person = "1" if purpose.one == "person" else ""
            opened = Opened(purpose.name, person, "1" if purpose.one == "case" else "")
            yield Probe(
                f"{login.name} opens a use for {purpose.name}, which it was not given",
                "stranger",
                login.name,
                (opened.sql(),),
                REFUSED,
                promises,
                kind=Kind.ORDER,
            )


def two_purposes(field: Field) -> Iterator[Probe]:
    """A login in several purposes with one use open: neither the other's rows nor its columns."""
    for login in field.map.logins.values():
        for mine in login.purposes:
            for other in login.purposes:
                if mine != other:
                    yield from _other(field, login.name, mine, other)


def _other(field: Field, login: str, mine: str, other: str) -> Iterator[Probe]:
    purposes = field.policy.purposes
    for spot in field.spots:
        found = field.canary(spot, given=other)
        if found is None or purposes[mine].one or purposes[other].one:
            continue
        opened = field.opened(purposes[mine], found[0])
        theirs = field.opened(purposes[other], found[0])
        if not field.permits(other, Action.READ, spot, found[1], theirs):
            continue
        promises = field.promises(spot.category, mine) | field.promises(spot.category, other)
        if field.look(mine, Action.READ, spot, found[1], opened) is None:
            yield read(
                spot,
                found[1],
                login,
                opened,
                f"{login} reads what {other} sees with a use for {mine}",
                "two purposes",
                promises,
                seen=False,
            )
        seat = field.compiled.seats[other]
        probe = read(
            spot,
            found[1],
            login,
            opened,
            f"{login} takes the role of {other} with a use for {mine}",
            "two purposes",
            promises,
            seen=False,
        )
        steps = (
            f"SET ROLE {ident(seat.reader)}",
            f"SET search_path = {ident(seat.schema)}, public",
            *probe.steps,
        )
        yield Probe(
            probe.name,
            "two purposes",
            login,
            steps,
            NOT_SEEN,
            promises,
            opened=opened,
            truth=probe.truth,
            marker=probe.marker,
            fresh=True,
        )
        return


def another_login(field: Field) -> Iterator[Probe]:
    """Nobody enters or ends a use that another login opened."""
    for login in field.map.logins.values():
        for call in ("enter_use", "end_use", "take_use"):
            text = f"SELECT houvast.{call}({field.strange})"
            yield Probe(
                f"{login.name} calls {call} with a use of the administrator's",
                "stranger",
                login.name,
                (text,),
                REFUSED,
                frozenset(),
                kind=Kind.ORDER,
            )
