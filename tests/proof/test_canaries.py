"""Canaries are always taken away again: after a run, after a failure, after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from houvast.database import Connection
from houvast.errors import DatabaseRefusal
from houvast.proof import Door, prove, registry
from tests.proof.scene import PROJECT, Scene, counts

RUN = """
import sys
from pathlib import Path
from houvast.datamap import load_datamap
from houvast.policy import load_versions
from houvast.proof import Door, prove

url, project = sys.argv[1], Path(sys.argv[2])
door = Door(url, lambda login: url.replace("//postgres@", f"//{login}@"))
prove(door, load_versions(project), load_datamap(project / "datamap.yaml"), promises=["C10"],
      progress=lambda what, done, total: print(what, flush=True))
"""


def killed_run(scene: Scene, at: str) -> None:
    """Start a proof in another process and kill it when it says that it does this."""
    command = [sys.executable, "-c", RUN, scene.door.administrator, str(PROJECT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith(at):
                process.send_signal(signal.SIGKILL)
                break
        process.wait()
        assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("at", ["attempts as", pytest.param("canary: customer, closed", marks=pytest.mark.long)])
def test_the_next_run_removes_its_own_and_what_a_killed_one_left(
    scene: Scene, administrator: Connection, at: str
) -> None:
    before = counts(administrator)
    killed_run(scene, at)
    left = counts(administrator)
    assert left["houvast.canary"] > before["houvast.canary"] == 0
    assert left["account"] > before["account"]
    scene.prove("C18")
    assert counts(administrator) == before  # and nothing of its own stays either


def test_nothing_stays_when_a_run_fails(scene: Scene, administrator: Connection) -> None:
    before = counts(administrator)

    def nowhere(login: str) -> str:
        raise RuntimeError(login)

    with pytest.raises(RuntimeError):
        prove(Door(scene.door.administrator, nowhere), scene.versions, scene.datamap, promises=["C10"])
    assert counts(administrator) == before


def test_two_proofs_at_once_are_one_too_many(scene: Scene, administrator: Connection) -> None:
    registry.prepare(administrator)
    with pytest.raises(DatabaseRefusal, match="Somebody else is proving"):
        scene.prove()


def test_a_login_without_rights_makes_no_canaries(scene: Scene) -> None:
    door = Door(scene.door.login("support"), scene.door.login)
    with pytest.raises(DatabaseRefusal, match="may not make canaries"):
        prove(door, scene.versions, scene.datamap)


@pytest.mark.usefixtures("report")
def test_the_record_of_the_uses_stays_and_every_use_has_ended(administrator: Connection) -> None:
    row = administrator.execute(
        "SELECT count(*), count(ended_at) FROM houvast.use WHERE reason = 'houvast prove'"
    ).fetchone()
    assert row
    assert row[0] == row[1] > 0
