# ruff: noqa: S608 - names pass through ident, values through literal
"""From when a policy counts: not a second before. Tried on the live policies, and on the meaning itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from houvast.compiler.access import Access
from houvast.compiler.branches import Alternatives
from houvast.compiler.words import literal
from houvast.policy.decide import Permit, decide
from houvast.policy.model import Action
from houvast.policy.regime import regime
from houvast.proof.attempts.uses import targets
from houvast.proof.field import Field, Spot
from houvast.proof.probe import (
    ADMINISTRATOR,
    ALLOWED,
    FORBIDDEN,
    MEANING,
    PERMITTED,
    REFUSED,
    Kind,
    Opened,
    Probe,
)

TOMORROW = "UPDATE houvast.version SET effective = statement_timestamp() + interval '%s'"


def dates(field: Field) -> Iterator[Probe]:
    """Opening a use, the row conditions and the meaning, each before and from the effective instant."""
    for _, spot, opened in targets(field):
        yield from _opening(field, spot, opened)
        yield from _rows(field, spot, opened)
        yield from _meaning(field, spot, opened)


def _opening(field: Field, spot: Spot, opened: Opened) -> Iterator[Probe]:
    promises = field.promises(spot.category, opened.purpose)
    for words, span in {"tomorrow": "1 day", "in a second": "1 second"}.items():
        yield Probe(
            f"a use for {opened.purpose} under a policy that counts from {words}",
            "effective",
            ADMINISTRATOR,
            (TOMORROW % span, opened.sql()),
            REFUSED,
            promises,
            kind=Kind.ORDER,
            rollback=True,
        )
    yield Probe(
        f"a use for {opened.purpose} under the policy in force",
        "effective",
        ADMINISTRATOR,
        (opened.sql(),),
        ALLOWED,
        promises,
        kind=Kind.ORDER,
        control=True,
        rollback=True,
    )


def condition(field: Field, spot: Spot, opened: Opened, where: str, command: str = "read") -> tuple[str, ...]:
    """What shows whether a live row policy admits a row, as if the use were open; () when nothing can."""
    text = field.policies.get((spot.shape.name, f"hv_{opened.purpose}_{command}"))
    return () if text is None else _admits(field, spot, opened, where, text)


def _admits(field: Field, spot: Spot, opened: Opened, where: str, text: str) -> tuple[str, ...]:
    if not field.fast:
        return ()
    person, case = opened.person.encode().hex(), opened.case.encode().hex()
    token = literal(f"hv_{field.numbers[opened.purpose]}_1_{person}_{case}")
    return f"SET LOCAL backtrace_functions = {token}", f"SELECT {text} FROM {spot.shape.sql} WHERE {where}"


def _rows(field: Field, spot: Spot, opened: Opened) -> Iterator[Probe]:
    found = field.canary(spot, given=opened.purpose)
    if found is None or not field.fast:
        return
    name = f"rows of {spot.shape.name} for {opened.purpose} under a policy that counts from"
    promises = field.promises(spot.category, opened.purpose)
    for words, start, expected in (
        ("tomorrow", field.now + timedelta(days=1), FORBIDDEN),
        ("an hour from now", field.now + timedelta(hours=1), FORBIDDEN),
        ("yesterday", field.now - timedelta(days=1), PERMITTED),
    ):
        yield Probe(
            f"{name} {words}",
            "effective",
            ADMINISTRATOR,
            _admits(field, spot, opened, found[1].where, _starting(field, spot, opened.purpose, start)),
            expected,
            promises,
            kind=Kind.CONDITION,
            control=expected == PERMITTED,
            rollback=True,
        )


def _starting(field: Field, spot: Spot, purpose: str, start: datetime) -> str:
    """The condition of the row policy that the same policy would have if it counted from `start`."""
    versions = (replace(field.policy, effective=start),)
    compiled, zone = field.compiled, regime(field.policy.regime).timezone
    known = Alternatives(versions, field.now)
    access = Access(compiled.seats[purpose], spot.shape, field.layout, compiled.bits, known, fast=True, zone=zone)
    return access.row_read


def _meaning(field: Field, spot: Spot, opened: Opened) -> Iterator[Probe]:
    """The decision as of the last second before the first version, and as of its first."""
    found = field.canary(spot, given=opened.purpose)
    starts = field.versions[0].effective
    if found is None:
        return
    person = replace(found[0].person, collected_at=starts, closed_at=None)
    events = {name: None if value is None else starts for name, value in found[1].row.events.items()}
    row = replace(found[1], row=replace(found[1].row, owners=((person, True),), events=events))
    for words, at, expected in (
        ("a second before it counts", starts - timedelta(seconds=1), FORBIDDEN),
        ("from its first second", starts, PERMITTED),
    ):
        ask = field.ask(opened.purpose, Action.READ, spot, row, opened, at)
        seen = PERMITTED if isinstance(decide(field.versions, ask), Permit) else FORBIDDEN
        text = f"explain {spot.shape.name}.{spot.column.name} for {opened.purpose} --as-of {at.isoformat()}"
        yield Probe(
            f"the policy on {spot.category} for {opened.purpose}, {words}",
            "effective",
            MEANING,
            (text,),
            expected,
            field.promises(spot.category, opened.purpose),
            control=expected == PERMITTED,
            answer=seen,
        )
