"""A project: policy and data map are loaded and checked together."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast.app import Project, find_project, load_project
from houvast.app.places import sample_project
from houvast.errors import FileErrors, UsageError


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the sample company's project, to write in."""
    return Path(shutil.copytree(sample_project(), tmp_path / "own"))


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.fixture(scope="module")
def sample() -> Project:
    return load_project(sample_project())


def test_the_sample_project_has_nothing_wrong(sample: Project) -> None:
    assert sample.versions[-1].name == sample.datamap.policy


def test_mistakes_of_policy_and_map_are_told_at_once(own: Path) -> None:
    replace(own / "policy.yaml", "regime: nl-avg", "regime: [nl-avg")
    replace(own / "datamap.yaml", "erasure: delete", "erasure: burn")
    with pytest.raises(FileErrors) as told:
        load_project(own)
    assert {Path(finding.place.file).name for finding in told.value.findings} == {
        "policy.yaml",
        "datamap.yaml",
    }


def test_a_map_that_does_not_fit_the_policy_is_refused(own: Path) -> None:
    replace(own / "datamap.yaml", "support: [answer]", "support: [answr]")
    with pytest.raises(FileErrors, match="Did you mean `answer`"):
        load_project(own)


def test_without_a_map_only_the_map_is_named(own: Path) -> None:
    (own / "datamap.yaml").unlink()
    with pytest.raises(FileErrors) as told:
        load_project(own)
    assert [Path(finding.place.file).name for finding in told.value.findings] == ["datamap.yaml"]


def test_a_folder_without_a_policy_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no policy\.yaml"):
        load_project(tmp_path)


def test_the_project_of_the_current_folder_comes_before_the_sample(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own)
    assert find_project(None).folder == own.resolve()


def test_elsewhere_the_sample_is_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_project(None).folder == sample_project().resolve()


def test_a_day_begins_by_the_clock_of_the_policys_country(sample: Project) -> None:
    assert sample.instant("2026-07-01") == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_an_instant_keeps_its_own_offset(sample: Project) -> None:
    assert sample.instant("2026-07-01T00:00:00+00:00") == datetime(2026, 7, 1, tzinfo=UTC)


def test_what_is_no_date_is_wrong_usage(sample: Project) -> None:
    with pytest.raises(UsageError, match="not a date"):
        sample.instant("tomorrow")


def test_a_version_is_in_force_from_its_first_instant(sample: Project) -> None:
    first = sample.versions[0]
    assert sample.version_at(first.effective) == first


def test_before_the_first_version_nothing_is_in_force(sample: Project) -> None:
    with pytest.raises(UsageError, match="No version"):
        sample.version_at(datetime(2018, 5, 24, tzinfo=UTC))
