"""`houvast check`: the law's duties, conflicts and floors, for people, programs, GitHub and editors."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from houvast.app.examine import examine
from houvast.app.places import sample_project
from houvast.errors import UsageError
from tests.cli.calling import Shell

CLUB = sample_project().parent / "club"
COOKIES = "  cookies: {label: {nl: Cookies, en: Cookies}, only: strictly needed, promise: G17}\n"
ANNOTATION = re.compile(r"::(error|warning|notice) file=([^,:]+),line=(\d+),col=(\d+),title=([a-zA-Z0-9-]+)::(.+)")


def club(folder: Path, old: str = "", new: str = "") -> Path:
    """A copy of the sports club's project with one thing changed."""
    copy = Path(shutil.copytree(CLUB, folder / "club"))
    if old:
        text = (copy / "policy.yaml").read_text("utf-8")
        assert text.count(old) == 1
        (copy / "policy.yaml").write_text(text.replace(old, new), "utf-8")
    return copy


def silent_on_cookies(folder: Path) -> Path:
    """The club without its rule on cookies, whose sentence stands on another article."""
    rule = COOKIES.replace("cookies:", "x_site:").replace("G17", "B02")
    copy = club(folder, COOKIES, rule)
    text = (copy / "policy.yaml").read_text("utf-8")
    (copy / "policy.yaml").write_text(text.replace("law: [Tw 11.7a]", "law: [AVG 13]"), "utf-8")
    text = (copy / "policy.yaml").read_text("utf-8")
    (copy / "policy.yaml").write_text(text.replace("promise: B02}", "promise: [B02, G17]}"), "utf-8")
    return copy


def test_json_lists_every_duty_conflict_and_promise(houvast: Shell) -> None:
    said = json.loads(houvast("check", "--json").out)
    assert [one["id"] for one in said["duties"]] == [f"G{number:02}" for number in range(1, 20)]
    assert {one["state"] for one in said["duties"]} == {"answered"}
    assert len(said["contradictions"]) >= 9
    assert {one["rules"] for one in said["promises"]} == {"legal duty", "stricter promise", "permission"}
    assert all(one["floor"] and one["line"] > 1 for one in said["promises"])


def test_a_missing_duty_is_told_and_strict_makes_it_count(houvast: Shell, tmp_path: Path) -> None:
    folder = str(silent_on_cookies(tmp_path))
    said = houvast("check", "--project", folder)
    assert said.code == 0
    assert "missing: G17 Cookies and reading of devices (Tw 11.7a)" in said.out
    assert houvast("check", "--project", folder, "--strict").code == 1


def test_a_duty_that_the_law_fills_is_told_apart(houvast: Shell, tmp_path: Path) -> None:
    folder = club(tmp_path, "decide: never, promise: G12", "recorded: always, promise: G12")
    said = json.loads(houvast("check", "--json", "--project", str(folder)).out)
    assert {one["id"]: one["state"] for one in said["duties"] if one["state"] != "answered"} == {
        "G12": "default of the regime"
    }


def test_all_shows_each_promise_with_its_floor(houvast: Shell) -> None:
    said = houvast("check", "--all", "--project", str(CLUB))
    assert said.code == 0
    assert "Each promise and the legal floor" in said.out
    assert "report_hours at most 72" in said.out


def test_annotations_point_into_the_files(houvast: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = club(tmp_path, "answer: P4W, promise: B18", "answer: P2M, promise: B18")
    monkeypatch.chdir(folder)
    said = houvast("check", "--github")
    assert said.code == 1
    (line,) = said.out.splitlines()
    match = ANNOTATION.fullmatch(line)
    assert match
    level, file, number, column, code, words = match.groups()
    text = (folder / "policy.yaml").read_text("utf-8").split("\n")
    assert (level, file, code) == ("error", "policy.yaml", "under-the-law")
    assert text[int(number) - 1][int(column) - 1 :].startswith("P2M")
    assert "AVG 12(3)" in words


def test_a_missing_duty_is_a_warning_on_github(houvast: Shell, tmp_path: Path) -> None:
    said = houvast("check", "--github", "--project", str(silent_on_cookies(tmp_path)))
    assert [line for line in said.out.splitlines() if line.startswith("::warning")]
    assert "title=duty-G17" in said.out


def test_the_law_of_another_day_can_be_asked(houvast: Shell) -> None:
    before = json.loads(houvast("check", "--json", "--as-of", "2025-06-27").out)
    after = json.loads(houvast("check", "--json", "--as-of", "2025-06-29").out)
    assert [one["law"] for one in before["duties"] if one["id"] == "G19"] == [["AVG 12(1)"]]
    assert [one["law"] for one in after["duties"] if one["id"] == "G19"] == [["AVG 12(1)", "EAA 4"]]


@pytest.mark.parametrize("name", ["policy", "datamap"])
def test_a_schema_is_printed_for_editors(houvast: Shell, name: str) -> None:
    said = houvast("check", "--schema", name)
    assert said.code == 0
    assert json.loads(said.out)["$schema"].startswith("https://json-schema.org/")


def test_a_project_that_cannot_be_read_has_no_duties_and_says_why(houvast: Shell, tmp_path: Path) -> None:
    folder = club(tmp_path, "version: 1\n", "version: one\n")
    said = houvast("check", "--json", "--project", str(folder))
    found = json.loads(said.out)
    assert (said.code, found["duties"]) == (1, [])
    assert [one["code"] for one in found["findings"]] == ["version-number"]


def test_a_folder_without_a_policy_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        examine(tmp_path)
