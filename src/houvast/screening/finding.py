"""What a screener tells: where something stands and of which kind it is, never the value."""

from __future__ import annotations

from dataclasses import dataclass

from houvast.screening.kinds import Kind


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Personal data, or a secret, in a text: `offset` and `length` in bytes, `confidence` from 0 to 100."""

    offset: int
    length: int
    kind: Kind
    confidence: int

    @property
    def end(self) -> int:
        """The offset of the byte behind it."""
        return self.offset + self.length
