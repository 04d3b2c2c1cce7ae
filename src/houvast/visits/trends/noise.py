"""Noise that a cell gets once: the same for the same cell and the same data, and known to nobody without the key.

It is the discrete Gaussian (Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy", 2020), drawn
by inversion from a pseudorandom function of the cell, and cut at `CUT` standard deviations. Integers only: no low bits
of a float tell anything (Mironov, "On Significance of the Least Significant Bits", 2012).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from bisect import bisect_right
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path

from houvast.errors import UsageError

CUT = 5
"""Standard deviations beyond which there is no noise; what that costs is the delta of the decision record."""
_BITS = 128
_DIGITS = 60
_KEY_BYTES = 32
KEY_FILE = "trends.key"


def drawn(key: bytes, cell: bytes, sigma: int) -> int:
    """The noise of a cell, of a standard deviation, from -CUT*sigma to CUT*sigma."""
    digest = hmac.digest(key, cell, hashlib.sha256)
    uniform = int.from_bytes(digest[: _BITS // 8], "big")
    return bisect_right(_steps(sigma), uniform) - CUT * sigma


@cache
def _steps(sigma: int) -> tuple[int, ...]:
    """Where one value ends and the next begins, out of 2^128."""
    with localcontext() as context:
        context.prec = _DIGITS
        square = Decimal(2 * sigma * sigma)
        weights = [(Decimal(-x * x) / square).exp() for x in range(-CUT * sigma, CUT * sigma + 1)]
        whole, total = sum(weights), Decimal(0)
        steps: list[int] = []
        for weight in weights[:-1]:
            total += weight
            steps.append(int(total * (1 << _BITS) / whole))
        return tuple(steps)


def key_in(folder: Path) -> bytes:
    """The key of the trends of a store; made when there is none, for its owner's eyes.

    Raises UsageError for one that others may read, or that is no key: with it the noise could be taken off again.
    """
    file = folder / KEY_FILE
    if not file.exists():
        _make(folder, file)
    found, mode = file.read_bytes(), file.stat().st_mode
    if len(found) != _KEY_BYTES or mode & 0o077:
        raise UsageError(f"The file {KEY_FILE} of the visits is no key, or others may read it (promise C24).",
                         todo="Give it back to its owner alone (mode 600); or remove it: each number is then another.")  # fmt: skip
    return found


def _make(folder: Path, file: Path) -> None:
    """Written beside and linked into place, so that of two that begin at once both have the same."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{KEY_FILE}.{os.getpid()}.{os.urandom(4).hex()}"
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(os.urandom(_KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(beside, file)
        except FileExistsError:
            return
    finally:
        beside.unlink()
