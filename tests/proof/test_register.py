"""What is recorded of reading is proven: uses, refused calls and counts of scans. Each weakening of it is found out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from houvast.database import Connection, run
from houvast.evidence.note import Signer
from houvast.evidence.sequence import integrate
from houvast.evidence.store import open_store
from houvast.proof import Attempt, Outcome, Report, refused
from houvast.proof.counters import counters
from houvast.proof.register import compared, register
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene
from tests.proof.staged import Staged

SORTS = ("register", "refusal", "counter")
UNTELL = "ALTER TABLE houvast.use DISABLE TRIGGER hv_tell_use"
TELL = """ALTER TABLE houvast.use ENABLE ALWAYS TRIGGER hv_tell_use;
DELETE FROM houvast.use u WHERE NOT EXISTS (
    SELECT FROM houvast.event e WHERE e.kind = 'use_opened' AND e.sealed ->> 'use' = u.id::text)
AND NOT EXISTS (SELECT FROM houvast.entry e WHERE e.kind = 'use_opened' AND e.sealed ->> 'use' = u.id::text);
DELETE FROM houvast.event e WHERE e.kind = 'use_closed' AND NOT EXISTS (
    SELECT FROM houvast.use u WHERE u.id::text = e.sealed ->> 'use')"""
"""With what was opened untold, whose end would be told later or was told already."""
REFUSE = "FUNCTION houvast.refuse(text, int, text)"
QUIET = (
    f"ALTER {REFUSE} RENAME TO refuse_kept; CREATE {REFUSE} RETURNS void LANGUAGE plpgsql AS 'BEGIN END'; "
    f"ALTER {REFUSE} OWNER TO houvast_keeper"
)
LOUD = f"DROP {REFUSE}; ALTER FUNCTION houvast.refuse_kept(text, int, text) RENAME TO refuse"
SHOW = "GRANT SELECT ON contact TO support; CREATE POLICY extra ON contact TO support USING (true)"
HIDE = "DROP POLICY extra ON contact; REVOKE SELECT ON contact FROM support"
Make = Callable[[Staged], Iterator[Attempt]]
WAYS: dict[str, tuple[Make, str, str]] = {
    "uses that are not told": (lambda s: register(s.connection, s.door, s.field), UNTELL, TELL),
    "refused calls that are forgotten": (lambda s: refused.refusals(s.connection, s.door, s.field), QUIET, LOUD),
    "a base table that a login reads": (lambda s: counters(s.door, s.field), SHOW, HIDE),
}
LAST = "id = (SELECT max(id) FROM houvast.use)"
ENDED = "id = (SELECT max(id) FROM houvast.use WHERE ended_at IS NOT NULL)"
FORGED = (
    f"{UNTELL}; INSERT INTO houvast.use (login, purpose, reason, until, ended_at)"
    " SELECT 'desk', number, 'forged', now(), now() FROM houvast.purpose LIMIT 1"
)
NEWEST = "index = (SELECT max(index) FROM houvast.entry WHERE kind = 'use_opened')"
ALIKE = (
    f"UPDATE houvast.use SET reason = 'another reason' WHERE {LAST}; UPDATE houvast.entry SET sealed = sealed ||"
    " jsonb_build_object('reason', 'another reason')"
    " WHERE kind = 'use_opened' AND (sealed ->> 'use')::bigint = (SELECT max(id) FROM houvast.use)"
)
CHANGES = {
    "a use with another reason": f"UPDATE houvast.use SET reason = 'another reason' WHERE {LAST}",
    "a use of another login": f"UPDATE houvast.use SET login = 'somebody' WHERE {LAST}",
    "a use for another purpose": f"UPDATE houvast.use SET purpose = purpose % 3 + 1 WHERE {LAST}",
    "a use of another moment": f"UPDATE houvast.use SET opened_at = opened_at - interval '1 day' WHERE {LAST}",
    "a use of another person": f"UPDATE houvast.use SET kind = 'customer', person = '99' WHERE {LAST}",
    "a use that never ended": f"UPDATE houvast.use SET ended_at = NULL WHERE {ENDED}",
    "a use that is gone": f"DELETE FROM houvast.use WHERE {LAST}",
    "a use that was made up": FORGED,
    "an entry that is gone": f"DELETE FROM houvast.entry WHERE {NEWEST}",
    "an entry that nothing opens": f"UPDATE houvast.entry SET sealed = NULL WHERE {NEWEST}",
    "use and opening changed alike": ALIKE,
    "an entry with other bytes": "UPDATE houvast.entry SET leaf = replace(leaf, 'C02', 'C01') WHERE " + NEWEST,
    "a checkpoint of another tree": "UPDATE houvast.checkpoint SET root = sha256('') WHERE true",
}


@pytest.fixture(scope="module")
def taken(scene: Scene, report: Report, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the proof left behind, taken into the log and signed."""
    store = open_store(str(tmp_path_factory.mktemp("log")))
    signer = Signer.generate("houvast/test")
    with scene.door.administer() as connection:
        while integrate(connection, store, signer).taken:
            pass


class _Undo(Exception):
    """Ends a transaction that must leave nothing."""


def found_wrong(administrator: Connection, change: str) -> list[str]:
    """What is found wrong in register and log after a change, which is then undone."""
    found: list[str] = []
    with contextlib.suppress(_Undo), administrator.transaction():
        run(administrator, change)
        found = [attempt.name for attempt in compared(administrator) if not attempt.passed]
        raise _Undo
    return found


@pytest.mark.usefixtures("taken")
def test_register_and_log_are_equal_where_nobody_changed_them(administrator: Connection) -> None:
    assert found_wrong(administrator, "SELECT 1") == []


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_in_register_or_log_is_found(administrator: Connection, change: str) -> None:
    assert found_wrong(administrator, CHANGES[change]) != []


def test_what_waits_to_be_taken_is_compared_too(scene: Scene, administrator: Connection) -> None:
    with scene.door.connect_as("support") as session:
        run(session, "SELECT houvast.open_use('answer', 'a test')")
    assert found_wrong(administrator, "SELECT 1") == []
    assert found_wrong(administrator, "DELETE FROM houvast.event") != []
    assert found_wrong(administrator, CHANGES["a use with another reason"]) != []


@pytest.mark.usefixtures("taken")
def test_uses_from_before_the_log_are_told_apart(administrator: Connection) -> None:
    """They have no entry, and the proof says how many there are; a later use is not among them."""
    old = (
        f"{UNTELL}; INSERT INTO houvast.use (id, login, purpose, reason, until) OVERRIDING SYSTEM VALUE"
        " SELECT 0, 'desk', number, 'old', now() FROM houvast.purpose LIMIT 1"
    )
    assert found_wrong(administrator, old) == []
    with contextlib.suppress(_Undo), administrator.transaction():
        run(administrator, old)
        assert any("1 of before the log began" in attempt.name for attempt in compared(administrator))
        raise _Undo


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_recorded_is_attempted_and_holds(report: Report, sort: str) -> None:
    ours = [attempt for attempt in report.of("C01").attempts if attempt.sort == sort]
    assert report.of("C01").outcome is Outcome.HELD
    assert len(ours) >= 3
    assert any(attempt.control for attempt in ours)
    assert any(not attempt.control for attempt in ours)


@pytest.mark.parametrize("way", WAYS)
def test_without_its_mechanism_an_attempt_fails(
    staged: Staged, sabotaged: Sabotage, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(refused, "PATIENCE", 1.0)  # what is forgotten for good is waited for
    make, weaken, undo = WAYS[way]
    with sabotaged(weaken, undo):
        assert any(not one.passed for one in make(staged))
