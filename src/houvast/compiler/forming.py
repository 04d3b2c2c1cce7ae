"""The SQL of a form: what a view gives of a value that a purpose may see in part. It never fails on a value, and what it cannot
cut, it hides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Shape
from houvast.compiler.words import SCHEMA, literal, relation, short
from houvast.database.catalogue import Relation
from houvast.policy.forms import MOMENTS, STARS, word_for
from houvast.policy.model import Form, Look

TEXTS = ("text", "character varying", "character", "name", "citext")
NUMBERS = ("smallint", "integer", "bigint", "numeric")
MOMENT = ("date", "timestamp without time zone", "timestamp with time zone")
NETWORKS = ("inet", "cidr")
NAMED = (*TEXTS, *NUMBERS, *NETWORKS, "uuid")
"""Types whose text is the same in every session, so that a pseudonym of it is."""


def base_type(declared: str) -> str:
    """A type without its length: `character varying(34)` is `character varying`."""
    head, bracket, rest = declared.partition("(")
    return head.strip() + (rest.partition(")")[2] if bracket else "")


def beside_pseudonyms(shape: Shape, guarded: Mapping[str, Relation]) -> dict[str, tuple[Look, str]]:
    """Column -> (form, what it is the value of), for the columns without personal data that would tell whose a pseudonym is: a key
    of this row or of another guarded one is a pseudonym too, by which rows still join, and a moment is a day."""
    live, found = shape.relation, dict[str, tuple[Look, str]]()
    led = {c for key in live.foreign_keys for c in key.columns if key.table in guarded}
    elsewhere = {c for key in live.foreign_keys for c in key.columns} - led
    keys = ({*live.key, shape.owner_column, *(c for one in live.uniques for c in one)} - elsewhere) | led
    for name, column in shape.table.columns.items():
        if name in live.columns and not column.categories:
            if name in keys:
                found[name] = Look(Form.PSEUDONYMISED), _end(live, name, guarded)
            elif base_type(live.columns[name].type) in MOMENT:
                found[name] = Look(Form.TRUNCATED, to=("day",)), ""
    return found


def _end(live: Relation, column: str, guarded: Mapping[str, Relation]) -> str:
    """The key that a column leads to through foreign keys, as TABLE.COLUMN: the same for all that lead there."""
    seen: list[str] = []
    while f"{live.name}.{column}" not in seen:
        seen.append(f"{live.name}.{column}")
        way = next((k for k in live.foreign_keys if k.columns == (column,) and k.table in guarded), None)
        if way:
            live, column = guarded[way.table], way.target_columns[0]
    return seen[-1]


def key_table(purpose: int) -> str:
    """The quoted table in which the key of a purpose's pseudonyms lies."""
    return relation(SCHEMA, short(f"key_{purpose}"))


