"""A page of blocks as Markdown, and as one HTML page without script and without another host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from houvast.policy.page import Block, Cell, Heading, Paragraph, Prose, Run, Table

_CSS = Path(__file__).parent / "notice.css"
_SPECIAL = re.compile(r"([\\`*_\[\]|~])")


def to_markdown(blocks: Iterable[Block]) -> str:
    """The page as CommonMark with tables; each sentence is anchored by the id of its promise."""
    parts: list[str] = []
    for block in blocks:
        item = isinstance(block, Prose) and block.kind != "p"
        loose = not (item and parts and parts[-1].startswith(("- ", "1. ")))
        if parts and loose:
            parts.append("")
        parts.append(_markdown(block))
    return "\n".join(parts) + "\n"


def to_html(blocks: Sequence[Block], lang: str, title: str, say: Callable[[str], str]) -> str:
    """The page as HTML. Everything from the policy is escaped."""
    body = "\n".join(_html_blocks(blocks))
    tops = [block for block in blocks if isinstance(block, Heading) and block.anchor]
    toc = "".join(f'<li><a href="#{_attr(top.anchor)}">{_text(top.text)}</a></li>' for top in tops)
    return f"""<!doctype html>
<html lang="{_attr(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_text(title)}</title>
<style>
{_CSS.read_text("utf-8").strip()}
</style>
</head>
<body>
<a class="skip" href="#main">{_text(say("skip"))}</a>
<nav class="wrap" aria-label="{_attr(say("contents"))}"><ul class="toc">{toc}</ul></nav>
<main id="main" tabindex="-1"><div class="wrap flow">
{body}
</div></main>
</body>
</html>
"""


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        anchor = f'<a id="{_attr(block.anchor)}"></a>' if block.anchor else ""
        return f"{'#' * block.level} {anchor}{_md(block.text)}"
    if isinstance(block, Paragraph):
        return _md(block.text)
    if isinstance(block, Table):
        rows = [[_md(heading) for heading in block.headings], ["---"] * len(block.headings)]
        rows += [[_md_cell(cell) for cell in row] for row in block.rows]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    mark = {"li": "- ", "ol": "1. "}.get(block.kind, "")
    return mark + "".join(_md_run(run) for run in block.runs).strip()


def _md(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", escape(" ".join(text.split()), quote=False))


def _md_cell(cell: Cell) -> str:
    links = " ".join(f"[{_md(name)}](#{_attr(name)})" for name in cell.promises)
    anchor = f'<a id="{_attr(cell.anchor)}"></a>' if cell.anchor else ""
    return anchor + "<br>".join(filter(None, (*(_md(line) for line in cell.lines), links)))


def _md_run(run: Run) -> str:
    anchors = "".join(f'<a id="{_attr(name)}"></a>' for name in run.opens)
    space = " " if run.text.startswith(" ") else ""
    return anchors + space + _md(run.text) + (" " if run.text.strip() and run.text.endswith(" ") else "")


def _html_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for kind, group in groupby(blocks, lambda block: block.kind if isinstance(block, Prose) else ""):
        ours = "\n".join(_html(block) for block in group)
        tag = {"li": "ul", "ol": "ol"}.get(kind)
        yield f'<{tag} class="says">\n{ours}\n</{tag}>' if tag else ours


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        anchor = f' id="{_attr(block.anchor)}"' if block.anchor else ""
        return f"<h{block.level}{anchor}>{_text(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"{'<p class=lead>' if block.lead else '<p>'}{_text(block.text)}</p>"
    if isinstance(block, Table):
        return _html_table(block)
    runs = "".join(_html_run(run) for run in block.runs)
    return f'<p class="word">{runs}</p>' if block.kind == "p" else f'<li class="word">{runs}</li>'


def _html_table(table: Table) -> str:
    head = "".join(f'<th role="columnheader" scope="col">{_text(heading)}</th>' for heading in table.headings)
    rows = "\n".join(f'<tr role="row">{_html_row(row, table.headings)}</tr>' for row in table.rows)
    return (
        f'<table class="stack" role="table">\n<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{rows}\n</tbody>\n</table>'
    )


def _html_row(row: Sequence[Cell], headings: Sequence[str]) -> str:
    first = f'<th role="rowheader" scope="row">{_html_cell(row[0])}</th>'
    rest = zip(row[1:], headings[1:], strict=True)
    return first + "".join(
        f'<td role="cell" data-th="{_attr(heading)}"><div>{_html_cell(cell)}</div></td>' for cell, heading in rest
    )


def _html_cell(cell: Cell) -> str:
    links = " ".join(f'<a class="id" href="#{_attr(name)}">{_text(name)}</a>' for name in cell.promises)
    words = "<br>".join(filter(None, (*(_text(line) for line in cell.lines), links)))
    return f'<span id="{_attr(cell.anchor)}">{words}</span>' if cell.anchor else words


def _html_run(run: Run) -> str:
    anchors = "".join(f'<span id="{_attr(name)}" class="anchor"></span>' for name in run.opens[1:])
    if not run.promises:
        return _text(run.text)
    first = f' id="{_attr(run.opens[0])}"' if run.opens else ""
    names = _attr(" ".join(run.promises))
    return f'{anchors}<span{first} data-promise="{names}">{_text(run.text)}</span>'


def _text(text: str) -> str:
    return escape(text, quote=False)


def _attr(text: str) -> str:
    return escape(text, quote=True)
