"""What each trigger costs for every byte, and how often it fires in logs in which there is nothing: the lint that names a
pattern which would slow everything down."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from houvast.screening import Kind
from houvast.screening.engine import Rule, compiled
from houvast.screening.keyed import whole
from houvast.screening.rules import everything

SIZE = 1 << 20
REFERENCE = Rule(Kind.CARD, 1, rb"\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b", whole, begins=True)
"""An expression without a literal, which is what a trigger may be at most."""
TIMES = 5
"""How many times as long as that one a trigger may take."""
FIRES = 2000
"""How often it may fire in a megabyte of logs."""


def logs() -> bytes:
    """Lines as of a cluster: times, identifiers, sizes, keys and values; of nobody."""
    chance, lines, size = random.Random(7), list[str](), 0
    words = [
        "Reconciler",
        "pod",
        "volume",
        "mounted",
        "controller",
        "leader",
        "election",
        "failed",
        "to",
        "sync",
        "the",
        "cache",
        "retry",
        "backoff",
        "completed",
    ]
    while size < SIZE:
        lines.append(
            f"2026-08-03T09:{chance.randrange(60):02}:59.{chance.randrange(10**9):09}Z I0803 {chance.randrange(10**6):06}   1 "
            f"{chance.choice(words).lower()}.go:{chance.randrange(999)}] {' '.join(chance.choices(words, k=9))} "
            f'"pod"="{chance.randrange(16**8):08x}-{chance.randrange(16**4):04x}-4f3c-953f-{chance.randrange(16**12):012x}" '
            f'name={chance.choice(words).lower()}-{chance.randrange(16**5):05x} size={chance.randrange(10**9)} status: "Running"'
        )
        size += len(lines[-1]) + 1
    return "\n".join(lines).encode()[:SIZE]


def costs(rules: Sequence[Rule], data: bytes) -> list[tuple[bytes, float, int]]:
    """Of each trigger: itself, how many times as long as the reference it takes, how often it fires."""
    reference, _ = _cost(REFERENCE, data)
    return [(rule.trigger, seconds / reference, fired) for rule in rules for seconds, fired in (_cost(rule, data),)]


def too_dear(rules: Sequence[Rule], data: bytes) -> list[str]:
    return [
        f"{trigger.decode('latin-1')[:60]}: {times:.1f} times the reference, fires {fired} times a megabyte"
        for trigger, times, fired in costs(rules, data)
        if times > TIMES or fired > FIRES
    ]


def _cost(rule: Rule, data: bytes) -> tuple[float, int]:
    database, seconds, fired = compiled([rule]), list[float](), 0

    def on(*_: object) -> None:
        nonlocal fired
        fired += 1

    for _ in range(3):
        fired, began = 0, time.process_time()
        database.scan(data, match_event_handler=on)
        seconds.append(time.process_time() - began)
    return min(seconds), fired


def test_no_trigger_costs_too_much() -> None:
    triggers = {(rule.trigger, rule.caseless): rule for rule in everything("NL")}
    assert too_dear(list(triggers.values()), logs()) == []


def test_one_that_does_is_named() -> None:
    often = Rule(Kind.NAME, 1, rb"[a-z]+[0-9:]", whole)
    slow = Rule(Kind.NAME, 1, rb"[0-9][^\n]{10,50}[a-z][^\n]{10,50}[0-9][^\n]{10,50}[QXZ][A-Z]", whole)
    named = too_dear([often, slow, REFERENCE], logs())
    assert [text.split(":")[0][:5] for text in named] == ["[a-z]", "[0-9]"]
