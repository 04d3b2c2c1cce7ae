"""An entry is canonical, closed, and gives nothing away but what it opens."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from houvast.evidence.canonical import canonical
from houvast.evidence.entry import build, opening, opens, parse
from houvast.evidence.kinds import KINDS, SUBJECT
from houvast.evidence.problems import EvidenceError
from houvast.evidence.tree import leaf_hash
from tests.evidence.test_kinds import REGENERATE, a_body

VECTORS = Path(__file__).parent / "vectors" / "kinds.json"
AT = datetime(2026, 11, 25, 23, 46, 31, 250_000, UTC)
NONCE = UUID("6f1c7d0a-2b34-4c56-8d78-9e0f1a2b3c4d")
SECRET = bytes(range(32))


def _made(name: str) -> dict[str, Any]:
    """A vector of a kind: what went in, and what came out."""
    one = KINDS[name]
    values = {field: f"a {field}" if field != "use" else 17 for field in one.sealed or {}}
    subject = "customer:4711" if one.person else ""
    promise = "C02" if one.person or name.startswith("promise_") else ""
    leaf = build(name, AT, NONCE, promise, a_body(name), values, SECRET, subject)
    return {
        "kind": name, "at": AT.isoformat(), "nonce": str(NONCE), "promise": promise, "body": a_body(name),
        "values": values, "secret": SECRET.hex(), "subject": subject,
        "leaf": leaf.decode(), "hash": leaf_hash(leaf).hex(),
        "salts": {field: opening(SECRET, NONCE.hex, field).hex() for field in parse(leaf).sealed},
    }  # fmt: skip


def test_each_kind_has_a_vector_and_gives_it() -> None:
    found = [_made(name) for name in KINDS]
    if REGENERATE in os.environ:
        VECTORS.write_text(json.dumps(found, indent=1) + "\n")
    assert json.loads(VECTORS.read_text()) == found, f"a changed entry no longer verifies; new kinds: {REGENERATE}=1"


@pytest.mark.parametrize("name", KINDS)
def test_an_entry_is_read_as_it_was_built_and_each_field_opens(name: str) -> None:
    one = _made(name)
    entry = parse(one["leaf"].encode())
    assert (entry.kind, entry.promise, entry.body, entry.nonce) == (name, one["promise"], one["body"], NONCE.hex)
    assert entry.time == AT.replace(second=0, microsecond=0)
    values = {**one["values"], **({SUBJECT: one["subject"]} if one["subject"] else {})}
    assert entry.sealed.keys() == values.keys()
    for field, value in values.items():
        salt = opening(SECRET, NONCE.hex, field)
        assert opens(entry, field, salt, value)
        assert not opens(entry, field, salt, "something else")
        assert not opens(entry, field, opening(SECRET, NONCE.hex, "other"), value)


def test_a_time_elsewhere_is_the_minute_in_utc() -> None:
    at = datetime(2026, 11, 26, 1, 46, 59, tzinfo=timezone(timedelta(hours=2)))
    assert parse(build("drift_mended", at, NONCE, "", {}, {}, SECRET)).time == datetime(
        2026, 11, 25, 23, 46, tzinfo=UTC
    )


def test_nobody_can_tell_that_two_entries_are_about_one_person() -> None:
    """All that two entries of one person share, those of two people share too."""
    body = a_body("use_closed")
    nonces = [UUID(int=number, version=4) for number in range(1, 5)]
    same = [parse(build("use_closed", AT, one, "", body, {"use": 5}, SECRET, "customer:1")) for one in nonces]
    seals = [seal for entry in same for seal in entry.sealed.values()]
    assert len(set(seals)) == len(seals) == 8
    salt = opening(SECRET, same[0].nonce, SUBJECT)
    assert opens(same[0], SUBJECT, salt, "customer:1")
    assert not any(opens(other, SUBJECT, salt, "customer:1") for other in same[1:])


GOOD = json.loads(build("use_closed", AT, NONCE, "C02", a_body("use_closed"), {}, SECRET, "customer:1"))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2}, {"v": True}, {"kind": "door_opened"}, {"kind": 5}, {"time": "2026-11-25T23:46:31Z"},
        {"time": "2026-11-25T24:46:00Z"}, {"time": "2026-1-25T23:46:00Z"}, {"time": None}, {"nonce": NONCE.hex.upper()},
        {"nonce": str(NONCE)}, {"promise": "C 02"}, {"promise": None}, {"body": []}, {"body": {}}, {"sealed": []},
        {"sealed": {"subject": "short"}}, {"sealed": {"subject": 5}}, {"sealed": {"email": "A" * 43}}, {"more": 1},
    ],
)  # fmt: skip
def test_what_is_no_entry_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError):
        parse(canonical({**GOOD, **change}))


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff", json.dumps(GOOD).encode(), canonical(GOOD) + b" ", b'{"v":1,' + canonical(GOOD)[1:],
     canonical({k: v for k, v in GOOD.items() if k != "promise"}), b"[" * 70_000,
     canonical(GOOD).replace(b"C02", b"C\\u0030\\u0032")],
)  # fmt: skip
def test_what_is_written_in_another_way_is_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        parse(data)


@pytest.mark.parametrize("cut", ["kind", "time", "nonce", "promise", "body", "sealed", "v"])
def test_an_entry_without_one_of_its_fields_is_refused(cut: str) -> None:
    with pytest.raises(EvidenceError, match="other fields"):
        parse(canonical({name: value for name, value in GOOD.items() if name != cut}))


def test_a_promise_that_is_none_is_not_built() -> None:
    with pytest.raises(EvidenceError, match="no promise"):
        build("drift_mended", AT, NONCE, "C02; DROP", {}, {}, SECRET)
