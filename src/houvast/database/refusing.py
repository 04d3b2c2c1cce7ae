"""What the database refuses in Houvast's own words, as an error of ours."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from houvast.database.connect import DatabaseError
from houvast.errors import DatabaseRefusal

_PREFIX = "Houvast refuses: "


@contextmanager
def refused() -> Generator[None]:
    """What the database refuses is told as it says it. Raises DatabaseRefusal."""
    try:
        yield
    except DatabaseError as error:
        said = error.diag.message_primary or ""
        if not said.startswith(_PREFIX):
            raise
        said = said.removeprefix(_PREFIX)
        raise DatabaseRefusal(said[:1].upper() + said[1:], todo=error.diag.message_hint or "") from None
