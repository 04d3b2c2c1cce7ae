"""From what a run found to what somebody must look at: alarms raised once, and settled when they are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from houvast.app import desk
from houvast.database import Connection
from houvast.screening.kinds import WORDS, Kind

FAILED = "failed"
"""The kind of an alarm that says that a scheduled run fails; its key is the kind of run."""

_DIGEST = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24}\b")
"""The digest of a definition, of which people are told the beginning."""


@dataclass(frozen=True)
class Cause:
    """Something that a run found: what tells it from others of its kind, and how to say it."""

    key: str
    text: Mapping[str, str]
    promise: str


def follow(connection: Connection, kind: desk.Kind, result: Mapping[str, Any], *, partial: bool) -> tuple[int, ...]:
    """Raise an alarm for each new finding of a run that ended, and settle those that it does not find any more.

    Returns the numbers of the new alarms.
    """
    causes = {cause.key: cause for cause in _CAUSES[kind](result)} if kind in _CAUSES else {}
    raised = [desk.raise_alarm(connection, kind, one.key, one.text, one.promise) for one in causes.values()]
    unsure = _unsure(kind, result, desk.open_keys(connection, kind), partial=partial)
    desk.settle(connection, kind, {*causes, *unsure})
    desk.settle(connection, FAILED, desk.open_keys(connection, FAILED) - {kind})
    return tuple(number for number in raised if number is not None)


def fail(connection: Connection, kind: desk.Kind, why: str) -> int | None:
    """Raise the alarm that a scheduled run fails; None when it is open already."""
    text = {
        "nl": f"De geplande controle `{kind}` mislukt: {why}",
        "en": f"The scheduled `{kind}` fails: {why}",
    }
    return desk.raise_alarm(connection, FAILED, kind, text, None)


def _unsure(kind: desk.Kind, result: Mapping[str, Any], opened: frozenset[str], *, partial: bool) -> set[str]:
    """Alarms that this run has not looked at, or only in part, so that it cannot settle them."""
    if kind == "prove" and partial:
        return set(opened) - {proof["id"] for proof in result["promises"]}
    if kind != "scan":
        return set()
    in_part = [one["table"] for one in result["read"] if one["sampled"]] + [one["table"] for one in result["unread"]]
    return {key for key in opened if any(f" in {table}." in key for table in in_part)}


def _of_prove(result: Mapping[str, Any]) -> Iterator[Cause]:
    for proof in result["promises"]:
        if proof["outcome"] == "broken":
            name, tried = proof["id"], len(proof["attempts"])
            failed = sum(not attempt["passed"] for attempt in proof["attempts"])
            yield Cause(name, {
                "nl": f"Belofte {name} wordt niet gehouden: {failed} van {tried} pogingen gingen anders dan beloofd.",
                "en": f"Promise {name} is broken: {failed} of {tried} attempts went otherwise than promised.",
            }, name)  # fmt: skip


def _of_drift(result: Mapping[str, Any]) -> Iterator[Cause]:
    for one in result["drift"]:
        what = f"{one['kind']} {one['identity']}: {one['detail']}"
        said = _DIGEST.sub(r"\1", what)
        changes = _CHANGES.get(one["change"], _CHANGES["new"])
        yield Cause(
            f"{one['change']} {what}", {lang: f"{word}: {said}" for lang, word in changes.items()}, one["promise"]
        )


def _of_scan(result: Mapping[str, Any]) -> Iterator[Cause]:
    for one in result["undeclared"]:
        place = f"{one['table']}.{one['column']}".rstrip(".")
        nl, en = ("Kolom", "Column") if one["column"] else ("Tabel", "Table")
        yield Cause(f"undeclared {place}", {
            "nl": f"{nl} {place} staat niet in de gegevenskaart, dus niemand kan erbij.",
            "en": f"{en} {place} is not in the data map, so nobody can read it.",
        }, "C03")  # fmt: skip
    for one in result["found"]:
        place, kind = f"{one['table']}.{one['column']}", Kind(one["kind"])
        words, promise = WORDS[kind], "G16" if kind is Kind.SPECIAL else "C03"
        by_name = one["by"] == "name"
        yield Cause(f"{one['kind']} in {place}", {
            "nl": f"Kolom {place} heet alsof er {words['nl']} in staan, en de gegevenskaart zegt van niet." if by_name
            else f"Er staan {words['nl']} in {place}, waar de gegevenskaart ze niet noemt ({one['count']} keer).",
            "en": f"Column {place} is called as if it held {words['en']}, and the data map says that it does not."
            if by_name else f"There are {words['en']} in {place}, where the data map has none ({one['count']} times).",
        }, promise)  # fmt: skip


_CHANGES = {
    "new": {"nl": "Nieuw in de database", "en": "New in the database"},
    "gone": {"nl": "Weg uit de database", "en": "Gone from the database"},
    "wrong": {"nl": "Niet zoals het hoort", "en": "Not as it should be"},
}
_CAUSES = {"prove": _of_prove, "drift": _of_drift, "scan": _of_scan}
