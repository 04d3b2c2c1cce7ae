"""Policy versions + data map + catalogue -> everything that the database must have, in order. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from houvast.compiler.access import Access, migration_policies
from houvast.compiler.access import Known as BranchesOf
from houvast.compiler.answering import telling_pieces, uses_of
from houvast.compiler.application import application_pieces
from houvast.compiler.branches import segments
from houvast.compiler.cascade import cascade_pieces, goes_along
from houvast.compiler.controls import control_pieces
from houvast.compiler.copies import view_copies
from houvast.compiler.deciding import deciding_pieces
from houvast.compiler.doubting import people_pieces, people_tables
from houvast.compiler.exchanging import exchange_pieces
from houvast.compiler.ground import PurposeSeat, ground, public_functions, seats
from houvast.compiler.guard import ALIVE, allocate, asked_bits, bit_names, clause_name
from houvast.compiler.guarding_visits import guarding_pieces
from houvast.compiler.handling import case_pieces
from houvast.compiler.identifying import finding_pieces
from houvast.compiler.leakproof import leakproof_pieces
from houvast.compiler.limits import limit_pieces
from houvast.compiler.looking import looking_pieces
from houvast.compiler.others import above_piece, judged_pieces, others_piece
from houvast.compiler.owning import own_pieces
from houvast.compiler.persons import (
    circumstance_pieces,
    person_functions,
    spread_pieces,
    stand_pieces,
    subject_pieces,
)
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.programs import program_pieces
from houvast.compiler.quiet import quietly, unprinted
from houvast.compiler.rows import asked_setting, close_table, column_pieces, keep_pieces
from houvast.compiler.sending import sending_pieces, sending_tables
from houvast.compiler.shape import Layout, Shape, resolve
from houvast.compiler.shared import below
from houvast.compiler.shielding import shielding_pieces
from houvast.compiler.staffing import staff_pieces
from houvast.compiler.stepping import step_pieces
from houvast.compiler.telling import state_pieces
from houvast.compiler.token import Token
from houvast.compiler.totalling import total_pieces
from houvast.compiler.trending import trending_pieces
from houvast.compiler.ways import way_pieces
from houvast.compiler.words import SCHEMA, array, ident, literal, relation
from houvast.database.catalogue import Catalogue
from houvast.datamap.model import DataMap
from houvast.policy.model import Policy, PurposeKind

UNRESTRICTED = frozenset({frozenset({"unrestricted"})})


@dataclass(frozen=True)
class Known:
    """What an earlier apply left in the database: numbers that must stay."""

    purposes: Mapping[str, int] = field(default_factory=dict[str, int])
    bits: Mapping[str, int] = field(default_factory=dict[str, int])
    profile: str = "fast"
    asked: Mapping[str, int] = field(default_factory=dict[str, int])  # table -> answers that its rows hold
    leakproof: bool = False  # functions of PostgreSQL's are marked: an apply was asked to, and it stays


@dataclass(frozen=True)
class Compiled:
    """Everything that the database must have, in the order in which to make it."""

    pieces: tuple[Piece, ...]
    layout: Layout
    seats: Mapping[str, PurposeSeat]
    bits: Mapping[str, int]
    accesses: Mapping[tuple[str, str], Access]  # (purpose, table)


def table_promise(policy: Policy, shape: Shape) -> str:
    """The promise that a table's guard keeps: that of the first category in it."""
    for name in shape.personal:
        category = policy.categories.get(name)
        if category and category.promise:
            return category.promise
    return "C01"


