"""Which stretch of a log goes to the store of whole addresses, written down before it goes.

That store takes each batch once, by its name. Whoever was killed before the batch was committed must therefore read the
same stretch again, though the log has grown meanwhile.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from houvast.visits.committing import sync
from houvast.visits.reading.positions import Positions

FILE: Final = ".stretch"


def begin(folder: Path, name: str, head: int, start: int, place: int) -> None:
    """Write down that a stretch of a log goes there now. Raises OSError."""
    beside = folder / f"{FILE}.{os.getpid()}"
    with beside.open("w", encoding="ascii") as file:
        json.dump({"name": name, "head": head, "start": start, "place": place}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / FILE)
    sync(folder)


def begun(folder: Path, positions: Positions, first: bytes, start: int) -> int:
    """How many bytes the stretch has that was begun at this place of this log; 0 when none was.

    `first`: the beginning of the log.
    """
    try:
        said: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="ascii"))
    except FileNotFoundError:
        return 0
    ours = said["start"] == start and positions.digest(first[: said["head"]]) == said["name"]
    return said["place"] - start if ours else 0
