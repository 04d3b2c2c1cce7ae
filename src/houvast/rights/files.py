"""A copy as files: `data.json`, a CSV per table, what they mean, and a manifest. All of them are there, or none."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from houvast.errors import UsageError
from houvast.rights.access import Line
from houvast.rights.model import Filed
from houvast.rights.walk import Stop

MANIFEST = "manifest.json"
_BLOCK = 1 << 20
_FORMULA = re.compile(r"[=+\-@\t\r]")
_FIGURES = re.compile(r"[-+][-+\d\s.,:/()e]*")
"""A number, or one to call."""


class Package:
    """Writes the files of one copy into a folder. `head`: what `data.json` says before its tables."""

    def __init__(self, folder: Path, head: Mapping[str, object]) -> None:
        self.folder = folder
        self.counts: dict[str, int] = {}
        self._data = (folder / "data.json").open("w", encoding="utf-8")
        self._data.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "tables": {')
        (folder / "tables").mkdir()

    def table(self, stop: Stop, columns: tuple[str, ...], rows: Iterator[Line]) -> int:
        """Write all rows of one table into both; how many there were."""
        self._data.write(f"{',' if self.counts else ''}\n{json.dumps(stop.name)}: [")
        name, count = f"tables/{stop.name}.csv", 0
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for text, row in rows:
                self._data.write(f"{',' if count else ''}\n{text}")
                writer.writerow([_cell(row[column]) for column in columns])
                count += 1
        self._data.write("]")
        self.counts[name] = count
        return count

    def part(self, system: str, name: str, columns: tuple[str, ...], rows: Iterable[tuple[str | None, ...]]) -> None:
        """Write what another system holds into both, as texts."""
        self._data.write(f"{',' if self.counts else ''}\n{json.dumps(f'{system}/{name}')}: ")
        every = list(rows)
        self._data.write(json.dumps([dict(zip(columns, row, strict=True)) for row in every], ensure_ascii=False))
        file = f"tables/{_plain(system)}.{_plain(name)}.csv"
        while file in self.counts:
            file = file.replace(".csv", "_.csv")
        self.csv(file, columns, ([_cell(cell) for cell in row] for row in every))
        self.counts[file] = len(every)

    def text(self, name: str, text: str) -> None:
        """One more file."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def csv(self, name: str, headings: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
        """One more file, with a table."""
        made = io.StringIO(newline="")
        writer = csv.writer(made)
        writer.writerow(list(headings))
        writer.writerows([list(row) for row in rows])
        (self.folder / name).write_text(made.getvalue(), encoding="utf-8", newline="")

    def close(self) -> None:
        """No more rows come."""
        if not self._data.closed:
            self._data.write("}}\n")
            self._data.close()

    def manifest(self, about: Mapping[str, object]) -> tuple[Filed, ...]:
        """Write down every file with its size and digest; what stands in it."""
        self.close()
        names = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())
        files = tuple(self._filed(name) for name in names)
        listed = [
            {"file": one.name, "bytes": one.size, "sha256": one.sha256}
            | ({} if one.rows is None else {"rows": one.rows})
            for one in files
        ]
        self.text(MANIFEST, json.dumps({**about, "files": listed}, ensure_ascii=False, indent=2) + "\n")
        return files

    def _filed(self, name: str) -> Filed:
        digest, size = hashlib.sha256(), 0
        with (self.folder / name).open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
        return Filed(name, size, digest.hexdigest(), self.counts.get(name))


def _plain(name: str) -> str:
    """A name as a file can be called, whatever a service calls its tables."""
    return re.sub(r"[^\w-]", "_", name)[:60] or "_"


def _cell(value: object) -> object:
    """As it stands in a table; what a spreadsheet would run as a formula begins with an apostrophe (CWE-1236)."""
    if isinstance(value, str) and _FORMULA.match(value) and not _FIGURES.fullmatch(value):
        return f"'{value}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


@contextmanager
def package(out: Path, head: Mapping[str, object]) -> Generator[Package]:
    """A copy that appears at `out` when the block ends well: a folder, or a zip file when it is named so.

    Until then it lies beside it, readable by its user alone; after a failure nothing is left.

    Raises:
        UsageError: something is there already, or its folder is not.
    """
    refuse_taken(out)
    folder = Path(tempfile.mkdtemp(prefix=".houvast-", dir=out.parent))
    made = None
    try:
        inside = folder / "copy"
        inside.mkdir(mode=0o700)
        made = Package(inside, head)
        yield made
        made.close()
        (_zipped(inside, folder / "copy.zip") if is_zip(out) else inside).rename(out)
    finally:
        if made is not None:
            made.close()
        shutil.rmtree(folder)


def write_private(file: Path, content: bytes) -> None:
    """Write a file that is not there yet, readable by its user alone. Raises OSError."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
        new.write(content)


def is_zip(out: Path) -> bool:
    """Whether a zip file is meant."""
    return out.suffix.lower() == ".zip"


def refuse_taken(out: Path) -> None:
    """Raise UsageError when a copy cannot be put there."""
    if out.exists() or out.is_symlink():
        raise UsageError(f"Something is at {out} already.", todo="Name a folder or a zip file that is not there yet.")
    if not out.parent.is_dir():
        raise UsageError(f"There is no folder {out.parent}.", todo="Make it first, or name another place.")


def _zipped(folder: Path, file: Path) -> Path:
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                made.write(path, str(path.relative_to(folder)))
    file.chmod(0o600)
    return file
