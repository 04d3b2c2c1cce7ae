"""Whether a page is built so that everybody can read it: what a program can tell from its text alone.

After WCAG 2.2: 1.1.1, 1.3.1, 2.4.1, 2.4.2, 2.4.4, 3.1.1, 3.3.2, 4.1.2. Pure.
"""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_NAMED = frozenset({"a", "button", "summary"})


def structure(page: str, language: str) -> frozenset[str]:
    """What is wrong with a page: any of language, headings, labels, pictures, tables, landmarks."""
    reader = _Reader(language)
    reader.feed(page)
    reader.close()
    return frozenset(reader.wrong())


class _Reader(HTMLParser):
    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._open: list[str] = []
        self._words: list[tuple[str, str, bool]] = []  # (tag, words so far, named otherwise)
        self._levels: list[int] = []
        self._fields: list[tuple[str, bool]] = []
        self._labels: set[str] = set()
        self._ids: set[str] = set()
        self._skips: set[str] = set()
        self._found: set[str] = set()
        self._heads = 0
        self._mains = 0
        self._title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("id"):
            self._ids.add(given["id"])
        if tag == "html" and given.get("lang") != self._language:
            self._found.add("language")
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._heading(int(tag[1]))
        elif tag in ("img", "svg"):
            hidden = given.get("aria-hidden") == "true"
            named = "alt" in given if tag == "img" else given.get("role") == "img" and bool(given.get("aria-label"))
            self._found |= set() if hidden or named else {"pictures"}
        elif tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "submit"):
            hidden = "hidden" in given
            self._fields.append((given.get("id", ""), hidden or bool(given.get("aria-label"))))
        elif tag == "label":
            self._labels.add(given.get("for", ""))
        elif tag == "table":
            self._heads = 0
        elif tag == "th":
            self._heads += 1
        self._landmark(tag, given)
        if tag in _NAMED:
            self._words.append((tag, "", bool(given.get("aria-label"))))
        if tag not in _VOID:
            self._open.append(tag)

    def _heading(self, level: int) -> None:
        before = self._levels[-1] if self._levels else 0
        if level > before + 1 or (level == 1 and self._levels):
            self._found.add("headings")
        self._levels.append(level)

    def _landmark(self, tag: str, given: dict[str, str]) -> None:
        if tag == "main":
            self._mains += 1
        if tag == "a" and "skip" in given.get("class", "").split():
            self._skips.add(given.get("href", "").removeprefix("#"))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self._title += data
        self._words = [(tag, words + data, named) for tag, words, named in self._words]

    def handle_endtag(self, tag: str) -> None:
        if tag in _NAMED and self._words:
            _, words, named = self._words.pop()
            self._found |= set() if words.strip() or named else {"labels"}
        if tag == "table" and not self._heads:
            self._found.add("tables")
        while self._open and self._open.pop() != tag:
            pass

    def wrong(self) -> set[str]:
        """What was found, once the page is read."""
        if any(not named and key not in self._labels for key, named in self._fields):
            self._found.add("labels")
        if 1 not in self._levels:
            self._found.add("headings")
        if self._mains != 1 or not self._title.strip() or not self._skips & self._ids:
            self._found.add("landmarks")
        return self._found
