"""A policy that was begun, on a database that was mapped: applied, proven, and nothing broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast.app import Target, keep, load_project, mapping
from houvast.app.proving import prove
from houvast.app.starting import begin
from houvast.database import connect
from houvast.database.connect import run
from houvast.errors import UsageError
from houvast.policy.starter import Answers

SCHEMA = Path(__file__).parents[1] / "datamap" / "schemas" / "shop.sql"
SHOP = Answers(name="Winkel", address="Voorbeeldstraat 1", register="00000000", contact="privacy@winkel.example",
               officer="none", data=("contact", "question", "order"))  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path, fresh_database: Callable[[], str]) -> tuple[Path, str]:
    """A project for a web shop's database, mapped, whose application may order and answer."""
    url = fresh_database()
    with connect(url) as database:
        run(
            database, "CREATE ROLE shop_owner LOGIN; CREATE ROLE app LOGIN; GRANT CREATE ON SCHEMA public TO shop_owner"
        )
        run(database, f"SET ROLE shop_owner; {SCHEMA.read_text()}; RESET ROLE")
        name = database.info.dbname
    answers = replace(SHOP, database=name)
    begin(tmp_path / "shop", answers, datetime.now(UTC))
    made = mapping.draft(tmp_path / "shop", url)
    mapping.keep(made, made.proposal)
    path = tmp_path / "shop" / "datamap.yaml"
    path.write_text(path.read_text().replace("app: []", "app: [order, answer]"))
    return tmp_path / "shop", url


def test_what_was_begun_and_mapped_is_kept_and_proven(shop: tuple[Path, str]) -> None:
    folder, url = shop
    assert mapping.left_to_do(folder) == ()
    target = Target(load_project(folder), url)
    keep.apply(target)
    assert keep.drift(target) == ()
    report = prove(target)
    assert [(proof.id, proof.failed[:1]) for proof in report.broken] == []
    assert sum(len(proof.attempts) for proof in report.promises) > 500


def test_a_map_that_was_changed_meanwhile_is_not_overwritten(shop: tuple[Path, str]) -> None:
    folder, url = shop
    with connect(url) as database:
        run(database, "ALTER TABLE orders ADD gift_wrap text")
    made = mapping.draft(folder, url)
    path = folder / "datamap.yaml"
    path.write_text(path.read_text() + "# mine\n")
    with pytest.raises(UsageError, match="changed meanwhile"):
        mapping.keep(made, made.proposal)
    assert path.read_text().endswith("# mine\n")
    assert "gift_wrap" not in path.read_text()
    assert {one.name for one in folder.iterdir()} == {
        *("policy.yaml", "text.nl.md", "text.en.md", "datamap.yaml"),
        *("policy.schema.json", "datamap.schema.json", "systems.schema.json", "controls.schema.json"),
        "visits.schema.json",
    }
