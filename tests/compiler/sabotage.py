"""For each piece of a plan a statement by which a careless or clever administrator would weaken it."""

from __future__ import annotations

import re

from houvast.compiler.plan import Registered

FUNCTIONS = {
    "note_use": "note_use(int, text, text, text, interval)", "record_use": "record_use(text, text, text, text)", "token_fast": "set_token(text, bigint)",
    "token_portable": "use_is_open(int)", "open_use": "open_use(text, text, text, text)",
    "take_use": "take_use(bigint)", "enter_use": "enter_use(bigint)", "end_use": "end_use(bigint)",
    "close_use": "close_use(bigint)", "terms": "first_day(timestamptz, int, int, int, text, boolean)",
    "tell": "tell(text, text, jsonb, jsonb, text, text)", "tell_sign_in": "tell_sign_in(text, text)",
    "refuse": "refuse(text, int, text)", "gather_refusals": "gather_refusals()", "personal_in": "personal_in(text)",
    "tell_export": "tell_export(text, bigint, bigint)", "tell_use": "tell_use()", "is_filling": "is_filling()",
}  # fmt: skip
NAMED = {
    "houvast tables": "GRANT SELECT ON houvast.use TO PUBLIC",
    "houvast log": "ALTER TABLE houvast.event DROP CONSTRAINT event_is_of_a_kind",
    "houvast shown": "GRANT SELECT ON houvast.public_entry TO PUBLIC",
    "houvast ring": "GRANT UPDATE ON SEQUENCE houvast.refused_what_3 TO PUBLIC",
    "houvast telling_uses": "ALTER TABLE houvast.use DISABLE TRIGGER hv_tell_use",
    "houvast public functions": "GRANT EXECUTE ON FUNCTION houvast.set_token(text, bigint) TO PUBLIC",
    "houvast known": "UPDATE houvast.purpose SET one = '' WHERE one <> ''",
}
QUIETLY = "SET LOCAL session_replication_role = replica; "


def sabotage(piece: Registered, create: str) -> str:
    """SQL that removes or weakens what the piece made. `create` is how it was made."""
    if piece.name in NAMED:
        return NAMED[piece.name]
    first, _, rest = piece.name.partition(" ")
    if first == "houvast":
        return f"ALTER FUNCTION houvast.{FUNCTIONS[rest]} SET search_path = public"
    weaken = {
        "parameter": f"GRANT SET ON PARAMETER {rest} TO PUBLIC",
        "role": f'ALTER ROLE "{rest}" BYPASSRLS',
        "schema": f'GRANT CREATE ON SCHEMA "{rest}" TO PUBLIC',
        "function": f"ALTER FUNCTION {rest if '.' in rest else f'houvast.{chr(34)}{rest}{chr(34)}'} SET search_path = public",
        "table": f'GRANT ALL ON houvast."{rest}" TO PUBLIC',
        "column": f'GRANT SELECT ("{rest.partition(".")[2]}") ON "{rest.partition(".")[0]}" TO PUBLIC',
        "view": f'ALTER VIEW "{rest.partition(".")[0]}"."{rest.partition(".")[2]}" OWNER TO lakana_owner',
        "fill": QUIETLY + _wrong_row(rest),
    }
    return weaken.get(piece.kind) or piece.undo or _revoke(create)


def _revoke(create: str) -> str:
    found = re.match(r"GRANT (.*) ON (.*) TO (.*)", create, re.DOTALL)
    assert found, f"no sabotage is known for {create!r}: write one"
    return f"REVOKE {found[1]} ON {found[2]} FROM {found[3]}"


def _one(table: str, condition: str = "true") -> str:
    return f"WHERE ctid = (SELECT ctid FROM {table} WHERE {condition} LIMIT 1)"


def _wrong_row(fill: str) -> str:
    """One row that is not as the trigger would keep it."""
    kind, _, about = fill.partition(" ")
    persons = "houvast.person"
    if kind == "guard":
        return f"ALTER TABLE {about} DISABLE TRIGGER USER; UPDATE {about} SET hv_guard = hv_guard # 2 {_one(about)}"
    if kind == "flags":
        table, _, column = about.rpartition(".")
        return ("INSERT INTO houvast.flagged (relation, \"column\", row_key, kinds)"
                f" VALUES ('{table}', '{column}', 'no row', '{{special}}')")  # fmt: skip
    if kind == "answers":
        return f"UPDATE {persons} SET guard = guard # 2 {_one(persons)}"
    if kind == "persons":
        of_kind = f"kind = '{about}'"
        return f"DELETE FROM {persons} {_one(persons, of_kind)}"
    stand = re.fullmatch(r"stand_(\w+?)_(consented|own_customer|objected)_(\w+)", fill)
    if stand:
        condition = f"source LIKE '{stand[1]}#%' AND stand = '{stand[2]}' AND about = '{stand[3]}'"
        return f"DELETE FROM houvast.stand {_one('houvast.stand', condition)}"
    return f"DELETE FROM houvast.{fill} {_one('houvast.' + fill)}"
