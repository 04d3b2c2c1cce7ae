"""Witnesses of the settings are asked; who refuses is an alarm at once, who is away is one after some time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from houvast.app import desk, handing_out, keep, stamper, witnesses
from houvast.app.evidence import Log
from houvast.app.project import Project
from houvast.app.settings import Evidence, Settings, Timestamp
from houvast.app.target import Target
from houvast.database import Connection
from houvast.errors import Place
from houvast.evidence import rows
from houvast.evidence.cosigning import QuorumMissing, Witness
from houvast.evidence.timestamping import stamps
from houvast.evidence.verify import verify_file
from tests.compiler import small
from tests.compiler.asking import make_small
from tests.compiler.asking import rows as ask
from tests.evidence import authority
from tests.evidence.witnessing import serving, stranger


@pytest.fixture
def kept(fresh_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """The small company with its policy applied, and a desk."""
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path / "home"))
    url = fresh_database()
    for name in ("policy.yaml", "datamap.yaml"):
        (tmp_path / name).write_text(f"{name} of the small company")
    policy = replace(small.policy(), place=Place(str(tmp_path / "policy.yaml"), 1, 1))
    target = Target(Project((policy,), small.datamap(make_small(url)), tmp_path), url)
    keep.apply(target)
    desk.prepare(url)
    return target


def _log(target: Target, *chosen: Witness, quorum: int = 0) -> Log:
    return Log.of(target, Settings(evidence=Evidence(witnesses=chosen, quorum=quorum)))


def _integrate(log: Log, admin: Connection) -> list[str]:
    """Something happens and is published; the alarms about witnesses that are open then."""
    rows.tell(admin, "drift_mended", {})
    log.integrate(admin)
    return [one.text for one in desk.alarms(admin) if one.kind == "witness"]


def test_who_cosigned_is_told_and_who_was_away_for_long_is_an_alarm_until_it_is_back(
    kept: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept.connect() as admin:
        key = _log(kept).begin(admin)
        with serving(tmp_path / "w", [key], name="council.example") as here:
            away = Witness("http://127.0.0.1:9", stranger("auditor.example"))
            log = _log(kept, here, away)
            assert _integrate(log, admin) == []
            assert [at is not None for at in log.cosigned().values()] == [True, False]
            assert log.cosigner.lacks()
            monkeypatch.setattr(witnesses, "LONG_AWAY", 0.0)
            (alarm,) = _integrate(log, admin)
            assert alarm.startswith("Witness auditor.example has not cosigned the log for a while: ")
            assert _integrate(_log(kept, here), admin) == []


def test_a_log_that_was_rolled_back_is_an_alarm_at_once_also_where_a_quorum_holds_it_back(
    kept: Target, tmp_path: Path
) -> None:
    with kept.connect() as admin:
        key = _log(kept).begin(admin)
        with serving(tmp_path / "w", [key], name="council.example") as here:
            for _ in range(3):
                assert _integrate(_log(kept, here), admin) == []
            log = _log(kept, here, quorum=1)
            ask(admin, "TRUNCATE houvast.entry, houvast.checkpoint")
            log.store.drop("checkpoint")
            log.store.drop("tile")
            with pytest.raises(QuorumMissing, match="now there are"):
                _integrate(log, admin)
            (alarm,) = [one.text for one in desk.alarms(admin) if one.kind == "witness"]
            assert alarm.startswith("Witness council.example refuses to cosign the log: ")


def test_the_log_is_stamped_once_in_its_hours_and_a_failing_authority_is_an_alarm_the_second_time(
    kept: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def log(url: str) -> Log:
        return Log.of(kept, Settings(evidence=Evidence(timestamp=Timestamp(url))))

    def alarms() -> list[str]:
        return [one.kind for one in desk.alarms(admin)]

    monkeypatch.setattr(stamper, "AGAIN", 0.0)
    root = authority.make(tmp_path / "tsa")
    with kept.connect() as admin:
        with authority.stamping(root.parent) as url:
            away = log("http://127.0.0.1:9")
            for expected in ([], ["timestamp"]):
                _integrate(away, admin)
                assert alarms() == expected
            _integrate(log(url), admin)
            assert alarms() == []
            _integrate(log(url), admin)
        assert len(stamps(log(url).store)) == 1
    whole = tmp_path / "log.zip"
    handing_out.export(kept, whole)
    assert len(verify_file(whole).timestamps) == 1
