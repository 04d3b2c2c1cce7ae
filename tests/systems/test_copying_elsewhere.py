"""A person's copy holds what the second system has, and is not made without it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from houvast.app.copying import copy_to
from houvast.app.tracing import trace_person
from houvast.systems import store
from houvast.systems.store import Waiting
from tests.systems.conftest import Firm


def test_a_copy_holds_the_rows_of_the_second_system_and_none_of_others(firm: Firm, tmp_path: Path) -> None:
    one = firm.free()
    email, others = firm.subscribe(one), firm.subscribe(one + 1)
    out = tmp_path / "copy"
    copy_to(firm.target, f"customer:{one}", out, language="en", verified_by="code")
    data = json.loads((out / "data.json").read_text())["tables"]
    assert [row["email"] for row in data["newsletter/subscriber"]] == [email]
    assert len(data["newsletter/sent"]) == 2
    with (out / "tables" / "newsletter.sent.csv").open() as file:
        assert [row["address"] for row in csv.DictReader(file)] == [email, email]
    page = (out / "summary.html").read_text()
    assert "Also about you: The newsletter" in page
    assert "As far as we know nobody got your data from us." in page
    assert not [file for file in out.rglob("*") if file.is_file() and others in file.read_text()]
    (step,) = store.steps(firm.office.admin, int(json.loads((out / "manifest.json").read_text())["request"]))
    assert (step.state, step.found) == ("done", 4)


def test_a_copy_waits_for_a_system_that_is_away_and_is_made_when_it_is_back(firm: Firm, tmp_path: Path) -> None:
    one = firm.free()
    firm.subscribe(one)
    firm.file.rename(firm.folder / "away.db")
    with pytest.raises(Waiting, match="waits, and no copy was made"):
        copy_to(firm.target, f"customer:{one}", tmp_path / "copy", verified_by="code")
    assert not (tmp_path / "copy").exists()
    number, state = firm.office.do("SELECT id, state FROM houvast.request WHERE key = %s", str(one))[0]
    assert state == "searching"
    assert store.steps(firm.office.admin, number)[0].stands == "again"
    (firm.folder / "away.db").rename(firm.file)
    copy_to(firm.target, f"customer:{one}", tmp_path / "copy")
    assert store.steps(firm.office.admin, number)[0].stands == "done"


def test_what_nobody_classified_in_the_second_system_blocks_the_copy(firm: Firm, tmp_path: Path) -> None:
    firm.rows("ALTER TABLE subscriber ADD COLUMN birthday TEXT")
    with pytest.raises(Waiting, match=r"subscriber\.birthday"):
        copy_to(firm.target, f"customer:{firm.free()}", tmp_path / "copy", verified_by="code")


def test_a_trace_finds_them_in_the_second_system_too(firm: Firm) -> None:
    one = firm.free()
    email = firm.subscribe(one)
    firm.rows("INSERT INTO topic (title) VALUES (?)", f"Ask {email} about it")
    found = trace_person(firm.target, f"customer:{one}", [email])
    places = {(place.table, place.column): (place.rows, place.mapped) for place in found.places if ": " in place.table}
    assert places == {
        ("newsletter: subscriber", "email"): (1, True), ("newsletter: sent", "address"): (2, True),
        ("newsletter: subscriber", "customer"): (1, True),
        ("newsletter: bill", "email"): (1, True), ("newsletter: topic", "title"): (1, False),
    }  # fmt: skip
    assert found.systems == ("newsletter",)
    firm.file.unlink()
    assert trace_person(firm.target, f"customer:{one}", [email]).away == ("newsletter",)
