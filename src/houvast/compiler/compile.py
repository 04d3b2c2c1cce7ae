"""Policy versions + data map + catalogue -> everything that the database must have, in order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial

from houvast.compiler.access import Access
from houvast.compiler.answering import telling_pieces, uses_of
from houvast.compiler.application import application_pieces
from houvast.compiler.branches import Alternatives, segments
from houvast.compiler.cascade import cascade_pieces, goes_along
from houvast.compiler.circumstances import circumstance_pieces, vouching
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
from houvast.compiler.knowing import Known, known_piece
from houvast.compiler.leakproof import leakproof_pieces
from houvast.compiler.limits import limit_pieces
from houvast.compiler.looking import looking_pieces
from houvast.compiler.opening import migration_policies, table_pieces
from houvast.compiler.others import above_piece, judged_pieces, others_piece
from houvast.compiler.owning import own_pieces
from houvast.compiler.persons import (
    person_functions,
    spread_pieces,
    stand_pieces,
    subject_pieces,
)
from houvast.compiler.piece import Piece
from houvast.compiler.programs import program_pieces
from houvast.compiler.quiet import quietly, unprinted
from houvast.compiler.resolving import resolve
from houvast.compiler.rows import close_table, column_pieces, keep_pieces
from houvast.compiler.sending import sending_pieces, sending_tables
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.shared import below
from houvast.compiler.shielding import shielding_pieces
from houvast.compiler.staffing import staff_pieces
from houvast.compiler.stepping import step_pieces
from houvast.compiler.telling import state_pieces
from houvast.compiler.token import Token
from houvast.compiler.totalling import total_pieces
from houvast.compiler.trending import trending_pieces
from houvast.compiler.visiting import visiting_pieces
from houvast.compiler.ways import way_pieces
from houvast.compiler.words import relation
from houvast.database.catalogue import Catalogue
from houvast.datamap.model import DataMap
from houvast.policy.model import Policy, PurposeKind

UNRESTRICTED = frozenset({frozenset({"unrestricted"})})


@dataclass(frozen=True)
class Compiled:
    """Everything that the database must have, in the order in which to make it, and the catalogue that it was made from."""

    pieces: tuple[Piece, ...]
    layout: Layout
    seats: Mapping[str, PurposeSeat]
    bits: Mapping[str, int]
    accesses: Mapping[tuple[str, str], Access]  # (purpose, table)
    catalogue: Catalogue


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
    current = next((v for v in reversed(versions) if v.effective <= now), versions[-1])
    found = seats(tuple(versions), datamap, known.purposes)
    found |= {name: replace(found[name], purpose=purpose) for name, purpose in current.purposes.items()}
    given = _Given(versions, current, datamap, catalogue, known, now, zone, layout, found, Alternatives(versions, now))
    bits = allocate(dict.fromkeys(_wanted(given)), known.bits)
    accesses = {
        (seat.purpose.name, shape.name): given.access(seat, shape, bits=bits)
        for seat in found.values()
        for shape in layout.shapes.values()
    }
    whole = _Whole(given, bits, accesses, _asked(given, accesses, bits))
    pieces = [*_standing(whole), *_kept(whole), *_answered(whole)]
    pieces += [*_opened(whole, pieces), public_functions(known.profile)]
    if given.fast:
        pieces = [quietly(p) for p in pieces]
    made = map(unprinted, _once(pieces))
    return Compiled(tuple(sorted(made, key=lambda p: p.phase)), layout, found, bits, accesses, catalogue)


@dataclass(frozen=True)
class _Given:
    """What a compilation starts from: the versions, that in force, the map over the catalogue, and what was kept before."""

    versions: Sequence[Policy]
    current: Policy
    map: DataMap
    catalogue: Catalogue
    known: Known
    now: datetime
    zone: str
    layout: Layout
    seats: Mapping[str, PurposeSeat]
    branches: Alternatives

    @property
    def fast(self) -> bool:
        """The fast profile: a use is carried by a setting."""
        return self.known.profile == "fast"

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of every purpose in play."""
        return {name: seat.number for name, seat in self.seats.items()}

    def access(self, seat: PurposeSeat, shape: Shape, token: Token | None = None, *, bits: Mapping[str, int]) -> Access:
        """What a purpose may do with a table."""
        return Access(
            seat,
            shape,
            self.layout,
            bits,
            self.branches,
            fast=self.fast,
            zone=self.zone,
            token=token,
            numbers=self.numbers,
        )


@dataclass(frozen=True)
class _Whole:
    """What pieces are made from. `asked`: table -> the answers that its rows hold."""

    given: _Given
    bits: Mapping[str, int]
    accesses: Mapping[tuple[str, str], Access]
    asked: Mapping[str, int]


