"""Screening and redacting in a child with limits: what a bundle says goes in by a pipe, counts or bytes come out.

The child reads no file but those of this program and writes none, has no network and no privileges, and so much memory
and time; `lacking` says what of that a kernel without Landlock or seccomp leaves it. What it answers is not trusted
further than that: whatever is not a whole and consistent answer is *not screened*.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn, cast

from houvast.diagnostics import Screening
from houvast.diagnostics.model import Line
from houvast.diagnostics.sealing import PIECE
from houvast.errors import HouvastError
from houvast.screening.kinds import Kind

CHILD = (sys.executable, "-m", "houvast.cli.confined")
MEMORY = 1024
"""MiB of addresses that a child may use; what lies in them is far less."""
SHORTEST, PER_MEBIBYTE = 120, 2
"""Seconds that a child may take: at least, and for each MiB of what goes in."""
ANSWER = 32 * 2**20
"""So many bytes of an answer are read."""
LOOK, LINES, LONGEST = 20, 10, 1000
"""Seconds that showing lines may take; so many lines, and characters of each part of one, are shown."""
MEMBERS, MARKS = 500, 50
"""So many files of a bundle, and places in each, are shown to its customer; all are counted."""
EVERYTHING = ("read", "write", "connect", "privileges", "run")
"""What a child should not be able to do: read or write files, make connections, act as another, run programs."""
_OUTCOMES = {0: "clean", 1: "findings", 3: "not_screened"}
_REDACTED = frozenset(_OUTCOMES)


class NotRedacted(HouvastError):
    """The child did not redact it."""

    code = "not-redacted"


class NotShown(HouvastError):
    """The child told no lines, in the time that it has."""

    code = "not-shown"


@cache
def lacking() -> tuple[str, ...]:
    """Which of EVERYTHING a child can do here all the same: a child tries, once; all of it when it cannot say so."""
    with tempfile.TemporaryDirectory(prefix="houvast-empty-") as folder:
        words = [*CHILD, str(MEMORY), str(SHORTEST), "--tries"]
        done = subprocess.run(words, cwd=folder, env=_environment(), capture_output=True, check=False)
    try:
        return tuple(json.loads(done.stdout))
    except ValueError:
        return EVERYTHING


@dataclass
class Fed:
    """What went into a child: how many bytes, their hash, and what went wrong on our side."""

    bytes: int = 0
    hash: Any = field(default_factory=hashlib.sha256)
    error: Exception | None = None


@dataclass(frozen=True)
class Confined:
    """How children are started. `program`: what stands before the limits and the words of `houvast scan`."""

    program: Sequence[str] = CHILD
    memory: int = MEMORY
    shortest: int = SHORTEST

    def screen(self, content: Iterable[bytes], size: int, form: str, *more: str) -> tuple[Screening, str]:
        """What was found in a bundle, and the SHA-256 of what was read. `more`: other options of `houvast scan`. Raises
        what reading the content raises."""
        words = ["scan", "-", "--name", f"bundle.{form}", "--json", *more]
        with self._child(content, self._seconds(size), words) as (child, fed):
            answer = _out(child).read(ANSWER + 1)
            child.kill() if len(answer) > ANSWER else None
            code = child.wait()
        if fed.error is not None:
            raise fed.error
        return screening(answer, code, fed.bytes, size), str(fed.hash.hexdigest())

    def redact(self, content: Iterable[bytes], size: int, form: str) -> Generator[bytes]:
        """The bundle without what was found. Raises NotRedacted, and what reading the content raises."""
        given = 0
        words = ["scan", "-", "--name", f"bundle.{form}", "--redact", "-"]
        with self._child(content, self._seconds(size), words) as (child, fed):
            while data := _out(child).read(PIECE):
                given += len(data)
                yield data
            code = child.wait()
        if fed.error is not None:
            raise fed.error
        if code not in _REDACTED or not given or fed.bytes != size:
            raise NotRedacted(
                "This bundle cannot be redacted here.", todo="Redact it before sending: houvast scan FILE --redact OUT"
            )

    def lines(self, content: Iterable[bytes], form: str, file: int, *, counts: bool = True) -> tuple[Line, ...]:
        """Lines of one file of a bundle in which something was found, without what was found; no more is read than up
        to them. `file`: its number in what `screen` told; `counts`: whether the content begins at its first line.
        Raises NotShown, and what reading the content raises."""
        words = ["scan", "-", "--name", f"bundle.{form}", "--only", str(file), "--json"]
        with self._child(content, LOOK, words) as (child, fed):
            answer = _out(child).read(ANSWER)
            code = child.wait()
        if fed.error is not None:
            raise fed.error
        try:
            return _lines(answer, counts=counts) if code == 0 else _no_lines()
        except (ValueError, KeyError, TypeError, RecursionError):
            return _no_lines()

    def _seconds(self, size: int) -> int:
        return self.shortest + PER_MEBIBYTE * size // 2**20

    @contextmanager
    def _child(
        self, content: Iterable[bytes], seconds: int, words: Sequence[str]
    ) -> Generator[tuple[subprocess.Popen[bytes], Fed]]:
        fed = Fed()
        with tempfile.TemporaryDirectory(prefix="houvast-empty-") as folder:
            child = subprocess.Popen(
                [*self.program, str(self.memory), str(seconds), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, cwd=folder, env=_environment(), start_new_session=True,
            )  # fmt: skip
            feeding = threading.Thread(target=_feed, args=(child, content, fed), daemon=True)
            watch = threading.Timer(seconds, child.kill)
            feeding.start()
            watch.start()
            try:
                yield child, fed
            finally:
                watch.cancel()
                child.kill()
                child.wait()
                feeding.join()
                _out(child).close()


def screening(answer: bytes, code: int, read: int, size: int) -> Screening:
    """A child's answer as it is kept; what is not whole, or does not agree with itself, is not screened."""
    said = _parsed(answer)
    outcome = _OUTCOMES.get(code, "")
    if said is None or not outcome or said["outcome"] != outcome:
        return Screening("not_screened", "", read, 0, {}, (), "broken")
    kinds = {str(kind): int(count) for kind, count in said["kinds"].items() if int(count) > 0}
    found = sum(kinds.values())
    members = [_member(number, one) for number, one in enumerate(said["members"], 1)]
    unread = any(one["not_screened"] for one in members)
    if read != size or (outcome == "clean" and (found or unread)):
        outcome = "not_screened"
    members.sort(key=lambda one: (not one["not_screened"], -sum(one["kinds"].values())))
    return Screening(
        outcome, str(said["detectors"])[:100], read, found, kinds, members[:MEMBERS], "" if read == size else "cut"
    )


