"""The log's part of the database, as texts that the compiler installs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from houvast.database.queries import queries
from houvast.evidence.kinds import KINDS, NAME_LENGTH, Field, Kind, Sort


def log_texts() -> Mapping[str, str]:
    """Name -> SQL, in the order of making: tables with the kinds that they take, then functions."""
    texts: dict[str, str] = dict(queries("houvast.evidence", "log.sql"))
    texts["log"] = texts["log"].replace("{kinds}", kinds_check())
    return texts


def kinds_check() -> str:
    """Statements (PL/pgSQL) that return whether an event is of a known kind, and as its kind says."""
    cases = "\n".join(
        f"    WHEN {_literal(one.name)} THEN\n        RETURN ({_conditions(one)}) IS TRUE;" for one in KINDS.values()
    )
    return f"    CASE kind\n{cases}\n    ELSE RETURN false;\n    END CASE;"


def _conditions(one: Kind) -> str:
    names = _array(field.name for field in one.body)
    found = [f"body ?& {names} AND body - {names} = '{{}}'"] if one.body else ["body = '{}'"]
    found += [_condition(field) for field in one.body]
    found.append(f"sealed - {_array(one.sealed)} = '{{}}'" if one.sealed else "sealed = '{}'")
    if not one.person:
        found.append("subject_kind IS NULL")
    return "\n            AND ".join(found)


def _condition(field: Field) -> str:
    name = _literal(field.name)
    if field.sort is Sort.COUNT:
        return f"jsonb_typeof(body -> {name}) = 'number' AND body ->> {name} ~ '^[0-9]{{1,15}}$'"
    text = f"jsonb_typeof(body -> {name}) = 'string' AND body ->> {name}"
    if field.sort is Sort.CHOICE:
        return f"{text} = ANY ({_array(field.choices)})"
    if field.sort is Sort.DIGEST:
        return f"{text} ~ '^[0-9a-f]{{64}}$'"
    return f"{text} !~ '[[:cntrl:]]' AND length(body ->> {name}) <= {NAME_LENGTH}"


def _array(names: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(_literal(name) for name in names)}]"


def _literal(text: str) -> str:
    """Names of our own alone come here."""
    return "'" + text.replace("'", "''") + "'"
