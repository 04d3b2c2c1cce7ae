"""The bytes on docs/life/evidence-entry.md are what the log makes."""

from __future__ import annotations

import hmac
import json
from pathlib import Path

import pytest

from houvast.evidence.tiles import entries_path
from houvast.evidence.tree import leaf_hash
from houvast.evidence.verify import Verifier, commitment, edge, files, tile_path, verify_file
from tests.docs.test_docs import blocks
from tests.evidence import making
from tests.evidence.making import KEY, WITNESS_KEY


def shown(kind: str) -> str:
    """The one block of this kind on the page."""
    (text,) = [text for page, _, text in blocks(kind) if page.name == "evidence-entry.md"]
    return text


@pytest.fixture
def log() -> making.Log:
    return making.log(3)


def test_the_entry_is_the_second_of_the_log(log: making.Log) -> None:
    assert shown("json entry") == log.entries[1].decode() + "\n"


def test_the_opening_opens_the_entry(log: making.Log) -> None:
    opening, entry = json.loads(shown("json opening")), json.loads(log.entries[1])
    assert json.loads(log.receipt(1))["opened"][opening["field"]] == {
        "salt": opening["salt"],
        "value": opening["value"],
    }
    salt = hmac.digest(making.SECRET, f"{opening['field']}\n{entry['nonce']}".encode(), "sha256")
    assert commitment(salt, opening["value"]) == entry["sealed"][opening["field"]]


def test_the_hashes_are_those_of_the_log(log: making.Log) -> None:
    assert shown("text leaves").split() == [leaf_hash(one).hex() for one in log.entries]
    assert shown("text root").strip() == log.root.hex()


def test_the_keys_and_the_checkpoint_are_those_of_the_log(log: making.Log) -> None:
    assert shown("text keys").split() == [KEY, WITNESS_KEY]
    assert [Verifier.from_text(one).kind for one in shown("text keys").split()] == [1, 4]
    assert shown("text checkpoint") == log.note(cosigned=True)


def test_the_receipt_verifies(log: making.Log, tmp_path: Path) -> None:
    (path := tmp_path / "receipt.json").write_text(shown("json receipt"))
    assert shown("json receipt") == log.receipt(1)
    assert verify_file(path, KEY).opened == making.values(1)


def test_the_range_is_that_of_an_export(log: making.Log, tmp_path: Path) -> None:
    assert making.unzipped(log.export(tmp_path / "x.zip"))["range.json"].decode() == shown("json range")


def test_the_paths_are_those_at_the_end_of_the_log() -> None:
    size = 70_000
    ends = [tile_path(level, size >> 8 * (level + 1), (size >> 8 * level) % 256) for level in edge(size)]
    assert sorted([*ends, tile_path(1, 0), entries_path(273, 112)]) == shown("text paths").split()
    assert set(ends) <= files(size, 0, size)
