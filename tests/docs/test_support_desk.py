"""The guide of the support desk is what psql really prints. HOUVAST_WRITE=1 writes it anew."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from houvast import sample
from houvast.compiler.apply import apply
from houvast.database import connect
from houvast.database.server import Server
from houvast.datamap import load_datamap
from houvast.policy import load_versions

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "support-desk.md"
LAKANA = ROOT / "policies" / "lakana"
PROMPT = "lakana=> "
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
MARK = "-- next statement --"


def _statements(text: str) -> list[str]:
    return [
        line.removeprefix(PROMPT) for b in BLOCK.findall(text) for line in b.splitlines() if line.startswith(PROMPT)
    ]


def _run(psql: Path, url: str, statements: list[str]) -> list[str]:
    """What psql prints for each statement, in one session."""
    script = "".join(f"{statement}\n\\echo '{MARK}'\n" for statement in statements)
    command = [str(psql), "--no-psqlrc", "--quiet", "--set", "VERBOSITY=default", "--set", "SHOW_CONTEXT=never", url]
    environment = {**os.environ, "LC_ALL": "C", "PAGER": "cat"}
    done = subprocess.run(command, input=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment, check=True)  # fmt: skip
    outputs = done.stdout.split(MARK + "\n")
    assert len(outputs) == len(statements) + 1
    return ["\n".join(line.rstrip() for line in output.strip("\n").splitlines()) for output in outputs[:-1]]


def _as_run(text: str, outputs: list[str]) -> str:
    """The guide with the outputs below its statements."""
    remaining = iter(outputs)

    def block(found: re.Match[str]) -> str:
        lines: list[str] = []
        for line in found[1].splitlines():
            if line.startswith(PROMPT):
                output = next(remaining)
                lines += [line, *([output] if output else [])]
        return "```console\n" + "\n".join(lines) + "\n```"

    return BLOCK.sub(block, text)


def test_the_guide_of_the_support_desk_is_what_psql_prints(server: Server, fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    database = url.split("/", 3)[3].split("?")[0]
    sample.create(url, people=500, now=datetime(2026, 11, 1, tzinfo=UTC))
    versions, datamap = load_versions(LAKANA), load_datamap(LAKANA / "datamap.yaml")
    object.__setattr__(datamap, "database", database)
    with connect(url) as admin:
        apply(admin, versions, datamap, now=datetime.now(UTC))
    text = GUIDE.read_text("utf-8")
    outputs = _run(server.binary("psql"), server.url(database, "support"), _statements(text))
    written = _as_run(text, [o.replace(database, "lakana") for o in outputs])
    if os.environ.get("HOUVAST_WRITE"):
        GUIDE.write_text(written, "utf-8")
    assert written == text
