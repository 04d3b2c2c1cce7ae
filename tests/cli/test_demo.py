"""`houvast demo` from nothing to a proven policy, and again."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from houvast.app import Demo, Target, find_project
from houvast.app.attendants import MAILBOX, WITNESS, WORKER, start_witness, stop_attendants
from houvast.app.background import is_running, stop_background
from houvast.app.evidence import Log
from houvast.app.places import sample_project
from houvast.app.proving import prove
from houvast.app.recording import recording
from houvast.cli.pages import NAME
from houvast.database import connect, run
from houvast.database.server import quick_place
from houvast.proof import Report
from tests.cli.calling import Shell


@pytest.fixture
def new_home(monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """Not below pytest's own folder, which other system users cannot enter."""
    with tempfile.TemporaryDirectory(prefix="houvast-", dir=quick_place()) as folder:
        monkeypatch.setenv("HOUVAST_HOME", folder)
        yield Path(folder)
        stop_attendants()
        stop_background(NAME)
        Demo.stop()


def _only(promises: tuple[str, ...]) -> Callable[..., Report]:
    """Proves these; what was found is stored as of a whole proof too, or the worker would make that at once."""

    def some(target: Target, **more: Any) -> Report:
        report = prove(target, promises, **more)
        if promises:
            with recording(target.url, "prove") as found:
                found.good(report.to_json(sorts=True))
        return report

    return some


@pytest.mark.parametrize(
    ("first", "again"), [(("C03", "C10", "G17"), ("C10",)), pytest.param((), (), marks=pytest.mark.long)]
)
def test_the_demo_ends_with_a_proof_and_what_to_try_next(
    houvast: Shell, new_home: Path, monkeypatch: pytest.MonkeyPatch, first: tuple[str, ...], again: tuple[str, ...]
) -> None:
    """What is proven first, with attempts of the scan and of the pages, and then again; nothing: everything."""
    monkeypatch.setattr("houvast.cli.demo.prove", _only(first))
    made = houvast("demo", "--people", "60")
    assert "0 broken" in made.out
    assert made.code == 0
    assert "Try next:" in made.out
    assert "psql support" in made.out
    assert is_running(WORKER)
    assert is_running(MAILBOX)
    assert is_running(NAME)
    assert is_running(WITNESS)
    deadline = time.monotonic() + 90
    while "Cosigned by 1 of 1 witness" not in houvast("evidence", "status").out:  # the worker publishes
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert re.search(r"http://localhost:\d+/welcome/\S+/", made.out)
    unchanged = houvast("demo")
    assert unchanged.code == 0
    assert "nothing changed since" in unchanged.out
    with connect(Demo.existing().url()) as database:
        run(database, "ALTER TABLE contact NO FORCE ROW LEVEL SECURITY")
    monkeypatch.setattr("houvast.cli.demo.prove", partial(prove, promises=again))
    mended = houvast("demo")
    assert "nothing changed since" not in mended.out
    assert "0 broken" in mended.out
    assert Demo.existing().people() == 60
    address = (new_home / "witness" / "address").read_text()
    houvast("demo", "--stop")
    assert [name for name in (WITNESS, WORKER, MAILBOX, NAME) if is_running(name)] == []
    start_witness(Log.of_project(find_project(sample_project())).verifier())  # as the next demo does
    assert (new_home / "witness" / "address").read_text() == address
    assert is_running(WITNESS)


@pytest.mark.long
@pytest.mark.usefixtures("new_home")
def test_a_demo_is_made_anew(houvast: Shell) -> None:
    assert houvast("demo", "--people", "60").code == 0
    assert houvast("demo", "--anew", "--people", "80").code == 0
    assert Demo.existing().people() == 80
