"""The beacon, as it runs: Granian in processes of its own, asked over HTTP."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files as resources
from pathlib import Path

import duckdb
import pytest

from houvast.visits.flood import Flood
from houvast.visits.store import files
from tests.visits.requests import CHROME, FIREFOX
from tests.visits.test_counter import left, stored

ORIGIN = "https://www.lakana.example"


class Asked(http.client.HTTPConnection):
    """HTTP through a socket of the file system."""

    def __init__(self, place: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(30)
        self.sock.connect(str(self.place))


class Running:
    """A beacon that runs, behind a proxy that says who asks."""

    def __init__(self, folder: Path) -> None:
        self.store, self.place = folder / "visits", folder / "beacon.sock"
        command = [sys.executable, "-m", "tests.visits.beacon_sample", str(self.place), str(self.store)]
        self.log = (folder / "log").open("w+b")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.answers():
                return
            time.sleep(0.05)
        raise AssertionError("the beacon did not start")

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/count.js")[0] == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, body: str | None = None, address: str = "192.0.2.7", **headers: str) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
        connection = Asked(self.place)
        told = {"User-Agent": CHROME, "X-Forwarded-For": address, **{name.replace("_", "-"): value for name, value in headers.items()}}  # fmt: skip
        try:
            connection.request(method, path, body, told)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def stop(self) -> str:
        """Stop as a service is stopped; what it said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        self.log.seek(0)
        said = self.log.read().decode()
        self.log.close()
        return said


@pytest.fixture
def beacon() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="houvast-beacon-", dir="/tmp") as folder:  # a socket's path is short
        running = Running(Path(folder))
        yield running
        if not running.log.closed:
            running.stop()


def test_a_beacon_counts_over_http_and_writes_what_waits_when_it_is_stopped(beacon: Running) -> None:
    script = beacon.ask("POST", "/count", "/hulp/jan?naam=jan\nhttps://search.co.uk/find?q=ziek", Origin=ORIGIN, Accept_Language="fy,nl;q=0.5")  # fmt: skip
    image = beacon.ask("GET", "/count", Referer=f"{ORIGIN}/producten/12?naam=jan", User_Agent=FIREFOX)
    assert (script[0], image[0]) == (204, 204)
    for status, headers, body in (script, image):
        assert not {"set-cookie", "etag", "last-modified", "access-control-allow-origin"} & set(headers), status
        assert (headers["cache-control"], body) == ("no-store", b"")
    beacon.ask("GET", "/count", Referer=f"{ORIGIN}/", Sec_GPC="1")
    refused = [
        beacon.ask("POST", "/count", "/\n", Origin="https://evil.example")[0],
        beacon.ask("POST", "/count", "/\n", Origin="null")[0],
        beacon.ask("POST", "/count", "/\n", Referer=f"{ORIGIN}/")[0],
        beacon.ask("GET", "/count", Referer="https://evil.example/?www.lakana.example")[0],
        beacon.ask("GET", "/count")[0],
        beacon.ask("POST", "/count", "x" * 5000, Origin=ORIGIN)[0],
        beacon.ask("PUT", "/count", "/", Origin=ORIGIN)[0],
        beacon.ask("GET", "/elsewhere")[0],
        beacon.ask("GET", "/count", Referer=f"{ORIGIN}/", X_Long="x" * 100_000)[0],
    ]
    assert refused == [403, 403, 403, 403, 403, 413, 405, 404, 431]
    said = beacon.stop()
    assert beacon.process.returncode == 0
    told = duckdb.read_parquet([str(file) for file in files(beacon.store)])
    rows = told.select("site, page, browser, language, referrer, robot").order("page").fetchall()
    assert rows == [("shop", "help", "chrome", "fy", "search.co.uk", False), ("shop", "product", "firefox", "none", "none", False)]  # fmt: skip
    assert left(beacon.store) == {"gpc": 1}
    assert not [secret for secret in ("192.0.2.7", "jan", "ziek", "Mozilla") if secret in said]
    everything = b"".join(file.read_bytes() for file in beacon.store.rglob("*") if file.is_file())
    assert not [secret for secret in (b"192.0.2.7", b"naam", b"ziek", b"Mozilla") if secret in everything]


def test_whoever_objects_at_the_beacon_is_not_counted_and_a_flood_is_held_back(beacon: Running) -> None:
    page = beacon.ask("GET", "/do-not-count", Accept_Language="nl")
    assert (page[0], "Tel mij vandaag niet mee" in page[2].decode()) == (200, True)
    assert beacon.ask("POST", "/do-not-count")[0] == 200
    assert beacon.ask("GET", "/count", Referer=f"{ORIGIN}/")[0] == 204
    several = [beacon.ask("GET", "/count", address="198.51.100.9", Referer=f"{ORIGIN}/")[0] for _ in range(42)]
    assert several == [204] * 40 + [429] * 2
    assert beacon.ask("GET", "/count", address="198.51.101.9", Referer=f"{ORIGIN}/")[0] == 204
    beacon.stop()
    assert (stored(beacon.store), left(beacon.store)) == (41, {"objected": 1})


def test_the_script_is_small_and_looks_into_no_device() -> None:
    script = resources("houvast.visits").joinpath("beacon.js").read_bytes().strip()
    assert len(script) < 500
    looks = (b"cookie", b"Storage", b"indexedDB", b"screen", b"canvas", b"navigator.", b"userAgent", b"plugins", b"performance", b"fonts")  # fmt: skip
    assert not [word for word in looks if word in script]
    assert b'credentials:"omit"' in script
    assert b"globalPrivacyControl" in script


def test_a_flood_is_of_one_network_for_a_while_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    flood = Flood(most=2, seconds=60)
    assert [flood.is_over("192.0.2.0", 1.0) for _ in range(3)] == [False, False, True]
    assert not flood.is_over("192.0.3.0", 1.0)
    assert not flood.is_over("192.0.2.0", 62.0)
    monkeypatch.setattr("houvast.visits.flood.MOST_NETWORKS", 100)
    for number in range(1000):
        flood.is_over(str(number), 63.0)
    assert len(flood._counts) <= 102  # pyright: ignore[reportPrivateUsage]
