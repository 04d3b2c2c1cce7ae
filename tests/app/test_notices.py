"""A notice says what the newest proofs found, and only as long as they count."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from houvast.app import desk, load_project
from houvast.app.notices import last_tried, make
from houvast.app.places import sample_project
from houvast.app.project import Project
from houvast.database import connect


def proof(promise: str, outcome: str) -> dict[str, object]:
    return {"id": promise, "outcome": outcome, "mechanism": "", "missing": "", "attempts": []}


@pytest.fixture
def url(fresh_database: Callable[[], str]) -> str:
    made = fresh_database()
    desk.prepare(made)
    with connect(made) as admin:
        found = {"promises": [proof("C01", "held"), proof("C10", "broken"), proof("C03", "not_yet_kept")]}
        desk.record(admin, "prove", datetime.now(UTC), "finding", found)
    return made


@pytest.fixture
def project(url: str, tmp_path: Path) -> Project:
    """The sample project, on the database of the desk."""
    folder = Path(shutil.copytree(sample_project(), tmp_path / "own"))
    name = url.rpartition("@/")[2].partition("?")[0]
    file = folder / "datamap.yaml"
    file.write_text(file.read_text().replace("database: lakana", f"database: {name}", 1))
    return load_project(folder)


def test_the_notice_says_what_the_last_proof_found(url: str, project: Project) -> None:
    tried = last_tried(project, url)
    said = make(project, "nl", tried=tried).standing
    assert "Gehouden: 1. Gebroken: 1 (C10)." in said.text
    assert said.promises == ("C10",)


def test_what_was_not_tried_is_not_yet_kept(url: str, project: Project) -> None:
    provable = [p for p in project.versions[-1].promises.values() if not p.added]
    assert f"Not yet kept: {len(provable) - 2}." in make(project, "en", tried=last_tried(project, url)).standing.text


def test_sentences_carry_the_outcome(url: str, project: Project) -> None:
    outcomes = {one.anchor: one.outcome for one in make(project, "nl", tried=last_tried(project, url)).sentences()}
    assert (outcomes["C01"], outcomes["C10"], outcomes["C03"]) == ("held", "broken", "not_yet_kept")


def test_a_proof_made_later_does_not_count(url: str, project: Project) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert last_tried(project, url, yesterday) is None


def test_a_proof_older_than_the_policy_allows_does_not_count(url: str, project: Project) -> None:
    now = datetime.now(UTC)
    assert last_tried(project, url, now + timedelta(days=89)) is not None
    assert last_tried(project, url, now + timedelta(days=92)) is None


def test_without_a_desk_nothing_was_tried(fresh_database: Callable[[], str], project: Project) -> None:
    there = fresh_database()
    file = project.folder / "datamap.yaml"
    name = there.rpartition("@/")[2].partition("?")[0]
    file.write_text(file.read_text().replace(f"database: {project.datamap.database}", f"database: {name}", 1))
    other = load_project(project.folder)
    assert last_tried(other, there) is None
    assert "Nog niet bewezen" in make(other, "nl").standing.text


def test_a_project_of_ones_own_asks_no_database_by_itself(project: Project) -> None:
    assert last_tried(project, None) is None
