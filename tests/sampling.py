"""Of what many tests try in many ways: some always, and all of it where there is time (`make test-long`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def mostly_long(ways: Iterable[Any], *always: object) -> list[Any]:
    """For `parametrize`: those that are named always run, the others are long."""
    return [one if one in always else pytest.param(one, marks=pytest.mark.long) for one in ways]
