"""What other systems hold about a person, for a copy; who got data from us; documents that keep an old value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from houvast.app.acting import Acting
from houvast.app.places import home
from houvast.app.recording import said
from houvast.app.target import Target
from houvast.errors import HouvastError
from houvast.policy.model import Policy
from houvast.rights.describing import PORTABLE, ordinary_uses
from houvast.rights.files import Package
from houvast.rights.model import Extra
from houvast.rights.words import wording
from houvast.systems import Needles, Part, connector, store

FIRST = 25
"""So many rows of a system stand in the summary; all of them in the files."""


@dataclass(frozen=True)
class Held:
    """What one system holds about a person."""

    name: str
    label: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """How many rows, messages or files in all."""
        return sum(len(part.rows) for part in self.parts)


def held(target: Target, act: Acting, files: Package, language: str, *, portable: bool = False) -> Iterator[Held]:
    """Put what each other system holds into a copy, and note that it was read.

    Raises Waiting when one does not answer: a copy without it would look whole.
    """
    systems = target.project.systems.systems
    rows = act.admin.execute("SELECT sort, value FROM houvast.know(%s, %s)", act.person).fetchall()
    values: dict[str, tuple[str, ...]] = {}
    for sort, value in rows:
        values[sort] = (*values.get(sort, ()), value)
    away: list[str] = []
    for step in store.steps(act.admin, act.request):
        system = systems.get(step.system)
        if step.what != "access" or system is None:
            continue
        try:
            parts = tuple(connector(system, home(), str(step.number)).read(Needles(act.person, values)))
        except HouvastError as error:
            store.unread(act.admin, act.request, step.system, said(error))
            away.append(f"{step.system}: {said(error)}")
            continue
        found = Held(
            step.system,
            step.label(language),
            tuple(_chosen(act.walk.policy, one) if portable else one for one in parts),
        )
        for part in found.parts:
            files.part(step.system, part.name, part.columns, part.rows)
        store.read(act.admin, act.request, step.system, found.rows)
        yield found
    if away:
        raise store.Waiting(
            f"Request {act.request} waits, and no copy was made: {'; '.join(away)} (promise C33)",
            todo="Do it again when it is back; houvast systems check tells.",
        )


def _chosen(policy: Policy, part: Part) -> Part:
    """The columns that somebody may take along: on consent or a contract (GDPR art. 20)."""

    def is_portable(category: str) -> bool:
        of = category.split(", ")[0]
        return bool(of) and any(not PORTABLE.isdisjoint(use.basis) for use in ordinary_uses(policy, of))

    kept = [number for number, category in enumerate(part.categories) if is_portable(category)]
    return Part(part.name, tuple(part.columns[n] for n in kept), tuple(part.categories[n] for n in kept),
                tuple(tuple(row[n] for n in kept) for row in part.rows))  # fmt: skip


def extras(target: Target, act: Acting, found: tuple[Held, ...], language: str) -> tuple[Extra, ...]:
    """The same for the page on top of the copy; who got data; documents that keep an old value."""
    says = wording(language)["elsewhere"]
    return (*(_shown(one, says) for one in found), *_given(target, act, language), *_marked(act, language))


def _shown(one: Held, says: Mapping[str, str]) -> Extra:
    heading = says["held"].format(name=one.label)
    if not one.rows:
        return Extra(heading, says["held_none"].format(name=one.label))
    part = max(one.parts, key=lambda part: len(part.rows))
    rows = tuple(tuple(cell or "" for cell in row) for row in part.rows[:FIRST])
    return Extra(heading, says["held_lead"].format(count=one.rows), part.columns, rows)


def _given(target: Target, act: Acting, language: str) -> Iterator[Extra]:
    says, policy = wording(language)["elsewhere"], act.walk.policy
    named = target.project.systems.recipients
    rows: list[tuple[str, str, str]] = []
    for one in store.given_to(act.admin, act.person):
        categories = one.categories or (named[one.name].data if one.name in named else ())
        labels = ", ".join(policy.categories[c].label.get(language) or c for c in categories if c in policy.categories)
        rows.append((one.label_nl if language == "nl" else one.label_en, labels,
                     one.since.date().isoformat() if one.since else says["always"]))  # fmt: skip
    yield Extra(
        says["given"],
        says["given_lead" if rows else "given_none"],
        (says["who"], says["what"], says["since"]),
        tuple(rows),
    )


def _marked(act: Acting, language: str) -> Iterator[Extra]:
    says = wording(language)["elsewhere"]
    rows = tuple(
        (f"{one.table}.{one.column}", one.row, one.corrected_at.date().isoformat())
        for one in store.marks(act.admin, act.person)
    )
    if rows:
        yield Extra(says["marks"], says["marks_lead"], (says["document"], says["number"], says["corrected"]), rows)
