"""What a command prints for programs of what it found."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def as_json(record: DataclassInstance) -> dict[str, object]:
    """A record, with its days and moments in ISO 8601."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in asdict(record).items()}
