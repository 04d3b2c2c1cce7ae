"""What reports say to people, in Dutch and English: `wording/LANGUAGE.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from houvast.reading import read_words
from houvast.visits.model import NONE, OTHER, OWN
from houvast.visits.release.model import TIMES, Key

if TYPE_CHECKING:
    from houvast.visits.release.model import Report

LANGUAGES = ("nl", "en")
_FOLDER = Path(__file__).parent / "wording"
_MONTH = len("2026-11")


@cache
def wording(language: str) -> Any:  # noqa: ANN401  # words by what they are for
    """The words of a language."""
    return read_words(_FOLDER / f"{language}.yaml", "the words of reports")


def day(value: date, language: str) -> str:
    """A day as people write it."""
    return f"{value.day} {wording(language)['form']['months'].split(' ')[value.month - 1]} {value.year}"


def number(value: int, language: str) -> str:
    """A whole number as people write it."""
    return f"{value:,}".replace(",", wording(language)["form"]["numbers"].split(" ")[0])


def fraction(value: float, language: str) -> str:
    """Another number, with what matters of it; a very small one as 1.5e-7."""
    return f"{value:.3g}".replace("e-0", "e-").replace(".", wording(language)["form"]["numbers"].split(" ")[1])


def title(report: Report, language: str) -> str:
    """What a report is about."""
    said, question = wording(language), report.question
    names = [said["keys"][key] for key in question.ordered]
    keys = f" {said['title']['and']} ".join(one for one in (", ".join(names[:-1]), names[-1]) if one)
    form = "of_site" if question.site else "one_day" if question.since == question.until else "over"
    return said["title"][form].format(
        keys=keys, since=day(question.since, language), until=day(question.until, language),
        site=report.labels.get(question.site, {}).get(language, question.site),
    )  # fmt: skip


def value(report: Report, key: Key, found: str, language: str) -> str:
    """A value of a key in words; as it is where it is a name."""
    said = wording(language)["values"]
    if key in TIMES:
        if len(found) == _MONTH:
            return day(date.fromisoformat(f"{found}-01"), language).partition(" ")[2]
        when = day(date.fromisoformat(found), language)
        return said["week"].format(day=when) if key is Key.WEEK else when
    if key is Key.HOUR:
        return said["hour"].format(hour=f"{int(found):02}")
    if key is Key.SITE:
        return report.labels.get(found, {}).get(language, found)
    return said[found] if found in (OTHER, NONE, OWN) else found


def how_sure(report: Report, language: str) -> Iterator[str]:
    """How sure its numbers are, a sentence or two each."""
    said, promised = wording(language)["sure"], report.guarantee
    yield said["counts"]
    yield said["noise"]
    if promised.most > 1:
        yield said["most"]
    gone = said["gone_chosen"] if promised.method == "selected" else said["gone_least"].format(least=promised.least)
    yield said["few"].format(group=promised.group, gone=gone)
    if report.whole and report.rows:
        yield said["whole"]


def how_private(report: Report, language: str) -> Iterator[str]:
    """What nobody can find out from it, and how to check it."""
    said, cost, cap = wording(language)["private"], report.guarantee.cost, report.guarantee.cap
    yield said["one"]
    yield said["figures"].format(rho=fraction(cost.rho, language), delta=fraction(cost.delta, language),
                                 epsilon=fraction(cost.epsilon, language),
                                 twice=fraction(2 * cost.delta, language))  # fmt: skip
    yield said["days"].format(period=report.guarantee.period, cap=fraction(cap.rho, language))
    yield said["same"]
    yield said["check"].format(number=report.number, day=day(report.published.date(), language), sha256=report.sha256)
