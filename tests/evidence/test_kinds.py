"""The registry of kinds is closed, documented, and has a vector for each kind."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from houvast.errors import HouvastError
from houvast.evidence.kinds import KINDS, Field, Sort, kind
from tests.evidence.kinds_page import page

DOCS = Path(__file__).parents[2] / "docs"
REGENERATE = "HOUVAST_GOLDEN"


def a_value(field: Field) -> Any:
    """Something that a field accepts."""
    return {Sort.COUNT: 3, Sort.DIGEST: "ab" * 32, Sort.NAME: "answer"}.get(field.sort, (field.choices or ("",))[-1])


def a_body(name: str) -> dict[str, Any]:
    """A body that a kind accepts."""
    return {field.name: a_value(field) for field in KINDS[name].body}


def test_the_page_of_kinds_is_what_the_registry_says() -> None:
    file = DOCS / "evidence-kinds.md"
    if REGENERATE in os.environ:
        file.write_text(page())
    assert file.read_text() == page(), f"run the test with {REGENERATE}=1 and review what changed"


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_accepts_its_fields_and_so_does_its_schema(name: str) -> None:
    one, body = kind(name), a_body(name)
    one.check(body, one.sealed_names)
    jsonschema.validate(body, one.schema)
    json.dumps(one.schema)


WRONG: dict[Sort, tuple[object, ...]] = {
    Sort.COUNT: (-1, 1.5, True, "3", None, 10**15),
    Sort.DIGEST: ("", "AB" * 32, "ab" * 31, 5, None),
    Sort.NAME: ("a\nb", "x" * 201, 5, None, ["answer"]),
    Sort.CHOICE: ("something else", 5, None),
}


@pytest.mark.parametrize("name", [name for name, one in KINDS.items() if one.body])
def test_a_kind_refuses_what_a_field_may_not_hold(name: str) -> None:
    one = kind(name)
    for field in one.body:
        for value in WRONG[field.sort]:
            with pytest.raises(HouvastError, match=field.name):
                one.check({**a_body(name), field.name: value}, ())


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_refuses_fields_that_it_does_not_have(name: str) -> None:
    with pytest.raises(HouvastError, match="other fields"):
        kind(name).check({**a_body(name), "email": "x"}, ())
    with pytest.raises(HouvastError, match="no sealed field email"):
        kind(name).check(a_body(name), ["email"])


def test_a_kind_that_is_not_registered_is_none() -> None:
    with pytest.raises(HouvastError, match="no kind of entry `door_opened`"):
        kind("door_opened")
