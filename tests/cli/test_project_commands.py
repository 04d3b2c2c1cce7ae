"""`houvast check`, and what other commands do with a project that does not pass it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from houvast.app.places import sample_project
from tests.cli.calling import Shell


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the sample project with a mistake in the map."""
    folder = Path(shutil.copytree(sample_project(), tmp_path / "own"))
    datamap = folder / "datamap.yaml"
    datamap.write_text(datamap.read_text().replace("support: [answer]", "support: [answr]"))
    return folder


def test_a_sound_project_passes(houvast: Shell) -> None:
    said = houvast("check")
    assert said.code == 0
    assert "nothing wrong" in said.out


def test_a_sound_project_has_no_findings_in_json(houvast: Shell) -> None:
    said = houvast("check", "--json")
    assert json.loads(said.out)["findings"] == []


def test_a_finding_is_exit_1_with_file_line_and_column(
    houvast: Shell, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own)
    said = houvast("check")
    assert said.code == 1
    line = (own / "datamap.yaml").read_text().split("\n").index("  support: [answr]") + 1
    assert f"\ndatamap.yaml:{line}:13: " in f"\n{said.out}"
    assert "Did you mean `answer`?" in said.out


def test_a_finding_in_json_is_as_precise(houvast: Shell, own: Path) -> None:
    said = houvast("check", "--json", "--project", str(own))
    assert said.code == 1
    finding = json.loads(said.out)["findings"][0]
    assert finding["file"] == str(own.resolve() / "datamap.yaml")
    assert finding["column"] == 13


def test_other_commands_refuse_a_project_with_findings_on_stderr(houvast: Shell, own: Path) -> None:
    said = houvast("notice", "--project", str(own))
    assert (said.code, said.out) == (1, "")
    assert "answr" in said.err
