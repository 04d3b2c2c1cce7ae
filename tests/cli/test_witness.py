"""The witness as a command: it starts, cosigns, is stopped, and says what is wrong with what it was given."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from houvast.evidence.verify import Verifier
from houvast.evidence.witness import request
from tests.cli.calling import Shell
from tests.evidence import making
from tests.evidence.witnessing import post

PROGRAM = [sys.executable, "-c", "from houvast.cli import main; main()", "evidence", "witness"]


def _given(folder: Path, **changed: str) -> list[str]:
    options = {"key": str(folder / "key"), "state": str(folder / "state"), "log": making.KEY,
               "listen": "127.0.0.1:0", "name": "council.example"} | changed  # fmt: skip
    return [word for name, value in options.items() if value for word in (f"--{name}", value)]


def test_it_cosigns_until_it_is_stopped_and_keeps_its_key(tmp_path: Path) -> None:
    keys: list[str] = []
    for status in (200, 409):
        with subprocess.Popen([*PROGRAM, *_given(tmp_path)], stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout
            keys.append(program.stdout.readline().strip().removeprefix("Witness key: "))
            url = program.stdout.readline().strip().removeprefix("Listening at ")
            note = making.log(3).note()
            assert post(url, request(0, [], note))[0] == status
            program.send_signal(signal.SIGTERM)
            assert program.wait(30) == 0
    assert keys[0] == keys[1]
    assert Verifier.from_text(keys[0]).name == "council.example"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "--name"),
        ({"log": "x"}, "x: No such file"),
        ({"log": making.WITNESS_KEY}, "is a witness, not a log"),
        ({"log": making.KEY + "A"}, "no verifier key"),
        ({"listen": "8471"}, "no address to listen at"),
        ({"listen": "127.0.0.1:99999"}, "no address to listen at"),
    ],
)
def test_what_is_wrong_is_said(houvast: Shell, tmp_path: Path, changed: dict[str, str], said: str) -> None:
    found = houvast("evidence", "witness", *_given(tmp_path, **changed))
    assert (found.code, said in found.err) == (2, True)
    assert not (tmp_path / "key").exists()
