"""Filters and tags of the pages: dates, numbers and words in the language of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django import template
from django.forms.utils import ErrorList
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from houvast.app.desk import Run
from houvast.errors import Finding, HouvastError
from houvast.policy import Policy
from houvast.policy.model import Period
from houvast.policy.regime import regime
from houvast.policy.words import words as spoken_words
from houvast.proof.words import Words, words_of
from houvast.web import site as sites
from houvast.web import translation
from houvast.web import words as said
from houvast.web.context import language
from houvast.web.source import FILES
from houvast.web.standing import Standing

register = template.Library()
_DIGEST = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24}\b")
_NAME = re.compile("`([^`]+)`")


def _policy() -> Policy:
    return sites.current().project().versions[-1]


@register.filter
def number(value: int) -> str:
    """A number as people write it."""
    return said.number(value, language())


@register.filter
def plain(value: float) -> str:
    """A number as SVG has it, in every language the same."""
    return f"{value:g}"


@register.filter
def decimal(value: float) -> str:
    """A number with two decimals, as people write it."""
    return f"{value:.2f}".replace(".", said.wording(language())["numbers"]["point"])


@register.filter
def iso(value: datetime) -> str:
    """An instant for machines."""
    return value.astimezone(UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


@register.filter
def moment(value: datetime) -> str:
    """An instant for people."""
    return said.moment(value, language(), regime(_policy().regime).timezone)


@register.filter
def day(value: date) -> str:
    """A day for people."""
    return said.day(value, language())


@register.filter
def words(value: str) -> str:
    """The name of a table or column of the application, as words: `full_name`, "Full name"."""
    return value.replace("_", " ").capitalize()


@register.simple_tag
def fill(text: str, **values: object) -> str:
    """A sentence of the wording with its values: numbers, periods and instants as people write them."""
    return text.format(**{name: _said(value) for name, value in values.items()})


@register.simple_tag
def pick(words: Mapping[str, str], what: str, part: str) -> str:
    """The words `what_part`."""
    return words[f"{what}_{part}"]


@register.filter
def at(items: Sequence[str], number: int) -> str:
    """One of several."""
    return items[number]


@register.filter
def sort_words(name: str) -> str:
    """A sort of attempts in words."""
    sorts = said.wording(language())["sorts"]
    return sorts.get(name.replace(" ", "_").replace("'", ""), sorts["other"])


@register.filter
def label(one: Standing) -> str:
    """What a promise is called."""
    return one.promise.label.get(language(), one.id)


@register.filter
def mechanism(one: Standing) -> str:
    """By what a promise is kept."""
    return _words(one).by


@register.filter
def missing(one: Standing) -> str:
    """What is still to come."""
    return _words(one).missing


def _words(one: Standing) -> Words:
    return words_of(one.id, _policy(), language())


def _said(value: object) -> str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return number(value)
    if isinstance(value, Period):
        return spoken_words(language()).period(value)
    return moment(value) if isinstance(value, datetime) else str(value)


@register.filter
def browser(agent: str) -> str:
    """A browser and its system in two words, as far as it says so."""
    known = ("Firefox", "Edg", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    name = next((one for one in known if one in agent), said.wording(language())["entry"]["unknown_browser"])
    system = next((one for one in systems if one in agent), "")
    return ", ".join(filter(None, (name.replace("Edg", "Edge"), system)))


@register.filter
def qr(text: str) -> SafeString:
    """A text as a square that a camera reads: an SVG without styles."""
    import qrcode

    code = qrcode.QRCode(border=4)  # four modules of quiet around it (ISO/IEC 18004)
    code.add_data(text)
    rows: list[list[bool]] = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on)
    size = len(rows)
    words = said.wording(language())["entry"]["qr"]
    ground = format_html('<path class="ground" d="M0 0h{}v{}H0z"/>', size, size)
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}<path d="{}"/></svg>', size, size, words, ground, path
    )


@register.simple_tag
def word(words: Mapping[str, str], name: str) -> str:
    """One word of several; the name itself when there is none."""
    return words.get(name, name)


@register.filter
def named(words: Mapping[str, str], name: str) -> str:
    """The one of this name; "" when there is none."""
    return words.get(name, "")


@register.filter
def quote(one: Standing) -> str:
    """What the text says under a promise; its label when the text does not say it."""
    return " ".join(one.promise.says.get(language(), ())) or label(one)


@register.filter
def short_moment(value: datetime) -> str:
    """An instant in a table: "25-11-2026 06.00"."""
    here = value.astimezone(ZoneInfo(regime(_policy().regime).timezone))
    return here.strftime("%d-%m-%Y %H.%M" if language() == "nl" else "%Y-%m-%d %H:%M")


@register.filter
def took(run: Run) -> str:
    """How long a run took."""
    seconds = (run.ended - run.started).total_seconds()
    point = said.wording(language())["numbers"]["point"]
    return f"{seconds:.1f} s".replace(".", point) if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


@register.filter
def short_digests(detail: str) -> str:
    """A detail of the database in which each digest is only as long as it takes to tell two apart."""
    return _DIGEST.sub(r"\1", detail)


@register.filter
def outcome(seen: str) -> str:
    """What an attempt was to see, or saw."""
    return said.wording(language())["outcomes"].get(seen, seen)


@register.filter
def file_key(finding: Finding) -> str:
    """Under which name the source page shows the file of a finding; "" for another file."""
    name = Path(finding.place.file).name
    return next((key for key, file in FILES.items() if file == name), "")


@register.filter
def place(finding: Finding) -> str:
    """File, line and column, without a folder of this machine."""
    return f"{Path(finding.place.file).name}:{finding.place.line}:{finding.place.column}"


@register.filter
def problems(errors: ErrorList) -> list[str]:
    """What is wrong with a field, in our own words where we have them: by the code of each error."""
    ours = said.wording(language())["problems"]
    found = errors.as_data()
    return [ours.get(one.code or "") or " ".join(map(str, one.messages)) for one in found]


@register.filter
def translated(text: str) -> SafeString:
    """What a check said, in the language of the page; names between backticks as code."""
    said_so = conditional_escape(translation.translated(text.strip(), language()))
    return mark_safe(_NAME.sub(r"<code>\1</code>", said_so))  # noqa: S308 (escaped in the line above)


@register.filter
def mended(text: str) -> str:
    """What to do about a difference that drift names, in the language of the page."""
    return translation.mended(text, language())


@register.filter
def refused(error: HouvastError) -> str:
    """What the database refused and what to do instead, in the language of the page."""
    return " ".join(filter(None, translation.refused(error, language())))


@register.filter
def in_words(wording: Mapping[str, str]) -> str:
    """Words in the language of the page, else in another one."""
    return wording.get(language()) or next(iter(wording.values()), "")
