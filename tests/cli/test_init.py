"""`houvast init`: from answers to a project that passes `houvast check`."""

from __future__ import annotations

import json
import multiprocessing
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from houvast.app import load_project, starting
from tests.cli.calling import Shell
from tests.cli.typing import answer
from tests.sampling import mostly_long

FILES = {
    "policy.yaml", "text.nl.md", "text.en.md", "datamap.yaml", "policy.schema.json", "datamap.schema.json",
    "systems.schema.json", "controls.schema.json", "visits.schema.json",
}  # fmt: skip
GIVEN = {
    "name": "Ruitersport Zonnedauw",
    "address": "Voorbeeldstraat 2, 1234 AB Voorbeeldstad",
    "register": "KvK 00000000",
    "contact": "privacy@zonnedauw.example",
    "officer": "none",
    "data": "contact,question",
}
OPTIONS = [part for key, value in GIVEN.items() for part in (f"--{key}", value)]
ANSWERS = """\
name: Ruitersport Zonnedauw
address: Voorbeeldstraat 2, 1234 AB Voorbeeldstad
register: KvK 00000000
contact: privacy@zonnedauw.example
officer: none
people: member
data: [contact, membership, question]
keep: {question: 18 months}
recipients:
  - {name: Wolkhuis B.V., country: NL, nl: bewaart onze database, en: stores our database}
database: zonnedauw
"""


def lies_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_answers_on_the_command_line_make_a_project_that_passes(houvast: Shell, tmp_path: Path) -> None:
    said = houvast("init", str(tmp_path / "club"), *OPTIONS)
    assert said.code == 0
    assert lies_in(tmp_path / "club") == FILES
    assert "houvast map --project" in said.out
    assert "G14  " in said.out
    checked = houvast("check", "--project", str(tmp_path / "club"))
    assert (checked.code, "nothing wrong" in checked.out) == (0, True)


def test_all_duties_of_the_law_are_answered(houvast: Shell, tmp_path: Path) -> None:
    for options in (OPTIONS, [*OPTIONS, "--minors", "--recipient", "Wolkhuis B.V.; NL; bewaart alles; stores all"]):
        folder = tmp_path / str(len(options))
        assert houvast("init", str(folder), *options).code == 0
        told = json.loads(houvast("check", "--project", str(folder), "--json").out)
        assert {one["id"]: one["state"] for one in told["duties"]} == {f"G{n:02}": "answered" for n in range(1, 20)}
        assert all(one["settled"] for one in told["contradictions"])


def test_answers_in_a_file_make_a_project_and_options_go_before_them(houvast: Shell, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    said = houvast("init", str(tmp_path / "club"), "--answers", str(tmp_path / "answers.yaml"), "--people", "customer")
    assert said.code == 0
    project = load_project(tmp_path / "club")
    assert project.datamap.database == "zonnedauw"
    assert list(project.versions[0].people) == ["customer"]


def test_what_is_missing_is_asked_for_by_name_and_nothing_is_written(houvast: Shell, tmp_path: Path) -> None:
    said = houvast("init", str(tmp_path / "club"), "--name", "Ruitersport Zonnedauw")
    assert (said.code, said.out) == (2, "")
    for key in ("address", "register", "contact", "officer", "data"):
        assert f"`{key}`" in said.err
    assert not (tmp_path / "club").exists()


def test_a_mistake_in_the_file_of_answers_has_its_place(houvast: Shell, tmp_path: Path) -> None:
    for old, new, place, hint in (
        ("officer: none", "oficer: none", "5:1", "Did you mean `officer`?"),
        ("[contact, membership, question]", "[contact, membership, questoin]", "7:29", "Did you mean `question`?"),
        ("18 months", "a while", "8:18", "2 years"),
        ("country: NL", "country: Nederland", "10:36", "NL"),
    ):
        (tmp_path / "answers.yaml").write_text(ANSWERS.replace(old, new))
        said = houvast("init", str(tmp_path / "club"), "--answers", str(tmp_path / "answers.yaml"))
        assert said.code in (1, 2)
        assert f"answers.yaml:{place}: " in said.err
        assert hint in said.err
        assert "Traceback" not in said.err
        assert not (tmp_path / "club").exists()


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_is_ever_overwritten(houvast: Shell, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    said = houvast("init", str(tmp_path), *OPTIONS)
    assert said.code == 2
    assert f"has {name} already" in said.err
    assert lies_in(tmp_path) == {name}
    assert (tmp_path / name).read_text() == "mine"


def test_other_files_in_the_folder_are_left_alone(houvast: Shell, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    assert houvast("init", str(tmp_path), *OPTIONS).code == 0
    assert lies_in(tmp_path) == FILES | {"README.md"}


def test_a_folder_that_cannot_be_made_is_said_so(houvast: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = houvast("init", str(tmp_path / "file" / "club"), *OPTIONS)
    assert said.code == 2
    assert "Choose another folder." in said.err


def _begin_and_die(folder: Path, links: int) -> None:
    """Begin a project, and be killed after so many files were placed."""
    placed, really = iter(range(links)), os.link

    def link(source: Path, target: Path) -> None:
        if next(placed, None) is None:
            os.kill(os.getpid(), 9)
        really(source, target)

    starting.os.link = link  # type: ignore[assignment]
    from houvast.cli.failing import run

    run(["init", str(folder), *OPTIONS])
    os.kill(os.getpid(), 9)


@pytest.mark.parametrize("links", mostly_long(range(len(FILES) + 1), 0, 1, len(FILES) - 1, len(FILES)))
def test_a_run_that_was_killed_leaves_nothing_in_the_way_of_the_next(
    houvast: Shell, tmp_path: Path, links: int
) -> None:
    killed = multiprocessing.get_context("fork").Process(target=_begin_and_die, args=(tmp_path, links))
    killed.start()
    killed.join()
    assert killed.exitcode == -9
    whole = (tmp_path / "policy.yaml").exists()
    assert whole == (links == len(FILES))
    again = houvast("init", str(tmp_path), *OPTIONS)
    assert again.code == (2 if whole else 0)
    assert lies_in(tmp_path) == FILES
    load_project(tmp_path)


def test_two_at_once_make_one_project(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import houvast.cli; houvast.cli.main()", "init", str(tmp_path / "club"), *OPTIONS]
    both = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert sorted(one.wait() for one in both) == [0, 2]
    assert lies_in(tmp_path / "club") == FILES


def test_on_a_terminal_it_asks_and_asks_again(tmp_path: Path) -> None:
    master, terminal = pty.openpty()
    command = [sys.executable, "-c", "import houvast.cli; houvast.cli.main()", "init", str(tmp_path / "club")]
    asked = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    who = ["Ruitersport Zonnedauw", "Voorbeeldstraat 2, 1234 AB Voorbeeldstad", "123", "KvK 00000000"]
    what = ["privacy@zonnedauw.example", "", "contact, question", "", "n", "", "", "1 year", ""]
    shown = answer(master, [*who, *what])
    assert asked.wait() == 0, shown
    assert "is no KvK number" in shown
    project = load_project(tmp_path / "club")
    assert [str(term.plus) for term in project.versions[0].terms] == ["P30D", "P1Y"]
