# ruff: noqa: S608 - names pass through ident, values through literal
"""Objects: making them, changing those that guard, reading below the view, and what the application has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from houvast.compiler.words import ident, literal, relation
from houvast.datamap.model import TOTALS
from houvast.proof.attempts.aim import Target, aims
from houvast.proof.field import Field
from houvast.proof.probe import Probe

_NOT_TO_BE_CALLED = frozenset({"42501", "0A000"})


def objects(field: Field) -> Iterator[Probe]:
    """Every such attempt, for every purpose."""
    for target in aims(field):
        for words, text in (*_made(target).items(), *_guarding(target).items(), *_houvast().items()):
            yield target.order(words, text, target.opened)
        yield from _views(target)
        yield from _functions(target)
    for target in aims(field, every=True):
        for words, text in _below(target).items():
            yield target.order(words, text, target.opened, "base table")


def _made(t: Target) -> dict[str, str]:
    return {
        "a temporary table": "CREATE TEMPORARY TABLE hv_forged (a int)",
        "a function in public": "CREATE FUNCTION public.hv_forged() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "a table beside the application's": "CREATE TABLE public.hv_forged (a int)",
        "a schema": "CREATE SCHEMA hv_forged",
        "a view in the purpose's schema": f"CREATE VIEW {t.schema}.hv_forged AS SELECT 1",
    }


def _guarding(t: Target) -> dict[str, str]:
    policy = ident(f"hv_{t.opened.purpose}_read")
    return {
        "row security off": f"ALTER TABLE {t.base} DISABLE ROW LEVEL SECURITY",
        "a policy of its own": f"CREATE POLICY hv_forged ON {t.base}",
        "a policy away": f"DROP POLICY {policy} ON {t.base}",
        "triggers off": f"ALTER TABLE {t.base} DISABLE TRIGGER USER",
        "TRUNCATE": f"TRUNCATE {t.base} CASCADE",
        "LOCK TABLE": f"LOCK TABLE {t.base} IN ACCESS EXCLUSIVE MODE NOWAIT",
    }


def _houvast() -> dict[str, str]:
    return {
        "people's answers": "SELECT guard FROM houvast.person",
        "making up consent": "INSERT INTO houvast.stand (kind, key, stand) VALUES ('', '', 'allowed')",
        "making up a use":
            "INSERT INTO houvast.use (login, purpose, reason, until) VALUES ('', 1, 'forged', 'infinity')",
        "making up a hold": "INSERT INTO houvast.hold (case_key, relation, row_key) VALUES ('', '', '')",
        "changing when a version counts": "UPDATE houvast.version SET effective = '-infinity'",
    }  # fmt: skip


def _below(t: Target) -> dict[str, str]:
    found = {
        "the guard": f"SELECT hv_guard FROM {t.base} WHERE {t.seen.where}",
        "writing the guard": f"UPDATE {t.base} SET hv_guard = -1 WHERE {t.hidden.where}",
        "the whole row of the base table": f"SELECT v FROM {t.base} v WHERE {t.seen.where}",
    }
    if not t.field.compiled.accesses[t.opened.purpose, t.spot.shape.name].direct:
        found["the base table below the view"] = t.select(t.seen, t.base)
    return found


def _views(t: Target) -> Iterator[Probe]:
    given = t.field.map.totals_for
    closed = [name for name, becomes in t.field.map.materialised.items()
              if becomes == "closed" or (becomes == TOTALS and t.opened.purpose not in given.get(name, ()))]  # fmt: skip
    for name in (*t.field.map.views, *closed):
        live = t.field.catalogue.relations[name]
        text = f"SELECT * FROM {relation(live.schema, live.relname)} LIMIT 1"
        yield t.order(f"the application's view {name}", text, t.opened)
        yield t.order(f"the application's view {name} with no use open", text)


def _functions(t: Target) -> Iterator[Probe]:
    for name, becomes in t.field.map.functions.items():
        function = t.field.catalogue.functions.get(name)
        if becomes == "keep" or function is None:
            continue
        kinds = [kind for kind in function.arguments.split(", ") if kind]
        person = t.seen.row.people[0].key[1] if t.seen.row.people else ""
        for words, key, opened in (("", "NULL", t.opened), (" with no use open", person, None)):
            values = ", ".join(_argument(kind, key, t.seen.marker) for kind in kinds)
            text = f"SELECT {relation(function.schema, function.proname)}({values})"
            probe = t.probe(f"the application's function {name}{words}", (text,), t.seen, opened)
            yield replace(probe, tolerated=_NOT_TO_BE_CALLED)


def _argument(kind: str, key: str, marker: str) -> str:
    """A value for a function: the person's number, the canary's text, or nothing."""
    if kind.endswith(("int", "integer", "bigint")):
        return key
    return literal(marker) if kind.endswith("text") else "NULL"
