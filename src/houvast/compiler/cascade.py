"""Deleting a row takes along the rows below it only if the purpose may delete those too.

PostgreSQL carries out ON DELETE CASCADE with the table owner's rights and past every row policy; the triggers
of the rows below do fire, and they ask what the purpose that has a use open may delete. They fire after the row, for
a trigger before it has every row locked and written to the log first, also where it then does not fire; and before
whatever else follows the row, so that those who share it are still there to be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from houvast.compiler.access import Access
from houvast.compiler.persons import EQ, definer_trigger, trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.words import SCHEMA, ident, short

FIRST = "A_hv_along"
"""Triggers fire by name: before PostgreSQL's own (`RI_...`), which take the rows below along."""
NOTHING_ALONG = "houvast.nothing_along"
"""A setting with which a transaction asks that no row goes along. Anybody may set it: it only forbids."""


def goes_along(shape: Shape, layout: Layout) -> bool:
    """Whether deleting a guarded row elsewhere can take rows of this table along."""
    return any(key.on_delete == "c" and key.table in layout.shapes for key in shape.relation.foreign_keys)


def cascade_pieces(shape: Shape, accesses: Iterable[Access], promise: str) -> Sequence[Piece]:
    """The trigger that stops a delete from taking along a row that its purpose may not delete."""
    conditions = [text for access in accesses if (text := access.row_delete)]
    allowed = "\n        OR ".join(f"({text})" for text in dict.fromkeys(conditions)) or "false"
    body = f"""    IF {SCHEMA}.purpose_now() IS NULL THEN RETURN NULL; END IF;
    IF pg_catalog.current_setting('{NOTHING_ALONG}', true) {EQ} 'yes' THEN
        RAISE EXCEPTION 'Houvast refuses: rows of % would go along that nobody has counted (promise {promise}).', TG_TABLE_NAME
            USING ERRCODE = 'serialization_failure', HINT = 'Somebody worked on these rows meanwhile: try again.';
    END IF;
    SELECT {allowed} INTO may FROM (SELECT OLD.*) AS {ident(shape.relation.relname)};
    IF NOT coalesce(may, false) THEN
        RAISE EXCEPTION 'Houvast refuses: this would delete rows of % that the purpose may not delete (promise %).', TG_TABLE_NAME, '{promise}'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Delete those rows first, for a purpose that may, or wait until their term has ended.';
    END IF;
    RETURN NULL;"""
    name = short(f"along_{shape.id}")
    made = (
        definer_trigger(name, body, promise, declare="    may boolean;\n"),
        trigger(FIRST, shape.name, shape.sql, f"AFTER DELETE ON {shape.sql}", name, promise,
                only="pg_catalog.pg_trigger_depth() > 0"),
    )  # fmt: skip
    return [replace(piece, phase=Phase.OPEN) for piece in made]
