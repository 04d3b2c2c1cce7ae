"""The page on top of a copy: in short, then data by data, then what the law has people told. No script, prints well. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from houvast.policy.notices import notice
from houvast.policy.notices.html import page_css, sections_as_html
from houvast.policy.notices.model import Notice, Section, Table
from houvast.policy.regime import regime
from houvast.rights.model import Copy, Extra, Row, Told
from houvast.rights.walk import Stop, Walk
from houvast.rights.words import shown, wording

_LAW = ("rules-why", "rules-how-long", "rules-with-whom", "rules-source", "rules-automated", "rules-rights", "rules-complaint",
        "rules-required")  # fmt: skip
"""The sections of a notice that art. 15(1)(a) to (h) asks for."""
_STYLE = """
.data { overflow-x: auto; } .data table { table-layout: auto; font-size: .875rem; }
.data th, .data td { padding: var(--s1) var(--s4) var(--s1) 0; white-space: pre-wrap; max-inline-size: 24rem; }
@media print { .data { overflow: visible; } }"""


@dataclass(frozen=True)
class Used:
    """Somebody's use of the data. `alone`: for this person alone. Moments as words."""

    alone: bool
    purpose: str
    role: str
    when: str
    times: int = 1


@dataclass(frozen=True)
class Summary:
    """What stands on the page besides the copy."""

    walk: Walk
    copy: Copy
    uses: tuple[Used, ...]
    made_at: datetime
    language: str
    portable: bool = False
    more: tuple[Extra, ...] = ()

    def html(self) -> str:
        """The page."""
        return _Page(self).html()


