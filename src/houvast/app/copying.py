"""A person's copy of their data, as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from houvast.app.acting import Acting, acting
from houvast.app.elsewhere import extras, held
from houvast.app.handing_out import person_of
from houvast.app.target import Target
from houvast.app.uses import Uses, uses_of
from houvast.policy.regime import regime
from houvast.rights import Copy
from houvast.rights.access import Others, copy
from houvast.rights.describing import Described, described, is_portable, json_schema
from houvast.rights.files import Package, package, refuse_taken
from houvast.rights.summary import Summary, Used
from houvast.rights.walk import Stop
from houvast.rights.words import roles, wording

HEADINGS = ("table", "column", "category", "type", "source", "basis")


def copy_to(
    target: Target, person: str, out: Path, *, language: str = "nl", portable: bool = False, verified_by: str = ""
) -> Copy:
    """Write everything that is held about a person to a folder, or a zip file, that is not there yet.

    `portable`: only what may be taken along to another company.

    Raises:
        DatabaseRefusal: see `acting`.
        UsageError: something is at `out` already, or that names no person.
    """
    refuse_taken(out)
    whom = person_of(target, person)
    with acting(target, whom, "portability" if portable else "access", verified_by, language) as act:
        made_at = datetime.now(UTC)
        head = {"person": ":".join(whom), "policy": act.walk.policy.name, "version": act.walk.policy.version,
                "made_at": made_at.isoformat(timespec="seconds")}  # fmt: skip
        with package(out, head) as files:
            chosen = Chosen(act, portable=portable)
            found = copy(
                act.session, chosen.walk, whom, files, Others(act.walk, whom, roles(act.walk.policy, language), {})
            )
            others = tuple(held(target, act, files, language, portable=portable))
            _explain(files, chosen, language)
            uses = () if portable else _uses(target, files, person)
            more = extras(target, act, others, language)
            page = Summary(chosen.walk, found, uses, made_at, language, portable=portable, more=more)
            files.text("summary.html", page.html())
            told = {"rows": found.rows, "redactions": found.to_json()["redactions"],
                    "elsewhere": {one.name: one.rows for one in others}}  # fmt: skip
            filed = files.manifest({**head, "request": act.request, **told})
        return replace(found, files=filed)


class Chosen:
    """The columns that go along: all of them, or what may be taken to another company."""

    def __init__(self, act: Acting, *, portable: bool) -> None:
        ways = act.walk.stops if portable else act.walk.every  # what is of others is not theirs to take along
        every = [(stop, list(described(act.walk, stop))) for stop in ways]
        kept = [(s, [one for one in all_ if not portable or is_portable(act.walk, one, s.key)]) for s, all_ in every]
        self.columns: dict[str, tuple[Described, ...]] = {
            stop.name: tuple(ours) for stop, ours in kept if any(one.categories for one in ours)
        }
        stops = tuple(_only(stop, self.columns[stop.name]) for stop, _ in kept if stop.name in self.columns)
        self.walk = replace(act.walk, stops=stops, seen=())


def _only(stop: Stop, columns: tuple[Described, ...]) -> Stop:
    names = {one.column for one in columns}
    table = stop.shape.table
    return replace(stop, shape=replace(stop.shape, table=replace(
        table, columns={name: column for name, column in table.columns.items() if name in names})))  # fmt: skip


def _explain(files: Package, chosen: Chosen, language: str) -> None:
    """What each column is, for people and for programs."""
    words, policy = wording(language), chosen.walk.policy

    def rows() -> Iterator[tuple[str, ...]]:
        for columns in chosen.columns.values():
            for one in columns:
                labels = (policy.categories[name].label.get(language) or name for name in one.categories)
                source = words["sources"].get(one.source, "")
                yield one.table, one.column, ", ".join(labels), one.type, source, ", ".join(one.bases)

    files.csv("columns.csv", (words["headings"][name] for name in HEADINGS), rows())
    schema = json_schema(chosen.walk, ((s, tuple(c.name for c, _ in s.columns)) for s in chosen.walk.stops))
    files.text("schema.json", json.dumps(schema, ensure_ascii=False, indent=2) + "\n")


def _uses(target: Target, files: Package, person: str) -> tuple[Used, ...]:
    """Who used the data; in a file of its own, and as the page shows it."""
    found: Uses = uses_of(target, person)
    files.text("uses.json", json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n")
    zone = ZoneInfo(regime(target.project.versions[-1].regime).timezone)

    def moment(instant: datetime | None) -> str:
        return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""

    named = (Used(True, one.purpose, one.role, moment(one.since)) for one in found.naming)
    others = (
        Used(False, one.purpose, one.role, f"{moment(one.since)} - {moment(one.until)}", one.times)
        for one in found.open
    )
    return (*named, *others)
