"""Visits to the websites of the sample company, for the demo."""

from __future__ import annotations

import io
import shutil

from houvast.app import visits
from houvast.app.demo import Progress
from houvast.app.places import sample_project
from houvast.app.project import load_project, today
from houvast.app.target import Target
from houvast.sample.visits import access_log
from houvast.visits import store


def count(target: Target, progress: Progress | None = None) -> int:
    """Count six weeks of made-up visits, where none were counted yet; how many.

    The log is never on a disk: its addresses are kept for security, apart, and nowhere else.
    """
    from houvast.visits.reading.holding import alone
    from houvast.visits.reading.ingest import Reader
    from houvast.visits.reading.streams import Stream

    found = visits.counting(target.project)
    if store.files(found.folder):
        return 0
    log = "".join(access_log(today().date())).encode()
    with alone(found.folder):
        reader = Reader(found.folder, found.declared, found.keys, found.formats, found.format("edge"),
                        whole=visits.whole_of(target))  # fmt: skip
        reader.read(Stream("access.log", io.BytesIO(log), len(log)), progress)
    return reader.totals.stored


def throw_away() -> None:
    """Delete what was counted, and the keys."""
    shutil.rmtree(visits.counting(load_project(sample_project())).folder, ignore_errors=True)
