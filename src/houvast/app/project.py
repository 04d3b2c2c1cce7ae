"""A project: the versions of a policy and the data map that belongs to them, checked together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from houvast.app.places import MAP_FILE, POLICY_FILE, is_project
from houvast.controls.load import check as check_controls
from houvast.controls.load import load_controls
from houvast.controls.model import Control
from houvast.datamap import DataMap, load_datamap, remarks
from houvast.datamap import check as check_datamap
from houvast.errors import FileErrors, Finding, UsageError
from houvast.policy import Policy, load_versions
from houvast.policy import check as check_policy
from houvast.policy.notices.dpv import strange_terms
from houvast.policy.notices.phrases import unworded
from houvast.policy.regime import regime
from houvast.systems.load import check as check_systems
from houvast.systems.load import load_systems
from houvast.systems.model import Systems
from houvast.visits.declaring import has_visits, load_visits


@dataclass(frozen=True)
class Project:
    """Policy versions, oldest first, the data map, what else holds data, and the controls; nothing is wrong in them."""

    versions: tuple[Policy, ...]
    datamap: DataMap
    folder: Path
    systems: Systems = field(default_factory=Systems)
    controls: tuple[Control, ...] = ()

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """What works as written and may surprise."""
        of_notices = (one for policy in self.versions for one in (*strange_terms(policy), *unworded(policy)))
        return (*remarks(self.datamap, self.versions), *of_notices)

    def version_at(self, instant: datetime) -> Policy:
        """The version in force at an instant. Raises UsageError for an instant before the first."""
        in_force = [policy for policy in self.versions if policy.effective <= instant]
        if not in_force:
            first = self.versions[0]
            raise UsageError(
                f"No version of {first.name} is in force at {instant.isoformat()}.",
                todo=f"Ask for {first.effective.isoformat()} or later.",
            )
        return in_force[-1]

    def instant(self, text: str) -> datetime:
        """A day (its beginning, by the clock of the policy's country) or an instant as a user writes it."""
        return at_instant(text, ZoneInfo(regime(self.versions[-1].regime).timezone))


def at_instant(text: str, zone: tzinfo = UTC) -> datetime:
    """A day (its beginning in a time zone) or an instant as a user writes it. Raises UsageError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`{text}` is not a date.", todo="Write 2026-11-25, or 2026-11-25T09:30:00+01:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def load_project(folder: Path) -> Project:
    """The project in a folder.

    Raises:
        FileErrors: policy or data map hold mistakes; all those of both are listed.
        UsageError: no policy lies there.
    """
    versions, datamap, findings = read_project(folder, today())
    if findings or datamap is None:
        raise FileErrors(findings)
    return Project(versions, datamap, folder.resolve(), load_systems(folder), load_controls(folder))


def read_project(folder: Path, on: datetime) -> tuple[tuple[Policy, ...], DataMap | None, tuple[Finding, ...]]:
    """What of a project could be read, and everything that is wrong with it by the law of an instant.

    Raises UsageError when no policy lies there.
    """
    if not is_project(folder):
        raise UsageError(
            f"There is no {POLICY_FILE} in {folder}.", todo="Give the project's folder with --project DIR."
        )
    folder = folder.resolve()
    findings: list[Finding] = []
    versions = _versions(folder, on, findings)
    datamap = _datamap(folder, findings)
    if versions and datamap:
        findings.extend(check_datamap(datamap, versions))
        findings.extend(_systems(folder, versions, datamap))
        findings.extend(_controls(folder, versions))
        findings.extend(_visits(folder))
    return versions, datamap, tuple(dict.fromkeys(findings))


def today() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


def _versions(folder: Path, on: datetime, findings: list[Finding]) -> tuple[Policy, ...]:
    """A version that another one has replaced is held to the law of its own time."""
    try:
        versions = load_versions(folder)
    except FileErrors as error:
        findings.extend(error.findings)
        return ()
    for number, policy in enumerate(versions, start=1):
        replaced = any(newer.effective <= on for newer in versions[number:])
        findings.extend(check_policy(policy, None if replaced else on))
    return versions


def _systems(folder: Path, versions: tuple[Policy, ...], datamap: DataMap) -> tuple[Finding, ...]:
    try:
        return check_systems(load_systems(folder), versions, datamap)
    except FileErrors as error:
        return error.findings


def _controls(folder: Path, versions: tuple[Policy, ...]) -> tuple[Finding, ...]:
    try:
        return check_controls(load_controls(folder), versions)
    except FileErrors as error:
        return error.findings


def _visits(folder: Path) -> tuple[Finding, ...]:
    try:
        if has_visits(folder):
            load_visits(folder)
    except FileErrors as error:
        return error.findings
    return ()


def _datamap(folder: Path, findings: list[Finding]) -> DataMap | None:
    try:
        return load_datamap(folder / MAP_FILE)
    except FileErrors as error:
        findings.extend(error.findings)
        return None
