"""The corpus of attacks within a proof: each quiet one by one login, and what PostgreSQL is known to let through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from houvast.database import Connection, run_query
from houvast.document import Findings, parse
from houvast.proof.attack import Attack, Login, read_attacks
from houvast.proof.attacking import Attacker, Result, concerns
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.fitting import Aim, aims_of
from houvast.proof.probe import SEEN
from houvast.proof.report import Attempt, Residual
from houvast.reading import Section

SORT = "attack"
Told = tuple[frozenset[str], Attempt]
"""The promises that an attempt proves, and the attempt."""


@cache
def residuals() -> tuple[Residual, ...]:
    """What PostgreSQL cannot close, with the attacks that show it; each attack's name of one is in the list."""
    findings, file = Findings(), "residuals.yaml"
    root = Section(
        parse(files("houvast.proof").joinpath(file).read_text(encoding="utf-8"), file), findings, "residuals"
    )
    attacks = read_attacks()
    found = [_residual(name, root.section(name), attacks) for name in root.names()]
    findings.stop_if_any()
    return tuple(found)


def _residual(name: str, section: Section, attacks: Sequence[Attack]) -> Residual:
    shown = tuple(one.file for one in attacks if one.residual == name)
    found = Residual(name, section.required("what"), section.required("smaller"), shown)
    section.close()
    return found


def chosen(attacks: Sequence[Attack], aims: Sequence[Aim], version: int) -> Iterator[tuple[Attack, Aim]]:
    """A sample: every attack that disturbs nobody, with a use at one of the places that it is about, in turn; each third as another kind of login too.

    What says nothing of a login with a use is tried in the role of a purpose: who has that comes nearest.
    """
    quiet = [a for a in attacks if a.quiet and not a.residual and a.since <= version <= a.until]
    for number, attack in enumerate(quiet):
        first = Login.USE if Login.USE in attack.logins else Login.ROLE
        ours = [aim for aim in aims if concerns(attack, aim)]
        for found in (
            [a for a in ours if a.kind is first],
            [a for a in ours if a.kind is not first and not number % 3],
        ):
            if found:
                yield attack, found[number % len(found)]


def corpus(connection: Connection, door: Door, field: Field, wanted: frozenset[str]) -> list[Told]:
    """The sample, tried on this database."""
    version = int(run_query(connection, "SHOW server_version_num")[0][0]) // 10000
    attacker, aims = Attacker(door, connection), list(aims_of(field))
    try:
        found: list[Told] = []
        for attack, aim in chosen(read_attacks(), aims, version):
            promises = attack.promises | _of(field, aim)
            result = attacker.attack(attack, aim) if promises & wanted else None
            found += [(promises, attempt) for attempt in _attempts(result)] if result else []
        return found
    finally:
        attacker.close()


def _of(field: Field, aim: Aim) -> frozenset[str]:
    return field.promises(aim.target.spot.category, aim.target.opened.purpose)


def _attempts(result: Result) -> Iterator[Attempt]:
    name = f"{result.attack.title} ({result.attack.file}): {result.aim.words}"
    made = Attempt(name, result.aim.login, result.sql, False, result.expected, result.seen, SORT)
    yield made
    if result.aim.kind is Login.USE:
        yield replace(made, name=f"{name}: what is permitted", control=True, expected=SEEN, seen=result.control)
