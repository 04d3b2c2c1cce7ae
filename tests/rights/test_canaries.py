"""Canaries of people in every text, JSON value and file that the catalogue can find: each copy holds its own alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from houvast.app.copying import copy_to
from houvast.app.target import Target
from houvast.compiler.apply import apply
from houvast.compiler.words import ident
from houvast.database.connect import DatabaseError
from houvast.datamap.model import ORGANISATION, Column
from houvast.policy.world import PersonKey
from tests.rights.canaries import columns, plant
from tests.rights.office import Office


def _with_values_of_every_sort(office: Office) -> Target:
    """The company, whose questions get a JSON value and a file."""
    office.do("ALTER TABLE ticket ADD COLUMN details jsonb, ADD COLUMN attachment bytea")
    tables = office.target.project.datamap.tables
    more = {name: Column(name, ("question",)) for name in ("details", "attachment")}
    ticket = replace(tables["ticket"], columns={**tables["ticket"].columns, **more})
    target = office.with_map(tables={**tables, "ticket": ticket})
    apply(office.admin, target.project.versions, target.project.datamap, now=datetime.now(UTC), weaken=True)
    return target


def _people(office: Office) -> list[PersonKey]:
    """Two who share rows, two who have most of everything, and two contacts of other companies."""
    customers = dict.fromkeys([*office.sharers(), office.busiest(), office.one("SELECT min(account_id) FROM post")])
    contacts = [row[0] for row in office.do("SELECT business_contact_id FROM engagement ORDER BY 1 LIMIT 2")]
    return [("customer", str(key)) for key in customers] + [("business_contact", str(key)) for key in contacts]


def test_each_copy_holds_exactly_its_own_canaries(office: Office, tmp_path: Path) -> None:
    target, everybody = _with_values_of_every_sort(office), _people(office)
    planted: dict[PersonKey, list[tuple[str, Column]]] = {person: [] for person in everybody}
    places: set[str] = set()
    for person in everybody:
        for shape, column, sort in columns(target, office, person[0]):
            if shape.shared:  # who shares it sees what was written there last, but for what names others
                continue
            canary = plant(office, person, shape, column, sort)
            if canary:
                planted[person].append((canary, column))
                places.add(f"{shape.name}.{column.name}")
    assert {
        "ticket.details",
        "ticket.attachment",
        "contact.full_name",
        "contact.email",
        "ticket_message.body",
    } <= places
    assert {"engagement.notes", "engagement.terms", "business_contact.organisation", "post.body"} <= places
    assert len(places) >= 30
    copies: dict[PersonKey, str] = {}
    for number, person in enumerate(everybody):
        copy_to(target, ":".join(person), tmp_path / str(number), language="en", verified_by="in person")
        copies[person] = (tmp_path / str(number) / "data.json").read_text()
    for person, ours in planted.items():
        for canary, column in ours:
            holds = [one for one in everybody if canary in copies[one]]
            assert (canary, holds) == (canary, [] if column.whose == ORGANISATION else [person])


def test_what_several_share_names_to_each_only_themselves(office: Office, tmp_path: Path) -> None:
    one, other = office.sharers()
    names = {
        key: office.do("SELECT full_name, email FROM contact WHERE account_id = %s", key)[0] for key in (one, other)
    }
    both = " and ".join(f"{name} <{email}>" for name, email in names.values())
    kept = 0
    for shape, column, _ in columns(office.target, office, "customer"):
        if shape.shared and column.whose != ORGANISATION:
            try:
                with office.admin.transaction():
                    office.admin.execute(f"UPDATE {shape.sql} SET {ident(column.name)} = %s".encode(), (both,))
                    kept += 1
            except DatabaseError:
                continue
    assert kept >= 6
    for key, (name, email) in names.items():
        copy_to(office.target, f"customer:{key}", tmp_path / str(key), language="en", verified_by="code")
        said = (tmp_path / str(key) / "data.json").read_text()
        ((strange_name, strange_email),) = [found for found in names.values() if found != (name, email)]
        assert said.count(f"{name} <{email}>") >= kept // 2
        assert strange_name not in said
        assert strange_email not in said
