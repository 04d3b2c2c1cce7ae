"""The page on evidence entries alone suffices: a verifier written from it says the same on every shared vector."""

from __future__ import annotations

import ast
import base64
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TypedDict, cast

import pytest

from tests.evidence import second_verifier
from tests.evidence.second_verifier import InvalidFile, verdict


class Case(TypedDict):
    name: str
    file: dict[str, str]
    since: dict[str, str] | None
    key: str | None
    witnesses: list[str]
    verdict: dict[str, object] | None


FOLDER = Path(__file__).parent / "vectors"
CASES = [
    case
    for name in ("receipts", "exports")
    for case in cast("list[Case]", json.loads((FOLDER / f"{name}.json").read_text()))
]


def read(file: dict[str, str]) -> bytes:
    return file["text"].encode() if "text" in file else base64.b64decode(file["base64"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_says_what_is_so(case: Case) -> None:
    since = None if case["since"] is None else read(case["since"])
    try:
        said = asdict(verdict(read(case["file"]), case["key"], case["witnesses"], since))
    except InvalidFile:
        said = None
    assert said == case["verdict"]


def test_it_is_independent() -> None:
    tree = ast.parse(Path(second_verifier.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"cryptography"}
