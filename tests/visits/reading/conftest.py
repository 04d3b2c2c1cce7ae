"""A log of a hundred lines, and batches of some of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from houvast.visits.reading import ingest
from tests.visits.reading.making import lines


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of some lines: a log of a hundred lines is many batches."""
    monkeypatch.setattr(ingest, "BATCH", 2000)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "access.log"
    file.write_text(lines(0, 100))
    return file
