"""A data folder with a server of its own for each test."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from houvast.database.server import FAST_AND_UNSAFE, Server, quick_place


@pytest.fixture
def data() -> Generator[Path]:
    """Not below pytest's own folder, which each pytest that starts closes to other system users."""
    with tempfile.TemporaryDirectory(prefix="houvast-test-", dir=quick_place()) as folder:
        yield Path(folder) / "data"
        Server(Path(folder) / "data").stop()


@pytest.fixture
def server(data: Path) -> Server:
    return Server.start(data, settings=FAST_AND_UNSAFE)
