"""What `apply` ends with: each purpose reads made-up people."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from houvast.database import Connection
from houvast.proof import Attempt, probe
from houvast.proof.attempts import probes, reads
from houvast.proof.judge import Caller
from houvast.proof.probe import NOT_SEEN, SEEN
from houvast.proof.prove import stage
from houvast.proof.reading import read_all
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene

OPENED = (
    "CREATE POLICY strange ON contact FOR SELECT TO hv_v_answer USING (true)",
    "DROP POLICY strange ON contact",
)
SHUT = "ALTER POLICY hv_billing_read ON contact USING ({})"


def _say_nothing(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def _wrong(scene: Scene) -> list[Attempt]:
    # as where the administrator has no password of the company's logins
    door = replace(scene.door, borrowed=True)
    return [one for one in probe(door, scene.versions, scene.datamap) if not one.passed]


def test_every_purpose_sees_what_it_may_and_no_more(scene: Scene) -> None:
    assert not _wrong(scene)


def test_what_is_read_together_is_what_each_cell_shows_alone(scene: Scene) -> None:
    """Also where a use is refused for one person, and where some columns are."""
    logins = {"support", "account_desk", "newsletter"}
    with stage(scene.door, scene.versions, scene.datamap) as (_, field):
        asked = [one for one in probes(field, (reads.reads, reads.undeclared)) if one.login in logins]
        together = {(one.name, one.sql): one.seen for one in read_all(scene.door, asked, _say_nothing)}
        for login in logins:
            with closing(Caller(scene.door, login)) as caller:
                alone = [caller.attempt(one) for one in asked if one.login == login]
            assert {(one.name, one.sql): one.seen for one in alone}.items() <= together.items()
    assert set(together.values()) == {SEEN, NOT_SEEN}


def test_purposes_that_see_too_much_and_too_little_are_named(
    scene: Scene, administrator: Connection, sabotaged: Sabotage
) -> None:
    ((was,),) = administrator.execute(
        "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy"
        " WHERE polname = 'hv_billing_read' AND polrelid = 'contact'::regclass"
    ).fetchall()
    with sabotaged(*OPENED), sabotaged(SHUT.format("false"), SHUT.format(was)):
        wrong = _wrong(scene)
    leaks, missing = ([one for one in wrong if one.control is control] for control in (False, True))
    assert leaks
    assert all("answer reads" in one.name for one in leaks)
    assert missing
    assert all("billing reads" in one.name for one in missing)
