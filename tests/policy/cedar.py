"""Asks Cedar itself what `houvast.policy.cedar` makes of a policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cedarpy

from houvast.policy.cedar import policy_set, question
from houvast.policy.model import Form, Policy
from houvast.policy.world import Ask


def asked_alike(versions: Sequence[Policy]) -> bool:
    """Whether the answer is yes or no: Cedar knows no forms."""
    return all(use.form is Form.FULL for policy in versions for use in policy.uses)


def allowed(versions: Sequence[Policy], asks: Sequence[Ask]) -> list[bool]:
    """Whether Cedar allows each, all at one instant. An error in a policy fails: Cedar would take it for a refusal."""
    requests: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    whose: list[int] = []
    for number, ask in enumerate(asks):
        for category in sorted(ask.categories) or [""]:
            request, cell = question(versions, ask, category)
            cell["uid"] = {"type": "Cell", "id": str(len(cells))}
            requests.append({**request, "resource": f'Cell::"{len(cells)}"'})
            cells.append(cell)
            whose.append(number)
    text = policy_set(versions, asks[0].instant, {ask.purpose for ask in asks})
    answers = cedarpy.is_authorized_batch(requests, text, cells)  # pyright: ignore[reportUnknownMemberType]
    assert [answer.diagnostics.errors for answer in answers if answer.diagnostics.errors] == []
    found = [True] * len(asks)
    for number, answer in zip(whose, answers, strict=True):
        found[number] = found[number] and answer.allowed
    return found
