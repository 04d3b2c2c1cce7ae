"""What a user agent says that is kept: the family of the browser, its major version, and whether it is a robot.

Families are a closed list; every other one is OTHER. ua-parser reads the text, `robots` tells robots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Final

from ua_parser.loaders import load_lazy_builtins
from ua_parser_rs import UserAgentExtractor

from houvast.visits.model import OTHER
from houvast.visits.robots import is_robot

LONGEST: Final = 1024
"""Characters of a user agent that are looked at. Browsers send about 120."""
HIGHEST: Final = 299
"""The highest major version that is kept: a higher one is somebody's invention, and could be their mark."""
FAMILIES: Final = {
    "Chrome": "chrome", "Chrome Mobile": "chrome", "Chrome Mobile iOS": "chrome", "Chromium": "chrome", "Chrome Mobile WebView": "webview",
    "Firefox": "firefox", "Firefox Mobile": "firefox", "Firefox iOS": "firefox", "Firefox ESR": "firefox",
    "Safari": "safari", "Mobile Safari": "safari", "Mobile Safari UI/WKWebView": "webview",
    "Edge": "edge", "Edge Mobile": "edge", "IE": "internet explorer", "IE Mobile": "internet explorer",
    "Opera": "opera", "Opera Mobile": "opera", "Opera Mini": "opera", "Opera GX": "opera", "Opera Touch": "opera",
    "Samsung Internet": "samsung internet", "Vivaldi": "vivaldi", "Brave": "brave", "DuckDuckGo Mobile": "duckduckgo", "DuckDuckGo": "duckduckgo",
    "Yandex Browser": "yandex", "UC Browser": "uc browser", "MiuiBrowser": "miui", "Huawei Browser": "huawei", "Android": "android",
    "Silk": "silk", "Amazon Silk": "silk",
}  # fmt: skip
"""Families of ua-parser, and the closed list that they are counted as."""
BROWSERS: Final = tuple(sorted({*FAMILIES.values(), OTHER}))


@dataclass(frozen=True, slots=True)
class Agent:
    """What is kept of a user agent. `version`: the major version, None when it is not known."""

    browser: str
    version: int | None
    robot: bool


ROBOT: Final = Agent(OTHER, None, robot=True)
"""Every robot: which one it is, nobody asked."""


class Agents:
    """Reads user agents; what it read before it knows, up to `most` of them."""

    def __init__(self, most: int = 65_536) -> None:
        self._most = most
        self._known: dict[str, Agent] = {}

    def of(self, texts: Sequence[str]) -> list[Agent]:
        """What is kept of each."""
        return [self.one(text) for text in texts]

    def one(self, text: str) -> Agent:
        """What is kept of one."""
        short = text[:LONGEST]
        known = self._known.get(short)
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = self._known[short] = self._read(short)
        return known

    def _read(self, text: str) -> Agent:
        if is_robot(text):
            return ROBOT
        found = _browsers().extract(text)
        family = FAMILIES.get(found.family, OTHER) if found else OTHER
        return Agent(family, _major(found.major) if found and family != OTHER else None, robot=False)


@cache
def _browsers() -> UserAgentExtractor:
    parts = attrgetter("regex", "family", "major", "minor", "patch", "patch_minor")
    return UserAgentExtractor(map(parts, load_lazy_builtins()[0]))


def _major(text: str | None) -> int | None:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 3:
        return None
    version = int(text)
    return version if version <= HIGHEST else None
