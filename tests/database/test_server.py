"""The embedded server: started when needed, reused when running."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from psycopg import OperationalError

from houvast.database.connect import connect
from houvast.database.server import FAST_AND_UNSAFE, Server, temporary
from tests.database.asking import ask, wait_until_gone

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run as somebody else")


def test_a_new_folder_becomes_a_running_postgresql_18(server: Server) -> None:
    assert server.running
    assert int(ask(server, "SHOW server_version_num")) // 10000 == 18


def test_starting_twice_reuses_the_running_server(server: Server) -> None:
    again = Server.start(server.data, settings=FAST_AND_UNSAFE)
    assert again.pid == server.pid


def test_eight_starts_at_once_end_with_one_server(data: Path) -> None:
    def start(_: int) -> int:
        return Server.start(data, settings=FAST_AND_UNSAFE).pid

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(start, range(8)))) == 1


def test_two_programs_starting_at_once_end_with_one_server(data: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from houvast.database.server import Server;"
        "print(Server.start(Path(sys.argv[1])).pid)"
    )
    programs = [
        subprocess.Popen([sys.executable, "-c", code, str(data)], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert len({program.communicate(timeout=60)[0] for program in programs}) == 1
    assert all(program.returncode == 0 for program in programs)


def test_the_server_outlives_the_program_that_started_it(data: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from houvast.database.server import Server;"
        "Server.start(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(data)], check=True, timeout=60, start_new_session=True)
    assert Server(data).running


def test_data_stay_when_the_server_stops_and_starts(server: Server) -> None:
    with connect(server.url()) as database:
        database.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert not server.running
    Server.start(server.data, settings=FAST_AND_UNSAFE)
    assert ask(server, "SELECT answer FROM kept") == "42"


def test_starting_an_initialised_folder_takes_less_than_a_second(server: Server) -> None:
    def seconds() -> float:
        server.stop()
        begun = time.monotonic()
        Server.start(server.data, settings=FAST_AND_UNSAFE)
        return time.monotonic() - begun

    assert min(seconds() for _ in range(3)) < 1


def test_stopping_twice_or_where_nothing_is_does_nothing(server: Server, tmp_path: Path) -> None:
    server.stop()
    server.stop()
    Server(tmp_path / "nothing").stop()
    assert not (tmp_path / "nothing").exists()


def test_there_is_no_tcp_and_only_the_owner_can_enter_the_socket_folder(server: Server) -> None:
    assert ask(server, "SHOW listen_addresses") == ""
    sockets = Path(ask(server, "SHOW unix_socket_directories"))
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.data / "postgres").stat().st_mode) == 0o700


def test_the_log_never_quotes_a_row_or_a_statement(server: Server) -> None:
    with connect(server.url()) as database:
        database.execute("CREATE TABLE people (email text UNIQUE)")
        database.execute("INSERT INTO people VALUES ('secret@mail.example')")
        with pytest.raises(Exception, match="duplicate key"):
            database.execute("INSERT INTO people VALUES ('secret@mail.example')")
    assert "secret@mail.example" not in server.log.read_text()
    assert "duplicate key" in server.log.read_text()


def test_settings_given_at_the_start_count(data: Path) -> None:
    server = Server.start(data, settings={**FAST_AND_UNSAFE, "work_mem": "7MB", "cluster_name": "it's"})
    assert ask(server, "SHOW work_mem") == "7MB"
    assert ask(server, "SHOW cluster_name") == "it's"


def test_a_path_too_long_for_a_socket_still_works(data: Path) -> None:
    deep = data / ("deep" * 30) / "data with spaces"
    server = Server.start(deep, settings=FAST_AND_UNSAFE)
    sockets = Path(ask(server, "SHOW unix_socket_directories"))
    server.stop()
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    sockets.rmdir()


def test_psql_and_pg_dump_reach_the_server(server: Server) -> None:
    psql = subprocess.run(
        [server.binary("psql"), "-d", server.url(), "-Atc", "SELECT 6 * 7"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert psql.stdout.strip() == "42"
    by_environment = subprocess.run(
        ["pg_dump", "-U", "postgres", "-s", "postgres"],
        env=server.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PostgreSQL database dump complete" in by_environment.stdout
    assert server.binary("pgbench").exists()


@as_root
def test_root_runs_the_server_as_another_user_below_a_private_home(data: Path) -> None:
    data.parent.chmod(0o700)
    server = Server.start(data, settings=FAST_AND_UNSAFE)
    owner = Path(f"/proc/{server.pid}").stat().st_uid
    assert owner == (data / "postgres").stat().st_uid != 0
    assert stat.S_IMODE(data.parent.stat().st_mode) == 0o701


def test_a_temporary_server_is_gone_afterwards() -> None:
    with temporary() as server:
        assert ask(server, "SHOW fsync") == "off"
        pid, folder = server.pid, server.data
    wait_until_gone(pid)
    assert not folder.exists()


def test_without_enough_memory_a_temporary_server_lies_where_temporary_files_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("houvast.database.server._MEMORY", tmp_path / "none")
    with temporary() as server:
        assert server.data.is_relative_to(Path(tempfile.gettempdir()).resolve())
        assert ask(server, "SELECT 1") == "1"


def test_a_temporary_server_is_gone_after_a_failure_too() -> None:
    seen: list[Path] = []

    def fail() -> None:
        with temporary() as server:
            seen.append(server.data)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert not seen[0].exists()


def test_stopping_ends_what_clients_are_doing(server: Server) -> None:
    with ThreadPoolExecutor(1) as threads:
        sleeping = threads.submit(ask, server, "SELECT pg_sleep(60)")
        while ask(server, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0":
            time.sleep(0.02)
        server.stop()
        assert isinstance(sleeping.exception(timeout=10), OperationalError)
