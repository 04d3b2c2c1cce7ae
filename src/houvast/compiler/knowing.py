"""What Houvast's own tables say of the policy that is kept: numbers that stay, versions and settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from houvast.compiler.ground import PurposeSeat
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.rows import asked_setting
from houvast.compiler.shape import Layout
from houvast.compiler.words import SCHEMA, array, ident, literal
from houvast.datamap.model import DataMap
from houvast.policy.model import Policy, PurposeKind


@dataclass(frozen=True)
class Known:
    """What an earlier apply left in the database: numbers that must stay."""

    purposes: Mapping[str, int] = field(default_factory=dict[str, int])
    bits: Mapping[str, int] = field(default_factory=dict[str, int])
    profile: str = "fast"
    asked: Mapping[str, int] = field(default_factory=dict[str, int])  # table -> answers that its rows hold
    leakproof: bool = False  # functions of PostgreSQL's are marked: an apply was asked to, and it stays


def _path(seat: PurposeSeat, schemas: Sequence[str]) -> str:
    return ", ".join(ident(name) for name in (seat.schema, *schemas))


def known_piece(
    versions: Sequence[Policy],
    datamap: DataMap,
    found: Mapping[str, PurposeSeat],
    live_now: AbstractSet[str],
    bits: Mapping[str, int],
    asked: Mapping[str, int],
    profile: str,
    layout: Layout,
) -> Piece:
    """The rows of Houvast's own tables that say which policy is kept."""
    kind = next(iter(datamap.subjects), "")
    current = versions[-1]
    lines = [f"UPDATE {SCHEMA}.purpose SET live = false WHERE name <> ALL ({array(sorted(live_now))})"]
    for seat in found.values():
        p = seat.purpose
        migration = p.kind is PurposeKind.MIGRATION
        role = datamap.migration_login if migration else seat.reader
        path = "" if migration else _path(seat, layout.schemas)
        live = str(p.name in live_now).lower()
        values = [
            literal(v)
            for v in (p.name, role, path, p.kind.value, p.one, kind, p.promise or "C05", p.instead.get("en", ""))
        ]
        lines.append(f"INSERT INTO {SCHEMA}.purpose VALUES ({seat.number}, {', '.join(values)}, {live}, {literal(seat.own)})\n"
                     "ON CONFLICT (number) DO UPDATE SET (name, role, path, kind, one, subject, promise, instead, live, own) = ROW"
                     " (excluded.name, excluded.role, excluded.path, excluded.kind, excluded.one, excluded.subject,"
                     " excluded.promise, excluded.instead, excluded.live, excluded.own)")  # fmt: skip
    lines.append(f"DELETE FROM {SCHEMA}.version")
    for policy in versions:
        digest = hashlib.sha256(repr(policy).encode()).hexdigest()
        lines.append(
            f"INSERT INTO {SCHEMA}.version VALUES ({policy.version}, {literal(policy.effective.isoformat())}, {literal(digest)})"
        )
    for name, bit in bits.items():
        lines.append(f"INSERT INTO {SCHEMA}.bit VALUES ({literal(name)}, {bit}) ON CONFLICT DO NOTHING")
    settings = {"profile": profile, "policy": current.name, "map": datamap.name}
    settings |= {asked_setting(table): str(mask) for table, mask in asked.items()}
    for name, value in settings.items():
        lines.append(
            f"INSERT INTO {SCHEMA}.setting VALUES ({literal(name)}, {literal(value)}) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        )
    return Piece("houvast known", "data", Phase.GROUND, ";\n".join(lines), "", "C57", as_keeper=True,
                 replaces=True, protects=True)  # fmt: skip
