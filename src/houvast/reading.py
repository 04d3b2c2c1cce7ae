"""Typed reading of a strict document: texts, lists, yes or no, wordings, each mistake collected.

A `Section` is a mapping that is being read. It remembers which keys were asked for, so that `close`
can report the others with "did you mean". No method raises: what is wrong goes to `Findings`, and a
value that is as empty as possible comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeGuard

from houvast.document import Entries, Findings, Items, Node, Text, parse
from houvast.errors import Place
from houvast.keys import OWN, Table


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What to write instead of a word that is not known; "" when nothing is known at all."""
    names = list(dict.fromkeys(known))
    folded = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{folded[near[0]]}`?"
    if names and len(names) <= 12:
        return f"Write one of: {', '.join(names)}."
    return f"{len(names)} names are known here; none is like it." if names else ""


class Section:
    """A mapping that is being read; `title` is what it is called in messages ("use U3")."""

    def __init__(self, node: Entries, findings: Findings, title: str) -> None:
        self._node = node
        self._findings = findings
        self._asked: list[str] = []
        self._table: Table | None = None
        self.title = title
        self.place = node.place

    @property
    def capital(self) -> str:
        """The title at the beginning of a sentence."""
        return self.title[:1].upper() + self.title[1:]

    def __contains__(self, key: str) -> bool:
        return key in self._node.values

    def expect(self, table: Table) -> Section:
        """Hold whoever reads this to a table of keys: what is read, and what the file may hold, is what it lists."""
        self._table = table
        return self

    def names(self) -> tuple[str, ...]:
        """Every key that stands in the file."""
        return tuple(self._node.values)

    def at(self, key: str) -> Place:
        """Where the value of a key stands; where the section stands when the key is not there."""
        node = self._node.values.get(key)
        return node.place if node else self.place

    def key_at(self, key: str) -> Place:
        """Where the key itself stands."""
        return self._node.keys.get(key, self.place)

    def places(self) -> dict[str, Place]:
        """Every value below with its place: "use" the list, "use.contact" and "use.0" an item of it."""
        return dict(_places(self._node, ""))

    def wrong(self, code: str, key: str, message: str, todo: str = "") -> None:
        """Note a mistake at the value of a key."""
        self._findings.add(code, self.at(key), message, todo)

    def wrong_at(self, code: str, place: Place, message: str, todo: str = "") -> None:
        """Note a mistake at a place of its own."""
        self._findings.add(code, place, message, todo)

    def node(self, key: str) -> Node | None:
        """The node of a key as it is."""
        self._asked.append(key)
        return self._node.values.get(key)

    def text(self, key: str, default: str = "") -> str:
        """A text, or `default` when the key is not there."""
        node = self.node(key)
        if node is None:
            return default
        if isinstance(node, Text):
            return node.value
        self.wrong("not-a-text", key, f"`{key}` of {self.title} is {_kind(node)}, not a text.")
        return default

    def required(self, key: str) -> str:
        """A text that must be there and hold something."""
        node = self.node(key)
        if node is None:
            self.wrong("key-missing", key, f"{self.capital} has no `{key}`.", f"Add `{key}: ...`.")
        elif isinstance(node, Text) and not node.value.strip():
            self.wrong("value-empty", key, f"`{key}` of {self.title} is empty.", "Fill it in.")
        return self.text(key)

    def choice(self, key: str, options: Iterable[str], default: str) -> str:
        """One of a few words."""
        word, known = self.text(key, default), list(options)
        if word in known:
            return word
        self.wrong(
            "word-unknown",
            key,
            f"`{key}: {word}` of {self.title} says nothing that is known.",
            did_you_mean(word, known),
        )
        return default

    def flag(self, key: str) -> bool:
        """Yes or no, in these words; not there is no."""
        return self.choice(key, ("yes", "no"), "no") == "yes"

    def texts(self, key: str) -> tuple[str, ...]:
        """A text, or a list of texts, as a list."""
        node = self.node(key)
        if node is None:
            return ()
        items = node.items if isinstance(node, Items) else (node,)
        return tuple(item.value for item in items if self._is_text(item, key))

    def pairs(self, key: str) -> dict[str, str]:
        """A mapping of name to text."""
        entries = self._entries(key)
        found = entries.values.items() if entries else ()
        return {name: node.value for name, node in found if self._is_text(node, key)}

    def section(self, key: str, title: str = "") -> Section:
        """A mapping; an empty one when it is not there."""
        entries = self._entries(key)
        place = self.at(key)
        return Section(entries or Entries({}, {}, place), self._findings, title or f"`{key}`")

    def sections(self, key: str, title: str) -> Iterator[Section]:
        """A list of mappings."""
        node = self.node(key)
        if node is None or (isinstance(node, Text) and not node.value):
            return
        if not isinstance(node, Items):
            self.wrong("not-a-list", key, f"`{key}` is {_kind(node)}, not a list.", "Start each with a hyphen.")
            return
        for item in node.items:
            if isinstance(item, Entries):
                yield Section(item, self._findings, title)
            else:
                self._findings.add("not-a-mapping", item.place, f"A {title} is written as `name: value`.")

    def named(self, key: str, title: str) -> Iterator[tuple[str, Section]]:
        """A mapping of names to mappings: each name with its section."""
        group = self.section(key)
        for name in group.names():
            yield name, group.section(name, f"{title} `{name}`")

    def close(self, extra: Iterable[str] = ()) -> None:
        """Report every key that nobody asked for; `extra` are further words that would be understood."""
        known = [*(self._asked_of_the_table() if self._table is not None else dict.fromkeys(self._asked)), *extra]
        for key in self._node.values:
            if key not in known and not (self._table is not None and key.startswith(OWN)):
                self._findings.add(
                    "key-unknown",
                    self.key_at(key),
                    f"`{key}` is not a word that {self.title} knows.",
                    did_you_mean(key, known),
                )

    def _asked_of_the_table(self) -> Iterable[str]:
        """The keys of the table. A reader that asks for others, or not for all, is wrong itself: KeyError."""
        table = self._table or {}
        strange = set(self._asked) ^ set(table)
        if strange:
            raise KeyError(f"{self.title}: {', '.join(sorted(strange))} is in the reader or in its table alone")
        return table

    def _entries(self, key: str) -> Entries | None:
        node = self.node(key)
        if node is None or isinstance(node, Entries):
            return node
        if not (isinstance(node, Text) and node.plain and not node.value):
            self.wrong("not-a-mapping", key, f"`{key}` of {self.title} is {_kind(node)}, not `name: value`.")
        return None

    def _is_text(self, node: Node, key: str) -> TypeGuard[Text]:
        if isinstance(node, Text) and node.value.strip():
            return True
        said = "empty" if isinstance(node, Text) else _kind(node)
        self._findings.add("not-a-text", node.place, f"A value in `{key}` of {self.title} is {said}.", "Write a text.")
        return False


def read_words(file: Path, title: str) -> Mapping[str, Mapping[str, str]]:
    """Words of one language from a file of Houvast's own: section -> name -> text. Raises FileErrors."""
    findings = Findings()
    root = Section(parse(file.read_text("utf-8"), file.name), findings, title)
    found = {name: root.pairs(name) for name in root.names()}
    findings.stop_if_any()
    return found


def _places(node: Node, prefix: str) -> Iterator[tuple[str, Place]]:
    children: Mapping[str, Node] = {}
    if isinstance(node, Entries):
        children = node.values
    elif isinstance(node, Items):
        children = {str(number): item for number, item in enumerate(node.items)}
    for name, child in children.items():
        yield f"{prefix}{name}", child.place
        if isinstance(node, Items) and isinstance(child, Text):
            yield f"{prefix}{child.value}", child.place
        yield from _places(child, f"{prefix}{name}.")


def _kind(node: Node) -> str:
    return {Text: "a text", Items: "a list", Entries: "a mapping"}[type(node)]
