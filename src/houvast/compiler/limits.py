"""Pieces by which the database holds each login to the limits of use in the policy: how many people, or how often, within what time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from houvast.compiler.ground import PurposeSeat
from houvast.compiler.persons import trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA, literal
from houvast.database.queries import queries
from houvast.policy.model import Policy, Volume

PROMISE = "C08"
NONE = "none"
"""What a version says in `Piece.needs` that has the purpose without a limit."""


def limit_pieces(versions: Sequence[Policy], found: Mapping[str, PurposeSeat], now: datetime) -> Iterator[Piece]:
    """What counts, and the limit of each purpose that has one in a version that is in force or will be."""
    for name, text in queries("houvast.compiler", "limits.sql").items():
        kind, _, bare = name.partition("_")
        undo = f"DROP {kind.upper()} {SCHEMA}.{bare}" + (" CASCADE" if kind == "table" else "")
        yield Piece(
            f"{kind} {bare}", kind, Phase.PEOPLE, text, undo, PROMISE, protects=True, as_keeper=True, replaces=True
        )
    use = f"{SCHEMA}.use"
    limits = trigger("hv_limit_use", use, use, f"BEFORE INSERT ON {use}", "use_limited", PROMISE)
    yield replace(limits, as_keeper=True, locks="")
    past = [v for v in versions if v.effective <= now][:-1]
    for name, seat in found.items():
        said = [(v, v.purposes[name].volume) for v in versions if v not in past and name in v.purposes]
        if any(volume for _, volume in said):
            yield _limit(seat, said)


def _limit(seat: PurposeSeat, said: Sequence[tuple[Policy, Volume | None]]) -> Piece:
    rows = ",\n    ".join(
        f"({seat.number}, {policy.version}, {literal(v.counts)}, {v.most}, {literal(v.per)}, {v.warns})"
        for policy, v in said
        if v
    )
    forget = f"DELETE FROM {SCHEMA}.volume WHERE purpose = {seat.number}"
    create = (f"{forget};\nINSERT INTO {SCHEMA}.volume (purpose, version, counts, most, per, warns) VALUES\n    {rows};\n"
              f"CREATE INDEX IF NOT EXISTS use_opened ON {SCHEMA}.use (purpose, login, opened_at)")  # fmt: skip
    return Piece(f"volume {seat.purpose.name}", "volume", Phase.PEOPLE, create, forget, seat.purpose.promise or PROMISE,
                 protects=True, as_keeper=True, replaces=True,
                 needs="\n".join(dict.fromkeys(_text(volume) for _, volume in said)))  # fmt: skip


def _text(volume: Volume | None) -> str:
    return f"{volume.counts} {volume.most} {volume.per} {volume.alarm}" if volume else NONE
