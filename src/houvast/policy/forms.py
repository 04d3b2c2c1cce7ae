"""What a form leaves of a value, and which of two forms is the stricter. Pure; PostgreSQL must give the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from houvast.policy.model import Form, Look

FULL: Final = Look()
MOMENTS: Final = ("hour", "day", "month", "year")
"""What a date or a moment is cut to, the finest first."""
PERIODS: Final = ("day", "week", "month")
"""How long one set of totals stands, the shortest first."""
GROUP: Final = 10
"""People in the smallest group, when the policy does not say."""
FEWEST: Final = 5
"""With fewer people in a group a total is about somebody."""
STARS: Final = "*****"
_NETWORK: Final = re.compile(r"/(\d{1,3})", re.ASCII)
_CHARACTERS: Final = re.compile(r"[1-9]\d{0,2}", re.ASCII)


def cut(word: str) -> tuple[str, int] | None:
    """What a word after `to:` cuts (a moment, an address, "v4" or "v6", or text), and how coarsely: more is coarser.
    None when it is no such word."""
    network = _NETWORK.fullmatch(word)
    if word in MOMENTS:
        return "moment", MOMENTS.index(word)
    if network and int(network[1]) <= 128:
        bits = int(network[1])
        return ("v4" if bits <= 32 else "v6"), -bits
    return ("text", -int(word)) if _CHARACTERS.fullmatch(word) else None


def word_for(look: Look, kind: str) -> str:
    """What a truncated value of this kind is cut to; "" when the policy does not say, and nothing is left of it."""
    return next((word for word in look.to if (found := cut(word)) and found[0] == kind), "")


def strictest(looks: Iterable[Look]) -> Look | None:
    """The form that leaves no more than any of these; None when they cannot be compared."""
    changed = [look for look in looks if look.form is not Form.FULL]
    if not changed:
        return FULL
    form = changed[0].form
    if any(look.form is not form for look in changed):
        return None
    return Look(
        form,
        keep=min(look.keep for look in changed),
        to=_coarsest(changed),
        group=max(look.group for look in changed),
        every=max((look.every for look in changed), key=lambda every: PERIODS.index(every) if every in PERIODS else -1),
    )


def _coarsest(looks: list[Look]) -> tuple[str, ...]:
    """For each kind of value that all of them say something of, the coarsest word."""
    kinds = dict.fromkeys(found[0] for look in looks for word in look.to if (found := cut(word)))
    said = {kind: [word_for(look, kind) for look in looks] for kind in kinds}
    return tuple(sorted(max(words, key=lambda word: cut(word) or ("", 0)) for words in said.values() if all(words)))


def masked(text: str, keep: int) -> str:
    """The last characters of a text, never more than a third of it."""
    shown = min(keep, len(text) // 3)
    return STARS + (text[-shown:] if shown else "")


def shortened(text: str, characters: int) -> str:
    """The first characters of a text, never more than two thirds of it."""
    return text[: min(characters, len(text) * 2 // 3)]
