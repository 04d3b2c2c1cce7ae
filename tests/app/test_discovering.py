"""Whether the scan finds what is added and typed is proven, and a scan that does not is found out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from houvast.app import discovering, proving
from houvast.database import Connection
from houvast.proof import Outcome, Proof
from tests.worker.conftest import Office, admin, changed, kept, office

__all__ = ["admin", "changed", "kept", "office"]


def _proof(office: Office) -> Proof:
    return proving.prove(office.target, ("C03",)).of("C03")


def _nothing(*_: object) -> tuple[()]:
    return ()


def _the_number(_: object) -> dict[str, str]:
    return {"found": discovering.PHONE}


def _failed(proof: Proof) -> set[str]:
    return {attempt.name for attempt in proof.failed if attempt.sort == discovering.SORT}


def test_what_nobody_declared_is_found_and_nothing_of_the_attempts_stays(office: Office, admin: Connection) -> None:
    proof = _proof(office)
    assert proof.outcome is Outcome.HELD, proof.failed
    tried = [attempt for attempt in proof.attempts if attempt.sort == discovering.SORT]
    assert len(tried) == 7
    assert sum(attempt.control for attempt in tried) == 3
    left = admin.execute(
        "SELECT (SELECT count(*) FROM pg_attribute WHERE attname = 'geboortedatum'), to_regclass('public.hv_added'),"
        " (SELECT count(*) FROM company WHERE notes LIKE 'nothing to see%'), (SELECT count(*) FROM houvast.canary)"
    ).fetchone()
    assert left == (0, None, 0, 0)


def test_a_scan_that_sees_no_rows_breaks_the_promise(office: Office, changed: Callable[[str, str], None]) -> None:
    changed(
        "CREATE POLICY blind ON company AS RESTRICTIVE FOR SELECT TO lakana_owner USING (false)",
        "DROP POLICY blind ON company",
    )
    proof = _proof(office)
    assert proof.outcome is Outcome.BROKEN
    assert _failed(proof) == {"a phone number is typed into company.notes"}


def test_a_scan_that_does_not_compare_with_the_map_breaks_the_promise(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("houvast.discovery.undeclared", _nothing)
    assert _failed(_proof(office)) == {
        "a migration adds column geboortedatum to account",
        "a migration adds table hv_added",
    }


def test_a_scan_that_tells_the_number_breaks_the_promise(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("houvast.discovery.Scan.to_json", _the_number)
    assert _failed(_proof(office)) == {"what the scan says of company.notes: the number itself"}