def compile_policy(
    versions: Sequence[Policy], datamap: DataMap, catalogue: Catalogue, known: Known, now: datetime, zone: str
) -> Compiled:
    """Compile.

    Raises:
        FileErrors: the map does not fit the catalogue.
        GuardFull: the policy asks for more answers about a person than a guard holds.
    """
    layout = resolve(datamap, catalogue)
    policy = versions[-1]
    current = next((v for v in reversed(versions) if v.effective <= now), policy)
    found = seats(tuple(versions), datamap, known.purposes)
    found |= {name: replace(found[name], purpose=purpose) for name, purpose in current.purposes.items()}
    fast = known.profile == "fast"

    branches_of: BranchesOf = {}

    def access(seat: PurposeSeat, shape: Shape, bits: Mapping[str, int]) -> Access:
        return Access(seat, shape, layout, versions, now, bits, fast=fast, zone=zone, known=branches_of)

    bits = allocate(dict.fromkeys(_wanted(found, layout, access, versions, now)), known.bits)
    accesses = {
        (seat.purpose.name, shape.name): access(seat, shape, bits)
        for seat in found.values()
        for shape in layout.shapes.values()
    }
    asked = _asked(layout, accesses, bits, known)

    def asked_access(seat: PurposeSeat, shape: Shape, token: Token) -> Access:
        return Access(seat, shape, layout, versions, now, bits, fast=fast, zone=zone, known=branches_of, token=token)

    pieces = [*ground(policy, datamap, found, known.profile), *people_tables(), *sending_tables()]
    live = {name for v, _ in segments(versions, now) for name in v.purposes}
    pieces.append(_known_pieces(versions, datamap, found, live, bits, asked, known.profile, layout))
    pieces += application_pieces(datamap, catalogue, layout, found, known.purposes)
    for shape in layout.shapes.values():
        pieces.append(close_table(shape, table_promise(current, shape)))
    pieces += _people(versions, datamap, layout, bits, current)
    pieces += _rows(layout, bits, asked, catalogue, current)
    pieces += spread_pieces(layout, asked)
    pieces += state_pieces(layout)
    pieces += finding_pieces(layout, datamap.subjects)
    pieces.append(others_piece(layout, datamap.subjects, found, fast=fast))
    pieces += judged_pieces(found, fast=fast)
    pieces.append(above_piece(layout, found, catalogue, fast=fast))
    pieces += people_pieces(layout, datamap.subjects, versions)
    pieces += staff_pieces(policy)
    pieces += case_pieces(versions, now)
    pieces += exchange_pieces(policy)
    pieces += looking_pieces(policy)
    pieces += step_pieces()
    pieces += own_pieces()
    pieces += way_pieces(versions, datamap)
    pieces += sending_pieces(layout, datamap.subjects, accesses, found, current, fast=fast)
    pieces += program_pieces()
    pieces += limit_pieces(versions, found, now)
    pieces += control_pieces()
    pieces += guarding_pieces(versions, current, found, zone, fast=fast)
    pieces += shielding_pieces(layout)
    pieces += trending_pieces(current)
    pieces.append(uses_of(current, found, fast=fast))
    pieces += telling_pieces(found, layout, fast=fast)
    pieces += _granted(layout, accesses, found, current, datamap)
    readers = [s for s in found.values() if s.purpose.kind is not PurposeKind.MIGRATION]
    formed = {key for key, one in accesses.items() if any(cell.formed for cell in one.cells)}
    pieces += view_copies(datamap, catalogue, layout, readers, {p.name: p for p in pieces}, formed)
    pieces += deciding_pieces(layout, found, asked_access, versions)
    pieces += leakproof_pieces() if known.leakproof else ()
    pieces.append(public_functions(known.profile))
    if fast:
        pieces = [quietly(p) for p in pieces]
    made = map(unprinted, _once(pieces))
    return Compiled(tuple(sorted(made, key=lambda p: p.phase)), layout, found, bits, accesses)


def _wanted(
    found: Mapping[str, PurposeSeat], layout: Layout, access: Callable[[PurposeSeat, Shape, Mapping[str, int]], Access],
    versions: Sequence[Policy], now: datetime,
) -> list[str]:  # fmt: skip
    """The answers about a person that any purpose asks for, in the order in which they get their bits."""
    wanted, probe = [ALIVE, clause_name(UNRESTRICTED)], _AnyBit()
    for seat in found.values():
        for shape in layout.shapes.values():
            wanted += bit_names(access(seat, shape, probe).all_branches(), versions, now)
    return wanted


