"""Programs in the background: started once, stopped whole, never mistaken for another."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from pathlib import Path

import psutil
import pytest

from houvast.app.background import is_running, log_of, start_background, stop_background
from houvast.errors import ServerError

SLEEPER = "import subprocess, sys, time; print('here', flush=True); time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path))
    yield tmp_path
    stop_background("sleeper")


def _program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def _pid(home: Path) -> int:
    return int((home / "run" / "sleeper.pid").read_text().split()[0])


def test_a_program_is_started_once_and_stopped_with_its_children(home: Path) -> None:
    assert start_background("sleeper", _program(PARENT))
    assert not start_background("sleeper", _program(PARENT))
    deadline = time.monotonic() + 20
    while "here" not in log_of("sleeper").read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    children = psutil.Process(_pid(home)).children()
    assert children
    assert stop_background("sleeper")
    assert not is_running("sleeper")
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    assert not stop_background("sleeper")


def test_a_program_that_ends_at_once_is_an_error_that_names_its_log(home: Path) -> None:
    with pytest.raises(ServerError, match="ended at once") as error:
        start_background("sleeper", _program("raise SystemExit(3)"))
    assert str(log_of("sleeper")) in error.value.todo
    assert not is_running("sleeper")


def test_a_number_that_went_to_another_program_is_not_signalled(home: Path) -> None:
    (home / "run").mkdir()
    (home / "run" / "sleeper.pid").write_text(f"{os.getpid()} 12.34\n")
    assert not is_running("sleeper")
    assert not stop_background("sleeper")


def test_nothing_is_made_to_stop_what_never_ran(home: Path) -> None:
    assert not stop_background("sleeper")
    assert list(home.iterdir()) == []