def _parsed(answer: bytes) -> Mapping[str, Any] | None:
    try:
        said: Any = json.loads(answer)
        whole = (
            isinstance(said["kinds"], dict) and isinstance(said["members"], list) and isinstance(said["outcome"], str)
        )
        return said if whole and said["detectors"] else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _member(number: int, one: Mapping[str, Any]) -> dict[str, Any]:
    found = cast("list[Mapping[str, Any]]", one.get("findings", ()))
    some = found[:: -(-len(found) // MARKS) or 1]  # from the whole of it
    marks = [[int(it["offset"]), int(it["length"]), str(it["kind"])[:20]] for it in some]
    said = one.get("kinds") or Counter(str(it["kind"]) for it in found)  # of many findings in a file not all are listed
    kinds = {str(kind)[:20]: int(count) for kind, count in said.items()}
    return {"file": number, "path": str(one["path"])[:300].replace("\0", ""), "bytes": int(one["bytes"]),
            "kinds": kinds, "marks": marks, "not_screened": str(one.get("not_screened") or "")[:200]}  # fmt: skip


def _lines(answer: bytes, *, counts: bool) -> tuple[Line, ...]:
    """What a child showed, cut to what is shown. Raises ValueError, KeyError or TypeError for what is no answer."""
    said: Any = json.loads(answer)
    return tuple(
        Line(int(one["line"]) if counts else None, tuple(_part(part) for part in one["parts"]))
        for one in said["lines"][:LINES]
    )


def _part(part: Any) -> tuple[str, str]:  # noqa: ANN401 - whatever the child said
    if isinstance(part, str):
        return part[:LONGEST], ""
    return "", str(Kind(part["kind"]))


def _no_lines() -> NoReturn:
    raise NotShown("No lines could be shown in the time there is.", todo="Look on your own machine: houvast scan FILE.")


def _feed(child: subprocess.Popen[bytes], content: Iterable[bytes], fed: Fed) -> None:
    """Give the child its input; one that ends before it has read all is no error of ours."""
    into = cast("IO[bytes]", child.stdin)
    try:
        for data in content:
            into.write(data)
            fed.bytes += len(data)
            fed.hash.update(data)
    except BrokenPipeError:
        pass
    except Exception as error:  # noqa: BLE001 - told in the thread that asked; the child must not take a cut stream for a whole one
        fed.error = error
        child.kill()
    finally:
        with suppress(OSError):
            into.close()


def _out(child: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", child.stdout)


def _environment() -> dict[str, str]:
    """Nothing of ours but where the program is: no addresses, passwords or keys."""
    paths = os.pathsep.join(str(Path(one or ".").absolute()) for one in sys.path)
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": paths,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        "LANG": "C.UTF-8",
    }
