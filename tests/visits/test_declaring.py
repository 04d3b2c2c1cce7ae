"""`visits.yaml`: what it says, and every mistake with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from houvast.app import load_project
from houvast.app.project import read_project, today
from houvast.app.schemas import text
from houvast.app.visits import counting
from houvast.errors import FileErrors, UsageError
from houvast.visits.declaring import load_visits
from houvast.visits.keys import schema

POLICIES = Path(__file__).parents[2] / "policies"
GOOD = (POLICIES / "lakana" / "visits.yaml").read_text("utf-8")


def wrong(folder: Path, old: str, new: str) -> list[tuple[str, int, str]]:
    assert old in GOOD
    (folder / "visits.yaml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(FileErrors) as raised:
        load_visits(folder)
    return [(one.code, one.place.line, one.todo) for one in raised.value.findings]


def test_the_sample_declares_three_sites() -> None:
    found = counting(load_project(POLICIES / "lakana"))
    assert [site.name for site in found.declared.sites] == ["www", "shop", "docs"]
    assert found.declared.site_by_default == "www"
    assert found.declared.proxies == ("10.20.0.0/16", "2001:db8:20::/48")
    edge = found.format("edge")
    assert (edge.host_first, edge.after, edge.quotes) == (True, ("language", "gpc"), 10)
    with pytest.raises(UsageError, match="no format"):
        found.format("edeg")


def test_a_project_without_the_file_counts_nothing() -> None:
    with pytest.raises(UsageError, match="counts no visits"):
        counting(load_project(POLICIES / "club"))


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "todo"),
    [
        ("site: www", "site: wwv", "name-unknown", 3, "Did you mean `www`?"),
        ("10.20.0.0/16", "10.20.0.1/16", "network", 4, "10.0.0.0/8"),
        ("lakana.example]", "Lakana.example]", "host", 8, "lower case"),
        ("[shop.lakana.example]", "[www.lakana.example]", "host-twice", 6, "Keep one"),
        ("home: /\n", "other: /\n", "name", 10, "`other` is taken"),
        ("/product/*", "product/*", "path", 12, "/part/part"),
        ("/news/**", "/news/**/x", "path", 13, "`**` at the end"),
        ("format: combined", "format: combimed", "word-unknown", 37, "Did you mean `combined`?"),
        ("[language, gpc]", "[languages, gpc]", "word-unknown", 39, "Did you mean `language`?"),
        ("proxies:", "proxys:", "key-unknown", 4, "Did you mean `proxies`?"),
        ("en: The shop", "de: Laden", "label-missing", 18, "Add `en:`"),
        ("site: www", "site: www\nstore: ..", "store", 4, "folder of its own"),
        ("edge:", "caddy:", "name-twice", 37, "otherwise"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, code: str, line: int, todo: str) -> None:
    found = wrong(tmp_path, old, new)
    assert (code, line) in [(one[0], one[1]) for one in found], found
    assert any(todo in one[2] for one in found if one[0] == code), found


def test_check_tells_of_it_too(tmp_path: Path) -> None:
    for file in (POLICIES / "lakana").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "visits.yaml").write_text(GOOD.replace("site: www", "site: nowhere"))
    _, _, findings = read_project(tmp_path, today())
    assert [one.code for one in findings] == ["name-unknown"]


def test_the_schema_is_the_one_that_lies_there_and_takes_the_sample() -> None:
    assert (POLICIES / "visits.schema.json").read_text("utf-8") == text("visits")
    sample: dict[str, Any] = yaml.load(GOOD, Loader=yaml.BaseLoader)
    jsonschema.validate(sample, schema())
    sample["sites"]["www"]["host"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(sample, schema())
