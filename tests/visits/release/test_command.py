"""Reports at the command line: composed, published, listed, given out and checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from houvast.app import Target
from houvast.app.evidence import Log
from houvast.database import Connection
from tests.cli.calling import Shell
from tests.compiler.staffing import code_of
from tests.proof.scene import PROJECT
from tests.visits.release.conftest import FIRST, YESTERDAY

ASKED = ("--by-key", "day", "--by-key", "browser", "--since", str(FIRST), "--until", str(YESTERDAY))


def test_a_report_from_its_price_to_its_receipt(
    target: Target, admin: Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell, where = Shell(capsys), ("--project", str(PROJECT), "--database", target.url)

    def said(*arguments: str) -> str:
        found = shell("visits", "release", *arguments, *where)
        assert found.code == 0, found.err
        return found.out

    assert "The budget allows it." in said("compose", *ASKED)
    draft = json.loads(said("compose", *ASKED, "--json"))
    assert (draft["rho"], draft["left_rho"], draft["published"]) == (0.015, 0.1, None)
    refused = shell("visits", "release", "publish", *ASKED, "--by", "noor", "--code", "1", *where)
    assert (refused.code != 0, "G10" in refused.err) == (True, True)
    made = json.loads(said("publish", *ASKED, "--by", "noor", "--code", code_of(admin, "noor"), "--json"))
    assert "Published already" in said("compose", *ASKED)
    assert json.loads(said("publish", *ASKED, "--by", "noor", "--json")) == made
    number = str(made["number"])
    assert f"{number}: Visitors by day and browser" in said("list")
    assert json.loads(said("list", "--json"))["spent_rho"] == 0.015
    with target.connect() as connection:
        Log.of(target).integrate(connection)
    files = {form: tmp_path / f"report.{form}" for form in ("json", "csv", "pdf", "receipt")}
    for form, file in files.items():
        said("show", number, "--format", form, "--out", str(file))
    key = Log.of(target).verifier().to_text()
    checked = ("visits", "release", "verify", str(files["json"]), str(files["receipt"]))
    assert json.loads(shell(*checked, "--key", key, "--json").out) == {"valid": True, "why": "", "checked_key": True}
    assert "give --key" in shell(*checked).err
    files["json"].write_bytes(files["json"].read_bytes() + b" ")
    wrong = shell(*checked)
    assert (wrong.code, wrong.err) == (1, "INVALID this is not the report that was published\n")


def test_what_is_not_there_is_refused(target: Target, admin: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--project", str(PROJECT), "--database", target.url)
    found = Shell(capsys)("visits", "release", "show", "999", *where)
    assert (found.code != 0, "no report 999" in found.err) == (True, True)
