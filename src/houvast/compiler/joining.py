"""Pieces that hold who may write that a row is somebody's: links to rows that several people share, or have in their copies.

A link makes a row of others that person's too, and whoever has a use for that person open then reads it. So a link may be written
only to a row that shows in the same use already, as one does that was written for the same purpose and is nobody's yet. A link
that is there does not come to say something else: it is made anew, under the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from houvast.compiler.persons import EQ, definer_trigger, trigger
from houvast.compiler.piece import Piece
from houvast.compiler.shape import Shape
from houvast.compiler.shared import counts, link_sql
from houvast.compiler.words import SCHEMA, ident, short
from houvast.datamap.model import Owner

AGAIN = "link_again"


def links_to(shape: Shape) -> tuple[Owner, ...]:
    """Every way by which a link makes somebody an owner or a reader of the table's rows."""
    return (*shape.links, *(one.way for one in shape.readers if one.way.through))


def links_through(table: str, shapes: Iterable[Shape]) -> Iterator[tuple[Shape, Owner]]:
    """What the rows of a table link people to."""
    yield from ((shape, way) for shape in shapes for way in links_to(shape) if way.through == table)


def may_link(shape: Shape, way: Owner, link: str, *, shown: bool) -> str:
    """SQL: the row of the link table `link` does not count, or leads to a row that the purpose sees (`shown`: it sees rows of that
    table at all)."""
    column = f"{link}.{ident(way.of)}"
    ways = [f"NOT coalesce({counts(way, link)}, false)"]
    if shown:
        ways.append(f"EXISTS (SELECT FROM {shape.sql} hv_row WHERE hv_row.{ident(shape.key)} = {column})")
    return f"({' OR '.join(ways)})"


def joining_pieces(shape: Shape) -> list[Piece]:
    """What keeps links to the rows of a table from coming to say something else."""
    found = [_watch(shape, way, number) for number, way in enumerate(links_to(shape))]
    return [_again(), *found] if found else []


def _again() -> Piece:
    """Nobody but who changes the shape of the tables lets a link say something else, in a use."""
    return definer_trigger(AGAIN, f"""    IF EXISTS (SELECT FROM {SCHEMA}.purpose p WHERE p.number {EQ} {SCHEMA}.purpose_now() AND p.kind <> 'migration') THEN
        RAISE EXCEPTION 'Houvast refuses: a link does not come to say that a row is somebody else''s, or somebody''s again (promise C01).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Make a new link, in a use that sees the row.';
    END IF;
    RETURN NEW;""", "C01")  # fmt: skip


def _watch(shape: Shape, way: Owner, number: int) -> Piece:
    table = link_sql(way)
    before, after = counts(way, "OLD"), counts(way, "NEW")
    changed = [f"({before}) IS NOT TRUE"]
    changed += [f"OLD.{ident(name)} IS DISTINCT FROM NEW.{ident(name)}" for name in (way.of, way.path[0])]
    changed += [f"OLD.{ident(way.left)} IS NOT NULL AND NEW.{ident(way.left)} IS NULL"] if way.left else []
    return trigger(short(f"hv_{AGAIN}_{shape.id}_{number}"), way.through, table, f"BEFORE UPDATE ON {table}", AGAIN, "C01",
                   only=f"{after} AND ({' OR '.join(f'({one})' for one in changed)})")  # fmt: skip
