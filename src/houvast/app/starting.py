"""Begins a project: checks what was composed and writes it, all files or none, never over others."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from houvast.app.places import POLICY_FILE
from houvast.app.project import Project, load_project
from houvast.app.schemas import schema_files
from houvast.errors import UsageError
from houvast.policy.starter import Answers, compose, mistakes, tasks

_STAGE = ".houvast-init"


@dataclass(frozen=True)
class Begun:
    """A project that was begun, and what its people must see to: (promise, task)."""

    project: Project
    files: tuple[str, ...]
    tasks: tuple[tuple[str, str], ...]


def begin(folder: Path, answers: Answers, now: datetime) -> Begun:
    """Write a first policy to a folder, which is made when it is not there.

    A run that was killed leaves nothing that the next run does not clear away. `now`: aware.

    Raises:
        UsageError: an answer is missing or wrong, a file is there already, or the folder cannot be written to.
        FileErrors: the policy would not pass `houvast check`; nothing was written.
    """
    wrong = mistakes(answers)
    if wrong:
        raise UsageError("\n".join(str(one).removeprefix(":0:0: ") for one in wrong))
    files = {**compose(answers, now), **schema_files()}
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _clear(folder)
            _refuse_others(folder, files)
            _place(folder, files)
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder} cannot be written: {error.strerror}.", todo="Choose another folder."
        ) from error
    except BaseException:
        if new and not any(folder.iterdir()):
            folder.rmdir()
        raise
    return Begun(load_project(folder), tuple(files), tasks(answers))


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """One beginning at a time in this folder."""
    door = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield
    finally:
        os.close(door)


def _clear(folder: Path) -> None:
    """Take away what a killed run left: its stage, and what it had placed unless it was through."""
    stage = folder / _STAGE
    for made in stage.iterdir() if stage.exists() else ():
        there = folder / made.name
        if not (folder / POLICY_FILE).exists() and there.exists() and there.samefile(made):
            there.unlink()
    shutil.rmtree(stage, ignore_errors=True)


def _refuse_others(folder: Path, files: Mapping[str, str]) -> None:
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise UsageError(
            f"{folder} has {', '.join(there)} already; nothing was written.",
            todo="Give another folder: houvast init DIR. To change a policy, edit it and run `houvast check`.",
        )


def _place(folder: Path, files: Mapping[str, str]) -> None:
    """Write beside, check there, then link into place, the policy last: it makes the folder a project."""
    stage = folder / _STAGE
    stage.mkdir()
    placed: list[Path] = []
    try:
        for name, text in files.items():
            (stage / name).write_text(text, "utf-8")
        load_project(stage)
        for name in sorted(files, key=lambda name: name == POLICY_FILE):
            os.link(stage / name, folder / name)
            placed.append(folder / name)
    except BaseException:
        for path in placed:
            path.unlink()
        raise
    finally:
        shutil.rmtree(stage)
