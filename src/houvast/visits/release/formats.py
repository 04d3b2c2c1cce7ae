"""A report as a file for spreadsheets, and on paper: the same numbers as in its JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from houvast.visits.release.model import TIMES, Key, Report, Row
from houvast.visits.release.words import how_private, how_sure, number, title, value, wording

ON_PAPER = 200
"""So many groups stand on paper, the largest; the other files have all."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""With what a spreadsheet would take a text for a formula."""
_WIDE, _HIGH = 640, 200
_BAR, _ERROR, _INK = "#0a5570", "#b0241c", "#14211e"


def as_csv(report: Report, language: str) -> bytes:
    """UTF-8 with a byte order mark, for spreadsheets; totals first. Values are as in the JSON."""
    said, out = wording(language), io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    columns = said["columns"]
    keys = report.question.ordered
    write.writerow([columns["part"], *(said["keys"][key] for key in keys), columns["count"], columns["within"]])
    for row in report.totals:
        known = dict(zip([key for key in keys if key in TIMES], row.values, strict=False))
        write.writerow([columns["total"], *(_safe(known.get(key, "")) for key in keys), row.count, row.within])
    for row in report.rows:
        write.writerow([columns["group"], *map(_safe, row.values), row.count, row.within])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_pdf(report: Report, language: str) -> bytes:
    """A tagged PDF (PDF/UA-1); the same report gives the same bytes. Raises UsageError, DocumentError."""
    from houvast.documents import pdf

    said = wording(language)
    keys = report.question.ordered
    largest = sorted(report.rows, key=lambda one: (-one.count, one.values))[:ON_PAPER]
    more = len(report.rows) - len(largest)
    data: dict[str, object] = {
        "language": language, "title": title(report, language), "author": report.organisation,
        "chart": _chart(report), "alt": _alt(report, language),
        "totals": _table(report, [key for key in keys if key in TIMES], report.totals, language),
        "groups": _table(report, keys, largest, language), "says": said["shown"],
        "more": said["shown"]["more"].format(count=number(more, language)) if more else "",
        "nothing": said["shown"]["nothing"] if not report.rows and not report.totals else "",
        "parts": [[said["sure"]["head"], list(how_sure(report, language))],
                  [said["private"]["head"], list(how_private(report, language))]],
    }  # fmt: skip
    return pdf("report", data, created=report.published)


def svg(report: Report) -> str:
    """A picture of the totals, with error bars; "" when there are fewer than two. Also for pages."""
    return _chart(report)


def _table(report: Report, keys: Sequence[Key], rows: Sequence[Row], language: str) -> dict[str, object]:
    said = wording(language)
    head = [*(said["keys"][key] for key in keys), said["columns"]["count"], said["columns"]["within"]]
    return {"head": head, "rows": [[*_said(report, keys, row, language), number(row.count, language),
                                    f"± {number(row.within, language)}"] for row in rows]}  # fmt: skip


def _said(report: Report, keys: Sequence[Key], row: Row, language: str) -> Iterator[str]:
    yield from (value(report, key, found, language) for key, found in zip(keys, row.values, strict=True))


def _alt(report: Report, language: str) -> str:
    counts = [row.count for row in report.totals] or [0]
    return wording(language)["shown"]["alt"].format(
        low=number(min(counts), language), high=number(max(counts), language)
    )


def _chart(report: Report) -> str:
    rows = report.totals
    if len(rows) < 2:  # one bar says nothing
        return ""
    top, step = max(row.count + row.within for row in rows), _WIDE / len(rows)
    marks = list[str]()
    for at, row in enumerate(rows):
        left, middle = at * step, (at + 0.5) * step
        high, low = (_HIGH * (1 - max(0, row.count + part) / top) for part in (row.within, -row.within))
        y = _HIGH * (1 - row.count / top)
        marks.append(
            f'<rect x="{left + step * 0.1:.1f}" y="{y:.1f}" width="{step * 0.8:.1f}" height="{_HIGH - y:.1f}" fill="{_BAR}"/>'
        )
        marks.append(f'<path d="M{middle:.1f} {high:.1f}V{low:.1f}" stroke="{_ERROR}" stroke-width="1.5"/>')
    base = f'<path d="M0 {_HIGH}H{_WIDE}" stroke="{_INK}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH + 1}">{"".join(marks)}{base}</svg>'


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text
