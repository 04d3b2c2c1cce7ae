"""`houvast scan PATH`: what personal data is in files, before they are sent; and the same files without it."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

import click

from houvast.cli.progress import phase
from houvast.cli.scan_page import page
from houvast.cli.scan_report import plain, tell
from houvast.cli.scan_source import Source, open_source
from houvast.errors import HouvastError, UsageError
from houvast.screening.bundle import Limits, Pseudonyms, Report, redact, walk
from houvast.screening.bundle.sealing import SealedTable, opened
from houvast.screening.bundle.tap import Readable
from houvast.screening.bundle.walking import Walk
from houvast.screening.kinds import Kind
from houvast.screening.screener import DEFAULT, Screener

CLEAN, FOUND, NOT_SCREENED, UNFIT = 0, 1, 3, 4
_CODES = {"clean": CLEAN, "findings": FOUND, "not_screened": NOT_SCREENED}
_LINES = 3
"""Lines with findings of each file that a report for its owner shows."""
_KEY = 32


@dataclass(frozen=True)
class Wanted:
    """What was asked for."""

    as_json: bool = False
    redact: Path | None = None
    html: Path | None = None
    lang: str = "en"
    keep: tuple[str, ...] = ()
    keywords: Path | None = None
    key: Path | None = None
    table: Path | None = None
    seal_to: Path | None = None
    name: str | None = None
    json_to: int | None = None


def scan_files(path: Path, wanted: Wanted) -> int:
    """Look through files, say what was found; the code to end with. Raises HouvastError."""
    try:
        screener = Screener(_keywords(wanted), kinds=DEFAULT - {Kind(one) for one in wanted.keep})
        with open_source(path, wanted.name) as source:
            looking = Walk(screener, Limits())
            shown = looking.shown_path(_bytes(source.name))[0]
            report = (
                _redacted(source, shown, screener, wanted)
                if wanted.redact
                else _walked(source, shown, screener, wanted)
            )
        report.members += [looking.unread(_bytes(one)) for one in source.unread]
        _say(report, shown, wanted)
    except FileNotFoundError as error:
        raise UsageError(f"There is no {error.filename}.") from None
    except OSError as error:
        raise HouvastError(f"{error.strerror}: {error.filename or path}") from None
    return UNFIT if wanted.redact and (not report.fit or report.again) else _CODES[report.outcome]


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _keywords(wanted: Wanted) -> list[str]:
    if not wanted.keywords:
        return []
    given = _before(sys.stdin.buffer) if str(wanted.keywords) == "-" else wanted.keywords.read_text("utf-8")
    lines = given.splitlines()
    return [line.strip() for line in lines if line.strip()]


def _before(source: IO[bytes]) -> str:
    """The lines before an empty one; what is looked through may come behind that."""
    lines: list[bytes] = []
    while (line := source.readline()).strip():
        lines.append(line)
    return b"".join(lines).decode()


def _shown(wanted: Wanted) -> int:
    return _LINES if wanted.html or not (wanted.as_json or wanted.json_to) else 0


def _walked(source: Source, shown: str, screener: Screener, wanted: Wanted) -> Report:
    report = Report()
    with phase(f"Looking through {plain(shown)}") as progress:
        taken = _Counted(source.file)
        for member in walk(taken, source.name, screener, Limits(), shown=_shown(wanted)):
            report.members.append(member)
            progress(plain(member.path), taken.size, source.size or taken.size)
    return report


class _Counted:
    """A file of which is known how much was read."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self.size = 0

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.size += len(data)
        return data


def print_table(table: Path, private_key: Path) -> None:
    """Print which stand-in is what. Raises HouvastError."""
    try:
        with table.open("rb") as file:
            for piece in opened(file, private_key.read_bytes()):
                click.echo(piece, nl=False)
    except FileNotFoundError as error:
        raise UsageError(f"There is no {error.filename}.") from None


@contextmanager
def _pseudonyms(wanted: Wanted) -> Generator[Pseudonyms]:
    """Stand-ins under the customer's key, and the table of them, if it was asked for."""
    key = _key(wanted)
    if wanted.table is None or wanted.seal_to is None:
        yield Pseudonyms(key)
        return
    part = wanted.table.with_name(wanted.table.name + ".part")
    try:
        with part.open("wb") as file:
            table = SealedTable(wanted.seal_to.read_bytes(), file.write)
            yield Pseudonyms(key, table.add)
            table.close()
        part.replace(wanted.table)
    finally:
        part.unlink(missing_ok=True)


def _redacted(source: Source, shown: str, screener: Screener, wanted: Wanted) -> Report:
    out = wanted.redact
    if out is None or str(out) == "-":
        with _pseudonyms(wanted) as pseudonyms:
            return redact(source.file, sys.stdout.buffer, source.name, screener, pseudonyms, shown=_shown(wanted))
    part = out.with_name(out.name + ".part")
    try:
        with (
            phase(f"Looking through {plain(shown)}") as progress,
            part.open("wb") as target,
            _pseudonyms(wanted) as pseudonyms,
        ):
            report = redact(
                source.file, target, source.name, screener, pseudonyms, shown=_shown(wanted),
                told=lambda taken, name: progress(plain(name), taken, source.size or taken),
            )  # fmt: skip
        if report.fit:
            with phase("Looking through what was written") as progress, part.open("rb") as again:
                taken = _Counted(again)
                for member in walk(taken, source.name, screener, Limits()):
                    progress(plain(member.path), taken.size, part.stat().st_size)
                    if member.total or member.not_screened:
                        report.again.append(member)
        if report.fit and not report.again:
            part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return report


def _key(wanted: Wanted) -> bytes:
    """The key of the stand-ins: the customer's own, else one that is forgotten with this command."""
    if wanted.key is None:
        return secrets.token_bytes(_KEY)
    if not wanted.key.exists():
        descriptor = os.open(wanted.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY))
    key = wanted.key.read_bytes()
    if len(key) < _KEY:
        raise UsageError(f"{wanted.key} is no key: a key has {_KEY} bytes.", todo="Name a file that is not there yet.")
    return key


def _say(report: Report, name: str, wanted: Wanted) -> None:
    if wanted.json_to is not None:
        with os.fdopen(wanted.json_to, "w", encoding="utf-8", closefd=False) as file:
            _write_json(report, file.write)
    if wanted.html:
        out = str(wanted.redact) if wanted.redact and report.fit and not report.again else ""
        wanted.html.write_text(page(report, name, wanted.lang, out), "utf-8")
    if wanted.as_json:
        to_pipe = wanted.redact is not None and str(wanted.redact) == "-"
        _write_json(report, (sys.stderr if to_pipe else sys.stdout).write)
    elif not (wanted.redact and str(wanted.redact) == "-"):
        tell(report, name, wanted.redact)


def _write_json(report: Report, write: Callable[[str], object]) -> None:
    """One object; its files one after the other, for there may be many."""
    head: dict[str, object] = {
        "outcome": report.outcome,
        "bytes": report.size,
        "detectors": f"houvast {version('houvast')}",
        "kinds": {str(kind): count for kind, count in sorted(report.kinds.items())},
        "left_out": [{"path": path, "reason": why} for path, why in report.left_out],
        "found_again": [one.to_json() for one in report.again],
    }
    write(json.dumps(head, ensure_ascii=False)[:-1] + ', "members": [')
    for at, member in enumerate(report.members):
        write((", " if at else "") + json.dumps(member.to_json(), ensure_ascii=False))
    write("]}\n")
