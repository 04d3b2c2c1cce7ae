"""A notice as one HTML page: no script, no file beside it, no other host. Everything from the policy is escaped.

Each sentence and row has `data-promise`, and `data-outcome` when something was tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from houvast.policy.notices.model import Block, Bullets, Notice, Paragraph, Row, Section, Sentence, Table

_ADDRESS = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CSS = Path(__file__).parent / "page.css"


def as_html(notice: Notice) -> str:
    """The page as HTML."""
    page = _Page(notice)
    return f"""<!doctype html>
<html lang="{_attr(notice.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_text(notice.title)}</title>
<style>
{page_css()}
</style>
</head>
<body>
<a class="skip" href="#main">{_text(notice.says["skip"])}</a>
<main id="main" tabindex="-1"><div class="wrap flow">
<h1 dir="auto">{_text(notice.title)}</h1>
<p class="lead">{page.sentences(notice.lead)}</p>
<p class="standing">{page.standing()}</p>
{page.layers()}
</div></main>
</body>
</html>
"""


def sections_as_html(notice: Notice, sections: Sequence[Section]) -> str:
    """Some sections of a notice, for another page about the same policy."""
    return _Page(replace(notice, short=(), text=(), details=tuple(sections))).layers()


def page_css() -> str:
    """How a page looks."""
    return _CSS.read_text("utf-8").strip()


class _Page:
    """Writes the parts of one page."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._places = notice.places()

    def standing(self) -> str:
        """The line on what is kept, with links to what is broken."""
        said = _text(self._notice.standing.text)
        for name in self._notice.standing.promises:
            said = re.sub(rf"\b{re.escape(_text(name))}\b", lambda _, name=name: self._link(name), said, count=1)
        return said

    def layers(self) -> str:
        """The layers, each with its class; a list of what is on the page after the first."""
        found = [f'<div class="brief">\n{self._sections(self._notice.short)}\n</div>']
        later = [section for section in (*self._notice.text, *self._notice.details[:1]) if section.level < 4]
        if later:
            links = "".join(f'<li><a href="#{_attr(one.anchor)}">{_text(one.heading)}</a></li>' for one in later)
            heading = _text(self._notice.says["contents"])
            found.append(f'<nav aria-labelledby="toc"><h2 id="toc">{heading}</h2><ul class="toc">{links}</ul></nav>')
        found.append(self._sections(self._notice.text, "word"))
        found.append(self._sections(self._notice.details))
        return "\n".join(filter(None, found))

    def sentences(self, sentences: Iterable[Sentence], *, stated: bool = False) -> str:
        """Sentences one after the other, each with its promises; `stated`: and with what is not well."""
        return " ".join(
            f"<span{_marks(one)}>{_linked(one.text)}</span>{self._state(one.outcome) if stated else ''}"
            for one in sentences
        )

    def _sections(self, sections: Sequence[Section], kind: str = "") -> str:
        return "\n".join(self._section(one, kind) for one in sections)

    def _section(self, section: Section, kind: str) -> str:
        tag = f"h{section.level}"
        head = f'<{tag} id="{_attr(section.anchor)}" dir="auto">{_text(section.heading)}</{tag}>'
        body = "\n".join(self._block(block, kind) for block in section.blocks)
        return f"<section>\n{head}\n{body}\n</section>"

    def _block(self, block: Block, kind: str) -> str:
        if isinstance(block, Table):
            return self._table(block)
        named = f' class="{kind}" dir="auto"' if kind else ""
        if isinstance(block, Paragraph):
            return f"<p{named}>{self.sentences(block.sentences, stated=bool(kind))}</p>"
        return self._bullets(block, named)

    def _bullets(self, block: Bullets, named: str) -> str:
        tag = "ol" if block.ordered else "ul"
        items = "\n".join(f"<li{named}>{self.sentences(item, stated=bool(named))}</li>" for item in block.items)
        listed = ' class="says"' if named else ""
        return f"<{tag}{listed}>\n{items}\n</{tag}>"

    def _table(self, table: Table) -> str:
        head = "".join(f'<th role="columnheader" scope="col">{_text(heading)}</th>' for heading in table.headings)
        rows = "\n".join(f'<tr role="row"{_marks(row)}>{"".join(self._row(row, table))}</tr>' for row in table.rows)
        return (
            f'<table class="stack" role="table">\n<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
            f'<tbody role="rowgroup">\n{rows}\n</tbody>\n</table>'
        )

    def _row(self, row: Row, table: Table) -> Iterator[str]:
        yield f'<th role="rowheader" scope="row" dir="auto">{_lines(row.cells[0])}</th>'
        for number, (cell, heading) in enumerate(zip(row.cells[1:], table.headings[1:], strict=True), start=2):
            last = number == len(row.cells)
            words = "<br>".join(filter(None, (_lines(cell), self._ground(row, table) if last else "")))
            yield f'<td role="cell" data-th="{_attr(heading)}"><div dir="auto">{words}</div></td>'

    def _ground(self, row: Row, table: Table) -> str:
        named = table.named(row)
        return " ".join(map(self._link, named)) + self._state(row.outcome) if named else ""

    def _state(self, outcome: str) -> str:
        """A word for what is not well."""
        if outcome not in ("broken", "not_yet_kept"):
            return ""
        return f' <small class="state {outcome}">{_text(self._notice.says[f"outcome_{outcome}"])}</small>'

    def _link(self, name: str) -> str:
        place = self._places.get(name)
        return f'<a class="id" href="#{_attr(place)}">{_text(name)}</a>' if place else _text(name)


def _marks(one: Sentence | Row) -> str:
    said = {"id": one.anchor, "data-promise": " ".join(one.promises), "data-outcome": one.outcome}
    return "".join(f' {name}="{_attr(value)}"' for name, value in said.items() if value)


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(map(_linked, lines))


def _linked(text: str) -> str:
    """Text in which an address to write to can be clicked."""
    return _ADDRESS.sub(r'<a href="mailto:\g<0>">\g<0></a>', _text(text))


def _text(text: str) -> str:
    return escape(text, quote=False)


def _attr(text: str) -> str:
    return escape(text, quote=True)
