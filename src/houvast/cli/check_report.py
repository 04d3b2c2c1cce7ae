"""How an examination looks: tables for people, JSON for programs, annotations for GitHub."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from houvast.app.examine import Examination
from houvast.cli import printing
from houvast.errors import Finding, Place
from houvast.policy.contradictions import Contradiction
from houvast.policy.duties import Answer, State
from houvast.policy.floors import Standing

_LEVELS = {State.MISSING: "warning", State.DEFAULT: "notice"}


def examination_tables(found: Examination) -> Group:
    """Every duty, conflict and promise."""
    return Group(_duties(found), _conflicts(found), _promises(found))


def _table(title: str, *columns: tuple[str, int]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, ratio in columns:
        table.add_column(name, ratio=ratio, no_wrap=ratio == 0)
    return table


def _duties(found: Examination) -> Table:
    table = _table("What the law asks of every policy", ("Duty", 4), ("Law", 3), ("State", 2), ("By", 4))
    for one in found.duties:
        label = Text.assemble((one.duty.id, "bold"), " ", one.duty.label.get("en", ""))
        by = ", ".join(one.by) or (
            one.duty.todo.get("en", "") if one.state is State.MISSING else one.duty.default.get("en", "")
        )
        table.add_row(label, ", ".join(one.duty.law), one.state.value, Text(by))
    return table


def _conflicts(found: Examination) -> Table:
    table = _table("Promises that pull in different directions", ("Pair", 2), ("Conflict", 5), ("What rules", 5))
    for one in found.contradictions:
        rule = one.rule if one.settled else f"NOTHING: {one.todo}"
        table.add_row(f"{one.one} x {one.other}", Text(one.conflict), Text(rule))
    return table


def _promises(found: Examination) -> Table:
    table = _table("Each promise and the legal floor", ("Promise", 4), ("Says", 4), ("Legal floor", 4), ("Rules", 2))
    for one in found.standings:
        label = Text.assemble((one.promise.id, "bold"), " ", one.promise.label.get("en", ""))
        floor = f"{'; '.join(one.floor)} ({', '.join(one.law)})" if one.law else "; ".join(one.floor)
        table.add_row(label, Text("; ".join(one.says) or one.promise.kind), Text(floor), one.rules.value)
    return table


def examination_as_json(found: Examination) -> dict[str, object]:
    """Everything, for programs. `duties` always lists every duty of the law that could be asked."""
    return {
        "findings": [printing.finding_as_json(one) for one in found.findings],
        "remarks": [printing.finding_as_json(one) for one in found.remarks],
        "policy": found.versions[-1].name if found.versions else "",
        "versions": [policy.version for policy in found.versions],
        "version": found.policy.version if found.policy else 0,
        "regime": found.policy.regime if found.policy else "",
        "on": found.on.isoformat(),
        "duties": [_duty(one) for one in found.duties],
        "contradictions": [_conflict(one) for one in found.contradictions],
        "promises": [_standing(one) for one in found.standings],
    }


def _duty(one: Answer) -> dict[str, object]:
    return {
        "id": one.duty.id,
        "label": dict(one.duty.label),
        "state": one.state.value,
        "by": list(one.by),
        "default": dict(one.duty.default),
        "law": list(one.duty.law),
        "since": one.duty.since.isoformat(),
        "todo": "" if one.state is State.ANSWERED else one.duty.todo.get("en", ""),
        **_at(one.place),
    }


def _conflict(one: Contradiction) -> dict[str, object]:
    return {
        "one": one.one,
        "other": one.other,
        "conflict": one.conflict,
        "rule": one.rule if one.settled else "",
        "settled": one.settled,
        "todo": "" if one.settled else one.todo,
        **_at(one.place),
    }


def _standing(one: Standing) -> dict[str, object]:
    return {
        "id": one.promise.id,
        "kind": one.promise.kind,
        "added": one.promise.added,
        "says": list(one.says),
        "floor": list(one.floor),
        "law": list(one.law),
        "rules": one.rules.value,
        **_at(one.promise.place),
    }


def _at(place: Place) -> dict[str, object]:
    return {"file": place.file, "line": place.line, "column": place.column}


def github_annotations(found: Examination) -> Iterator[str]:
    """Workflow commands of GitHub Actions: errors, what is missing as warnings, remarks as notices."""
    for one in found.findings:
        yield _annotation("error", one)
    for duty in found.duties:
        if duty.state in _LEVELS:
            words = (
                f"{duty.duty.id} is {duty.state.value}: {duty.duty.label.get('en', '')} ({', '.join(duty.duty.law)})."
            )
            yield _annotation(
                _LEVELS[duty.state], Finding(f"duty-{duty.duty.id}", duty.place, words, duty.duty.todo.get("en", ""))
            )
    for one in found.remarks:
        yield _annotation("notice", one)


def _annotation(level: str, one: Finding) -> str:
    place = printing.seen_from_here(one.place.file)
    where = {"file": place, "line": str(one.place.line), "col": str(one.place.column), "title": one.code}
    said = ",".join(f"{key}={_property(value)}" for key, value in where.items())
    return f"::{level} {said}::{_data(f'{one.message} {one.todo}'.strip())}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
