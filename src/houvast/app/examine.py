"""Everything that can be said of a project without a database: findings, the law's duties, conflicts, floors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

from houvast.app.project import Project, read_project, today
from houvast.app.settings import load_settings
from houvast.controls import load_controls
from houvast.datamap import DataMap, remarks
from houvast.errors import FileErrors, Finding
from houvast.policy import Policy, check
from houvast.policy.check import law_for
from houvast.policy.contradictions import Contradiction, contradictions
from houvast.policy.duties import Answer, State, answers
from houvast.policy.floors import Standing, standings
from houvast.policy.law import Law
from houvast.policy.regime import regime, regimes
from houvast.systems.load import load_systems


@dataclass(frozen=True)
class Examination:
    """What was found. `policy`: the version in force at `on`, else the first; `law` what it is held to then."""

    versions: tuple[Policy, ...]
    datamap: DataMap | None
    folder: Path
    on: datetime
    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...]
    policy: Policy | None = None
    law: Law | None = None
    duties: tuple[Answer, ...] = ()
    standings: tuple[Standing, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def missing(self) -> tuple[Answer, ...]:
        """The duties that neither the policy nor the law itself answers."""
        return tuple(one for one in self.duties if one.state is State.MISSING)

    @property
    def project(self) -> Project | None:
        """The project, when nothing is wrong in it."""
        whole = self.datamap and not self.findings
        return (
            Project(self.versions, self.datamap, self.folder, load_systems(self.folder), load_controls(self.folder))
            if self.datamap and whole
            else None
        )


def examine(folder: Path, on: datetime | None = None, language: str = "en") -> Examination:
    """Examine the project in a folder by the law of an instant, now by default.

    Raises UsageError when no policy lies there. What cannot be read is in `findings`.
    """
    instant = on or today()
    versions, datamap, findings = read_project(folder, instant)
    found = Examination(versions, datamap, folder.resolve(), instant, (*findings, *_of_settings(folder)), ())
    if datamap and not found.findings:
        found = replace(found, remarks=(*remarks(datamap, versions), *_ahead(versions[-1], instant)))
    policy = next((one for one in reversed(versions) if one.effective <= instant), versions[0] if versions else None)
    law = law_for(policy, instant) if policy else None
    if policy is None or law is None:
        return replace(found, policy=policy)
    return replace(
        found,
        policy=policy,
        law=law,
        duties=answers(policy, law),
        standings=standings(policy, law, language),
        contradictions=contradictions(policy),
    )


def _of_settings(folder: Path) -> tuple[Finding, ...]:
    try:
        load_settings(folder)
    except FileErrors as errors:
        return errors.findings
    return ()


def _ahead(policy: Policy, instant: datetime) -> list[Finding]:
    """What will be wrong once the law changes on a day that is known already."""
    found: dict[Finding, Finding] = {}
    ours = regime(policy.regime) if policy.regime in regimes() else None
    for day in ours.changes if ours else ():
        then = datetime.combine(day, time.min, ours.zone) if ours else instant
        for finding in check(policy, then) if then > instant else ():
            message = f"From {day.isoformat()}: {finding.message}"
            found.setdefault(finding, replace(finding, code="law-ahead", message=message))
    return list(found.values())
