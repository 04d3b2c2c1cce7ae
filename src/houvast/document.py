"""Strict YAML: a document of texts, lists and mappings, each with its place in the file.

What comes in: the text of one file. What goes out: nodes, in which every scalar is a string (`no`
stays "no", `1` stays "1"). Duplicate keys, aliases, anchors, tags, directives, tabs, hidden
characters and second documents are refused; every one found is reported with line and column.
It never constructs objects. `houvast.reading` reads typed values out of the nodes.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn, TypeAlias

import yaml
from yaml import events

from houvast.errors import FileErrors, Finding, Place

LARGEST = 4_000_000  # characters; a policy has some thirty thousand
DEEPEST = 24
_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters
    "\u2028\u2029\u202a-\u202e\u2066-\u2069"  # line separators, marks that turn the direction of writing
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True)
class Text:
    """A scalar. `plain`: written without quotes, so that `null` and "null" can be told apart."""

    value: str
    place: Place
    plain: bool = True


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Entries:
    """A mapping; `keys` says where each key stands."""

    values: Mapping[str, Node]
    keys: Mapping[str, Place]
    place: Place


Node: TypeAlias = Text | Items | Entries


class Findings:
    """A list of findings that grows while a file is read, so that all mistakes are told at once."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, code: str, place: Place, message: str, todo: str = "", promise: str = "") -> None:
        """Note one mistake."""
        self._found.append(Finding(code, place, message, todo, promise))

    def extend(self, more: Iterable[Finding]) -> None:
        """Note the mistakes that another reading found."""
        self._found.extend(more)

    def all(self) -> tuple[Finding, ...]:
        """Every mistake once, in the order of the file."""
        return tuple(sorted(dict.fromkeys(self._found), key=lambda finding: finding.place))

    def stop_if_any(self) -> None:
        """Raise FileErrors when there is a mistake."""
        if self._found:
            raise FileErrors(self.all())

    def stop(self, code: str, place: Place, message: str, todo: str = "") -> NoReturn:
        """Note a mistake after which the file cannot be read on."""
        self.add(code, place, message, todo)
        raise FileErrors(self.all())


