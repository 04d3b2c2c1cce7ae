"""Of what many tests try in many ways: some always, and all of it where there is time (`make test-long`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest


def mostly_long(ways: Collection[Any], *always: object) -> list[Any]:
    """For `parametrize`: those that are named always run, the others are long.

    Raises ValueError for a name that is none of the ways: none would run.
    """
    if unknown := [one for one in always if one not in ways]:
        raise ValueError(f"none of the ways: {unknown}")
    return [one if one in always else pytest.param(one, marks=pytest.mark.long) for one in ways]
