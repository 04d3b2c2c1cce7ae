"""The log at the command line: published, handed out, verified; and mended when its store lost something."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from houvast.app import Demo
from houvast.database import connect
from houvast.evidence import rows
from tests.cli.calling import Shell


def test_a_log_is_published_exported_verified_and_mended(applied: Demo, houvast: Shell, tmp_path: Path) -> None:
    told = json.loads(houvast("evidence", "integrate", "--json").out)["size"]
    with connect(applied.url()) as admin:
        rows.tell(admin, "use_closed", {"purpose": "answer", "login": "support"}, promise="C10",
                  sealed={"use": 4}, person=("customer", "17"))  # fmt: skip
    assert "1 event waiting" in houvast("evidence", "status").out
    assert f"1 event taken; the log has {told + 1:,} entries" in houvast("evidence", "integrate").out
    state = json.loads(houvast("evidence", "status", "--json").out)
    assert (state["origin"], state["published"], state["waiting"]) == ("houvast/lakana-privacy", told + 1, 0)

    file, receipts, receipt = tmp_path / "log.zip", tmp_path / "receipts", f"receipt-{told}.json"
    assert houvast("evidence", "export", "--out", str(file)).code == 0
    said = houvast("evidence", "receipt", "customer:17", "--out", str(receipts), "--lang", "en")
    assert "1 receipt and a page to print" in said.out
    assert sorted(one.name for one in receipts.iterdir()) == [receipt, "receipts.html"]

    key = (Path(state["store"]) / "key").read_text().strip()
    assert "NOT CHECKED AGAINST A KEY OF YOURS" in houvast("evidence", "verify", str(file)).out
    for one in (file, receipts / receipt):
        found = houvast("evidence", "verify", str(one), "--key", key, "--since", str(file), "--json")
        assert (found.code, json.loads(found.out)["valid"], json.loads(found.out)["checked_key"]) == (0, True, True)
    (receipts / receipt).write_text((receipts / receipt).read_text().replace("answer", "billin"))
    wrong = houvast("evidence", "verify", str(receipts / receipt))
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.err.startswith("INVALID")

    shutil.rmtree(Path(state["store"]) / "tile")
    with connect(applied.url()) as admin:
        rows.tell(admin, "drift_mended", {})
    lost = houvast("evidence", "integrate")
    assert (lost.code, "houvast evidence mend" in lost.err) == (1, True)
    assert "files written anew" in houvast("evidence", "mend").out
    assert json.loads(houvast("evidence", "integrate", "--json").out)["size"] == told + 2
    assert houvast("unapply").code == 0
    assert "no log" in houvast("evidence", "status").err


def test_a_log_gets_another_key_in_two_steps(applied: Demo, houvast: Shell, tmp_path: Path) -> None:
    assert houvast("evidence", "integrate").code == 0
    made = houvast("evidence", "rotate")
    assert "Give the new one to your witnesses" in made.out
    first = json.loads(houvast("evidence", "rotate", "--json").out)
    assert (first["new"] in made.out, first["old"] != first["new"], first["handed_over_at"]) == (True, True, None)
    done = json.loads(houvast("evidence", "rotate", "--now", "--json").out)
    assert {**done, "handed_over_at": None} == first
    store = Path(json.loads(houvast("evidence", "status", "--json").out)["store"])
    handover = store / "handover" / str(done["handed_over_at"])
    for key in (done["old"], done["new"]):
        assert "VALID checkpoint" in houvast("evidence", "verify", str(handover), "--key", key).out
    with connect(applied.url()) as admin:
        rows.tell(admin, "drift_mended", {})
    assert houvast("evidence", "integrate").code == 0
    file = tmp_path / "log.zip"
    houvast("evidence", "export", "--out", str(file))
    newer = houvast("evidence", "verify", str(file), "--key", done["new"], "--since", str(handover))
    assert (newer.code, f"goes with the log of {done['handed_over_at']} entries" in newer.out) == (0, True)
    assert houvast("evidence", "verify", str(file), "--key", done["old"]).code == 1


def test_verifying_needs_no_project_and_no_database(nobodys_home: Path, houvast: Shell, tmp_path: Path) -> None:
    missing = houvast("evidence", "verify", str(tmp_path / "nothing.zip"))
    assert (missing.code, "No such file" in missing.err) == (2, True)
    (tmp_path / "log.zip").write_bytes(b"no log at all")
    assert houvast("evidence", "verify", str(tmp_path / "log.zip"), "--json").code == 1
    assert not nobodys_home.exists()


@pytest.mark.parametrize("command", ["status", "integrate", "mend", "rotate", "export", "verify", "receipt"])
def test_each_command_says_how_it_is_called(houvast: Shell, command: str) -> None:
    said = houvast("evidence", command, "--help")
    assert f"houvast evidence {command}" in said.out.partition("Example:")[2]
