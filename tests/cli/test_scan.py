"""`houvast scan` on a small sample company."""

from __future__ import annotations

import json

from houvast.app import Demo, desk
from houvast.database import connect, run
from tests.cli.calling import Shell


def test_the_sample_company_declared_everything(houvast: Shell, applied: Demo) -> None:
    said = houvast("scan")
    assert said.code == 0, said.out
    assert said.out.startswith("0 findings;")


def test_a_scan_needs_a_policy(houvast: Shell, demo: Demo) -> None:
    said = houvast("scan")
    assert said.code == 1
    assert "No policy was applied" in said.err


def test_what_a_migration_added_and_somebody_typed_is_found_recorded_and_an_alarm(
    houvast: Shell, applied: Demo
) -> None:
    with connect(applied.url()) as admin:
        run(admin, "ALTER TABLE contact ADD COLUMN geboortedatum date")
        run(admin, "UPDATE engagement SET notes = 'bel 06-12345678' WHERE id = (SELECT min(id) FROM engagement)")
        try:
            said = houvast("scan")
            found = json.loads(houvast("scan", "--json").out)
            alarms = {alarm.text for alarm in desk.alarms(admin)}
        finally:
            run(admin, "ALTER TABLE contact DROP COLUMN geboortedatum")
            run(admin, "UPDATE engagement SET notes = '' WHERE notes LIKE 'bel 06%'")
    assert said.code == 1
    assert "column contact.geboortedatum (date) is not in the data map" in said.out
    assert "phone in 1 value of engagement.notes" in said.out
    assert "12345678" not in said.out
    assert [one["column"] for one in found["undeclared"]] == ["geboortedatum"]
    assert "There are phone numbers in engagement.notes, where the data map has none (1 times)." in alarms
    assert houvast("scan").code == 0
    with connect(applied.url()) as admin:
        assert [alarm for alarm in desk.alarms(admin) if alarm.kind == "scan"] == []
        row = admin.execute(
            "SELECT count(*), count(ended_at) FROM houvast.use WHERE reason ^@ 'scan for personal data'"
        ).fetchone()
    assert row == (3, 3)
