"""The application's own views, made again over what each purpose may see.

A view that the map calls `invoker` reads tables on which a purpose has no right: what it may see lies in
views of the purpose's schema. So the same definition is made there, where the names of tables mean those
views. A purpose that lacks one of the sources gets no copy, and none shows more than its sources do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from houvast.compiler.ground import PurposeSeat
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Layout
from houvast.compiler.words import ident, literal, relation
from houvast.database.catalogue import Catalogue, Relation
from houvast.datamap.model import DataMap


def view_copies(
    datamap: DataMap, catalogue: Catalogue, layout: Layout, seats: Iterable[PurposeSeat], made: Mapping[str, Piece]
) -> list[Piece]:
    """Copies of the application's views for each purpose; `made`: every other piece, by name."""
    wanted = [catalogue.relations[n] for n, b in datamap.views.items() if b == "invoker" and n in catalogue.relations]
    pieces: list[Piece] = []
    for seat in seats:
        here = dict(made)
        for live in _sources_first(wanted):
            copy = _copy(live, seat, layout, here)
            if copy:
                here |= {p.name: p for p in copy}
                pieces += copy
    return pieces


def _sources_first(views: list[Relation]) -> list[Relation]:
    names = {v.name for v in views}
    done: list[Relation] = []
    while len(done) < len(views):
        known = {v.name for v in done}
        ready = [v for v in views if v not in done and not (set(v.reads) & names) - known]
        if not ready:
            break
        done += ready
    return done


def _copy(live: Relation, seat: PurposeSeat, layout: Layout, made: Mapping[str, Piece]) -> list[Piece]:
    sources: list[str] = []
    for name in live.reads:
        view = made.get(f"view {seat.schema}.{name}")
        if view is None and name not in layout.others:
            return []
        sources += [view.definition] if view else []
    if not sources or live.schema != "public":
        return []
    target, promise = relation(seat.schema, live.relname), seat.purpose.promise or "C05"
    digest = hashlib.sha256(" ".join(sources).encode()).hexdigest()[:12]
    about = f"The application's view, as purpose {seat.purpose.name} may see it (promise {promise})"
    making = (f"CREATE VIEW {target} AS {live.definition.rstrip().rstrip(';')}",
              f"ALTER VIEW {target} OWNER TO {ident(seat.views)}",
              f"COMMENT ON VIEW {target} IS {literal(about)}",
              f"GRANT SELECT ON {target} TO {ident(seat.reader)}")  # fmt: skip
    lines = "\n".join(f"    EXECUTE {literal(text)};" for text in making)
    create = f"""SET LOCAL search_path = {ident(seat.schema)}, public;
DO $hv$ BEGIN
{lines}
EXCEPTION WHEN grouping_error OR undefined_column OR undefined_function OR wrong_object_type OR datatype_mismatch THEN
    NULL; -- it cannot be made over views: closed for this purpose
END $hv$;
SET LOCAL search_path = DEFAULT -- {digest}"""
    return [Piece(f"view {seat.schema}.{live.relname}", "view", Phase.OPEN, create, f"DROP VIEW IF EXISTS {target}",
                  promise, protects=True)]  # fmt: skip
