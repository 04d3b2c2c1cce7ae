"""`houvast visits serve`, as somebody starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from houvast.app import find_project
from houvast.app.visits import counting
from tests.visits.requests import CHROME
from tests.visits.test_beacon import Asked
from tests.visits.test_counter import stored

POLICY = Path(__file__).parents[2] / "policies" / "lakana"


def test_visits_are_counted_from_the_command_to_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="houvast-serve-", dir="/tmp") as home:
        place = Path(home) / "s"
        monkeypatch.setenv("HOUVAST_HOME", home)
        command = [sys.executable, "-m", "houvast.cli", "visits", "serve", "--project", str(POLICY), "--socket", str(place), "--workers", "2"]  # fmt: skip
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ)
        try:
            answers = [count(place, number) for number in range(20)]
        finally:
            server.send_signal(signal.SIGTERM)
            said = (server.communicate(timeout=60)[0] or b"").decode()
        assert answers == [204] * 20
        assert "Counting visits to www.lakana.example" in said
        assert server.returncode == 0
        assert stored(counting(find_project(POLICY)).folder) == 20


def count(place: Path, number: int) -> int:
    """Tell of a visit, once the beacon is there."""
    for _ in range(600):
        connection = Asked(place)
        try:
            told = {
                "Origin": "https://www.lakana.example",
                "User-Agent": CHROME,
                "X-Forwarded-For": f"192.0.2.{number}",
            }
            connection.request("POST", "/count", "/pricing\n", told)
            return connection.getresponse().status
        except (OSError, ConnectionError):
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError("the beacon did not start")
