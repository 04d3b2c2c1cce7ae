"""Whether the scan finds what is added and typed is proven, and a scan that does not is found out."""

from __future__ import annotations

import pytest

from houvast.app import discovering, proving
from houvast.database import Connection, run
from houvast.proof import Door, Outcome
from houvast.proof.prove import stage
from tests.worker.conftest import Office, admin, kept, office

__all__ = ["admin", "kept", "office"]


def _nothing(*_: object) -> tuple[()]:
    return ()


def _the_number(_: object) -> dict[str, str]:
    return {"found": discovering.PHONE}


def _failed(office: Office) -> set[str]:
    """What of the scan fails; that an attempt which fails breaks the promise, the proof's own tests show."""
    return {attempt.name for attempt in discovering.scan_attempts(office.target).make() if not attempt.passed}


def test_what_nobody_declared_is_found_and_nothing_of_the_attempts_stays(office: Office, admin: Connection) -> None:
    proof = proving.prove(office.target, ("C03",)).of("C03")
    assert proof.outcome is Outcome.HELD, proof.failed
    tried = [attempt for attempt in proof.attempts if attempt.sort == discovering.SORT]
    assert len(tried) == 7
    assert sum(attempt.control for attempt in tried) == 3
    left = admin.execute(
        "SELECT (SELECT count(*) FROM pg_attribute WHERE attname = 'geboortedatum'), to_regclass('public.hv_added'),"
        " (SELECT count(*) FROM company WHERE notes LIKE 'nothing to see%'), (SELECT count(*) FROM houvast.canary)"
    ).fetchone()
    assert left == (0, None, 0, 0)


def test_a_scan_that_sees_no_rows_does_not_compare_or_tells_the_number_breaks_the_promise(office: Office) -> None:
    """Each in turn, on the same canaries."""
    project, target = office.target.project, office.target
    with stage(Door(target.url, target.url_of), project.versions, project.datamap):
        assert _failed(office) == set()
        with target.connect() as admin:
            run(admin, "CREATE POLICY blind ON company AS RESTRICTIVE FOR SELECT TO lakana_owner USING (false)")
            try:
                assert _failed(office) == {"a phone number is typed into company.notes"}
            finally:
                run(admin, "DROP POLICY blind ON company")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("houvast.discovery.undeclared", _nothing)
            assert _failed(office) == {
                "a migration adds column geboortedatum to account",
                "a migration adds table hv_added",
            }
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("houvast.discovery.Scan.to_json", _the_number)
            assert _failed(office) == {"what the scan says of company.notes: the number itself"}
