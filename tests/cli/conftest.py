"""The command in this process, and a small demo in a folder of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from houvast.app import Demo, find_target, keep
from houvast.database.server import FAST_AND_UNSAFE, Server, quick_place
from tests.cli.calling import Shell
from tests.company import copied

PEOPLE = 200


@pytest.fixture
def houvast(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture(scope="session")
def _home() -> Generator[Path]:
    """A home with the sample company, to which no policy was applied."""
    with tempfile.TemporaryDirectory(prefix="houvast-", dir=quick_place()) as folder:
        server = Server.start(Path(folder) / "demo", settings=FAST_AND_UNSAFE)
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("HOUVAST_HOME", folder)  # where the sample's other systems are made
            Demo(server).fill(PEOPLE)
        yield Path(folder)
        server.stop()


@pytest.fixture(scope="session")
def _kept_home(_home: Path) -> Generator[Path]:
    """A home with the same company and its policy, of which the server does not run: it is there to be copied."""
    server = Server(_home / "demo")
    with tempfile.TemporaryDirectory(prefix="houvast-", dir=quick_place()) as folder:
        server.stop()
        copied(_home, Path(folder))
        Server.start(server.data, settings=FAST_AND_UNSAFE)
        with _at_home(Path(folder)):
            keep.apply(find_target(None, None))
        yield Path(folder)


@contextmanager
def _at_home(home: Path) -> Generator[Demo]:
    """The demo of a home, running."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOUVAST_HOME", str(home))
        server = Server.start(home / "demo", settings=FAST_AND_UNSAFE)
        try:
            yield Demo.existing()
        finally:
            server.stop()


@contextmanager
def _copy(home: Path) -> Generator[Demo]:
    with tempfile.TemporaryDirectory(prefix="houvast-", dir=quick_place()) as folder:
        copied(home, Path(folder))
        with _at_home(Path(folder)) as demo:
            yield demo


@pytest.fixture
def demo(_home: Path, monkeypatch: pytest.MonkeyPatch, houvast: Shell) -> Generator[Demo]:
    """The demo, without a policy before and after the test."""
    monkeypatch.setenv("HOUVAST_HOME", str(_home))
    yield Demo.existing()
    Demo.start()
    houvast("unapply")


@pytest.fixture
def applied(_kept_home: Path) -> Generator[Demo]:
    """A demo with its policy; what `houvast apply` tries besides, a test of that command shows."""
    with _copy(_kept_home) as demo:
        yield demo


@pytest.fixture
def nobodys_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which nothing lies, and a current folder that is no project."""
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture(scope="module")
def kept(_kept_home: Path) -> Generator[Demo]:
    """A demo with its policy, for all tests of a file; each takes somebody of its own."""
    with _copy(_kept_home) as demo:
        yield demo
