"""A worker that is killed at each moment of a step: the next one finishes it, and nothing is half done or done twice."""

from __future__ import annotations

import os
import signal

import pytest

from houvast.app import steps
from houvast.app.erasing import erase
from houvast.systems import store
from tests.systems.conftest import Firm

MOMENTS = ("work newsletter", "look newsletter", "done newsletter")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_at_a_step_leaves_it_to_the_next(firm: Firm, moment: str) -> None:
    one = firm.free()
    firm.subscribe(one)
    firm.file.rename(firm.folder / "away.db")
    erase(firm.target, f"customer:{one}", verified_by="code")
    (firm.folder / "away.db").rename(firm.file)
    store.again(firm.office.admin)

    def stop(what: str) -> None:
        if what == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        steps.work(firm.target, pause=stop)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    request = firm.office.one("SELECT max(id) FROM houvast.request")
    assert store.steps(firm.office.admin, request)[0].state == "running"
    assert steps.work(firm.target).done == 1
    (step,) = store.steps(firm.office.admin, request)
    assert (step.state, step.remains) == ("done", 0)
    assert firm.rows("SELECT count(*) FROM subscriber") == [(0,)]
    assert firm.office.one("SELECT count(*) FROM houvast.event WHERE kind = 'system_done'") == 1
    assert firm.office.one("SELECT count(*) FROM houvast.step_value") == 0


def test_two_workers_do_a_step_once(firm: Firm) -> None:
    one = firm.free()
    firm.subscribe(one)
    firm.file.rename(firm.folder / "away.db")
    erase(firm.target, f"customer:{one}", verified_by="code")
    store.again(firm.office.admin)
    with firm.office.again() as other:
        (number,) = store.due(other)
        assert store.begin(other, number) is not None
        assert steps.work(firm.target) == steps.Worked(0, 0)
