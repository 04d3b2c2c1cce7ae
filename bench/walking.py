"""python -m bench.walking: bundles in, redacted bundles out: how fast, in how much memory, how soon a bomb is refused.

Each figure is of a process of its own that runs `houvast scan`, with all that it takes to start. The material is real
support archives beside the checkout (../shared/pii-open), packed again as tar.gz.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.report import RESULTS, commit

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parents[1] / "shared" / "pii-open"
ARCHIVES = ("must-gather-aws.tar.xz", "must-gather-azure.tar.xz")
TURNS = 2
LARGE = 4
"""How often the largest bundle holds the material."""


def measure() -> dict[str, object]:
    """Scan and redact; cores are shared, so that the figure is of processor time, the best of some turns."""
    with tempfile.TemporaryDirectory(prefix="houvast-walking-") as folder:
        home = Path(folder)
        one, size = _packed(home / "one.tar.gz", 1)
        many, whole = _packed(home / "many.tar.gz", LARGE)
        log, long = _one_log(home / "log.tar.gz")
        scan = min((_run("scan", one, "--json") for _ in range(TURNS)), key=lambda run: run["cpu_s"])
        redact = min((_run("scan", one, "--redact", "-") for _ in range(TURNS)), key=lambda run: run["cpu_s"])
        again = _run("scan", one, "--redact", home / "out.tar.gz", "--json")
        large = {"scan": _run("scan", many, "--json"), "redact": _run("scan", many, "--redact", "-")}
        alone = {"scan": _run("scan", log, "--json"), "redact": _run("scan", log, "--redact", "-")}
        bombs = {name: _run("scan", _file(home / name, data), "--json") for name, data in _bombs()}
    runs = [scan, redact, again, *large.values(), *alone.values(), *bombs.values()]
    return {
        "machine": _machine(),
        "load": round(os.getloadavg()[1], 1),
        "commit": commit(),
        "megabytes": round(size / 1e6, 1),
        "scan_mb_per_s": round(size / 1e6 / scan["cpu_s"], 1),
        "redact_mb_per_s": round(size / 1e6 / redact["cpu_s"], 1),
        "redact_and_scan_again_mb_per_s": round(size / 1e6 / again["cpu_s"], 1),
        "large": {"megabytes": round(whole / 1e6), **large},
        "one_log": {"megabytes": round(long / 1e6), **alone},
        "memory_mb": max(run["memory_mb"] for run in runs),
        "bombs": bombs,
        "bars": {"redact_mb_per_s": 20, "memory_mb": 300, "bomb_s": 2},
    }


_MEASURED = """
import os, pathlib, sys
from houvast.cli.failing import run
code = run(sys.argv[1:])
peak = next(line.split()[1] for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line[:5] == "VmHWM")
print(sum(os.times()[:2]), peak, code, file=sys.stderr)
"""
"""What the process itself says: what a parent is told of its child includes the parent's own memory."""


def _run(*arguments: object) -> dict[str, float]:
    """Seconds of processor time, megabytes at most, and how it ended."""
    command = [sys.executable, "-c", _MEASURED, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, check=True)
    seconds, kibibytes, code = done.stderr.splitlines()[-1].split()
    return {
        "cpu_s": round(float(seconds), 2),
        "memory_mb": round(int(kibibytes) * 1024 / 1e6, 1),
        "exit": int(code),
    }


def _files() -> Iterator[tuple[str, bytes]]:
    for name in ARCHIVES:
        with tarfile.open(SHARED / name) as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content:
                    yield member.name, content.read()


def _packed(target: Path, times: int) -> tuple[Path, int]:
    size = 0
    files = list(_files())
    with tarfile.open(target, "w:gz", compresslevel=6) as archive:
        for turn in range(times):
            for name, content in files:
                info = tarfile.TarInfo(f"{turn}/{name}")
                info.size = len(content)
                size += len(content)
                archive.addfile(info, io.BytesIO(content))
    return target, size


def _one_log(target: Path) -> tuple[Path, int]:
    """All logs in one file, again and again: the largest single file that there is."""
    logs = b"".join(content for name, content in _files() if name.endswith(".log"))
    info = tarfile.TarInfo("all.log")
    info.size = len(logs) * LARGE
    with tarfile.open(target, "w:gz", compresslevel=6) as archive:
        archive.addfile(info, _Repeated(logs, LARGE))
    return target, info.size


class _Repeated(io.RawIOBase):
    def __init__(self, data: bytes, times: int) -> None:
        self._data, self._size, self._at = data, len(data) * times, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        begin = self._at % len(self._data)
        made = self._data[begin : begin + min(size, self._size - self._at)]
        self._at += len(made)
        return made if len(made) == size or self._at == self._size else made + self.read(size - len(made))


def _bombs() -> Sequence[tuple[str, bytes]]:
    zeros = bytes(1 << 30)
    inner = gzip.compress(zeros, 1)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in range(60):
            archive.writestr(str(one), zeros[: 15 << 20])
    layers = b"x"
    for _ in range(40):
        layers = gzip.compress(layers)
    return (
        ("bomb.gz", inner), ("bomb.gz.gz", gzip.compress(inner)),
        ("bomb.xz", lzma.compress(zeros[: 256 << 20], preset=0)), ("many.zip", many.getvalue()), ("layers.gz", layers),
    )  # fmt: skip


def _file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _machine() -> dict[str, object]:
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "")  # fmt: skip
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()}


if __name__ == "__main__":
    (RESULTS / "bundles.json").write_text(json.dumps(measure(), indent=2) + "\n")
    print((RESULTS / "bundles.json").read_text())
