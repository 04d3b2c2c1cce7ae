"""The JSON Schemas that editors complete with: made from the readers' own tables, and true for what they read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from houvast.app.schemas import text
from houvast.datamap.keys import schema as datamap_schema
from houvast.document import Entries, Items, Node, Text, read_document
from houvast.policy.schema import schema as policy_schema
from tests.policy.small import POLICY

POLICIES = Path(__file__).parents[2] / "policies"
PROJECTS = sorted(folder.name for folder in POLICIES.iterdir() if (folder / "policy.yaml").exists())
SCHEMAS = {"policy.yaml": policy_schema(), "datamap.yaml": datamap_schema()}
MISTYPED = {
    "a key": ("fields: [name, email]", "feilds: [name, email]"),
    "a section": ("safeguards:", "safegards:"),
    "a parameter": ("answer: P1M", "anwser: P1M"),
    "a period": ("plus: P30D", "plus: thirty days"),
    "a basis": ("basis: contract, while: ticket.open", "basis: contrakt"),
    "a kind": ("kind: never", "kind: nevr"),
    "a flag": ("marketing: yes", "marketing: si"),
    "a list": ("nevers:\n  - {id: N1", "nevers:\n  one: {id: N1"),
    "no id": ("{id: U2, use: contact,", "{use: contact,"),
}


def plain(node: Node) -> Any:
    """A document as an editor's schema sees it."""
    if isinstance(node, Text):
        return None if node.plain and node.value in ("", "null") else node.value
    if isinstance(node, Items):
        return [plain(one) for one in node.items]
    return {name: plain(one) for name, one in node.values.items()}


def validator(name: str) -> Any:
    return jsonschema.Draft202012Validator(SCHEMAS[name])


def valid(name: str, document: Entries) -> bool:
    return bool(validator(name).is_valid(plain(document)))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name: str) -> None:
    validator(name).check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_that_ships_is_the_one_that_is_printed(name: str) -> None:
    stem = Path(name).stem
    shipped = (POLICIES / f"{stem}.schema.json").read_text("utf-8")
    assert shipped == text(stem), f"write it anew: houvast check --schema {stem} > policies/{stem}.schema.json"


@pytest.mark.parametrize("project", PROJECTS)
@pytest.mark.parametrize("name", SCHEMAS)
def test_the_first_line_of_what_ships_leads_to_its_schema(project: str, name: str) -> None:
    first = (POLICIES / project / name).read_text("utf-8").partition("\n")[0]
    before, _, file = first.partition("$schema=")
    assert before == "# yaml-language-server: "
    assert (POLICIES / project / file).resolve() == POLICIES / f"{Path(name).stem}.schema.json"


@pytest.mark.parametrize("project", PROJECTS)
@pytest.mark.parametrize("name", SCHEMAS)
def test_what_ships_is_valid(project: str, name: str) -> None:
    found = validator(name).iter_errors(plain(read_document(POLICIES / project / name)))
    assert [(list(one.absolute_path), one.message[:200]) for one in found] == []


@pytest.mark.parametrize("way", MISTYPED)
def test_what_is_mistyped_is_not(tmp_path: Path, way: str) -> None:
    old, new = MISTYPED[way]
    assert POLICY.count(old) == 1
    (tmp_path / "policy.yaml").write_text(POLICY.replace(old, new), "utf-8")
    assert not valid("policy.yaml", read_document(tmp_path / "policy.yaml"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("database: lakana", "databse: lakana"),
        ("erasure: anonymise", "erasure: anonymize"),
        ("contestable: yes", "contestable: maybe"),
        ("form: aggregate}", "form: sums}"),
        ("stand: consented", "stnd: consented"),
    ],
)
def test_a_mistyped_data_map_is_not(tmp_path: Path, old: str, new: str) -> None:
    text = (POLICIES / "lakana" / "datamap.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "datamap.yaml").write_text(text.replace(old, new, 1), "utf-8")
    assert not valid("datamap.yaml", read_document(tmp_path / "datamap.yaml"))