def _standing(whole: _Whole) -> list[Piece]:
    """What everything else stands on, and what closes the tables."""
    given, found = whole.given, whole.given.seats
    versions, layout, profile = given.versions, given.layout, given.known.profile
    live = {name for v, _ in segments(versions, given.now) for name in v.purposes}
    return [
        *ground(versions[-1], given.map, found, profile),
        *people_tables(),
        *sending_tables(),
        known_piece(versions, given.map, found, live, whole.bits, whole.asked, profile, layout),
        *application_pieces(given.map, given.catalogue, layout, found, given.known.purposes),
        *(close_table(shape, table_promise(given.current, shape)) for shape in layout.shapes.values()),
    ]


def _kept(whole: _Whole) -> list[Piece]:
    """What knows where people stand, and keeps the answers in each row."""
    given = whole.given
    layout, found, current, subjects = given.layout, given.seats, given.current, given.map.subjects
    return [
        *_people(given.versions, given.map, layout, whole.bits, current),
        *_rows(layout, whole.bits, whole.asked, given.catalogue, current),
        *spread_pieces(layout, whole.asked),
        *state_pieces(layout),
        *finding_pieces(layout, subjects),
        others_piece(layout, subjects, found, fast=given.fast),
        *judged_pieces(found, fast=given.fast),
        above_piece(layout, found, given.catalogue, fast=given.fast),
        *people_pieces(layout, subjects, given.versions),
    ]


def _answered(whole: _Whole) -> list[Piece]:
    """What staff, people and programs call."""
    given = whole.given
    versions, policy, current = given.versions, given.versions[-1], given.current
    layout, found = given.layout, given.seats
    return [
        *staff_pieces(policy),
        *case_pieces(versions, given.now),
        *exchange_pieces(policy),
        *looking_pieces(policy),
        *step_pieces(),
        *own_pieces(),
        *way_pieces(versions, given.map),
        *sending_pieces(layout, given.map.subjects, whole.accesses, found, current, fast=given.fast),
        *program_pieces(),
        *limit_pieces(versions, found, given.now),
        *control_pieces(),
        *guarding_pieces(versions, current, found, given.zone, fast=given.fast),
        *shielding_pieces(layout),
        *trending_pieces(current),
        *visiting_pieces(current),
        uses_of(current, found, fast=given.fast),
        *telling_pieces(found, layout, fast=given.fast),
    ]


def _opened(whole: _Whole, before: Sequence[Piece]) -> list[Piece]:
    """What each purpose sees, and says why. `before`: the pieces that views of the application are copied beside."""
    given, accesses = whole.given, whole.accesses
    layout, found = given.layout, given.seats
    pieces = _granted(layout, accesses, found, given.current, given.map)
    readers = [s for s in found.values() if s.purpose.kind is not PurposeKind.MIGRATION]
    formed = {key for key, one in accesses.items() if one.may_anything and any(c.formed for c in one.cells)}
    known = {p.name: p for p in (*before, *pieces)}
    pieces += view_copies(given.map, given.catalogue, layout, readers, known, formed)
    pieces += deciding_pieces(layout, found, partial(given.access, bits=whole.bits), given.versions)
    return [*pieces, *(leakproof_pieces() if given.known.leakproof else ())]


def _wanted(given: _Given) -> list[str]:
    """The answers about a person that any purpose asks for, in the order in which they get their bits."""
    wanted, probe = [ALIVE, clause_name(UNRESTRICTED)], _AnyBit()
    for seat in given.seats.values():
        for shape in given.layout.shapes.values():
            wanted += bit_names(given.access(seat, shape, bits=probe).all_branches(), given.versions, given.now)
    return wanted


def _asked(given: _Given, accesses: Mapping[tuple[str, str], Access], bits: Mapping[str, int]) -> dict[str, int]:
    """The bits that the rows of each table hold."""
    always = 1 << bits[ALIVE] | 1 << bits[clause_name(UNRESTRICTED)]
    return {
        name: asked_bits((b for (_, t), a in accesses.items() if t == name for b in a.all_branches()), bits)
        | given.known.asked.get(name, always)  # what rows hold stays: nothing is rewritten to forget it
        for name in given.layout.shapes
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
            pieces += table_pieces(grant)
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
        name = table.circumstance.name
        pieces += circumstance_pieces(table, vouching(name, layout.circumstances, versions), uses.get(name, "C05"))
    for subject in datamap.subjects.values():
        pieces += subject_pieces(subject, layout.shapes[subject.table], "C30")
    return pieces
