"""The catalogue against the data map: what nobody declared, and which columns to look into. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from houvast.database.catalogue import Catalogue, Relation
from houvast.datamap.model import Column, DataMap
from houvast.discovery.model import BY_NAME, Found, Undeclared
from houvast.screening import Kind

OURS = ("houvast", "houvast_desk")
"""Houvast's own schemas."""

_KINDS = ("r", "p", "f")
_TEXT = re.compile(r"(?:text|character varying|character|citext|json|jsonb|xml|name)\b.*")
_FREE = re.compile(
    r"notes?|notities?|notitie|comments?|remarks?|memo|messages?|body|description|omschrijving|opmerking(?:en)?"
    r"|toelichting|bericht(?:en)?|free_?text|vrije_tekst|feedback|subject|onderwerp|reason|reden"
)
_NAMES: dict[Kind, re.Pattern[str]] = {
    Kind.BIRTH_DATE: re.compile(r"geboorte|birth|(?:^|_)dob(?:_|$)"),
    Kind.BSN: re.compile(r"(?:^|_)(?:bsn|sofi|burgerservice)"),
    Kind.EMAIL: re.compile(r"e_?mail"),
    Kind.PHONE: re.compile(r"phone|telefoon|mobiel|(?:^|_)(?:tel|gsm)(?:_|$)"),
    Kind.IBAN: re.compile(r"(?:^|_)iban|rekeningnummer|bank_account"),
    Kind.ADDRESS: re.compile(r"postcode|zip_?code|street|straat|huisnummer"),
}


def undeclared(datamap: DataMap, catalogue: Catalogue) -> tuple[Undeclared, ...]:
    """The columns and tables that the map neither lists nor calls closed.

    Of a table that is not personal as a whole the columns are declared with it.
    """
    found: list[Undeclared] = []
    for live in _relations(catalogue):
        table = datamap.tables.get(live.name)
        if table is None:
            if live.name not in datamap.closed:
                found.append(Undeclared(live.name))
        elif table.personal:
            known = {*table.columns, *table.closed}
            found += [Undeclared(live.name, c.name, c.type) for c in live.columns.values() if c.name not in known]
    return tuple(sorted(found))


def named_like_personal(datamap: DataMap, catalogue: Catalogue) -> tuple[Found, ...]:
    """Columns that the map calls not personal and that are called like personal data."""
    found: list[Found] = []
    for live in _relations(catalogue):
        for name, column in _not_personal(datamap, live):
            for kind, pattern in _NAMES.items():
                if pattern.search(name.lower()) and not (column and kind.value in column.may_hold):
                    found.append(Found(live.name, name, kind.value, BY_NAME))
    return tuple(sorted(found))


def _not_personal(datamap: DataMap, live: Relation) -> Iterator[tuple[str, Column | None]]:
    table = datamap.tables.get(live.name)
    if table is None:
        return
    for name in live.columns:
        column = table.columns.get(name)
        if (column and not column.categories) or not table.personal:
            yield name, column


def to_read(datamap: DataMap, catalogue: Catalogue) -> dict[str, dict[str, frozenset[str]]]:
    """Table -> column -> the kinds that may be there: every text column that is not declared to be personal data.

    Those are columns that the map calls not personal, does not list, or says (or whose name says) to be free text.
    """
    found: dict[str, dict[str, frozenset[str]]] = {}
    for live in _relations(catalogue):
        table = datamap.tables.get(live.name)
        if table is None and live.name in datamap.closed:
            continue
        columns = {
            column.name: frozenset(known.may_hold if known else ())
            for column in live.columns.values()
            if _TEXT.fullmatch(column.type.removesuffix("[]"))
            and not (table and column.name in table.closed)
            and _is_open(known := table.columns.get(column.name) if table else None, column.name)
        }
        if columns:
            found[live.name] = columns
    return found


def _is_open(column: Column | None, name: str) -> bool:
    """Whether anything may stand in a column, as far as the map says."""
    if column is None or not column.categories:
        return True
    if column.free_text is None:
        return not column.derived_from and _FREE.fullmatch(name.lower()) is not None
    return column.free_text


def _relations(catalogue: Catalogue) -> Iterator[Relation]:
    """The application's relations, each with its partitions."""
    return (
        live
        for live in catalogue.relations.values()
        if live.kind in _KINDS and live.schema not in OURS and not live.partition
    )
