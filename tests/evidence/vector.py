"""The shared vectors, as files to give to a verifier."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.evidence.make_vectors import FOLDER


@dataclass(frozen=True)
class Vector:
    """Files and keys that are given, and the verdict (None: refused)."""

    name: str
    file: bytes
    since: bytes | None
    key: str | None
    witnesses: list[str]
    verdict: dict[str, Any] | None

    def written(self, folder: Path) -> tuple[Path, Path | None]:
        """The paths of the file and of the older one."""
        (path := folder / "file").write_bytes(self.file)
        if self.since is None:
            return path, None
        (older := folder / "older").write_bytes(self.since)
        return path, older


def _bytes(given: dict[str, str]) -> bytes:
    return given["text"].encode() if "text" in given else base64.b64decode(given["base64"])


def _read(path: Path) -> list[Vector]:
    return [
        Vector(
            f"{path.stem}: {one['name']}",
            _bytes(one["file"]),
            None if one["since"] is None else _bytes(one["since"]),
            one["key"],
            one["witnesses"],
            one["verdict"],
        )
        for one in json.loads(path.read_text())
    ]


VECTORS = [one for name in ("receipts", "exports") for one in _read(FOLDER / f"{name}.json")]
