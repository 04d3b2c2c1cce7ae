"""The report about files as one page for who owns them: a picture of the bundle, with what was found in its place.

One file without scripts, without another host. A value stands nowhere in it; the lines around it do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from houvast.cli.scan_words import LABELS, WORDS, reason
from houvast.screening.bundle import Member, Report
from houvast.screening.kinds import Kind

_CSS = Path(__file__).parent / "scan_page.css"
_ROWS, _SHOWN = 2000, 200
"""Files that the picture has, and of which lines are shown."""


@dataclass
class _Folder:
    folders: dict[str, _Folder] = field(default_factory=dict[str, "_Folder"])
    files: list[tuple[str, Member]] = field(default_factory=list[tuple[str, Member]])
    others: int = 0


def page(report: Report, name: str, language: str, out: str = "") -> str:
    """The page. `language`: "nl" or "en"; `out`: what was written, when something was."""
    says = WORDS[language]
    told = [one for one in report.members if one.total or one.not_screened]
    parts = [_head(report, name, says), _where(report, told, name, language), _kinds(report, language)]
    parts += [_lines(told, language), *_lists(report, language, out)]
    title = _text(f"{says['title']}: {name}")
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{_CSS.read_text("utf-8").strip()}
</style>
</head>
<body>
<main>
{"".join(part for part in parts if part)}
</main>
</body>
</html>
"""


def _head(report: Report, name: str, says: Mapping[str, str]) -> str:
    found = sum(one.total for one in report.members)
    figures = {
        "files": report.files,
        "with_findings": sum(1 for one in report.members if one.total),
        "closed": sum(1 for one in report.members if one.not_screened),
        "found": found,
    }
    lead = says["lead" if found else "clean"].format(
        name=f"\0{name}\0", **{key: f"{value:,}" for key, value in figures.items()}
    )
    before, marked, behind = lead.split("\0")
    rows = "".join(f"<div><dt>{says[key]}</dt><dd>{value:,}</dd></div>" for key, value in figures.items())
    return (
        f'<h1>{says["title"]}</h1>\n<p class="lead">{_text(before)}<code>{_text(marked)}</code>{_text(behind)}</p>\n'
        f'<dl class="figures">{rows}</dl>\n'
    )


def _where(report: Report, told: Sequence[Member], name: str, language: str) -> str:
    if not told:
        return ""
    root = _Folder()
    for member in report.members:
        _place(root, member)
    most = max(one.total for one in told) or 1
    rows = "".join(_folder(root, most, language))
    says = WORDS[language]
    more = f"<p>{says['more'].format(count=f'{len(told) - _ROWS:,}')}</p>" if len(told) > _ROWS else ""
    return (
        f'<h2>{says["where"]}</h2>\n<ul class="tree"><li><span class="row"><b><code>{_text(name)}</code></b></span>'
        f"{rows}</li></ul>\n{more}"
    )


def _place(root: _Folder, member: Member) -> None:
    *folders, file = member.path.split("/")
    here = root
    for one in folders:
        here = here.folders.setdefault(one, _Folder())
    if member.total or member.not_screened:
        here.files.append((file, member))
    elif not member.is_archive:
        here.others += 1


def _folder(folder: _Folder, most: int, language: str) -> Iterator[str]:
    says = WORDS[language]
    yield "<ul>"
    for name, inner in folder.folders.items():
        if _is_told(inner):
            yield f'<li><span class="row"><code>{_text(name)}/</code></span>'
            yield from _folder(inner, most, language)
            yield "</li>"
        else:
            folder.others += _count(inner)
    for name, member in folder.files:
        yield f'<li><span class="row"><code>{_text(name)}</code>{_found(member, most, language)}</span></li>'
    if folder.others:
        said = says["other"] if folder.others == 1 else says["others"].format(count=f"{folder.others:,}")
        yield f'<li><span class="row soft">{said}</span></li>'
    yield "</ul>"


def _is_told(folder: _Folder) -> bool:
    return bool(folder.files) or any(_is_told(inner) for inner in folder.folders.values())


def _count(folder: _Folder) -> int:
    return folder.others + sum(_count(inner) for inner in folder.folders.values())


def _found(member: Member, most: int, language: str) -> str:
    if not member.total:
        return f'<span class="end soft">{_text(reason(member.not_screened or "", language))}</span>'
    kinds = ", ".join(LABELS[kind][language] for kind, _ in sorted(member.counts.items()))
    width = max(1, round(110 * member.total / most))
    count = WORDS[language]["count"].format(count=f"{member.total:,}")
    return (
        f'<span class="soft">{_text(kinds)}</span><span class="end">'
        '<svg class="meter" viewBox="0 0 112 12" aria-hidden="true" focusable="false">'
        f'<path class="of" d="M.5 .5h111v11H.5z"/><rect x="1" y="1" width="{width}" height="10"/></svg>'
        f'<span class="num">{count}</span></span>'
    )


def _kinds(report: Report, language: str) -> str:
    if not report.kinds:
        return ""
    says = WORDS[language]
    rows = "".join(
        f'<tr><th scope="row">{LABELS[kind][language]}</th><td class="num">{count:,}</td></tr>'
        for kind, count in report.kinds.most_common()
    )
    return (
        f'<h2>{says["kinds"]}</h2>\n<table><thead><tr><th scope="col">{says["kind"]}</th>'
        f'<th scope="col">{says["times"]}</th></tr></thead><tbody>{rows}</tbody></table>\n'
    )


def _lines(told: Sequence[Member], language: str) -> str:
    shown = [one for one in told if one.excerpts][:_SHOWN]
    if not shown:
        return ""
    says = WORDS[language]
    parts = [f"<h2>{says['lines']}</h2>\n"]
    for member in shown:
        lines = "\n".join(
            f"{excerpt.line:04d}  {''.join(_part(one, language) for one in excerpt.parts)}"
            for excerpt in member.excerpts
        )
        label = _text(says["lines_of"].format(path=member.path))
        parts.append(
            f"<h3><code>{_text(member.path)}</code></h3>\n"
            f'<p class="found" tabindex="0" role="region" aria-label="{label}">{lines}</p>\n'
        )
    return "".join(parts)


def _part(part: str | Kind, language: str) -> str:
    return f"<mark>{LABELS[part][language]}</mark>" if isinstance(part, Kind) else _text(part)


def _lists(report: Report, language: str, out: str) -> Iterator[str]:
    says = WORDS[language]
    closed = [(one.path, one.not_screened) for one in report.members if one.not_screened]
    if closed:
        yield f"<h2>{says['not_screened']}</h2>\n<p>{says['not_screened_lead']}</p>\n{_list(closed, language)}"
    if out and report.left_out:
        yield f"<h2>{says['left_out']}</h2>\n<p>{_text(says['left_out_lead'].format(out=out))}</p>\n"
        yield _list(report.left_out, language)
    if out:
        yield f"<h2>{says['next']}</h2>\n<p>{_text(says['written'].format(out=out))}</p>\n"
    elif report.kinds:
        yield f"<h2>{says['next']}</h2>\n<p>{_text(says['redact'])}</p>\n"


def _list(rows: Sequence[tuple[str, str]], language: str) -> str:
    lines = "".join(
        f"<li><code>{_text(path)}</code>: {_text(reason(why, language))}</li>\n" for path, why in rows[:_ROWS]
    )
    return f"<ul>\n{lines}</ul>\n"


def _text(text: str) -> str:
    """For a page: without letters that turn the direction of others, or that nobody sees."""
    return escape("".join(one if one.isprintable() else " " for one in text))
