"""Attempts on what leaves by other ways: lines of a bundle are pasted somewhere, from a log and from what is packed (C47).

With made-up bundles in memory, by the same code that looks into real ones.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator

from houvast.proof.report import Attempt

SORT = "leaving"
FOUND, NOT_FOUND = "found", "not found"
_LOG = b"".join(
    b"2026-11-%02d 10:%02d:07 worker-%d export of batch %d stopped at 40 percent\n" % (1 + n % 28, n % 60, n, 4711 + n)
    for n in range(200)
)
_LINE = "2026-11-08 10:35:07 worker-35 export of batch 4746 stopped at 40 percent"


def leaving() -> Iterator[Attempt]:
    """What a scan of what leaves says of a text, beside a bundle; nothing when the extra is not installed."""
    try:
        import hyperscan as _  # noqa: F401
    except ImportError:
        return  # without it nothing can be sent at all
    from houvast.screening.leaving import holds, traces

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        info = tarfile.TarInfo("logs/worker.log.gz")
        inner = gzip.compress(_LOG)
        info.size = len(inner)
        archive.addfile(info, io.BytesIO(inner))
    for name, form, data, text, expected in (
        ("control: a text that is in no bundle", "log", _LOG, "2026-11-08 10:35:07 worker-35 import of batch 9 began", NOT_FOUND),
        ("a line of a log is pasted", "log", _LOG, f"What does this mean?\n> {_LINE}\nThanks", FOUND),
        ("a part of a line is pasted", "log", _LOG, _LINE[20:70], FOUND),
        ("a line of a log in an archive in an archive is pasted", "tar.gz", packed.getvalue(), f"    {_LINE}", FOUND),
        ("control: another text beside that archive", "tar.gz", packed.getvalue(), "release 12 of 2026-11-08 fixes the export", NOT_FOUND),
    ):  # fmt: skip
        seen = FOUND if holds(io.BytesIO(data), f"bundle.{form}", traces(text)) else NOT_FOUND
        yield Attempt(
            name, "who publishes it", "houvast exchange leaving -", name.startswith("control"), expected, seen, SORT
        )