def key_piece(purpose: int, name: str, promise: str) -> Piece:
    """The table with the key of a purpose's pseudonyms, as the two halves that HMAC asks for. It is drawn once, in the database,
    and stays: other keys are other pseudonyms."""
    table, bare = key_table(purpose), short(f"key_{purpose}")
    half = "pg_catalog.decode(pg_catalog.string_agg(pg_catalog.lpad(pg_catalog.to_hex(b.byte # {pad}), 2, '0'), '' ORDER BY b.place), 'hex')"
    drawn = " || ".join(["pg_catalog.gen_random_uuid()::text"] * 3)
    about = f"Key of the pseudonyms for purpose {name}: what its views read and nobody else (promise {promise})"
    create = f"""CREATE TABLE IF NOT EXISTS {table} (inner_half bytea NOT NULL, outer_half bytea NOT NULL);
COMMENT ON TABLE {table} IS {literal(about)};
INSERT INTO {table}
SELECT {half.format(pad=0x36)}, {half.format(pad=0x5C)}
FROM (SELECT i AS place, CASE WHEN i < 32 THEN pg_catalog.get_byte(d.secret, i) ELSE 0 END AS byte
      FROM (SELECT pg_catalog.sha256(pg_catalog.convert_to({drawn}, 'UTF8')) AS secret OFFSET 0) d, pg_catalog.generate_series(0, 63) i) b
HAVING NOT EXISTS (SELECT FROM {table})"""
    return Piece(f"table {bare}", "table", Phase.OPEN, create, f"DROP TABLE {table}", promise,
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


@dataclass(frozen=True)
class Forms:
    """Writes forms for one purpose. `zone`: of the regime, by which days begin."""

    purpose: int
    zone: str

    def type_of(self, look: Look, declared: str) -> str:
        """The type of a value of this type in this form."""
        return "text" if look.form in (Form.MASKED, Form.PSEUDONYMISED) else declared

    def sql(self, look: Look, value: str, declared: str, about: str) -> str:
        """SQL of a value in a form; `about`: what it is the value of, so that equal values of other sorts get other names."""
        kind = base_type(declared)
        if look.form is Form.FULL:
            return value
        if look.form is Form.MASKED:
            return self._masked(look, value, kind)
        if look.form is Form.TRUNCATED:
            return self._truncated(look, value, kind) or f"NULL::{declared}"
        return (self._pseudonym(value, kind, about) if look.form is Form.PSEUDONYMISED else "") or "NULL::text"

    def _masked(self, look: Look, value: str, kind: str) -> str:
        if not look.keep or kind not in (*TEXTS, *NUMBERS):
            return f"CASE WHEN {value} IS NOT NULL THEN {literal(STARS)} END"
        text = f"{value}::text"
        shown = f"pg_catalog.right({text}, least({look.keep}, pg_catalog.length({text}) / 3))"
        return f"{literal(STARS)} || {shown}"

    def _truncated(self, look: Look, value: str, kind: str) -> str:
        if kind in TEXTS and (characters := word_for(look, "text")):
            text = f"{value}::text"
            return f"pg_catalog.left({text}, least({characters}, pg_catalog.length({text}) * 2 / 3))"
        if kind in MOMENT and (moment := word_for(look, "moment")):
            return self.cut_moment(value, kind, moment)
        if kind in NETWORKS:
            sizes = [(family, word_for(look, name)) for family, name in ((4, "v4"), (6, "v6"))]
            ways = " ".join(
                f"WHEN {family} THEN pg_catalog.network(pg_catalog.set_masklen({value}::inet, {word[1:]}))"
                for family, word in sizes
                if word
            )
            return f"CASE pg_catalog.family({value}::inet) {ways} END::{kind}" if ways else ""
        return ""

    def cut_moment(self, value: str, kind: str, moment: str) -> str:
        """SQL of a date or moment cut to the beginning of its hour, day, month or year."""
        if kind == "date":
            return f"pg_catalog.date_trunc({literal(max(moment, 'day', key=MOMENTS.index))}, {value}::timestamp)::date"
        if kind == "timestamp without time zone":
            return f"pg_catalog.date_trunc({literal(moment)}, {value})"
        return f"pg_catalog.date_trunc({literal(moment)}, {value}, {literal(self.zone)})"

    def _pseudonym(self, value: str, kind: str, about: str) -> str:
        """HMAC-SHA256 (RFC 2104) of the value with the purpose's key, whose two padded halves are kept ready."""
        if kind in MOMENT:
            moment = f"{value} AT TIME ZONE 'UTC'" if kind.endswith("with time zone") else f"{value}::timestamp"
            text = f"pg_catalog.to_char({moment}, 'YYYY-MM-DD HH24:MI:SS.US')"
        elif kind in NAMED:
            text = f"{value}::text"
        else:
            return ""
        said = f"pg_catalog.convert_to({literal(about + ':')} || {text}, 'UTF8')"
        inner, outer = (f"(SELECT k.{half} FROM {key_table(self.purpose)} k)" for half in ("inner_half", "outer_half"))
        made = f"pg_catalog.sha256({outer} || pg_catalog.sha256({inner} || {said}))"
        return f"pg_catalog.left(pg_catalog.encode({made}, 'hex'), 32)"
