"""`controls.yaml` is read strictly: what is wrong in it is told, all of it, with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from houvast.app import load_project
from houvast.app.schemas import text
from houvast.controls import load_controls
from houvast.controls.keys import schema
from houvast.controls.load import CONTROLS_FILE, check
from houvast.controls.measures import MEASURES
from houvast.controls.model import SORTS
from houvast.controls.words import LANGUAGES, wording
from houvast.document import read_document
from houvast.errors import FileErrors
from tests.policy.test_schema import plain
from tests.proof.scene import PROJECT

ONE = """controls:
  door:
    label: {nl: De deur, en: The door}
    kind: physical
    owner: support
    test: attested
    period: P1M
    promise: C38
"""


def read(folder: Path, text: str) -> list[str]:
    """The codes of what is wrong."""
    (folder / CONTROLS_FILE).write_text(text)
    try:
        load_controls(folder)
    except FileErrors as error:
        return [finding.code for finding in error.findings if finding.place.line > 0]
    return []


def test_a_month_has_as_many_days_as_its_shortest(tmp_path: Path) -> None:
    assert read(tmp_path, ONE) == []
    (found,) = load_controls(tmp_path)
    assert (found.name, found.days, found.measured) == ("door", 28, False)


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("physical", "fysical", ["word-unknown"]),
        ("support", "boss", ["word-unknown"]),
        ("attested", "looked", ["word-unknown"]),
        ("attested", "clock", ["test-unclear"]),
        ("P1M", "monthly", ["period"]),
        ("P1M", "P3Y", ["period"]),
        ("P1M", "P0D", ["period"]),
        ("    period: P1M\n", "", ["key-missing"]),
        ("    promise: C38\n", "", ["key-missing"]),
        (", en: The door", "", ["label-missing"]),
        ("  door", "  The-door", ["name"]),
        ("owner", "ownr", ["key-unknown", "word-unknown"]),
        ("P1M", "{a: b}", ["not-a-text"]),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, codes: list[str]) -> None:
    assert sorted(set(read(tmp_path, ONE.replace(old, new)))) == codes


def test_a_control_serves_a_promise_that_there_is(tmp_path: Path) -> None:
    read(tmp_path, ONE.replace("C38", "C99"))
    (finding,) = check(load_controls(tmp_path), load_project(PROJECT).versions)
    assert (finding.code, finding.place.line) == ("name-unknown", 8)


def test_without_a_file_there_is_no_control(tmp_path: Path) -> None:
    assert load_controls(tmp_path) == ()


def test_the_sample_has_controls_of_every_sort_and_measures_all_that_can_be() -> None:
    ours = load_project(PROJECT).controls
    assert {one.sort for one in ours} == set(SORTS)
    assert set(MEASURES) <= {one.test for one in ours}
    assert {"C36", "C38"} == {one.promise for one in ours}


def test_the_schema_that_ships_is_the_one_that_is_printed_and_true_for_the_sample() -> None:
    assert (PROJECT.parent / "controls.schema.json").read_text("utf-8") == text("controls")
    validator: Any = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    sample = plain(read_document(PROJECT / CONTROLS_FILE))
    assert validator.is_valid(sample)
    sample["controls"]["clock"]["owner"] = "boss"
    assert not validator.is_valid(sample)


def test_what_a_measure_finds_is_said_in_both_languages() -> None:
    source = (Path(__file__).parents[2] / "src/houvast/controls/measures.py").read_text()
    codes = {part.split('"')[1] for part in source.split("Found(")[1:] if part.startswith('"')}
    codes |= {f"left_{what}" for what in ("token", "login", "account", "key", "session")}
    codes |= {"old_backup", "old_trial"}  # which two measures share
    assert len(codes) > 15
    for language in LANGUAGES:
        assert wording(language)["found"].keys() == codes
        assert all("{about}" in said for said in wording(language)["found"].values())
