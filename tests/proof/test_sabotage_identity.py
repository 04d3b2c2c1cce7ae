"""What stands between somebody else and the data of a person who is to show who they are, taken away by piece."""

from __future__ import annotations

import pytest

from houvast.database import Connection
from houvast.proof import Outcome
from houvast.proof.outcome import NO_DRIFT
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene
from tests.proof.test_sabotage import trigger

WEAKER = {
    "the count of tries at a letter": (
        "answer_case_code(uuid, text)", "c.tries < 5", "true", "the code of a letter after five guesses",
    ),
    "the end of a letter's time": (
        "answer_case_code(uuid, text)", "c.until > clock_timestamp()", "true", "the code of a letter after its time",
    ),
    "the commit before a letter counts": (
        "settle_case_code(uuid, text)", "t.tried_by IS DISTINCT FROM pg_current_xact_id_if_assigned()", "true",
        "the code of a letter, acted on before it is committed",
    ),
    "not me": (
        "not_me(uuid)", "q.code = not_me.reference", "false", "after the person said that they did not ask it",
    ),
    "the end of a mandate": (
        "end_mandate(bigint, text)", "t.ended_at IS NULL", "false", "by a mandate that was taken back",
    ),
}  # fmt: skip


def _found(scene: Scene, words: str) -> tuple[Outcome, bool]:
    proof = scene.prove("C35").of("C35")
    return proof.outcome, any(words in a.name for a in proof.failed if a.name != NO_DRIFT)


@pytest.mark.parametrize("way", WEAKER)
def test_a_function_that_checks_less_is_found_out(
    scene: Scene, administrator: Connection, sabotaged: Sabotage, way: str
) -> None:
    name, part, weak, words = WEAKER[way]
    ((was,),) = administrator.execute("SELECT pg_get_functiondef(%s::regprocedure)", (f"houvast.{name}",)).fetchall()
    assert part in was
    extra = "ALTER TABLE houvast.case_code DROP CONSTRAINT case_code_tries_check;" if "tries" in part else ""
    undo = "ALTER TABLE houvast.case_code ADD CONSTRAINT case_code_tries_check CHECK (tries <= 5);" if extra else ""
    with sabotaged(extra + was.replace(part, weak, 1), f"{was}; {undo}"):
        assert _found(scene, words) == (Outcome.BROKEN, True)


def test_a_mandate_that_counts_before_it_is_confirmed_is_found_out(scene: Scene, sabotaged: Sabotage) -> None:
    with sabotaged(*trigger("houvast.request", "hv_mandate_counts")):
        assert _found(scene, "a request by a mandate that nobody confirmed") == (Outcome.BROKEN, True)
