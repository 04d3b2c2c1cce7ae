"""Reads `.sql` files in which each query has a name and a description."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: ([a-z_0-9]+)$", re.MULTILINE)


@cache
def queries(package: str, file: str) -> dict[str, LiteralString]:
    """The named queries of `file` in the folder `sql` of `package`.

    The text ships with Houvast and holds no input, so it is vouched for as a literal here, once.
    """
    text = files(package).joinpath("sql", file).read_text(encoding="utf-8")
    parts = _NAME.split(text)
    return {name: cast("LiteralString", body.strip()) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
