"""Guesses codes over HTTP, as fast as two programs answer: many connections, each from another address."""

from __future__ import annotations

import http.client
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode, urlsplit

EACH = 25
"""Guesses from one address: fewer than the pages take from it, so that every guess reaches the database."""


@dataclass(frozen=True)
class Guessed:
    """What came of it: how often each status was answered, in how many seconds."""

    statuses: Mapping[int, int]
    seconds: float


def guess(bases: Sequence[str], checks: Sequence[Mapping[str, str]], guesses: int, connections: int) -> Guessed:
    """Guess at each check in turn (the cookies of who asked for it); no address guesses often, no guess is the same."""
    began = time.monotonic()
    with ThreadPoolExecutor(connections) as pool:
        counted = pool.map(partial(_one_address, bases, checks), _parts(guesses))
        statuses = sum(counted, Counter[int]())
    return Guessed(dict(sorted(statuses.items())), time.monotonic() - began)


def _parts(guesses: int) -> Iterator[tuple[int, ...]]:
    for start in range(0, guesses, EACH):
        yield tuple(range(start, min(start + EACH, guesses)))


def _one_address(bases: Sequence[str], checks: Sequence[Mapping[str, str]], numbers: Sequence[int]) -> Counter[int]:
    caller = numbers[0] // EACH
    where = urlsplit(bases[caller % len(bases)])
    source = f"127.9.{caller // 250}.{caller % 250 + 2}"
    connection = http.client.HTTPConnection("127.0.0.1", where.port, timeout=120, source_address=(source, 0))
    found = Counter[int]()
    try:
        for number in numbers:
            cookies = checks[number % len(checks)]
            form = urlencode({"csrfmiddlewaretoken": cookies["houvast-form"], "code": f"{number:08d}"})
            headers = {
                "Host": where.netloc,
                "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
                "Content-Type": "application/x-www-form-urlencoded",
            }
            connection.request("POST", "/me/enter/", form, headers)
            answer = connection.getresponse()
            answer.read()
            found[answer.status] += 1
    finally:
        connection.close()
    return found
