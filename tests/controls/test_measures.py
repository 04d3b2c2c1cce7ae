"""What is measured is measured on a real server: one that is its owner's alone, and one that others reach."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from houvast.controls import Found, Ground, measured
from houvast.controls.measures import MEASURES, clock, key_files, packages, passwords, transport, versions
from houvast.database import Connection, connect, run
from houvast.database.server import Server, temporary


@pytest.fixture(scope="module")
def exposed() -> Generator[Server]:
    """A server that listens on every address of this machine, without TLS, for which its wheel has no library."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with temporary({"listen_addresses": "*", "port": port, "log_connections": "off"}) as server:
        yield server


@pytest.fixture
def inside(fresh_database: Callable[[], str]) -> Generator[Connection]:
    with connect(fresh_database()) as connection:
        yield connection


@pytest.fixture
def outside(exposed: Server) -> Generator[Connection]:
    with connect(exposed.url()) as connection:
        yield connection


def test_the_embedded_server_is_reached_by_its_owner_alone(inside: Connection) -> None:
    assert transport(Ground(inside)) == ()
    assert not Ground(inside).reached


def test_a_server_that_others_reach_without_tls_or_password_is_named(outside: Connection) -> None:
    assert set(transport(Ground(outside))) == {
        Found("no_tls", "*"),
        Found("no_password", "127.0.0.1"),
        Found("no_password", "::1"),
    }


def test_rules_that_let_others_in_without_tls_are_named(exposed: Server, outside: Connection) -> None:
    file = exposed.data / "postgres" / "pg_hba.conf"
    before = file.read_text()
    try:
        file.write_text(f"{before}\nhost all all 10.0.0.0/8 md5\nhost all all 192.168.0.0/16 scram-sha-256\n"
                        "hostnossl all all 172.16.0.0/12 reject\n")  # fmt: skip
        found = set(transport(Ground(outside)))
    finally:
        file.write_text(before)
    assert found >= {
        Found("plain_allowed", "10.0.0.0"),
        Found("weak_method", "md5 10.0.0.0"),
        Found("plain_allowed", "192.168.0.0"),
    }
    assert not any("172.16" in one.about for one in found)


def test_passwords_are_kept_well_and_end_where_others_reach_the_server(outside: Connection) -> None:
    assert passwords(Ground(outside)) == ()
    run(outside, "CREATE ROLE kept LOGIN PASSWORD 'a' VALID UNTIL 'tomorrow'")
    assert passwords(Ground(outside)) == ()
    run(outside, "CREATE ROLE endless LOGIN PASSWORD 'a'")
    run(outside, "SET password_encryption = 'md5'")
    run(outside, "CREATE ROLE weak LOGIN PASSWORD 'a' VALID UNTIL 'tomorrow'")
    assert set(passwords(Ground(outside))) == {
        Found("weak_setting", "md5"),
        Found("weak_hash", "weak"),
        Found("no_end", "endless"),
    }


def test_what_a_login_may_not_measure_is_not_right(outside: Connection) -> None:
    run(outside, "CREATE ROLE somebody LOGIN")
    run(outside, "SET SESSION AUTHORIZATION somebody")
    assert measured("passwords", Ground(outside)) == (Found("unmeasured", "42501"),)
    assert measured("transport", Ground(outside)) == (Found("unmeasured", "42501"),)


def test_this_server_and_this_python_are_looked_after(inside: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert versions(Ground(inside)) == ()
    for said, wanted in (("140012", "unsupported"), ("180000", "behind")):

        def setting(_self: Ground, _name: str, said: str = said) -> str:
            return said

        monkeypatch.setattr(Ground, "setting", setting)
        assert wanted in {one.code for one in versions(Ground(inside)) or ()}


def test_keys_are_their_owners_alone(inside: Connection, tmp_path: Path) -> None:
    file, gone = tmp_path / "evidence.key", tmp_path / "gone"
    file.touch(0o600)
    assert key_files(Ground(inside, (file, gone))) == ()
    file.chmod(0o640)
    assert key_files(Ground(inside, (file, gone))) == (Found("open_file", "evidence.key"),)


def test_packages_that_nobody_renews_are_named(inside: Connection, tmp_path: Path) -> None:
    (tmp_path / "one-1.dist-info").mkdir()
    assert packages(Ground(inside, (), tmp_path)) == ()
    os.utime(tmp_path / "one-1.dist-info", (0, 86400 * 365))
    assert packages(Ground(inside, (), tmp_path)) == (Found("old_packages", "1971-01-01"),)
    assert packages(Ground(inside, (), tmp_path / "nothing")) == (Found("old_packages", "1970-01-01"),)


def test_clocks_that_differ_are_named(inside: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock(Ground(inside)) == ()
    now = __import__("time").time()
    monkeypatch.setattr("houvast.controls.measures.time.time", lambda: now - 3600)
    ((found),) = clock(Ground(inside))
    assert found.code == "clock_off"
    assert abs(int(found.about) - 3600) < 60


def test_every_measure_says_what_it_looks_at() -> None:
    assert all(one.__doc__ and one.__doc__.endswith(".") for one in MEASURES.values())