class _Page:
    def __init__(self, about: Summary) -> None:
        self.about = about
        self.policy = about.walk.policy
        self.notice: Notice = notice(self.policy, about.language, law_of=about.made_at)
        self.words = wording(about.language)
        self.says = self.words["page"]
        self.told: Mapping[str, Told] = {one.table: one for one in about.copy.tables}

    def html(self) -> str:
        who = self.notice.controller
        title = _text(self.says["title"].format(controller=who))
        lead = self.says["portable"] if self.about.portable else self.says["lead"].format(controller=who)
        day = regime(self.policy.regime).local_day(self.about.made_at).isoformat()
        made = self.says["made"].format(day=day, version=self.policy.version)
        parts = "\n".join(filter(None, self._parts()))
        return f"""<!doctype html>
<html lang="{self.about.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{page_css()}{_STYLE}
</style>
</head>
<body>
<main id="main"><div class="wrap flow">
<h1 dir="auto">{title}</h1>
<p class="lead">{_text(lead)}</p>
<p>{_text(made)}</p>
{parts}
</div></main>
</body>
</html>
"""

    def _parts(self) -> Iterator[str]:
        categories = self._categories()
        yield self._section("short", self.says["short"], self._counts(categories))
        for name, stops in categories.items():
            yield self._section(f"data-{name}", self._label(name), *self._tables(name, stops))
        for number, extra in enumerate(self.about.more, start=1):
            yield self._section(f"more-{number}", extra.heading, *_extra(extra))
        yield self._section("others", self.says["taken"], *self._taken())
        if not self.about.portable:
            yield self._section("used", self.says["used"], *self._used())
            yield self._section("law", self.says["law"], *self._law(categories))
        yield self._section("files", self.says["files"], f"<p>{_text(self.says['files_lead'])}</p>")

    def _categories(self) -> dict[str, list[Stop]]:
        """Category -> the tables in which it lies, those of the copy alone."""
        found: dict[str, list[Stop]] = {}
        for stop in self.about.walk.stops:
            for name in stop.shape.personal if stop.name in self.told else ():
                found.setdefault(name, []).append(stop)
        return found

    def _label(self, category: str) -> str:
        return self.policy.categories[category].label.get(self.about.language) or category

    def _counts(self, categories: Mapping[str, Sequence[Stop]]) -> str:
        rows = (
            (self._label(name), str(sum(self.told[stop.name].rows for stop in stops)))
            for name, stops in categories.items()
        )
        return _table((self.says["data"], self.says["rows"]), rows)

    def _tables(self, category: str, stops: Iterable[Stop]) -> Iterator[str]:
        for stop in stops:
            told = self.told[stop.name]
            ours = [
                c.name for c, _ in stop.columns if category in c.categories or not c.categories or c.name in stop.key
            ]
            names = [name for name in ours if not told.first or name in told.first[0]]
            yield f'<h3 dir="auto">{_text(stop.name)}</h3>'
            if not told.rows:
                yield f"<p>{_text(self.says['none'])}</p>"
                continue
            yield f'<div class="data">{_table(names, (self._cells(row, names) for row in told.first))}</div>'
            if told.rows > len(told.first):
                said = self.says["first"].format(count=len(told.first), total=told.rows)
                yield f"<p>{_text(said)} <code>tables/{_text(stop.name)}.csv</code></p>"

    def _cells(self, row: Row, columns: Iterable[str]) -> list[str]:
        return [shown(row[name], self.about.language) for name in columns]

    def _taken(self) -> Iterator[str]:
        found = self.about.copy.redactions
        yield f"<p>{_text(self.says['taken_lead' if found else 'taken_none'])}</p>"
        if found:
            heads = (self.says["place"], self.says["rule"], self.says["count"])
            rows = ((f"{one.table}.{one.column}", self.says[f"rule_{one.rule}"], str(one.count)) for one in found)
            yield _table(heads, rows)

    def _used(self) -> Iterator[str]:
        yield f"<p>{_text(self.says['used_lead'])}</p>"
        for alone, heading in ((True, "used_alone"), (False, "used_open")):
            uses = [one for one in self.about.uses if one.alone is alone]
            yield f"<h3>{_text(self.says[heading])}</h3>"
            heads = [self.says[name] for name in ("purpose", "role", "when", "times")]
            rows = ((self._purpose(one.purpose), one.role, one.when, str(one.times)) for one in uses)
            yield _table(heads, rows) if uses else f"<p>{_text(self.says['used_none'])}</p>"

    def _purpose(self, name: str) -> str:
        known = self.policy.purposes.get(name)
        return (known.label.get(self.about.language) if known else "") or name

    def _law(self, categories: Mapping[str, object]) -> Iterator[str]:
        found = [
            _about(section, self.about.walk, categories) for section in self.notice.details if section.anchor in _LAW
        ]
        yield sections_as_html(self.notice, found)
        closed = [f"{stop.name}.{name}" for stop in self.about.walk.stops for name in stop.shape.table.closed]
        yield f"<p>{_text(self.says['not_here'].format(columns=', '.join(closed)))}</p>" if closed else ""
        yield f"<p>{_text(self.says['backups'])}</p>"

    def _section(self, anchor: str, heading: str, *blocks: str) -> str:
        return (
            f'<section>\n<h2 id="{_text(anchor)}" dir="auto">{_text(heading)}</h2>\n'
            + "\n".join(blocks)
            + "\n</section>"
        )


def _extra(extra: Extra) -> Iterator[str]:
    yield f"<p>{_text(extra.lead)}</p>"
    if extra.rows:
        yield f'<div class="data">{_table(extra.columns, extra.rows)}</div>'


def _about(section: Section, walk: Walk, categories: Mapping[str, object]) -> Section:
    """The section without the rows of data that are not about such people."""
    uses = {f"use-{use.id}" for use in walk.policy.uses if not categories.keys().isdisjoint(use.categories)}
    terms = {
        f"term-{'-'.join((term.category, *term.purposes))}" for term in walk.policy.terms if term.category in categories
    }
    needs = {f"required-{name}" for name in categories}
    kept = {"rules-why": uses, "rules-how-long": terms, "rules-required": needs}.get(section.anchor)
    if kept is None:
        return section
    blocks = (
        replace(block, rows=tuple(row for row in block.rows if row.anchor in kept))
        if isinstance(block, Table)
        else block
        for block in section.blocks
    )
    return replace(section, blocks=tuple(blocks))


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{_text(heading)}</th>' for heading in headings)
    body = "\n".join("<tr>" + "".join(f'<td dir="auto">{_text(cell)}</td>' for cell in row) + "</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _text(text: str) -> str:
    return escape(text)
