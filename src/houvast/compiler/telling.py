"""Pieces that tell the log what happens in Houvast's own tables: uses, refused calls, and where people stand.

They hang on the tables, not on the functions that write them, so that whoever writes is told of, by any statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from houvast.compiler.persons import EQ, definer_trigger, trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.words import SCHEMA, ident, literal
from houvast.database.queries import queries
from houvast.screening.special import AROUND, IN_SQL

STATES: Mapping[str, str] = {
    "stand": "SELECT kind, key, stand AS what, about FROM {rows}",
    "person": "SELECT kind, key, 'known' AS what, '' AS about FROM {rows}"
              " UNION ALL SELECT kind, key, 'closed', '' FROM {rows} WHERE closed_at IS NOT NULL",
    "contact_change": "SELECT kind, key, 'address' AS what, sort AS about FROM {rows}",
    "link": "SELECT kind, key, 'linked' AS what, other_kind || ':' || other_key AS about FROM {rows}",
    "request": "SELECT kind, key, 'request' AS what, '' AS about FROM {rows} WHERE closed_at IS NULL AND kind IS NOT NULL",
    "hold": f"SELECT o.kind, o.key, 'hold' AS what, h.case_key AS about FROM {{rows}} h"
            f" LEFT JOIN LATERAL {SCHEMA}.owners_of(h.relation, h.row_key) o ON true",
}  # fmt: skip
"""Table -> what a row of it says of a person: (kind, key, what, about)."""


def use_pieces() -> list[Piece]:
    """Refused calls that outlive a rollback, the check of reasons, and the telling of uses."""
    refusals, reasons, telling = (
        queries("houvast.compiler", f"{name}.sql") for name in ("refusals", "reasons", "telling")
    )
    texts = {"ring": refusals["ring"], "refuse": refusals["refuse"], "gather_refusals": refusals["gather_refusals"],
             "personal_in": with_words(reasons["personal_in"]), "tell_use": telling["tell_use"],
             "telling_uses": telling["telling_uses"], "is_filling": telling["is_filling"]}  # fmt: skip
    kinds = {"ring": "tables", "telling_uses": "tables"}
    return [
        Piece(f"houvast {name}", kinds.get(name, "function"), Phase.GROUND, text, "",
              "C13" if name == "is_filling" else "C02", protects=True, as_keeper=True, replaces=True)
        for name, text in texts.items()
    ]  # fmt: skip


def with_words(text: str) -> str:
    """Fill in the words of special categories, which `screening` knows."""
    for name, expression in IN_SQL.items():
        text = text.replace(f"{{{name}}}", literal(expression))
    return text.replace("{around}", str(AROUND))


def state_pieces(layout: Layout) -> list[Piece]:
    """Each change in where a person stands is told in the transaction that makes it, a statement at a time."""
    pieces = [_owners_of(layout)]
    for table, says in STATES.items():
        pieces += _table_pieces(table, says)
    return pieces


def _table_pieces(table: str, says: str) -> list[Piece]:
    name, sql = f"tell_{table}", f"{SCHEMA}.{table}"
    gone, came = says.format(rows="gone"), says.format(rows="came")
    body = f"""    IF {SCHEMA}.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP {EQ} 'INSERT' THEN
        {_tell(came, "set")}
    ELSIF TG_OP {EQ} 'DELETE' THEN
        {_tell(gone, "ended")}
    ELSE
        {_tell(f"({gone}) EXCEPT ALL ({came})", "ended")}
        {_tell(f"({came}) EXCEPT ALL ({gone})", "set")}
    END IF;
    RETURN NULL;"""
    rows = {
        "INSERT": "NEW TABLE AS came",
        "DELETE": "OLD TABLE AS gone",
        "UPDATE": "OLD TABLE AS gone NEW TABLE AS came",
    }
    triggers = [
        trigger(f"hv_{name}_{event.lower()}", f"houvast.{table}", sql, f"AFTER {event} ON {sql} REFERENCING {which}", name,
                "C13", level="STATEMENT")
        for event, which in rows.items()
    ]  # fmt: skip
    return [definer_trigger(name, body, "C13"), *(replace(one, as_keeper=True, locks="") for one in triggers)]


def _tell(states: str, change: str) -> str:
    return (f"PERFORM {SCHEMA}.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', {literal(change)}),"
            f"\n            jsonb_build_object('about', s.about), s.kind, s.key) FROM ({states}) s;")  # fmt: skip


def _owners_of(layout: Layout) -> Piece:
    """Whose a held row is; nobody's when the row is gone."""
    branches = "\n    ".join(
        f"{'ELSIF' if number else 'IF'} held_in {EQ} {literal(shape.name)} THEN RETURN QUERY {_owners(shape)};"
        for number, shape in enumerate(s for s in layout.shapes.values() if s.kind and s.key)
    )
    body = f"{branches}\n    END IF;" if branches else "RETURN;"
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.owners_of(held_in text, held_key text) RETURNS TABLE (kind text, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    {body}
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.owners_of IS 'Whose a held row is (promise C31)';
REVOKE ALL ON FUNCTION {SCHEMA}.owners_of(text, text) FROM PUBLIC"""
    return Piece("function owners_of", "function", Phase.PEOPLE, create, f"DROP FUNCTION {SCHEMA}.owners_of", "C31",
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _owners(shape: Shape) -> str:
    kind, asked = literal(shape.kind), f"held_key::{shape.relation.columns[shape.key].type}"
    if shape.owner_column:
        return (f"SELECT {kind}::text, t.{ident(shape.owner_column)}::text FROM {shape.sql} t"
                f" WHERE t.{ident(shape.key)} {EQ} {asked} AND t.{ident(shape.owner_column)} IS NOT NULL")  # fmt: skip
    if shape.above:
        return (f"SELECT {kind}::text, o.person::text FROM {shape.sql} t JOIN {shape.owners_table} o ON o.row_key {EQ} t.{ident(shape.shared_by)}"
                f" WHERE t.{ident(shape.key)} {EQ} {asked}")  # fmt: skip
    return f"SELECT {kind}::text, o.person::text FROM {shape.owners_table} o WHERE o.row_key {EQ} {asked}"