def _asked(
    layout: Layout, accesses: Mapping[tuple[str, str], Access], bits: Mapping[str, int], known: Known
) -> dict[str, int]:
    """The bits that the rows of each table hold."""
    always = 1 << bits[ALIVE] | 1 << bits[clause_name(UNRESTRICTED)]
    return {
        name: asked_bits((b for (_, t), a in accesses.items() if t == name for b in a.all_branches()), bits)
        | known.asked.get(name, always)  # what rows hold stays: nothing is rewritten to forget it
        for name in layout.shapes
    }


def _once(pieces: Sequence[Piece]) -> list[Piece]:
    """Each piece once. Two that share a name must be one: else the second would take the place of the first unseen."""
    found: dict[str, Piece] = {}
    for piece in pieces:
        if found.setdefault(piece.name, piece).definition != piece.definition:
            raise RuntimeError(f"two different pieces are called {piece.name!r}")
    return list(found.values())


def _rows(
    layout: Layout, bits: Mapping[str, int], asked: Mapping[str, int], catalogue: Catalogue, current: Policy
) -> list[Piece]:
    """What each guarded row holds, and what keeps it."""
    pieces: list[Piece] = []
    for shape in layout.shapes.values():
        promise = table_promise(current, shape)
        pieces += column_pieces(shape, promise)
        others = below(shape, layout.shapes.values())
        pieces += keep_pieces(shape, others, bits, asked[shape.name], catalogue, promise)
    return pieces


def _granted(
    layout: Layout, accesses: Mapping[tuple[str, str], Access], found: Mapping[str, PurposeSeat], current: Policy,
    datamap: DataMap,
) -> list[Piece]:  # fmt: skip
    """What each purpose may do with each table, and what goes along when a row of it is deleted."""
    pieces: list[Piece] = []
    for (purpose, _), grant in accesses.items():
        seat = found[purpose]
        if seat.purpose.kind is PurposeKind.MIGRATION:
            pieces += migration_policies(grant.shape, seat, grant.shape.relation.owner, grant)
        else:
            pieces += grant.pieces()
            pieces += total_pieces(grant, datamap.role_prefix, datamap.database)
    for shape in layout.shapes.values():
        if goes_along(shape, layout):
            ours = [a for a in accesses.values() if a.shape is shape]
            pieces += cascade_pieces(shape, ours, table_promise(current, shape))
    return pieces


class _AnyBit(dict[str, int]):
    """While the bits are being counted, each of them is some bit."""

    def __missing__(self, key: str) -> int:
        return 1

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)


def _people(
    versions: Sequence[Policy], datamap: DataMap, layout: Layout, bits: Mapping[str, int], current: Policy
) -> list[Piece]:
    pieces = person_functions(bits, versions)
    for number, stand in enumerate(datamap.stands):
        shape = layout.shapes.get(stand.table)
        live = shape.relation if shape else layout.others[stand.table]
        place = (stand.table, relation(live.schema, live.relname), live.key[0])
        promise = current.purposes[stand.purpose].promise if stand.purpose in current.purposes else "C13"
        pieces += stand_pieces(number, stand, place, promise or "C13")
    uses = {name: u.promise for u in reversed(current.uses) for way in u.while_ for name in way}
    for table in layout.circumstances.values():
        pieces += circumstance_pieces(table, uses.get(table.circumstance.name, "C05"))
    for subject in datamap.subjects.values():
        pieces += subject_pieces(subject, layout.shapes[subject.table], "C30")
    return pieces


def _path(seat: PurposeSeat, schemas: Sequence[str]) -> str:
    return ", ".join(ident(name) for name in (seat.schema, *schemas))


def _known_pieces(
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
