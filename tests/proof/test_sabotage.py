"""A database that was weakened is found out by the attempts themselves, not only by comparing catalogues."""

from __future__ import annotations

import pytest

from houvast.proof import Outcome
from houvast.proof.outcome import NO_DRIFT
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene

WAYS = {
    "row security off": (
        "C10", "ALTER TABLE contact DISABLE ROW LEVEL SECURITY", "ALTER TABLE contact ENABLE ROW LEVEL SECURITY"),
    "a policy that admits everybody": (
        "C09", "CREATE POLICY extra ON invoice USING (true)", "DROP POLICY extra ON invoice"),
    "a role past row security": ("C10", "ALTER ROLE hv_v_answer BYPASSRLS", "ALTER ROLE hv_v_answer NOBYPASSRLS"),
    "circumstances no longer kept": (
        "C10", "ALTER TABLE ticket DISABLE TRIGGER hv_c_ticket_open", "ALTER TABLE ticket ENABLE TRIGGER hv_c_ticket_open"),
    "closed accounts no longer noticed": (
        "C30", "ALTER TABLE account DISABLE TRIGGER hv_subject_closed", "ALTER TABLE account ENABLE TRIGGER hv_subject_closed"),
    "objections no longer noticed": (
        "C13", "ALTER TABLE houvast.stand DISABLE TRIGGER hv_stand", "ALTER TABLE houvast.stand ENABLE TRIGGER hv_stand"),
    "a token that anybody may set": (
        "C10", "GRANT SET ON PARAMETER backtrace_functions TO PUBLIC", "REVOKE SET ON PARAMETER backtrace_functions FROM PUBLIC"),
    "a view that shows nothing": (
        "C12", "ALTER VIEW licence.contact RENAME TO gone", "ALTER VIEW licence.gone RENAME TO contact"),
    "temporary objects": (
        "C07", "GRANT TEMPORARY ON DATABASE lakana TO PUBLIC", "REVOKE TEMPORARY ON DATABASE lakana FROM PUBLIC"),
    "the guard shown": ("C01", "GRANT SELECT ON contact TO hv_answer", "REVOKE SELECT ON contact FROM hv_answer"),
    "a login in a purpose too many": ("C18", "GRANT hv_business TO newsletter", "REVOKE hv_business FROM newsletter"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_an_attempt_fails_and_the_promise_is_broken(scene: Scene, sabotaged: Sabotage, way: str) -> None:
    promise, weaken, undo = WAYS[way]
    with sabotaged(weaken, undo):
        proof = scene.prove(promise).of(promise)
    assert proof.outcome is Outcome.BROKEN
    assert [a for a in proof.failed if a.name != NO_DRIFT] or way == "a login in a purpose too many"


def test_drift_alone_breaks_the_promise_that_it_touches(scene: Scene, sabotaged: Sabotage) -> None:
    with sabotaged("GRANT SELECT ON contact TO analytics", "REVOKE SELECT ON contact FROM analytics"):
        report = scene.prove()
    lines = [a for p in report.promises for a in p.failed if a.name == NO_DRIFT]
    assert lines
    assert all("contact" in a.seen for a in lines)
