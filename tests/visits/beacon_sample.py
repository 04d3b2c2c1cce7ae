"""A beacon to start in a process of its own: python -m tests.visits.beacon_sample SOCKET FOLDER."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from houvast.visits.beacon import Beacon
from houvast.visits.counter import Counter
from houvast.visits.edge import Minimiser
from houvast.visits.flood import Flood
from houvast.visits.keys_of_day import Keys
from houvast.visits.objecting import Objections
from houvast.visits.serving import serve
from tests.visits.requests import declared


def made(folder: Path) -> Beacon:
    objections = Objections(folder)
    counter = Counter(folder, Minimiser(declared(), Keys(folder / "keys"), objections), objections, seconds=60)
    return Beacon(counter, Flood(most=40))


if __name__ == "__main__":
    serve(partial(made, Path(sys.argv[2])), "127.0.0.1", 0, socket=Path(sys.argv[1]))
