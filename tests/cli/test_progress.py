"""Long work can be seen to go on, on stderr alone."""

from __future__ import annotations

import sys
import time

import pytest

from houvast.cli import progress
from houvast.cli.progress import phase


def test_without_a_terminal_a_phase_is_a_line_at_its_beginning_and_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with phase("Working") as tell:
        for number in range(1000):
            tell("step", number, 1000)
    said = capsys.readouterr()
    assert said.out == ""
    first, last = said.err.splitlines()
    assert first == "Working ..."
    assert last.startswith("Working: done in ")


def test_a_phase_that_lasts_says_where_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SILENCE", -1.0)
    with phase("Working") as tell:
        tell("fill contact", 3, 9)
    assert "  fill contact (3 of 9)" in capsys.readouterr().err


def test_a_phase_that_fails_is_not_called_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), phase("Working"):
        raise ZeroDivisionError
    assert "done" not in capsys.readouterr().err


def test_on_a_terminal_there_is_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with phase("Working") as tell:
        tell("role hv_answer", 1, 4)
        tell("fill contact", 50, 100)
        time.sleep(0.3)
        tell("done", 4, 4)
    said = capsys.readouterr()
    assert said.out == ""
    assert "fill contact" in said.err
    assert "4/4" in said.err