def read_text(path: Path) -> str:
    """The text of a file: UTF-8, with line ends as `\\n`. Raises FileErrors."""
    findings = Findings()
    start = Place(str(path), 1, 1)
    try:
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        findings.stop("file-missing", start, "This file is not there.", "Create it, or correct the name.")
    except OSError as error:
        findings.stop("file-unreadable", start, f"This file cannot be read: {error.strerror}.")
    if len(content) > LARGEST:
        findings.stop("file-large", start, f"This file is larger than {LARGEST:,} bytes.")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        findings.stop(
            "file-encoding",
            place_of(before, len(before), str(path)),
            "From here the file is not UTF-8.",
            "Save it as UTF-8.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def place_of(text: str, offset: int, file: str) -> Place:
    """The place of the character at `offset` of a text."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return Place(file, line, offset - starts[line - 1] + 1)


@lru_cache(maxsize=4)
def _line_starts(text: str) -> list[int]:
    """Where each line begins; a large text is asked for the places of many findings."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def read_document(path: Path) -> Entries:
    """The document in a file. Raises FileErrors with everything that strict YAML refuses."""
    return parse(read_text(path), str(path))


@lru_cache(maxsize=16)
def parse(text: str, file: str) -> Entries:
    """The document in a text; `file` is the name that places carry. Raises FileErrors.

    Nodes do not change, and reading a policy again is most of what it costs: the last ones are kept.
    """
    findings = Findings()
    _refuse_characters(text, file, findings)
    findings.stop_if_any()
    node = _Composer(file, findings).document(text)
    findings.stop_if_any()
    if not isinstance(node, Entries):
        findings.stop("not-a-mapping", node.place, "A file starts with `name: value`.")
    return node


def _refuse_characters(text: str, file: str, findings: Findings) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            findings.add("tab", Place(file, number, line.index("\t") + 1), "A tab stands here.", "Write spaces.")
        hidden = _HIDDEN.search(line.replace("\t", " "))
        if hidden:
            findings.add(
                "hidden-character",
                Place(file, number, hidden.start() + 1),
                f"A character that nobody can see stands here (U+{ord(hidden.group()):04X}).",
                "Take it out.",
            )


def _events(text: str) -> Iterable[events.Event]:
    """What a parser finds. That in C is quicker; what it refuses, or places otherwise, the other one explains."""
    try:
        found = list(yaml.parse(text, Loader=_QUICK))
    except (yaml.YAMLError, ValueError):
        found = []
    empty = any(isinstance(one, events.ScalarEvent) and not (one.value or one.style) for one in found)
    return found if found and not empty else yaml.parse(text, Loader=yaml.SafeLoader)


class _Composer:
    """Puts nodes together from the parser's events, and notes what strict YAML refuses."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._events: Iterator[events.Event] = iter(())

    def document(self, text: str) -> Node:
        self._events = iter(_events(text))
        try:
            return self._only_document()
        except yaml.MarkedYAMLError as error:
            place = self._place(error.problem_mark or error.context_mark)
            context = f" ({error.context})" if error.context else ""
            self._findings.stop(
                "yaml",
                place,
                f"This is not YAML: {error.problem or 'unreadable'}{context}.",
                "Look at the indentation, colons and quotes here and in the line before.",
            )
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self._findings.stop("yaml", Place(self._file, 1, 1), f"This is not YAML: {error}.")

    def _only_document(self) -> Node:
        node: Node = Items((), Place(self._file, 1, 1))
        seen = 0
        for event in self._events:
            if isinstance(event, events.DocumentStartEvent):
                self._start(event, seen)
                node = self._node(next(self._events), 0) if seen == 0 else node
                seen += 1
        return node

    def _start(self, event: events.DocumentStartEvent, seen: int) -> None:
        if seen:
            self._findings.stop(
                "documents",
                self._place(event.start_mark),
                "A second document starts here.",
                "One file holds one document.",
            )
        if event.version or event.tags:
            self._findings.add("directive", self._place(event.start_mark), "A line with % stands here.", "Take it out.")

    def _node(self, event: events.Event, depth: int) -> Node:
        place = self._place(event.start_mark)
        if depth > DEEPEST:
            self._findings.stop("too-deep", place, f"More than {DEEPEST} levels lie within each other here.")
        self._refuse_marks(event, place)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event, place)
        if isinstance(event, events.SequenceStartEvent):
            return Items(tuple(self._items(depth)), place)
        if isinstance(event, events.MappingStartEvent):
            return self._entries(place, depth)
        return Text("", place)

    def _refuse_marks(self, event: events.Event, place: Place) -> None:
        if isinstance(event, events.AliasEvent):
            self._findings.add("alias", place, f"`*{event.anchor}` points at another place.", "Write it out here.")
        elif isinstance(event, events.NodeEvent) and event.anchor:
            self._findings.add("anchor", place, f"`&{event.anchor}` names this place.", "Take it out.")
        tag: object = getattr(event, "tag", None)
        if tag:
            self._findings.add("tag", place, f"A type stands here (`{tag}`).", "Take it out: every value is text.")

    def _scalar(self, event: events.ScalarEvent, place: Place) -> Text:
        hidden = _HIDDEN.search(event.value)
        if hidden:
            self._findings.add(
                "hidden-character",
                place,
                f"A character that nobody can see is in this text (U+{ord(hidden.group()):04X}).",
                "Take it out.",
            )
        return Text(event.value, place, plain=not event.style)

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, events.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _entries(self, place: Place, depth: int) -> Entries:
        values: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        for event in self._events:
            if isinstance(event, events.MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Text):
                self._findings.add("key-not-text", key.place, "A list or mapping stands where a name should.")
            elif key.value in values:
                self._findings.add(
                    "key-twice",
                    key.place,
                    f"`{key.value}` stands here for the second time; the first is in line {keys[key.value].line}.",
                    "Keep one of them.",
                )
            else:
                values[key.value], keys[key.value] = value, key.place
        return Entries(values, keys, place)

    def _place(self, mark: object) -> Place:
        line, column = getattr(mark, "line", 0), getattr(mark, "column", 0)
        return Place(self._file, line + 1, column + 1)
