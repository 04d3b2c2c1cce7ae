"""What the command says of itself, and how it fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from houvast.cli import houvast as command
from houvast.cli.failing import said_by_database
from houvast.database import connect
from houvast.database.connect import DatabaseError
from houvast.errors import HouvastError
from tests.cli.calling import Shell


def commands() -> list[str]:
    return sorted(command.commands)


@pytest.mark.parametrize("name", commands())
def test_every_command_explains_itself_with_an_example(houvast: Shell, name: str) -> None:
    said = houvast(name, "--help")
    assert said.code == 0
    assert re.search(rf"Example:\n\s+houvast {name}", said.out)


def test_the_list_of_commands_cuts_no_sentence(houvast: Shell) -> None:
    assert "..." not in houvast("--help").out.partition("Commands:")[2]


def test_a_mistyped_command_gets_a_suggestion(houvast: Shell) -> None:
    said = houvast("prve")
    assert said.code == 2
    assert "prove" in said.err


def test_an_unknown_option_is_wrong_usage(houvast: Shell) -> None:
    assert houvast("check", "--jsn").code == 2


@pytest.mark.usefixtures("nobodys_home")
def test_an_error_is_one_message_on_stderr_with_what_to_do(houvast: Shell) -> None:
    said = houvast("drift")
    assert (said.code, said.out) == (1, "")
    assert said.err == "There is no demo yet.\n  What to do: Make it: houvast demo\n"


def _fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(command.commands["check"], "callback", fail)


def test_ctrl_c_ends_without_a_traceback(houvast: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(KeyboardInterrupt(), monkeypatch)
    said = houvast("check")
    assert said.code == 130
    assert said.err.strip() == "Interrupted."


def test_an_error_carries_its_own_exit_code(houvast: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    error = HouvastError("No.")
    error.exit_code = 7
    _fail_with(error, monkeypatch)
    assert houvast("check").code == 7


def test_exit_codes_asked_for_by_a_command_arrive(houvast: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(click.exceptions.Exit(5), monkeypatch)
    assert houvast("check").code == 5


def test_a_detail_of_postgresql_is_never_repeated(fresh_database: Callable[[], str]) -> None:
    with connect(fresh_database()) as database:
        database.execute("CREATE TABLE t (email text PRIMARY KEY)")
        database.execute("INSERT INTO t VALUES ('somebody@mail.example')")
        with pytest.raises(DatabaseError) as refused:
            database.execute("INSERT INTO t VALUES ('somebody@mail.example')")
    assert "somebody" in str(refused.value)
    said = said_by_database(refused.value)
    assert said.startswith("PostgreSQL refused (23505): duplicate key")
    assert "somebody" not in said
    assert "\n" not in said


@pytest.mark.parametrize("url", ["postgresql:///lakana?host=/nowhere", "not a url", "postgresql://[", ""])
def test_a_database_that_cannot_be_reached_gives_one_line(houvast: Shell, nobodys_home: Path, url: str) -> None:
    said = houvast("drift", "--database", url)
    assert said.code == 1
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) <= 2
