"""An apply that is refused leaves the database as it was and says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from houvast.database import connect
from houvast.datamap.model import DataMap
from houvast.errors import FileErrors, HouvastError
from houvast.policy.model import Policy
from tests.compiler import small
from tests.compiler.asking import keep, name_of, snapshot

POLICY = small.policy()


def mapped(url: str, **changed: object) -> DataMap:
    """The small map of this database, with something changed."""
    return replace(small.datamap(name_of(url)), **changed)


def refused(url: str, datamap: DataMap, *versions: Policy) -> HouvastError:
    """The refusal of an apply, which leaves the database as it was and says what to do."""
    with connect(url) as admin:
        before = snapshot(admin)
        with pytest.raises(HouvastError) as found:
            keep(url, versions or [POLICY], datamap, weaken=True)
        assert snapshot(admin) == before
    error = found.value
    assert all(f.todo for f in error.findings) if isinstance(error, FileErrors) else error.todo
    return error


def one_finding(error: HouvastError) -> str:
    """The code of the one thing that was found, and what it says."""
    assert isinstance(error, FileErrors)
    assert len(error.findings) == 1, error
    return f"{error.findings[0].code}: {error.findings[0].message} {error.findings[0].todo}"
