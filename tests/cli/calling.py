"""Calls the command as a shell would, in this process."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from houvast.cli.failing import run


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


class Shell:
    """Runs `houvast` with a line of arguments."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        self._capsys.readouterr()
        code = run(arguments)
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)
