"""The timestamps inside an export: each is checked against the log itself, with the certificate of an authority."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from houvast.evidence.timestamping import check_token, token_path
from houvast.evidence.verify import Checkpoint, Hashes, Invalid, Verified, member, root_of, source_of, unbase64


def check_timestamps(path: Path, found: Verified, roots: bytes) -> Mapping[int, datetime]:
    """When the log had how many entries at the latest, by each token in an export that was verified (`found`).

    roots: certificates that are trusted, PEM. Raises Invalid when a token does not hold or there is none.
    """
    with ExitStack() as stack:
        archive = source_of(path, stack).archive
        if not archive or not found.timestamps:
            raise Invalid("there is no timestamp in this file", "timestamps")
        hashes = Hashes(partial(member, archive), found.size, unbase64(found.root))
        return {size: _check(archive, hashes, found.origin, size, roots) for size in found.timestamps}


def _check(archive: zipfile.ZipFile, hashes: Hashes, origin: str, size: int, roots: bytes) -> datetime:
    top = root_of(size, hashes.subtree)
    return check_token(member(archive, token_path(size)), Checkpoint(origin, size, top), roots)
