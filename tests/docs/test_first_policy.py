"""The guide to a first policy, typed from its first line to its last, on a server of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "first-policy.md"
BLOCK = re.compile(r"^```(sh|console|psql|\w+ file (\S+))\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "-- next --"
PSQL = "psql --no-psqlrc --quiet --set VERBOSITY=default --set SHOW_CONTEXT=never --username desk zonnedauw"


@pytest.fixture
def home() -> Generator[Path]:
    """A home with nothing in it, outside pytest's own folder, which other system users cannot enter."""
    with tempfile.TemporaryDirectory(prefix="houvast-") as folder:
        yield Path(folder)
        subprocess.run(_houvast("postgres", "--stop"), env=_environment(Path(folder)), check=True)


def _houvast(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("houvast")), *arguments]


def _environment(home: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "HOUVAST"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
    return {**clean, "PATH": path, "HOUVAST_HOME": str(home / "home"), "LC_ALL": "C.UTF-8", "PAGER": "cat"}


def _typed(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """(what is typed, what is shown) of a block."""
    prompt = {"console": "$ ", "psql": "zonnedauw=> "}[kind]
    for part in f"\n{text}".split(f"\n{prompt}")[1:]:
        line, _, shown = part.partition("\n")
        yield line, shown.rstrip("\n")


def _script(text: str) -> tuple[str, list[tuple[str, str]]]:
    """One shell script of a part of the guide, and what each line that is typed must show."""
    lines, shown = ["set -e"], list[tuple[str, str]]()
    for kind, file, body in BLOCK.findall(text):
        if file:
            lines.append(f"cat > {file} <<'END OF FILE'\n{body}END OF FILE")
        elif kind == "sh":
            lines += [line for line in body.splitlines() if not line.startswith("pip install")]
        else:
            for line, expected in _typed(kind, body):
                lines += [line, f"echo '{MARK}'"]
                shown.append((line, expected))
    return "\n".join(lines), shown


def _pieces(text: str) -> list[str]:
    """The guide cut where psql begins and ends, so that its blocks are one session."""
    return re.split(r"(?=^Be the help desk)|(?=^## 7)", text, flags=re.MULTILINE)


def _run(script: str, folder: Path, home: Path) -> list[str]:
    done = subprocess.run(["bash"], input=script, cwd=folder, env=_environment(home), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)  # fmt: skip
    outputs = done.stdout.split(f"{MARK}\n")
    assert done.returncode == 0, done.stdout
    return ["\n".join(line.rstrip() for line in one.splitlines()).strip("\n") for one in outputs[:-1]]


def _is(shown: str, expected: str) -> bool:
    """Whether an output is what the guide shows, in which `...` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.split("..."))
    return re.fullmatch(pattern, shown, re.DOTALL) is not None


def test_the_guide_to_a_first_policy_does_what_it_says(home: Path, tmp_path: Path) -> None:
    before, desk, after = _pieces(GUIDE.read_text("utf-8"))
    start = 'eval "$(houvast postgres)"\n'
    script, expected = _script(before)
    assert start in f"{script}\n"
    found = _run(script, tmp_path, home)
    statements = [(line, shown) for kind, _, body in BLOCK.findall(desk) for line, shown in _typed(kind, body)]
    session = "".join(f"{line}\n\\echo '{MARK}'\n" for line, _ in statements)
    found += _run(f"{start}{PSQL} <<'END OF SESSION'\n{session}END OF SESSION\n", tmp_path / "club", home)
    script, last = _script(after)
    found += _run(start + script, tmp_path / "club", home)
    for (typed, shown), output in zip([*expected, *statements, *last], found, strict=True):
        assert _is(output, shown), f"{typed}\n{output}\n--- the guide shows ---\n{shown}"
