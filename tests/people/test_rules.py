"""What an objection is against, in the sample policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from houvast.people import rules
from houvast.people.rules import Answer
from houvast.policy.load import load_policy

LAKANA = load_policy(Path(__file__).parents[2] / "policies" / "lakana" / "policy.yaml")


@pytest.mark.parametrize(
    ("kind", "pausing"),
    [
        ("customer", {"improve_product", "enforce", "figures", "follow"}),
        ("business_contact", {"business"}),
        ("visitor", {"understand", "improve"}),
    ],
)
def test_an_objection_in_general_is_against_what_concerns_such_people(kind: str, pausing: set[str]) -> None:
    found = rules.objected(LAKANA, kind)
    assert {name for name, answer in found.items() if answer is Answer.UNTIL_WEIGHED} == pausing


@pytest.mark.parametrize("kind", ["customer", "business_contact", "visitor"])
def test_marketing_is_objected_to_by_whoever_objects(kind: str) -> None:
    assert rules.objected(LAKANA, kind)["marketing"] is Answer.FOR_EVER
