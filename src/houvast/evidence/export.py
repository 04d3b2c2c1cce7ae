"""An export: the log, or a range of it, in one zip file that verifies offline with the public key.

It streams: what is held in memory is one bundle. The file appears under its name when it is whole.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from houvast.evidence.canonical import canonical
from houvast.evidence.note import Verifier
from houvast.evidence.problems import EvidenceError
from houvast.evidence.store import Store, appearing
from houvast.evidence.tiles import part
from houvast.evidence.timestamping import stamps, token_path
from houvast.evidence.verify import WIDTH, Checkpoint, files, open_note

_HERE = Path(__file__).parent
_MADE = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip file can hold, for every file in it: the same log gives the same bytes."""


def write(
    store: Store,
    note: str,
    log: Verifier,
    out: Path,
    *,
    start: int = 0,
    stop: int | None = None,
    progress: Callable[[int, int], None] = lambda done, whole: None,
) -> tuple[int, int]:
    """Write the entries start <= index < stop of the log of this checkpoint, with all proofs; which are in it.

    They are rounded outwards to whole bundles: what a file says of its range must be all that is in it, as nobody
    signed the range.

    note: the checkpoint with its signatures. log: the key that signed it. stop: by default, the log's size.
    progress: called with the files written and their number.

    Raises:
        EvidenceError: such a range there is not, the file cannot be written.
        MissingTile: the store lacks a tile.
    """
    size = Checkpoint.parse(open_note(note, [log]).text).size
    stop = size if stop is None else stop
    if not 0 <= start <= stop <= size:
        raise EvidenceError(
            f"The log has the entries 0 up to {size}; {start} up to {stop} is no range of them.",
            todo="Give a range within the log.",
        )
    start, stop = start - start % WIDTH, min(size, -(-stop // WIDTH) * WIDTH) if start < stop else start - start % WIDTH
    span = {"from": start, "to": stop, "size": size}
    paths = sorted(files(size, start, stop))
    # Of the others, the range lacks the hashes to check them with.
    tokens = [token_path(one) for one in stamps(store) if start < one <= stop or one == size]
    with _appearing(out) as archive:
        _add(archive, "README.txt", (_HERE / "export.txt").read_bytes())
        _add(archive, "key", f"{log.to_text()}\n".encode())
        _add(archive, "checkpoint", note.encode())
        _add(archive, "range.json", canonical(span) + b"\n")
        _add(archive, "verify.py", (_HERE / "verify.py").read_bytes())
        for path in tokens:
            _add(archive, path, store.get(path))
        for done, path in enumerate(paths, 1):
            _add(archive, path, part(store, path))
            progress(done, len(paths))
    return start, stop


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _MADE)
    info.external_attr = 0o644 << 16
    # Hashes do not become smaller.
    packed = name.startswith("tile/") and not name.startswith("tile/entries/")
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


@contextmanager
def _appearing(out: Path) -> Generator[zipfile.ZipFile]:
    """A zip file that stands at `out` when everything went well, and nowhere otherwise."""
    try:
        with appearing(out) as file, zipfile.ZipFile(file, "w") as archive:
            yield archive
    except OSError as error:
        raise EvidenceError(
            f"{out} could not be written: {error.strerror or error}.", todo="Make room or give another file."
        ) from error
