"""Opening somebody by a case of one's own, or others' rows by a link: tried, failed, found out where it succeeds."""

from __future__ import annotations

from houvast.proof.attempts import opening
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene
from tests.proof.test_sabotage import WAYS

CASE, LINK = "a case that opens somebody to whoever wrote it", "a link that begins again"


def test_each_login_that_may_write_its_own_circumstance_tries_and_sees_nobody(
    scene: Scene, sabotaged: Sabotage
) -> None:
    tried = {one.name: one for one in scene.prove("C10", "C08", "C09").of("C10").attempts if one.sort == opening.FAMILY}
    assert tried
    assert {one.login for one in tried.values()} >= {"support", "office"}
    assert not [name for name, one in tried.items() if not one.passed]
    with sabotaged(*WAYS[CASE][1]):
        found = scene.prove("C10").of("C10")
    assert {one.sort for one in found.failed} & {opening.FAMILY}


def test_a_link_that_ended_is_tried(scene: Scene, sabotaged: Sabotage) -> None:
    found = scene.prove("C08").of("C08")
    assert [one.passed for one in found.attempts if one.sort == opening.LINK] == [True, True]
    with sabotaged(*WAYS[LINK][1]):
        assert {one.sort for one in scene.prove("C08").of("C08").failed} >= {opening.LINK}
