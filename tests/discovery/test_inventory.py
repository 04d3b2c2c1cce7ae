"""The catalogue against the map: what is neither listed nor closed, and what is looked into."""

from __future__ import annotations

from houvast.database.catalogue import Catalogue, Column, Relation
from houvast.datamap.model import Column as Mapped
from houvast.datamap.model import DataMap, Table
from houvast.discovery.inventory import named_like_personal, to_read, undeclared
from houvast.discovery.model import Found, Undeclared


def _relation(name: str, /, schema: str = "public", kind: str = "r", **columns: str) -> Relation:
    live = {column: Column(column, type_, False, None, "", "") for column, type_ in columns.items()}
    return Relation(name if schema == "public" else f"{schema}.{name}", schema, name, kind, "owner", True, True, live)


def _catalogue(*relations: Relation) -> Catalogue:
    return Catalogue("d", 180000, "u", {one.name: one for one in relations})


def _map(closed: tuple[str, ...] = (), **tables: Table) -> DataMap:
    return DataMap("m", "d", "p", tables=tables, closed=closed)


def _table(*columns: Mapped, closed: tuple[str, ...] = (), personal: bool = True) -> Table:
    return Table("t", personal=personal, columns={column.name: column for column in columns}, closed=closed)


def test_a_column_or_table_that_the_map_does_not_list_is_undeclared() -> None:
    catalogue = _catalogue(
        _relation("person", id="bigint", name="text", geboortedatum="date", old="text"),
        _relation("lead", id="bigint"),
        _relation("archive", id="bigint"),
        _relation("product", id="bigint", name="text"),
        _relation("overview", kind="v", id="bigint"),
        _relation("run", schema="houvast_desk", id="bigint"),
        _relation("person", schema="houvast", key="text"),
    )
    datamap = _map(
        closed=("archive",),
        person=_table(Mapped("id"), Mapped("name", ("contact",)), closed=("old",)),
        product=_table(personal=False),
    )
    assert undeclared(datamap, catalogue) == (Undeclared("lead"), Undeclared("person", "geboortedatum", "date"))


def test_columns_called_like_personal_data_where_the_map_says_there_is_none_are_found() -> None:
    catalogue = _catalogue(
        _relation("product", id="bigint", geboortedatum="date", hotel="text", dob="date"),
        _relation("person", email="text", phone="text", help_email="text", telling="int"),
    )
    datamap = _map(
        product=_table(personal=False),
        person=_table(
            Mapped("email", ("contact",)), Mapped("phone"), Mapped("help_email", may_hold=("email",)), Mapped("telling")
        ),
    )
    assert named_like_personal(datamap, catalogue) == (
        Found("person", "phone", "phone", "name"),
        Found("product", "dob", "birth_date", "name"),
        Found("product", "geboortedatum", "birth_date", "name"),
    )


def test_text_is_looked_into_unless_it_is_declared_to_be_personal() -> None:
    live = _relation(
        "ticket", id="bigint", status="character varying(20)", email="text", notes="text", body="text", extra="jsonb",
        tags="text[]", remark="text", secret="text", picture="bytea",
    )  # fmt: skip
    datamap = _map(
        ticket=_table(
            Mapped("id"), Mapped("status"), Mapped("email", ("contact",)), Mapped("notes", ("contact",)),
            Mapped("body", ("question",), free_text=True, may_hold=("phone",)), Mapped("tags"), Mapped("picture"),
            Mapped("remark", ("contact",), free_text=False), closed=("secret",),
        )
    )  # fmt: skip
    found = to_read(datamap, _catalogue(live))["ticket"]
    assert found == {
        "status": frozenset(), "notes": frozenset(), "body": frozenset({"phone"}), "extra": frozenset(),
        "tags": frozenset(),
    }  # fmt: skip
