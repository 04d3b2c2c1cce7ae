"""A notice as CommonMark with tables; a sentence is anchored by its promise. Nothing in it is live markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from houvast.policy.notices.model import Block, Bullets, Notice, Paragraph, Row, Section, Sentence, Table

_SPECIAL = re.compile(r"([\\`*_\[\]|~])")
_AT_THE_START = re.compile(r"^(\d{0,9})([#+=>-]|[.)])")


def as_markdown(notice: Notice) -> str:
    """The notice as Markdown."""
    return "\n\n".join(_Page(notice).parts()) + "\n"


class _Page:
    """Writes the parts of one notice."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._places = notice.places()

    def parts(self) -> Iterator[str]:
        """Title, the lines under it, and every block, top to bottom."""
        yield f"# {_md(self._notice.title)}"
        yield self._sentences(self._notice.lead, stated=False)
        yield _md(self._notice.standing.text)
        for section in self._notice.sections:
            yield _heading(section)
            for block in section.blocks:
                yield self._block(block, stated=section in self._notice.text)

    def _block(self, block: Block, *, stated: bool) -> str:
        if isinstance(block, Paragraph):
            return self._sentences(block.sentences, stated=stated)
        if isinstance(block, Bullets):
            mark = "1." if block.ordered else "-"
            return "\n".join(f"{mark} {self._sentences(item, stated=stated)}" for item in block.items)
        return self._table(block)

    def _sentences(self, sentences: Iterable[Sentence], *, stated: bool) -> str:
        said = ((one, self._state(one.outcome) if stated else "") for one in sentences)
        return " ".join(f"{_anchor(one.anchor)}{_md(one.text)}{state}" for one, state in said)

    def _table(self, table: Table) -> str:
        rows = [[_md(heading) for heading in table.headings], ["---"] * len(table.headings)]
        rows += [list(self._row(row, table)) for row in table.rows]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def _row(self, row: Row, table: Table) -> Iterator[str]:
        for number, cell in enumerate(row.cells, start=1):
            anchor = _anchor(row.anchor) if number == 1 else ""
            last = number == len(row.cells)
            yield anchor + "<br>".join(filter(None, (*map(_md, cell), self._ground(row, table) if last else "")))

    def _ground(self, row: Row, table: Table) -> str:
        named = table.named(row)
        return " ".join(map(self._link, named)) + self._state(row.outcome) if named else ""

    def _state(self, outcome: str) -> str:
        known = outcome in ("broken", "not_yet_kept")
        return f" ({_md(self._notice.says[f'outcome_{outcome}'])})" if known else ""

    def _link(self, name: str) -> str:
        place = self._places.get(name)
        return f"[{_md(name)}](#{escape(place)})" if place else _md(name)


def _heading(section: Section) -> str:
    return f"{'#' * section.level} {_anchor(section.anchor)}{_md(section.heading)}"


def _anchor(name: str) -> str:
    return f'<a id="{escape(name)}"></a>' if name else ""


def _md(text: str) -> str:
    flat = _SPECIAL.sub(r"\\\1", escape(" ".join(text.split()), quote=False))
    return _AT_THE_START.sub(r"\1\\\2", flat)
