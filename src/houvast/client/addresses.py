"""Which form an address leads to, however it is written. In doubt it leads to the form: what is checked harms nobody.

Servers and frameworks differ in what they take for the same address (RFC 3986, section 6.2.2, names the ordinary
ways): a slash more or less, dot segments, letters that are percent-encoded once more, capitals, parameters after a
semicolon, a line end that `$` overlooks. All of these are one address here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

ROUNDS = 6
"""So often is a percent-encoding taken off; what is still encoded then is refused."""
_HOLE = re.compile(r"\\\{\w+\\\}")
_NOISE = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u2028\u2029\ufeff]")


class Odd(ValueError):
    """An address that nobody writes by accident: what it leads to is not known."""


def canonical(path: str) -> str:
    """One way to write a path: /a/b, without capitals. Raises Odd."""
    for _ in range(ROUNDS):
        if (plain := _plainer(path)) == path:
            return plain
        path = plain
    raise Odd("This address is encoded too often.")


def _plainer(path: str) -> str:
    """A step on the way; what noise kept apart ("% 22") may be an encoding once that is gone: it is taken again."""
    path = unicodedata.normalize("NFKC", unquote(path, errors="replace"))
    path = _NOISE.sub("", path).replace("\\", "/").casefold()
    kept: list[str] = []
    for segment in (part.partition(";")[0] for part in path.split("/")):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept)


def pattern(address: str) -> re.Pattern[str]:
    """What leads to a declared address, in which {name} stands for any one segment. Raises Odd."""
    return re.compile(_HOLE.sub("[^/]+", re.escape(canonical(address))))


def written(script: str, path: str) -> Iterable[str]:
    """Each way in which the path of a WSGI request may be meant: below where the application is mounted, and in whole.

    WSGI hands the bytes on as Latin-1 (PEP 3333).
    """
    for one in dict.fromkeys((path, script + path)):
        yield canonical(one.encode("latin-1", "replace").decode("utf-8", "replace"))
