"""Letters from templates (`letters/KIND.LANGUAGE.md`): a subject, a text, and words between braces to fill in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from houvast.cases.model import Letter
from houvast.cases.reasons import REASONS
from houvast.compiler.standard import KINDS, LANGUAGES, standard, text
from houvast.errors import UsageError
from houvast.policy.words import words
from houvast.reading import did_you_mean

_FOLDER = Path(__file__).parent / "letters"
_HOLE = re.compile(r"\{([a-z_]+)\}")


@cache
def kinds() -> tuple[str, ...]:
    """Every kind of letter."""
    return tuple(sorted({file.name.partition(".")[0] for file in _FOLDER.glob("*.md")} | set(KINDS)))


@cache
def template(kind: str, language: str) -> tuple[str, str]:
    """(subject, text) with holes. Raises UsageError for a kind or language that is not there."""
    if kind not in kinds():
        raise UsageError(f"There is no letter `{kind}`.", todo=did_you_mean(kind, kinds()))
    if language not in LANGUAGES:
        raise UsageError(f"There are no letters in `{language}`.", todo="choose nl or en.")
    return standard(kind, language) if kind in KINDS else text(_FOLDER, kind, language)


def holes(kind: str, language: str) -> frozenset[str]:
    """What a letter has to be filled with."""
    return frozenset(_HOLE.findall("\n".join(template(kind, language))))


def write(kind: str, language: str, values: Mapping[str, str], reason: str = "") -> Letter:
    """A letter, filled in. `reason`: the code of a reason of the law, which fills `reason` and `law`.

    Raises:
        UsageError: a value is missing or empty, or the reason is none of the law.
    """
    known = dict(values)
    if reason:
        if reason not in REASONS:
            raise UsageError(f"`{reason}` is no reason of the law.", todo=did_you_mean(reason, tuple(REASONS)))
        known |= {"reason": REASONS[reason].words[language], "law": REASONS[reason].law}
    missing = sorted(name for name in holes(kind, language) if not known.get(name, "").strip())
    if missing:
        raise UsageError(f"The letter `{kind}` needs: {', '.join(missing)}.", todo="give each a value.")
    subject, body = (_HOLE.sub(lambda hole: known[hole[1]].strip(), part) for part in template(kind, language))
    return Letter(kind, language, subject, body, reason)


def day(value: date, language: str) -> str:
    """A day in words: "26 november 2026"."""
    return f"{value.day} {words(language).months[value.month - 1]} {value.year}"
