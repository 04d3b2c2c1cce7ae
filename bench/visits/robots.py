"""python -m bench.visits.robots [--lists FOLDER] [--isbot FILE]: how well robots are told from people, and how fast.

Four lists of robots, two of people, as their makers publish them; none of them is in this repository. They come as
source packages of PyPI into FOLDER (by default a temporary one; it needs the network): `device_detector` carries
Matomo's fixtures (LGPL), `crawlerdetect` those of CrawlerDetect (MIT). crawler-user-agents (MIT) is installed. isbot's
list is in no package: give it as a file with a user agent a line, or it is not measured.

The rules were written while looking at one half of each list but isbot's: the user agents whose SHA-256 begins with an
even byte. The figures are of the other half (`held_out`); those of the first are beside them.
"""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

import argparse
import ast
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.visits import parts
from houvast.visits.agents import Agents
from houvast.visits.robots import is_robot

PACKAGES = {"device_detector": "6.5.1", "crawlerdetect": "0.4.2"}
DEVICES = re.compile(
    r"/upstream/(desktop|smartphone|tablet|tv|phablet|console|wearable|smart_display|car_browser|feature_phone"
    r"|portable_media_player)[-\d]*\.yml$"
)
"""Fixtures of Matomo that a person holds or sits before; its others are libraries, feed readers and apps."""
BARS = {"recall": 0.85, "false": 0.01, "per_second": 50_000}
_LINE = re.compile(r"^  user_agent: (.*)$", re.MULTILINE)
ROUNDS = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and put the part `robots` into bench/results/visits.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.visits.robots", description=__doc__)
    parser.add_argument(
        "--lists", type=Path, help="a folder with the packages; they are fetched when they are not there"
    )
    parser.add_argument("--isbot", type=Path, help="user agents of isbot's list, one a line")
    parser.add_argument("--dry", action="store_true", help="print, and write nothing")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="houvast-lists-") as folder:
        robots, people = _lists(chosen.lists or Path(folder))
    figures = _figures(robots, people, chosen.isbot)
    for name, figure in figures.items():
        print(f"{name}: {figure}")
    if not chosen.dry:
        parts.write("robots", BARS, figures)


def _figures(robots: dict[str, list[str]], people: dict[str, list[str]], isbot: Path | None) -> dict[str, Any]:
    found: dict[str, Any] = {"recall": {}, "false": {}}
    for kind, lists in (("recall", robots), ("false", people)):
        for name, texts in lists.items():
            seen, unseen = [one for one in texts if not _held_out(one)], [one for one in texts if _held_out(one)]
            found[kind][name] = {"held_out": _share(unseen), "looked_at": _share(seen), "user_agents": len(texts)}
    if isbot:
        texts = sorted({line for line in isbot.read_text(encoding="utf-8").splitlines() if line})
        found["recall"]["isbot"] = {"held_out": _share(texts), "user_agents": len(texts)}
    everybody = [text for texts in (*robots.values(), *people.values()) for text in texts]
    humans = [text for texts in people.values() for text in texts][:40_000]
    found["per_second"] = _speed(lambda: [is_robot(text) for text in everybody], len(everybody))
    found["with_families_per_second"] = _speed(lambda: Agents(1 << 20).of(humans), len(humans))
    return found


def _share(texts: Sequence[str]) -> float:
    """Of how many it says that they are robots."""
    return round(sum(map(is_robot, texts)) / len(texts), 4)


def _held_out(text: str) -> bool:
    return bool(hashlib.sha256(text.encode("utf-8", "replace")).digest()[0] & 1)


def _speed(read: Callable[[], object], number: int) -> int:
    """User agents a second of processor time on one core, the best of some rounds; each is read for the first time."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        read()
        best = max(best, number / (time.process_time() - began))
    return round(best)


def _lists(folder: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    import crawleruseragents

    matomo, detect = _package(folder, "device_detector"), _package(folder, "crawlerdetect")
    known: Iterable[dict[str, Any]] = crawleruseragents.CRAWLER_USER_AGENTS_DATA
    bots = (data for name, data in matomo.items() if name.endswith("/upstream/bots.yml"))
    devices = (data for name, data in matomo.items() if DEVICES.search(name))
    plain = (re.sub(r"^\d+ ", "", text).strip("\"'") for text in _lines(detect, "user_agent/devices.txt"))
    robots = {
        "matomo": _unique(text for data in bots for text in _fixtures(data)),
        "crawler-user-agents": _unique(text for one in known for text in one["instances"]),
        "crawlerdetect": _unique(_lines(detect, "user_agent/crawlers.txt")),
    }
    people = {
        "matomo devices": _unique(text for data in devices for text in _fixtures(data)),
        "crawlerdetect devices": _unique(plain),
    }
    return robots, people


def _package(folder: Path, name: str) -> dict[str, str]:
    """The fixtures of a source package, by their path in it. Nothing of it is run."""
    archive = folder / f"{name}-{PACKAGES[name]}.tar.gz"
    if not archive.exists():
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*fetch, "--dest", str(folder), f"{name}=={PACKAGES[name]}"], check=True)
    with tarfile.open(archive) as opened:
        read = {one.name: opened.extractfile(one) for one in opened.getmembers() if "/fixtures/" in one.name}
        return {name: file.read().decode("utf-8", "replace") for name, file in read.items() if file}


def _fixtures(data: str) -> Iterable[str]:
    """User agents of a fixture of Matomo: plain, or quoted as YAML does."""
    for text in _LINE.findall(data):
        if text.startswith('"'):
            try:
                yield ast.literal_eval(text)
            except (SyntaxError, ValueError):
                yield text.strip('"')
        else:
            yield text.strip("'").replace("''", "'") if text.startswith("'") else text


def _lines(package: dict[str, str], ending: str) -> Iterable[str]:
    return (line.strip() for name, data in package.items() if name.endswith(ending) for line in data.splitlines())


def _unique(texts: Iterable[str]) -> list[str]:
    return sorted({text for text in texts if text})


if __name__ == "__main__":
    main()
