# ruff: noqa: S608 - values pass through literal
"""Attempts on who decides of a flagged text, and on what is written down of it: without a code, unseen, by another (G16).

Each is made by the administrator, who may write any table, in a transaction that is undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from houvast.compiler.words import literal
from houvast.proof.attempts import shields
from houvast.proof.field import Field
from houvast.proof.handling import CODE, KEY, REFUSED, Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt

SORT = shields.FAMILY
_NEWEST = "(SELECT max(id) FROM houvast.flagged)"
_MADE = (
    "INSERT INTO houvast.flagged (relation, \"column\", row_key, kinds) VALUES ('hv made up', 'text', '1', '{special}')"
)
_LOOK = f"SELECT houvast.open_flagged({_NEWEST}, 'a proof', 'hvflags')"


def _staff(role: str = "officer") -> str:
    return (f"INSERT INTO houvast.staff (name, role, secret) VALUES ('hvflags', '{role}', {KEY})"
            f" ON CONFLICT (name) DO UPDATE SET secret = excluded.secret, role = '{role}', last_step = 0, ended_at = NULL")  # fmt: skip


def _code() -> str:
    return f"SELECT houvast.confirm('hvflags', {CODE}, 'flagged')"


def _set(state: str, ground: str = "law") -> str:
    return f"UPDATE houvast.flagged SET state = '{state}', ground = '{ground}', decided_at = now(), decided_by = 'officer 0' WHERE id = {_NEWEST}"


def flags(h: Handling, field: Field) -> Iterator[Attempt]:
    """Every way to let a text be read that is not an officer's, and whether the text was written anywhere else."""
    seen = (_MADE, _staff(), _LOOK)
    tried: list[tuple[str, Sequence[str], str]] = [
        ("an officer who looked lets a text be read, with a code", (*seen, _code(), _set("kept")), ALLOWED),
        ("a text is let be read without a code", (*seen, _set("kept")), REFUSED),
        ("a text is let be read unseen", (_MADE, _staff(), _code(), _set("kept")), REFUSED),
        ("a text is let be read without a ground", (*seen, _code(), _set("kept", "")), REFUSED),
        ("somebody lets a text be read who is no officer", (*seen, _staff("support"), _code(), _set("kept")), REFUSED),
        ("somebody looks at a text who is no officer", (_MADE, _staff("support"), _LOOK), REFUSED),
        ("a text is looked at in words that name a person", (_MADE, _staff(), _LOOK.replace("a proof", "made.up@lakana.example")), REFUSED),
        ("a text is removed without a code", (*seen, _set("removed", "")), REFUSED),
        ("what was removed is let be read", (*seen, _code(), _set("removed", ""), _set("kept")), REFUSED),
        ("a decision is made into one of another text", (*seen, _code(), _set("kept").replace("SET", "SET row_key = '2',")), REFUSED),
        ("a text is read in the transaction that records the look", (_MADE, _staff(), f"SELECT houvast.read_flagged(({_LOOK}))"), REFUSED),
    ]  # fmt: skip
    for name, steps, expected in tried:
        yield h.attempt(name, steps, SORT, expected)
    born = (_MADE.replace('row_key, kinds)', "row_key, kinds, state, decided_at)").replace("'{special}')", "'{special}', 'kept', now())"),)  # fmt: skip
    yield h.asked(
        "a flag begins undecided", born, f"SELECT state FROM houvast.flagged WHERE id = {_NEWEST}", "open", SORT
    )
    yield from _written(h, field)


def _written(h: Handling, field: Field) -> Iterator[Attempt]:
    """What is written down of a text that is flagged: where it stands, and not what it says."""
    text = next(shields.texts(field), None)
    if text is None:
        return
    words = "ik heb diabetes"
    typed = ("SET LOCAL houvast.filling = ''", text.typed(words))
    found = f"relation = {literal(text.spot.shape.name)} AND \"column\" = {literal(text.spot.column.name)} AND kinds = '{{special}}'"
    yield h.asked("it is written down where something stands", typed,
                  f"SELECT count(*) FROM houvast.flagged WHERE {found} AND xmin = pg_current_xact_id()::xid", "1", SORT)  # fmt: skip
    told = "SELECT count(*) FROM houvast.event WHERE kind = 'text_flagged' AND xmin = pg_current_xact_id()::xid"
    yield h.asked("a flag is told", typed, told, "1", SORT)
    ours = " UNION ALL ".join(
        f"SELECT to_jsonb(t)::text AS said FROM houvast.{name} t WHERE t.xmin = pg_current_xact_id()::xid"
        for name in ("flagged", "event", "use")
    )
    yield h.asked(
        "the text itself is written nowhere else",
        typed,
        f"SELECT count(*) FROM ({ours}) t WHERE said ~ 'diabetes'",
        "0",
        SORT,
    )
