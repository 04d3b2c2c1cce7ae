"""`houvast person access, correct, erase, trace` on a small sample company."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from houvast.app import Demo
from houvast.database import connect
from tests.cli.calling import Shell

CHECKED = ("--verified-by", "code")
SOMEBODY = """SELECT c.account_id, c.email FROM contact c
WHERE EXISTS (SELECT FROM invoice i WHERE i.account_id = c.account_id)
ORDER BY c.account_id LIMIT 1 OFFSET 3"""


def test_copied_corrected_erased_and_not_found_any_more(
    houvast: Shell, kept: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(kept.url()) as admin:
        ((account, email),) = admin.execute(SOMEBODY).fetchall()
    person = f"customer:{account}"
    assert "--verified-by" in houvast("person", "access", person, "--out", str(tmp_path / "early")).err
    assert not (tmp_path / "early").exists()
    copied = houvast("person", "access", person, "--out", str(tmp_path / "copy.zip"), *CHECKED, "--json")
    assert copied.code == 0, copied.err
    with zipfile.ZipFile(tmp_path / "copy.zip") as copy:
        assert email in copy.read("data.json").decode()
    traced = json.loads(houvast("person", "trace", person, *CHECKED, "--json").out)
    assert ["contact", "email"] in [
        [place["table"].removeprefix("public."), place["column"]] for place in traced["places"]
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("new@person.example\n"))
    assert houvast("person", "correct", person, "contact.email", *CHECKED).code == 0
    planned = houvast("person", "erase", person, "--plan", *CHECKED)
    assert "invoice: kept" in planned.out
    erased = houvast("person", "erase", person, "--yes", *CHECKED, "--out", str(tmp_path / "certificate"))
    assert erased.code == 0, erased.err
    certificates = [file for file in tmp_path.iterdir() if file.stem == "certificate"]
    assert [oct(file.stat().st_mode & 0o777) for file in certificates] == ["0o600"] * 2
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{email}\nnew@person.example\n"))
    after = houvast("person", "trace", person, "--value", "-", "--json")
    assert json.loads(after.out)["places"] == [], after.out
    assert after.code == 0


def test_a_certificate_that_cannot_be_written_is_printed(houvast: Shell, kept: Demo) -> None:
    with connect(kept.url()) as admin:
        ((account, _),) = admin.execute(SOMEBODY.replace("OFFSET 3", "OFFSET 4")).fetchall()
    erased = houvast("person", "erase", f"customer:{account}", "--yes", *CHECKED, "--out", "/proc/certificate")
    assert (erased.code, "The data are erased, but" in erased.err) == (1, True)
    assert json.loads(erased.out)["person"] == f"customer:{account}"


def test_nobody_and_a_value_on_the_command_line_are_refused(houvast: Shell, kept: Demo, tmp_path: Path) -> None:
    assert kept
    for said in (
        houvast("person", "access", "customer:99999999", "--out", str(tmp_path / "none"), *CHECKED),
        houvast("person", "erase", "customer:99999999", "--yes", *CHECKED),
        houvast("person", "trace", "customer:99999999", *CHECKED),
    ):
        assert said.code == 1
        assert "Nobody is known" in said.err
    assert houvast("person", "trace", "customer:1", "--value", "a@person.example").code == 2
    assert list(tmp_path.iterdir()) == []
