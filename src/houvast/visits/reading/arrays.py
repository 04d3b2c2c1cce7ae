"""Arrays of Arrow and of NumPy, one as the other without a copy.

Arrow's own ways (`pa.array`, `to_numpy`) load pandas where it is installed, which takes nearly half a second of each process.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def array_of(values: npt.NDArray[Any], kind: pa.DataType, there: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Numbers, whose type is as wide as `kind`, or flags. `there`: which of them are not null."""
    held = _bits(values) if values.dtype == np.bool_ else pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, len(values), [None if there is None else _bits(there), held])


def words_array(words: Sequence[bytes], kind: pa.DataType) -> pa.Array:
    """Words as Arrow has them: `kind` is binary, or string for UTF-8."""
    ends = np.cumsum([0, *map(len, words)], dtype=np.int32)
    return pa.Array.from_buffers(kind, len(words), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(words))])


def indices_of(encoded: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    """Which value of its dictionary each is; of nulls anything."""
    found = encoded.indices
    return np.frombuffer(found.buffers()[1], np.int32)[found.offset : found.offset + len(found)]


def _bits(flags: npt.NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))
