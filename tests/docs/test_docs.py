"""The documentation says what is so: commands, options, excerpts, links and layers."""

from __future__ import annotations

import configparser
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from houvast.cli import houvast as command
from tests.cli.calling import Shell

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def blocks(kind: str) -> Iterator[tuple[Path, str, str]]:
    """(page, the rest of the info line, text) of every fenced block whose info line matches `kind`."""
    for page in PAGES:
        for info, text in _BLOCK.findall(page.read_text()):
            found = re.fullmatch(kind, info)
            if found:
                yield page, found.group(1) if found.groups() else "", text


def described() -> dict[str, str]:
    """Each command in docs/commands.md with its section."""
    parts = re.split(r"^## houvast ([\w-]+)$", COMMANDS, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def houvast(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def test_every_command_is_described_and_nothing_else() -> None:
    assert sorted(described()) == sorted(command.commands)


def _options(found: click.Command) -> Iterator[str]:
    """Of a command, and of those in it when it is a group."""
    for parameter in found.params:
        yield from parameter.opts if isinstance(parameter, click.Option) else ()
    for part in found.commands.values() if isinstance(found, click.Group) else ():
        yield from _options(part)


@pytest.mark.parametrize("name", sorted(command.commands))
def test_every_option_of_a_command_is_described_and_no_other(name: str) -> None:
    options = set(_options(command.commands[name]))
    assert set(re.findall(r"`(--[a-z0-9-]+)", described()[name])) == options


@pytest.mark.parametrize("name", sorted(command.commands))
def test_every_command_has_an_example(name: str) -> None:
    assert re.search(rf"^(\$ )?houvast {name}", described()[name], re.MULTILINE)


def test_every_example_is_understood() -> None:
    understood: set[str] = set()
    for _, _, text in blocks("sh|console run"):
        for line in text.splitlines():
            if line.removeprefix("$ ").startswith("houvast "):
                _, name, *arguments = shlex.split(line.removeprefix("$ ").partition(" > ")[0])
                command.commands[name].make_context(name, arguments)
                understood.add(name)
    assert {"check", "plan", "apply", "prove"} <= understood


@pytest.mark.parametrize("text", [text for _, _, text in blocks("console run")])
def test_a_block_marked_run_prints_what_it_shows(text: str, houvast: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for call in re.split(r"^\$ houvast ", text, flags=re.MULTILINE)[1:]:
        line, _, shown = call.partition("\n")
        said = houvast(*shlex.split(line))
        assert said.code == 0
        rest = said.out
        for expected in shown.splitlines():
            if expected != "...":
                assert expected in rest
                rest = rest.partition(expected)[2]


@pytest.mark.parametrize(
    ("page", "source", "text"),
    [pytest.param(*found, id=f"{found[0].name}-{i}") for i, found in enumerate(blocks(r"\w+ from (\S*/\S*)"))],
)
def test_an_excerpt_is_what_its_source_says(page: Path, source: str, text: str) -> None:
    assert squeezed(text) in squeezed((ROOT / source).read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text()):
        if "://" not in link and not link.startswith("#"):
            assert (page.parent / link.partition("#")[0]).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_code_that_a_page_names_is_there(page: Path) -> None:
    for name in re.findall(r"`((?:src|tests|policies|docs)/[\w/.]+)`", page.read_text()):
        assert (ROOT / name).exists(), name


def test_the_rooms_of_the_architecture_are_those_that_the_linter_holds() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    (drawn,) = [text for page, _, text in blocks("layers") if page.name == "ARCHITECTURE.md"]
    assert drawn.split() == contracts["importlinter:contract:rooms"]["layers"].split()


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    for record in folder.glob("0*.md"):
        assert f"({record.name})" in index
