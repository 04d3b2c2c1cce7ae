"""On files that anyone may hold, every verifier says the same: in Houvast, alone, and in the browser (test_browser)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from houvast.evidence import verify
from houvast.evidence.verify import Invalid, verify_file
from tests.evidence.make_vectors import verdict
from tests.evidence.vector import VECTORS, Vector

ALONE = """
import contextlib, io, json, runpy, sys
main = runpy.run_path(sys.argv[1])["main"]
said = []
for arguments in json.load(sys.stdin):
    sys.argv = ["verify.py", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        code = main()
    said.append([code, out.getvalue()[:5]])
json.dump(said, sys.stdout)
"""


def test_there_are_good_and_bad_files() -> None:
    assert sum(one.verdict is not None for one in VECTORS) >= 20
    assert sum(one.verdict is None for one in VECTORS) >= 70
    assert len({one.name for one in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_the_verifier_of_houvast_says_what_is_so(vector: Vector, tmp_path: Path) -> None:
    file, since = vector.written(tmp_path)
    try:
        said = verdict(verify_file(file, vector.key, since, vector.witnesses))
    except Invalid:
        said = None
    assert said == vector.verdict


def test_the_verifier_alone_says_what_is_so(tmp_path: Path) -> None:
    calls: list[list[str]] = []
    for number, vector in enumerate(VECTORS):
        (folder := tmp_path / str(number)).mkdir()
        file, since = vector.written(folder)
        call = [str(file), *(["--since", str(since)] if since else [])]
        if vector.key:
            (folder / "key").write_text(vector.key)
            call += ["--key", str(folder / "key")]
        calls.append([*call, *(word for one in vector.witnesses for word in ("--witness", one))])
    command = [sys.executable, "-I", "-c", ALONE, str(Path(verify.__file__))]
    done = subprocess.run(command, input=json.dumps(calls), capture_output=True, text=True, check=True, cwd=tmp_path)
    said = dict(zip((one.name for one in VECTORS), json.loads(done.stdout), strict=True))
    assert said == {one.name: [0, "VALID"] if one.verdict else [1, ""] for one in VECTORS}
