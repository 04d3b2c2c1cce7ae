"""Writes a proposal into the text of a data map. Every letter that stood there still stands there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from houvast.datamap.proposing.model import Proposal, TableGuess
from houvast.datamap.proposing.text import Line, entries, sections, table_line
from houvast.writing import entry, text

ORDER = ("subjects", "circumstances", "tables", "logins", "views", "functions", "materialised")


@dataclass(frozen=True)
class _Insertion:
    """Text to put in at an offset of the map."""

    at: int
    said: str


def extend(written: str, proposal: Proposal) -> str:
    """The text of a map with the proposal in it. `written` is a map that strict YAML can read."""
    written = written if written.endswith("\n") else written + "\n"
    root = yaml.compose(written, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise TypeError("a data map starts with `name: value`")
    made = [*_head(root, proposal), *_known_tables(written, root, proposal)]
    appended: list[str] = []
    for name in ORDER:
        lines = _tables(root, proposal) if name == "tables" else sections(proposal)[name]
        lines = tuple(line for line in lines if line.key or not _told(written, line))
        if lines:
            node = _at(root, name)
            if node is None or _empty(node):
                appended += _section(name, node, lines, made, written)
            else:
                made.append(_into(written, node, lines))
    for one in sorted(made, key=lambda one: one.at, reverse=True):
        written = written[: one.at] + one.said + written[one.at :]
    return written + "".join(appended)


def _head(root: yaml.MappingNode, proposal: Proposal) -> Iterable[_Insertion]:
    policy = next((key for key, _ in root.value if key.value == "policy"), None)
    for name, guess in proposal.head.items():
        if policy is not None:
            yield _Insertion(policy.start_mark.index, f"{entry(name, guess.value)}  # {guess.why}\n")


def _tables(root: yaml.MappingNode, proposal: Proposal) -> tuple[Line, ...]:
    known = _at(root, "tables")
    return tuple(table_line(table) for name, table in proposal.tables.items() if _at(known, name) is None)


def _known_tables(written: str, root: yaml.MappingNode, proposal: Proposal) -> Iterable[_Insertion]:
    """What tables lack that the map has already: columns, and keys such as the owner."""
    for name, table in proposal.tables.items():
        node = _at(_at(root, "tables"), name)
        if isinstance(node, yaml.MappingNode) and not _empty(node):
            yield from _more(written, node, table)


def _more(written: str, node: yaml.MappingNode, table: TableGuess) -> Iterable[_Insertion]:
    columns = _at(node, "columns")
    lines = tuple(line for line in entries(table.columns) if line.key or not _told(written, line))
    if lines and columns is not None and not _empty(columns):
        yield _into(written, columns, lines)
    elif lines:
        yield _into(written, node, (Line("columns", "columns:", below=lines),))
    keys = {name: guess for name, guess in table.keys.items() if _at(node, name) is None}
    lines = tuple(line for line in entries(keys) if line.key or not _told(written, line))
    if lines:
        yield _into(written, node, lines)


def _into(written: str, node: yaml.Node, lines: tuple[Line, ...]) -> _Insertion:
    """Lines at the end of a mapping that has something in it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        end = written.index("\n", _last(node) - 1) + 1
        indent = node.start_mark.column
        return _Insertion(end, "".join(f"{one}\n" for line in lines for one in line.lines(indent)))
    flat = [_flat(line) for line in lines if line.key]
    close = node.end_mark.index - 1
    return _Insertion(close, "".join(f", {one}" for one in flat))


def _flat(line: Line) -> str:
    """A line with all below it as one flow entry."""
    if not line.below:
        return line.said
    return f"{text(line.key)}: {{{', '.join(_flat(one) for one in line.below if one.key)}}}"


def _last(node: yaml.Node) -> int:
    """Where the last value below a node ends; a block ends only where the next thing begins."""
    if isinstance(node, yaml.MappingNode | yaml.SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last(last[1] if isinstance(node, yaml.MappingNode) else last)
    return max(node.end_mark.index, 1)


def _section(
    name: str, node: yaml.Node | None, lines: tuple[Line, ...], made: list[_Insertion], written: str
) -> Iterable[str]:
    """A section that is not there yet goes to the end; one that is there and empty is filled in its place."""
    body = "".join(f"{one}\n" for line in lines for one in line.lines(2))
    if not any(line.key for line in lines):
        return ["\n", f"# {name}:\n", *(f"# {one.strip().removeprefix('# ')}\n" for one in body.splitlines())]
    if node is None:
        return ["\n", f"{name}:\n", body]
    if isinstance(node, yaml.MappingNode):  # {}
        made.append(_Insertion(node.end_mark.index - 1, ", ".join(_flat(line) for line in lines if line.key)))
    else:
        made.append(_Insertion(written.index("\n", node.end_mark.index) + 1, body))
    return []


def _empty(node: yaml.Node) -> bool:
    return not node.value


def _at(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _told(written: str, line: Line) -> bool:
    """Whether this comment stands there already, from an earlier run."""
    return line.said in written
