"""Objections are proven: in force at once, weighed in writing; what weakens that is found out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from houvast.database import Connection
from houvast.proof.handling import Handling
from houvast.proof.weighing import weighing
from houvast.proof.words import tried
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene

WEIGH, ASK = "weigh(text, text, text, text)", "ask_own(text, text, text, text, text)"
WAYS = {
    "a dismissal without a reason": (WEIGH, "length(btrim(coalesce(reason, ''))) < 10 OR", ""),
    "an objection to marketing is dismissed": (WEIGH, "houvast.is_marketing(purpose)", "false"),
    "an objection that waits": (ASK, "IF wanted = 'objection' THEN PERFORM", "IF false THEN PERFORM"),
}


@pytest.fixture
def handling(scene: Scene, administrator: Connection) -> Handling:
    """Attempts about somebody of the sample."""
    ((key,),) = administrator.execute("SELECT min(key) FROM houvast.person WHERE kind = 'customer'").fetchall()
    administrator.execute("SET houvast.filling = 'yes'")
    return Handling(administrator, scene.versions[-1], datetime.now(UTC), ("customer", key), "hv-made-up")


def test_every_objection_goes_as_promised(handling: Handling) -> None:
    attempts = list(weighing(handling))
    assert [(one.name, one.seen) for one in attempts if not one.passed] == []
    assert any(one.control for one in attempts)
    assert len(attempts) >= 9
    assert tried("weighing") == {"G08"}


@pytest.mark.parametrize("way", WAYS)
def test_what_no_longer_weighs_is_found_out(handling: Handling, sabotaged: Sabotage, way: str) -> None:
    name, kept, weak = WAYS[way]
    definition = "SELECT pg_get_functiondef(%s::regprocedure)"
    ((was,),) = handling.connection.execute(definition, (f"houvast.{name}",)).fetchall()
    assert kept in was
    with sabotaged(was.replace(kept, weak), was):
        assert any(not one.passed for one in weighing(handling))
    assert all(one.passed for one in weighing(handling))
