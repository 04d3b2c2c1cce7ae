"""Pieces that say for a program what the database would show: the conditions of the row policies and views, asked.

For each table there is one function, with the same conditions that its policies and views are made of. Only the token of an
open use is taken as given: whether the login may open that use at all, `api_decide` asks first. A program that asks has the
value as it is: what the purpose sees in another form counts as not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from houvast.compiler.access import Access
from houvast.compiler.ground import PurposeSeat
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.programs import for_pages
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, array, ident, literal, short
from houvast.database.queries import queries
from houvast.policy.matter import duty
from houvast.policy.model import Policy, PurposeKind


@dataclass(frozen=True)
class Given(Token):
    """A use that is taken to be open, for the person and the case that are asked about."""

    @property
    def open(self) -> str:
        """SQL: always."""
        return "true"

    @property
    def login(self) -> str:
        """SQL: the login that is asked about."""
        return "asked_login"

    def part(self, number: int) -> str:
        """SQL: the person (4) or case (5) that is asked about."""
        return {4: "(asked_kind OPERATOR(pg_catalog.||) ':' OPERATOR(pg_catalog.||) asked_key)", 5: "asked_case"}[
            number
        ]


MakeAccess = Callable[[PurposeSeat, Shape, Token], Access]


def deciding_pieces(
    layout: Layout, found: Mapping[str, PurposeSeat], access: MakeAccess, versions: Sequence[Policy]
) -> list[Piece]:
    """A function for each table, and the one that programs ask."""
    seats = [seat for seat in found.values() if seat.purpose.kind is not PurposeKind.MIGRATION]
    pieces = [
        _table(shape, [access(seat, shape, Given(seat.number, True)) for seat in seats])
        for shape in layout.shapes.values()
    ]
    return [*pieces, _decide(layout, versions[-1])]


def _name(shape: Shape) -> str:
    return short(f"sees_{shape.id}")


def _table(shape: Shape, accesses: Sequence[Access]) -> Piece:
    """How many rows of a person a table has (or the one of a key), and of how many a column shows to a purpose."""
    branches = "".join(
        _purpose(one, first=not number)
        for number, one in enumerate(a for a in accesses if a.may_anything and a.row_read)
    )
    body = f"{branches}\n    END IF;" if branches else ""
    name = ident(_name(shape))
    key = (
        f" AND (asked_row IS NULL OR {shape.column(shape.key)}::text OPERATOR(pg_catalog.=) asked_row)"
        if shape.key
        else ""
    )
    create = f"""DROP FUNCTION IF EXISTS {SCHEMA}.{name}(text, text, text, text, text, text);
CREATE OR REPLACE FUNCTION {SCHEMA}.{name}(asked_login text, asked_purpose text, asked_column text, asked_kind text, asked_key text, asked_case text,
    asked_row text, OUT shown bigint, OUT of bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_column
BEGIN
    SELECT 0, count(*) INTO shown, of FROM {shape.sql} WHERE {_whose(shape)}{key};
    IF of OPERATOR(pg_catalog.=) 0 THEN RETURN; END IF;
{body.replace("{key}", key)}
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.{name} IS {literal(f"Of how many rows of a person in {shape.name} a column shows to a purpose now (promise C05)")};
REVOKE ALL ON FUNCTION {SCHEMA}.{name}(text, text, text, text, text, text, text) FROM PUBLIC"""
    return Piece(f"function {_name(shape)}", "function", Phase.OPEN, create, f"DROP FUNCTION {SCHEMA}.{name}", "C05",
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _whose(shape: Shape) -> str:
    if not shape.kind or not (shape.owner_column or shape.shared):
        return "false"
    of_kind = f"asked_kind OPERATOR(pg_catalog.=) {literal(shape.kind)} AND "
    if shape.owner_column:
        return f"{of_kind}{shape.column(shape.owner_column)}::text OPERATOR(pg_catalog.=) asked_key"
    return (f"{of_kind}EXISTS (SELECT FROM {shape.owners_table} o WHERE o.row_key = {shape.column(shape.shared_by)}"
            " AND o.person::text OPERATOR(pg_catalog.=) asked_key)")  # fmt: skip


def _purpose(access: Access, *, first: bool) -> str:
    groups: dict[str, list[str]] = {}
    for cell in access.cells:
        condition = access.row_read if cell.read == "row" else cell.plain
        if condition and access.hides(cell):
            condition = f"({condition}) AND {access.unhidden(cell.column.name)}"
        if condition:
            groups.setdefault(condition, []).append(cell.column.name)
    lines = "".join(
        f"""
        {"ELSIF" if number else "IF"} asked_column OPERATOR(pg_catalog.=) ANY ({array(columns)}) THEN
            SELECT count(*) INTO shown FROM {access.shape.sql} WHERE {_whose(access.shape)}{{key}} AND ({condition});"""
        for number, (condition, columns) in enumerate(groups.items())
    )
    word = "    IF" if first else "\n    ELSIF"
    return f"""{word} asked_purpose OPERATOR(pg_catalog.=) {literal(access.seat.purpose.name)} THEN{lines}
        END IF;"""


def _decide(layout: Layout, policy: Policy) -> Piece:
    cases = "\n        ".join(
        f"WHEN {literal(shape.name)} THEN SELECT s.shown, s.of INTO shown, of FROM {SCHEMA}.{ident(_name(shape))}"
        "(asked_login, p.name, asked_column, asked_kind, asked_key, coalesce(asked_case, ''), asked_row) s;"
        for shape in layout.shapes.values()
    )
    text = queries("houvast.compiler", "deciding.sql")["api_decide"]
    filled = {
        "{tables}": cases,
        "{restriction}": literal(duty(policy, "restriction") or "G06"),
        "{closing}": literal(duty(policy, "closing") or "C30"),
        "{stop}": literal(duty(policy, "stop") or "C32"),
    }
    for name, value in filled.items():
        text = text.replace(name, value)
    return Piece("function api_decide", "function", Phase.OPEN, text + for_pages("api_decide"), f"DROP FUNCTION {SCHEMA}.api_decide",
                 "C05", protects=True, as_keeper=True, replaces=True)  # fmt: skip
