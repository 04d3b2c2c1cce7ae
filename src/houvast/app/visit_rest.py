"""For `prove`: what lies on the disk of visits: no address or user agent, nothing of no closed list, no old key."""

from __future__ import annotations

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from houvast.app.visits import Counting
from houvast.visits import store
from houvast.visits.model import COLUMNS

if TYPE_CHECKING:
    from houvast.proof import Attempt

_SHAPES: Final = {
    "site": re.compile(r"[a-z][a-z0-9_-]{0,39}"),
    "page": re.compile(r"[a-z][a-z0-9_-]{0,39}"),
    "browser": re.compile(r"[a-z][a-z ]{0,29}"),
    "language": re.compile(r"[a-z]{2,3}|none|other"),
    "referrer": re.compile(r"none|own|other|(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*"),
}
"""What each text of a visit looks like: none of them can hold an address, a user agent or a mail address."""
_HARMFUL: Final = re.compile(rb"Mozilla/|AppleWebKit|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|@")
"""Bytes that say what should not be there, in what is written beside rows."""
_MOST: Final = 128 << 20
"""Bytes of the newest files that are looked through: more would make others wait."""
_BESIDE: Final = 2_000
"""Files beside the rows, the newest."""
_SMALL: Final = 1 << 20
NONE, SOME = "nothing else", "something else"


def strange(values: Mapping[str, str]) -> list[str]:
    """The columns whose text is not of its closed list, or its shape."""
    return [name for name, text in values.items() if not _SHAPES[name].fullmatch(text)]


def bytes_of(folder: Path) -> bytes:
    """Everything that lies in a folder but keys; of Parquet files what they hold, too."""
    import pyarrow.parquet as pq

    found: list[bytes] = []
    for file in sorted(one for one in folder.rglob("*") if one.is_file() and "keys" not in one.parts):
        found.append(file.read_bytes())
        if file.suffix == ".parquet":
            found.append(str(pq.read_table(file).to_pylist()).encode())
    return b"\n".join(found)


def at_rest(found: Counting) -> Iterator[Attempt]:
    """Every file of the newest days, what is written beside them, and the keys."""
    from houvast.app.visit_attempts import REST, attempt

    files = _newest(store.files(found.folder))
    said = f"{len(files)} files of visits, the newest"
    if files:
        columns, wrong = _looked_through(files)
        fits = columns == {tuple(COLUMNS)}
        yield attempt(
            REST,
            "visits on the disk have the columns of a visit",
            said,
            "these",
            "these" if fits else "others",
            control=True,
        )
        for name in _SHAPES:
            seen = SOME if name in wrong else NONE
            yield attempt(REST, f"`{name}` of a visit on the disk holds something of no closed list", said, NONE, seen)
    beside = _beside(found.folder)
    harmful = sum(bool(_HARMFUL.search(one.read_bytes())) for one in beside if one.stat().st_size < _SMALL)
    yield attempt(
        REST,
        "an address or a user agent lies beside the rows",
        f"{len(beside)} files",
        NONE,
        NONE if not harmful else SOME,
    )
    uncounted = set(found.folder.rglob("*.parquet")) - set(store.files(found.folder))
    left = [one for one in uncounted if _strange_in(one)]
    yield attempt(
        REST,
        "a file that does not count holds something of no closed list",
        f"{len(uncounted)} files",
        NONE,
        SOME if left else NONE,
    )
    yield from _keys(found)


def _keys(found: Counting) -> Iterator[Attempt]:
    from houvast.app.visit_attempts import REST, attempt

    overdue, there = found.keys.overdue(), found.keys.there()
    yield attempt(
        REST,
        "the key of a day is there a day after its end",
        "the folder of keys",
        "none",
        f"{len(overdue)} days" if overdue else "none",
    )
    open_ = [
        one for one in (found.keys.folder, *found.keys.folder.glob("*")) if one.exists() and one.stat().st_mode & 0o077
    ]
    yield attempt(
        REST, "somebody else may read a key", f"{len(there)} keys", "nobody", "somebody" if open_ else "nobody"
    )
    readable = found.folder.exists() and found.folder.stat().st_mode & 0o007
    yield attempt(
        REST,
        "everybody on the machine may read visits",
        "the folder of visits",
        "nobody",
        "everybody" if readable else "nobody",
    )


def _newest(files: Sequence[Path]) -> list[Path]:
    """The newest files, as many as are looked through."""
    chosen: list[Path] = []
    size = 0
    for file in sorted(files, key=lambda one: one.parent.name, reverse=True):
        size += file.stat().st_size
        if chosen and size > _MOST:
            break
        chosen.append(file)
    return chosen


def _beside(folder: Path) -> list[Path]:
    """What lies there that is no row and no key: commits, objections."""
    found = [one for one in folder.rglob("*") if one.is_file() and one.suffix != ".parquet" and "keys" not in one.parts]
    return sorted(found, key=lambda one: one.stat().st_mtime, reverse=True)[:_BESIDE]


def _looked_through(files: Sequence[Path]) -> tuple[set[tuple[str, ...]], set[str]]:
    """The columns that files have, and those that hold something of no closed list."""
    import pyarrow.parquet as pq

    columns = {tuple(pq.read_schema(file).names) for file in files}
    return columns, {name for file in files for name in _strange_in(file)}


def _strange_in(file: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file, columns=[name for name in pq.read_schema(file).names if name in _SHAPES])
    except (pa.ArrowException, OSError):
        return [*_SHAPES]  # what cannot be read cannot be vouched for
    return [
        name
        for name in table.column_names
        if any(strange({name: str(value)}) for value in pc.unique(table.column(name)).to_pylist())
    ]
