"""What the embedded server refuses, and what it recovers from."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from houvast.database import embedded
from houvast.database.connect import connect
from houvast.database.server import FAST_AND_UNSAFE, Server
from houvast.errors import ServerError
from tests.database.asking import ask, runs, wait_until_gone

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run as somebody else")


def test_a_setting_that_does_not_exist_is_named_as_the_reason(data: Path) -> None:
    with pytest.raises(ServerError, match=r"setting.*not one that PostgreSQL accepts"):
        Server.start(data, settings={"no_such_setting": "1"})


def test_a_program_that_postgresql_lacks_is_refused() -> None:
    with pytest.raises(ServerError, match="no program pg_magic"):
        Server.binary("pg_magic")


def test_a_killed_server_is_started_again_with_its_data(server: Server) -> None:
    with connect(server.url()) as database:
        database.execute("CREATE TABLE kept AS SELECT 1 AS one")
        database.execute("CHECKPOINT")
    old = server.pid
    os.kill(old, signal.SIGKILL)
    wait_until_gone(old)
    again = Server.start(server.data, settings=FAST_AND_UNSAFE)
    assert again.pid != old
    assert ask(again, "SELECT one FROM kept") == "1"


def test_a_killed_server_whose_last_query_still_runs_is_waited_for(server: Server) -> None:
    with ThreadPoolExecutor(1) as threads:
        threads.submit(ask, server, "SELECT count(*) FROM generate_series(1, 20000000)")
        works = "query LIKE '%20000000%' AND pid <> pg_backend_pid()"
        while (worker := int(ask(server, f"SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE {works}"))) == 0:
            time.sleep(0.02)
        os.kill(server.pid, signal.SIGKILL)
        Server.start(server.data, settings=FAST_AND_UNSAFE)
        assert not runs(worker)
    assert server.running


def test_a_killed_server_whose_number_another_program_got_is_started_again(server: Server) -> None:
    old = server.pid
    os.kill(old, signal.SIGKILL)
    wait_until_gone(old)
    cluster = server.data / "postgres"
    for left in (cluster / "postmaster.pid", server.data / "socket" / ".s.PGSQL.5432.lock"):
        lines = left.read_text().splitlines(keepends=True)
        left.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))
    assert not server.running
    Server.start(server.data, settings=FAST_AND_UNSAFE)
    assert server.running


def test_an_initialisation_that_was_killed_half_way_starts_anew(data: Path) -> None:
    half = data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert Server.start(data, settings=FAST_AND_UNSAFE).running


def test_a_folder_with_other_files_is_refused_and_left_alone(data: Path) -> None:
    data.mkdir()
    (data / "thesis.txt").write_text("years of work")
    with pytest.raises(ServerError, match="not empty and holds no database") as refused:
        Server.start(data)
    assert "empty folder" in refused.value.todo
    assert [path.name for path in data.iterdir()] == ["thesis.txt"]


def test_a_file_where_the_folder_should_be_is_refused(data: Path) -> None:
    data.write_text("")
    with pytest.raises(ServerError, match="is not a folder"):
        Server.start(data)
    data.unlink()


def test_data_of_another_major_version_are_refused(server: Server) -> None:
    server.stop()
    version = server.data / "postgres" / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(ServerError, match=r"made by PostgreSQL 15; this is PostgreSQL 18"):
        Server.start(server.data)
    version.write_text("18\n")


def test_the_data_folder_of_another_running_server_is_refused(server: Server) -> None:
    with pytest.raises(ServerError, match=rf"another server, PostgreSQL 18, which runs now \(process {server.pid}\)"):
        Server.start(server.data / "postgres")
    assert server.running


def test_a_port_that_is_taken_is_named_as_the_reason(data: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(ServerError, match="already uses the port or socket"):
            Server.start(data, settings={"listen_addresses": "127.0.0.1", "port": port})
    assert not Server(data).running


def test_a_socket_folder_of_somebody_else_is_refused(data: Path) -> None:
    data.mkdir()
    elsewhere = data.parent / "elsewhere"
    elsewhere.mkdir()
    (data / "socket").symlink_to(elsewhere)
    with pytest.raises(ServerError, match="where the server's socket must be"):
        Server.start(data, settings=FAST_AND_UNSAFE)


def test_a_place_where_no_folder_can_be_made_is_refused() -> None:
    with pytest.raises(ServerError) as refused:
        Server.start(Path("/proc/houvast/data"))
    assert "another data folder" in refused.value.todo


def test_asking_a_stopped_server_for_its_url_says_to_start_it(data: Path) -> None:
    with pytest.raises(ServerError, match="not running"):
        Server(data).url()


@as_root
def test_data_that_root_copied_for_itself_are_refused_with_the_command_that_helps(server: Server) -> None:
    server.stop()
    cluster = server.data / "postgres"
    owner = cluster.stat()
    os.chown(cluster, 0, 0)
    with pytest.raises(ServerError, match="belongs to root") as refused:
        Server.start(server.data)
    assert f"chown -R {embedded.SYSTEM_USER}" in refused.value.todo
    os.chown(cluster, owner.st_uid, owner.st_gid)


@as_root
def test_somebody_without_rights_to_the_folder_is_told_so(server: Server) -> None:
    code = (
        "import os, sys; sys.path[:] = sys.argv[2].split(os.pathsep)\n"
        "from pathlib import Path\n"
        "from houvast.database.server import Server\n"
        "import houvast.errors, psutil, psycopg, importlib.util\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: Server.start(Path(sys.argv[1]))\n"
        "except houvast.errors.ServerError as error: print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(server.data), os.pathsep.join(sys.path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "may not use" in said
    assert "another data folder" in said
