"""`houvast map`: a proposal from the catalogue alone, confirmed by a person, merged with what there is."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from houvast.app import load_project
from houvast.database import connect
from houvast.database.connect import run
from houvast.database.server import Server, temporary
from houvast.datamap import load_datamap
from tests.cli.calling import Shell
from tests.cli.test_init import OPTIONS
from tests.cli.typing import answer

SQL = """
CREATE TABLE klanten (id serial PRIMARY KEY, naam text NOT NULL, email text, geboortedatum date,
                      aangemaakt_op timestamptz NOT NULL DEFAULT now(), opgezegd_op timestamptz);
CREATE TABLE vragen (id serial PRIMARY KEY, klant_id integer NOT NULL REFERENCES klanten, onderwerp text,
                     gesloten_op timestamptz);
CREATE TABLE producten (id serial PRIMARY KEY, naam text);
INSERT INTO klanten (naam, email) VALUES ('Zeer Geheim', 'geheim@klant.example');
CREATE VIEW open_vragen AS SELECT naam, onderwerp FROM vragen JOIN klanten ON klanten.id = klant_id;
CREATE ROLE balie LOGIN;
"""


@pytest.fixture(scope="module")
def alone() -> Generator[Server]:
    """A server of its own: the logins of other tests would be asked about too."""
    with temporary() as server:
        yield server


@pytest.fixture
def url(alone: Server) -> Generator[str]:
    """A small database of a shop, as superuser."""
    with connect(alone.url()) as admin:
        run(admin, "CREATE DATABASE fresh_shop")
        with connect(alone.url("fresh_shop")) as database:
            run(database, SQL)
        yield alone.url("fresh_shop")
        run(admin, "DROP DATABASE fresh_shop WITH (FORCE)")
        run(admin, "DROP ROLE IF EXISTS balie, hv_answer")


@pytest.fixture
def project(houvast: Shell, tmp_path: Path, url: str) -> Path:
    """A project that was begun for that database, with an empty map."""
    folder = tmp_path / "project"
    name = url.split("/", 3)[3].partition("?")[0]
    assert houvast("init", str(folder), *OPTIONS, "--database", name).code == 0
    return folder


def test_without_yes_it_prints_and_writes_nothing(houvast: Shell, project: Path, url: str) -> None:
    before = (project / "datamap.yaml").read_text()
    said = houvast("map", "--project", str(project), "--database", url)
    assert said.code == 0
    assert "Nothing was written" in said.err
    assert (project / "datamap.yaml").read_text() == before
    (project / "printed.yaml").write_text(said.out)
    assert load_datamap(project / "printed.yaml").tables["klanten"].columns["email"].categories == ("contact",)


def test_yes_takes_what_is_sure_and_the_project_passes(houvast: Shell, project: Path, url: str) -> None:
    said = houvast("map", "--project", str(project), "--database", url, "--yes")
    assert said.code == 0
    assert "klanten.geboortedatum" in said.out
    found = load_project(project).datamap
    assert "geboortedatum" not in found.tables["klanten"].columns
    assert found.views == {"open_vragen": "closed"}
    assert found.logins["balie"].purposes == ()
    assert "# geboortedatum: " in (project / "datamap.yaml").read_text()
    assert "houvast check finds nothing wrong." in said.out


def test_a_second_run_changes_nothing(houvast: Shell, project: Path, url: str) -> None:
    houvast("map", "--project", str(project), "--database", url, "--yes")
    once = (project / "datamap.yaml").read_text()
    assert houvast("map", "--project", str(project), "--database", url, "--yes").code == 0
    assert (project / "datamap.yaml").read_text() == once


def test_a_new_column_is_proposed_and_a_decision_stays(houvast: Shell, project: Path, url: str) -> None:
    houvast("map", "--project", str(project), "--database", url, "--yes")
    path = project / "datamap.yaml"
    path.write_text(path.read_text().replace("onderwerp: question", "onderwerp: [question, contact]"))
    with connect(url) as database:
        run(database, "ALTER TABLE vragen ADD antwoord text")
    assert houvast("map", "--project", str(project), "--database", url, "--yes").code == 0
    columns = load_project(project).datamap.tables["vragen"].columns
    assert columns["onderwerp"].categories == ("question", "contact")
    assert columns["antwoord"].categories == ("question",)


def test_it_needs_no_right_to_read_a_row(houvast: Shell, project: Path, url: str, alone: Server) -> None:
    name = url.split("/", 3)[3].partition("?")[0]
    with connect(alone.url(name, "balie")) as database:
        assert database.execute("SELECT has_table_privilege('klanten', 'SELECT')").fetchone() == (False,)
    said = houvast("map", "--project", str(project), "--database", alone.url(name, "balie"))
    assert said.code == 0
    assert "email: contact" in said.out
    assert "geheim@" not in said.out + said.err


def test_a_second_database_of_a_server_gets_roles_of_its_own(houvast: Shell, project: Path, url: str) -> None:
    with connect(url) as database:
        run(database, "CREATE ROLE hv_answer")
    assert houvast("map", "--project", str(project), "--database", url, "--yes").code == 0
    name = url.split("/", 3)[3].partition("?")[0]
    assert load_project(project).datamap.role_prefix == f"hv_{name}"


def test_a_map_of_another_database_is_refused(houvast: Shell, project: Path, url: str) -> None:
    path = project / "datamap.yaml"
    path.write_text(path.read_text().replace("database: fresh", "database: other"))
    said = houvast("map", "--project", str(project), "--database", url, "--yes")
    assert said.code == 1
    assert "is of the database `other" in said.err


def test_a_map_with_a_mistake_is_not_touched(houvast: Shell, project: Path, url: str) -> None:
    path = project / "datamap.yaml"
    path.write_text(path.read_text() + "tabels: {}\n")
    before = path.read_text()
    said = houvast("map", "--project", str(project), "--database", url, "--yes")
    assert said.code == 1
    assert "Did you mean `tables`?" in said.err
    assert path.read_text() == before


def test_output_writes_another_file_and_leaves_the_project_alone(houvast: Shell, project: Path, url: str) -> None:
    before = (project / "datamap.yaml").read_text()
    other = project / "proposal.yaml"
    assert houvast("map", "--project", str(project), "--database", url, "--yes", "--output", str(other)).code == 0
    assert (project / "datamap.yaml").read_text() == before
    assert "klanten" in load_datamap(other).tables


def test_a_place_that_cannot_be_written_is_said_so(houvast: Shell, project: Path, url: str) -> None:
    there = project / "no" / "map.yaml"
    said = houvast("map", "--project", str(project), "--database", url, "--yes", "--output", str(there))
    assert said.code == 2
    assert "--output" in said.err


@pytest.mark.usefixtures("nobodys_home")
def test_the_sample_companys_own_map_is_not_overwritten(houvast: Shell) -> None:
    assert houvast("map", "--yes").code == 2


def test_a_project_without_a_word_about_its_database_is_wrong_usage(houvast: Shell, project: Path) -> None:
    said = houvast("map", "--project", str(project))
    assert (said.code, said.err) == (2, "Which database?\n  What to do: Add --database URL.\n")


def test_a_database_that_is_not_there_is_one_message(houvast: Shell, project: Path, url: str) -> None:
    said = houvast("map", "--project", str(project), "--database", url.replace("/fresh", "/gone"), "--yes")
    assert said.code == 1
    assert "Traceback" not in said.err


def _on_a_terminal(project: Path, url: str, lines: list[str]) -> tuple[int, str]:
    master, terminal = pty.openpty()
    command = [sys.executable, "-c", "import houvast.cli; houvast.cli.main()", "map", "--project", str(project),
               "--database", url]  # fmt: skip
    asked = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    shown = answer(master, lines)
    return asked.wait(), shown


def test_on_a_terminal_each_table_and_login_is_confirmed(project: Path, url: str) -> None:
    each = ["e", "", "", "", "contakt", "contact", "", "closed"]
    lines = ["y", *each, "n", "y", "y", "answr", "answer"]
    code, shown = _on_a_terminal(project, url, lines)
    assert code == 0, shown
    assert "Did you mean `contact`?" in shown
    found = load_project(project).datamap
    assert found.tables["klanten"].columns["geboortedatum"].categories == ("contact",)
    assert "opgezegd_op" not in found.tables["klanten"].columns
    assert "producten" not in found.tables
    assert found.logins["balie"].purposes == ("answer",)


def test_who_says_no_to_the_people_is_told_what_to_write(project: Path, url: str) -> None:
    before = (project / "datamap.yaml").read_text()
    code, shown = _on_a_terminal(project, url, ["n"])
    assert code == 2
    assert "subjects:" in shown
    assert (project / "datamap.yaml").read_text() == before
