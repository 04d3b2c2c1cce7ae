"""Canaries of people in every text column, JSON value, large object and file: each search and each copy finds its own alone."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

from houvast.app.copying import copy_to
from houvast.app.erasing import erase
from houvast.app.target import Target
from houvast.app.tracing import trace_person
from houvast.policy.world import PersonKey
from houvast.systems import store
from tests.rights.canaries import columns, plant
from tests.rights.office import Office
from tests.systems.conftest import Firm

SYSTEMS = """
systems:
  desk:
    label: {{nl: De map van de balie, en: The folder of the desk}}
    sort: files
    url: {folder}
    holds: question
    people: customer
"""


def _everybody(office: Office) -> list[PersonKey]:
    keys = office.do("SELECT a.id FROM account a JOIN contact c ON c.account_id = a.id WHERE a.closed_at IS NULL"
                     " AND NOT EXISTS (SELECT FROM houvast.request q WHERE q.key = a.id::text)"
                     " GROUP BY a.id HAVING count(*) = 1 ORDER BY a.id LIMIT 3")  # fmt: skip
    return [("customer", str(key)) for (key,) in keys]


def _planted(target: Target, office: Office, folder: Path, person: PersonKey) -> tuple[str, set[str]]:
    """The canary of a person, and where it stands: large objects, and files."""
    said = f"canary.of.{person[1]}@canary.example"
    number = int(person[1])
    for shape, column, sort in columns(target, office, "customer"):
        if not shape.shared and f"{shape.name}.{column.name}" != "contact.email":
            plant(office, person, shape, column, sort)
    email = office.one("SELECT email FROM contact WHERE account_id = %s", number)
    text = f"Question of {email}, who is called {said}\n"
    plain = office.one("SELECT lo_from_bytea(0, %s)", b"." * 2030 + b" " + text.encode())
    wide = office.one("SELECT lo_from_bytea(0, %s)", text.encode("utf-16"))
    (folder / f"{number}.txt").write_text(text)
    (folder / f"{number}.csv").write_bytes(text.encode("utf-16"))
    (folder / f"{number}.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(folder / f"{number}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("question.txt", text)
    files = {f"desk: {number}.{kind}" for kind in ("txt", "csv", "csv.gz", "zip")}
    return said, files | {f"large objects.{plain}", f"large objects.{wide}"}


def test_each_search_and_each_copy_finds_its_own_canaries_alone(firm: Firm) -> None:
    folder = firm.folder / "desk"
    folder.mkdir()
    target, office = firm.with_systems(SYSTEMS.format(folder=folder)), firm.office
    planted = {person: _planted(target, office, folder, person) for person in _everybody(office)}
    assert len(planted) == 3
    copies: dict[PersonKey, str] = {}
    for person, (said, places) in planted.items():
        found = trace_person(target, ":".join(person), [said])
        assert {one.at for one in found.places} == places
        assert (found.unread, found.away, found.large_objects) == ((), (), 6)
        copy_to(target, ":".join(person), firm.folder / person[1], language="en", verified_by="in person")
        copies[person] = (firm.folder / person[1] / "data.json").read_text()
    for person, (said, _) in planted.items():
        own = f"canary of {person[0]} {person[1]} in "
        assert [one for one in planted if own in copies[one]] == [person]
        assert [one for one in planted if said in copies[one]] == [person]
    _erased(target, office, folder, planted)


def _erased(target: Target, office: Office, folder: Path, planted: dict[PersonKey, tuple[str, set[str]]]) -> None:
    """What the erasure takes is gone; what it does not open is named, and makes the request wait."""
    person, (said, places) = next(iter(planted.items()))
    done = erase(target, ":".join(person), verified_by="in person")
    request = done.certificate.request
    assert {one.at for one in done.certificate.absence.left} == {one for one in places if one.startswith("large")}
    assert [one.name for one in done.certificate.waits] == ["desk"]
    (step,) = [one for one in store.steps(office.admin, request) if one.what == "erasure"]
    assert step.error == "still there: 2 files"
    assert {one.name.partition(".")[2] for one in folder.glob(f"{person[1]}.*")} == {"csv.gz", "zip"}
    left = trace_person(target, ":".join(person), [said])
    assert {one.at for one in left.places} == {one for one in places if not one.endswith((".txt", ".csv"))}
    for other, (canary, stays) in list(planted.items())[1:]:
        assert {one.at for one in trace_person(target, ":".join(other), [canary]).places} == stays
