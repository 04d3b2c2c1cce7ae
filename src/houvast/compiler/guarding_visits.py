"""Pieces by which the database keeps whole addresses of visitors apart: one purpose, while an incident is open, until their term.

They lie in a table of Houvast's own, a part for each day. A login of its own writes and reads nothing; the role of the
purpose reads, in a use that names an open incident; nobody else has anything of it. Nobody owns such a row: who a visitor
is, is what nobody knows here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from houvast.compiler.ground import PurposeSeat
from houvast.compiler.persons import trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.serving import login_piece
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, ident, literal, short
from houvast.database.queries import queries
from houvast.policy.counting import Apart, counting
from houvast.policy.model import Action, Form, Period, Policy

PROMISE = "C23"
LOGIN = "houvast_visits"
"""The login that writes what comes in, and reads nothing."""
TABLE = "visit_address"
_WHILE = (("incident.open",),)
_SQL = f"{SCHEMA}.{TABLE}"


def guarding_pieces(
    versions: Sequence[Policy], current: Policy, found: Mapping[str, PurposeSeat], zone: str, *, fast: bool
) -> Iterator[Piece]:
    """What keeps whole addresses apart, where the policy in force says that they are kept; nothing otherwise.

    Of a version to come that keeps them shorter, its term counts at once.
    """
    said = counting(current)
    apart = said.apart if said else None
    if apart is None or apart.purpose not in found:
        return
    seat = found[apart.purpose]
    yield login_piece(LOGIN, "writes whole addresses of visitors, and reads nothing", PROMISE)
    holes = {
        "{zone}": literal(zone),
        "{term}": _interval(_shortest(versions, current, apart)),
        "{number}": str(seat.number),
    }
    for name, text in queries("houvast.compiler", "addresses.sql").items():
        for hole, value in holes.items():
            text = text.replace(hole, value)
        kind, _, bare = name.partition("_")
        undo = f"DROP {kind.upper()} IF EXISTS {SCHEMA}.{bare}" + (" CASCADE" if kind == "table" else "")
        yield _own(f"{kind} {bare}", kind, text, undo)
    yield _own(f"row security {_SQL}", "row security",
               f"ALTER TABLE {_SQL} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
               f"ALTER TABLE {_SQL} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")  # fmt: skip
    yield from _kept(seat)
    yield from _read(current, apart, seat, fast=fast)


def _own(name: str, kind: str, create: str, undo: str) -> Piece:
    return Piece(name, kind, Phase.PEOPLE, create, undo, PROMISE, protects=True, as_keeper=True, replaces=True)


def _kept(seat: PurposeSeat) -> Iterator[Piece]:
    """An incident stays as it was written and is told; a use for this purpose names one."""
    incident, use = f"{SCHEMA}.incident", f"{SCHEMA}.use"
    made = (
        trigger("hv_keep_incident", incident, incident, f"BEFORE INSERT OR UPDATE OR DELETE ON {incident}", "incident_kept", PROMISE),
        trigger("hv_keep_incidents", incident, incident, f"BEFORE TRUNCATE ON {incident}", "incident_kept", PROMISE, level="STATEMENT"),
        trigger("hv_tell_incident", incident, incident, f"AFTER INSERT OR UPDATE ON {incident}", "tell_incident", PROMISE),
        trigger("hv_incident_bounds", use, use, f"BEFORE INSERT ON {use}", "incident_bounds", seat.purpose.promise or PROMISE),
    )  # fmt: skip
    return (replace(one, as_keeper=True, locks="") for one in made)


def _read(policy: Policy, apart: Apart, seat: PurposeSeat, *, fast: bool) -> Iterator[Piece]:
    """Who reads: the role of the purpose, where the policy has that use, whole, while an incident is open and for nothing else."""
    use = policy.use(apart.category, apart.purpose)
    if use is None or Action.READ not in use.actions or use.form is not Form.FULL or use.while_ != _WHILE:
        return
    token, reader = Token(seat.number, fast, seat.reader), ident(seat.reader)
    name, promise = short(f"hv_{apart.purpose}"), use.promise or PROMISE
    needs = f"{apart.category} for {apart.purpose} while incident.open until {apart.term}"
    functions = f"{SCHEMA}.incident_is_open(text), {SCHEMA}.addresses_since()"
    yield Piece(f"policy {name} on {_SQL}", "policy", Phase.OPEN,
                f"CREATE POLICY {ident(name)} ON {_SQL} FOR SELECT TO {reader} USING (\n"
                f"    (SELECT {token.open}) AND (SELECT {SCHEMA}.incident_is_open({token.part(5)})) AND at >= (SELECT {SCHEMA}.addresses_since()));\n"
                f"COMMENT ON POLICY {ident(name)} ON {_SQL} IS {literal(f'Keeps promise {promise}')}",
                f"DROP POLICY IF EXISTS {ident(name)} ON {_SQL}", promise, opens=True, protects=True, as_keeper=True, needs=needs)  # fmt: skip
    yield Piece(f"grant {_SQL} to {seat.reader}", "grant", Phase.OPEN,
                f"GRANT SELECT ON {_SQL} TO {reader};\nGRANT EXECUTE ON FUNCTION {functions} TO {reader}",
                f"REVOKE ALL ON {_SQL} FROM {reader};\nREVOKE ALL ON FUNCTION {functions} FROM {reader}",
                promise, opens=True, protects=True, as_keeper=True, needs=needs)  # fmt: skip


def _shortest(versions: Sequence[Policy], current: Policy, apart: Apart) -> Period:
    later = [counting(one) for one in versions if one.effective > current.effective]
    terms = [apart.term, *(one.apart.term for one in later if one and one.apart)]
    return min(terms, key=lambda term: (term.years * 12 + term.months) * 30.5 + term.days)


def _interval(term: Period) -> str:
    return f"make_interval(years => {term.years}, months => {term.months}, days => {term.days})"
