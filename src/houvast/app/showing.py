"""A copy that one of the staff looks at before it goes out: each row as it is, with what goes of it and by which rule.

The same code finds what goes as in the copy itself. What is shown lies in the database for a quarter of an hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from houvast.app.acting import Right, acting
from houvast.app.copying import Chosen
from houvast.app.handing_out import person_of
from houvast.app.target import Target
from houvast.database import Connection, queries
from houvast.rights.access import looked_at
from houvast.rights.gone import Gone, spelled
from houvast.rights.model import Row
from houvast.rights.others import Others, key_of
from houvast.rights.words import roles

_SQL = queries("houvast.app", "preparing.sql")


def show(target: Target, connection: Connection, use: int, person: str, right: str, language: str) -> None:
    """Make what a use asked for, all of it or nothing.

    Raises DatabaseRefusal: see `acting`.
    """
    whom = person_of(target, person)
    with acting(target, whom, cast("Right", right), language=language) as act, connection.transaction():
        walk = Chosen(act, portable=right == "portability").walk
        others = Others(walk, whom, roles(walk.policy, language), {})
        connection.execute(_SQL["show_none"], (use,))
        with connection.cursor() as cursor:
            found = looked_at(act.session, walk, others)
            cursor.executemany(
                _SQL["show_row"],
                ((use, place, stop.name, key_of(stop, row), _marked(gone), json.dumps(list(_cells(row, gone))))
                 for place, (stop, row, gone) in enumerate(found, start=1)),
            )  # fmt: skip
        connection.execute(_SQL["shown"], (use,))


def _marked(gone: Mapping[str, Gone]) -> bool:
    return any(True for one in gone.values() for _ in one.rules)


def _cells(row: Row, gone: Mapping[str, Gone]) -> Iterator[Mapping[str, Any]]:
    """Of each column its text in pieces; `part`: the number of a text, `gone`: its places as begin, end, rule, role."""
    for column, value in row.items():
        one = gone.get(column, Gone())
        pieces = [_piece(part, text, one) for part, text in spelled(value)]
        yield {"column": column, "pieces": pieces, **({"whole": one.whole} if one.whole else {})}


def _piece(part: int | None, text: str, one: Gone) -> Mapping[str, Any]:
    if part is None:
        return {"text": text}
    spans = [(span.begin, span.end, span.rule, span.role) for span in one.parts.get(part, ())]
    return {"text": text, "part": part, **({"gone": spans} if spans else {})}
