"""`houvast notice`: languages, formats, files."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from houvast.app.places import sample_project
from tests.cli.calling import Shell


def test_the_notice_is_in_the_language_asked_for(houvast: Shell) -> None:
    assert houvast("notice", "--lang", "nl").out.startswith("# Privacy")
    assert "We keep your data private" in houvast("notice", "--lang", "en").out


def test_the_notice_can_be_a_page(houvast: Shell) -> None:
    assert houvast("notice", "--format", "html").out.lower().startswith("<!doctype html>")


def test_the_short_notice_has_no_more_than_the_first_layer(houvast: Shell) -> None:
    short = houvast("notice", "--short", "--lang", "en").out
    assert "Who we share it with" in short
    assert "The whole text" not in short
    assert len(short.split()) < 600


def test_a_language_that_is_not_there_is_wrong_usage(houvast: Shell) -> None:
    said = houvast("notice", "--lang", "fr")
    assert (said.code, said.out) == (2, "")


def test_there_is_no_notice_before_the_first_version(houvast: Shell) -> None:
    assert houvast("notice", "--as-of", "2018-05-24").code == 2
    assert houvast("notice", "--as-of", "2018-05-25").code == 0


def test_a_pdf_goes_to_a_file(houvast: Shell, tmp_path: Path) -> None:
    file = tmp_path / "privacy.pdf"
    said = houvast("notice", "--format", "pdf", "--output", str(file))
    assert (said.code, said.out) == (0, "")
    assert file.read_bytes().startswith(b"%PDF-")


def test_a_file_that_cannot_be_written_is_wrong_usage(houvast: Shell, tmp_path: Path) -> None:
    said = houvast("notice", "--output", str(tmp_path / "nowhere" / "notice.md"))
    assert (said.code, said.out) == (2, "")
    assert "cannot be written" in said.err


def test_a_pdf_is_not_shown_on_a_terminal() -> None:
    terminal, end = pty.openpty()
    command = [sys.executable, "-c", "from houvast.cli import main; main()", "notice", "--format", "pdf"]
    done = subprocess.run(command, stdout=end, stderr=subprocess.PIPE, text=True, timeout=60, env=dict(os.environ))
    os.close(end)
    os.close(terminal)
    assert done.returncode == 2
    assert "--output FILE" in done.stderr


@pytest.mark.parametrize("fmt", ["md", "html", "pdf", "jsonld"])
def test_no_format_holds_the_time_of_its_making(houvast: Shell, tmp_path: Path, fmt: str) -> None:
    for name in ("one", "other"):
        assert houvast("notice", "--format", fmt, "--output", str(tmp_path / name)).code == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_json_ld_has_no_layers(houvast: Shell) -> None:
    said = houvast("notice", "--format", "jsonld", "--short")
    assert (said.code, said.out) == (2, "")


def test_plain_tells_the_figures_and_the_hard_sentences(houvast: Shell) -> None:
    said = houvast("notice", "--plain", "--lang", "nl")
    assert said.code == 0
    assert "words a sentence" in said.out
    assert "text.nl.md:73:" in said.out


def test_plain_is_exit_1_when_a_goal_is_missed(houvast: Shell, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sample_project(), tmp_path / "own"))
    text, policy = folder / "text.en.md", folder / "policy.yaml"
    sentence = "It holds only totals, and nobody can be recognised in it."
    long = f"It holds only totals, {'and then some more, ' * 400}and nobody can be recognised in it."
    for file in (text, policy):
        assert sentence in file.read_text()
        file.write_text(file.read_text().replace(sentence, long))
    said = houvast("notice", "--plain", "--lang", "en", "--project", str(folder))
    assert said.code == 1
    assert "at most 12; more" in said.out
