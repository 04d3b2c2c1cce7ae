"""All rules, for the kinds that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from houvast.screening import figures, network, people, places, records, secret, special
from houvast.screening.engine import Engine, Rule
from houvast.screening.keyed import whole
from houvast.screening.kinds import Kind


@lru_cache(maxsize=8)
def engine(country: str, kinds: frozenset[Kind]) -> Engine:
    """Compiled once a process for each choice."""
    return Engine([rule for rule in everything(country) if rule.kind in kinds])


def everything(country: str) -> tuple[Rule, ...]:
    """Every rule there is."""
    return (
        *network.RULES,
        *figures.rules(country),
        *secret.RULES,
        *places.RULES,
        *people.RULES,
        *records.RULES,
        *special.RULES,
    )


def own(keywords: Sequence[str]) -> Engine:
    """Words of the customer's own."""
    return Engine([Rule(Kind.KEYWORD, 100, one, whole, caseless=True, begins=True) for one in _written(keywords)])


def _written(keywords: Sequence[str]) -> list[bytes]:
    """As expressions, in UTF-8 and Latin-1, with letters beyond A to Z large and small."""
    ways = {way for word in keywords for way in (word, word.lower(), word.upper(), word.title()) if word}
    texts = {way.encode(how, "ignore").lower() for way in ways for how in ("utf-8", "latin-1")}
    return [b"".join(b"\\x%02x" % byte for byte in text) for text in sorted(texts) if text]
