"""How plain a text is: counts that go with level B1, and the sentences that are hard, each with its place.

No formula tells B1; these are proxies. What they are, where they come from and what they do not see is in
docs/notice.md. Pure: text in, figures out. Dutch and English.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from houvast.document import Findings, parse
from houvast.errors import Place, UsageError
from houvast.policy.bind import HEADING, MARKER
from houvast.reading import Section, did_you_mean

_FOLDER = Path(__file__).parent / "manners"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ADDRESS = re.compile(r"\S+@\S+|\b[\w-]+(?:\.[\w-]+){2,}\b|\b(?:[A-Z]\.){2,}")
_END = re.compile(r"(?<=[.?!;])(?<![A-Z]\.)\s+")
_VOWELS = re.compile(r"[aeiouyàáâäèéêëìíîïòóôöùúûü]+")


@dataclass(frozen=True)
class Manner:
    """A language's words and limits: `manners/LANGUAGE.yaml`."""

    language: str
    long_word: int  # letters; longer is long
    flesch: tuple[float, float, float]  # constant, per word in a sentence, per syllable in a word
    subordinate: re.Pattern[str]
    passive: re.Pattern[str]
    silent: re.Pattern[str]  # what ends a word without a syllable of its own
    split: re.Pattern[str]  # between vowels that are two syllables


LONGEST, SUBCLAUSES, LONG_WORDS = 20, 2, 2
"""A sentence is hard with more words, clauses below it, or long words than this; or when it is passive."""

GOALS = {"words a sentence": 12.0, "long words in a hundred": 3.0, "passive sentences in a hundred": 10.0}
"""At most; the first is the usual advice for B1."""


@dataclass(frozen=True)
class Hard:
    """A sentence that is hard to read, and why."""

    place: Place
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Plainness:
    """What was counted. Rates are per hundred; `flesch` is Flesch (en) or Flesch-Douma (nl): a trend only."""

    sentences: int
    words: int
    figures: dict[str, float]
    flesch: float
    hard: tuple[Hard, ...]

    @property
    def missed(self) -> tuple[str, ...]:
        """The goals that are not met."""
        return tuple(name for name, most in GOALS.items() if self.figures[name] > most)


@cache
def manner(language: str) -> Manner:
    """How a language is measured. Raises UsageError when Houvast cannot measure it."""
    known = sorted(file.stem for file in _FOLDER.glob("*.yaml"))
    if language not in known:
        raise UsageError(f"Houvast cannot measure how plain `{language}` is.", todo=did_you_mean(language, known))
    file, findings = f"{language}.yaml", Findings()
    root = Section(parse((_FOLDER / file).read_text("utf-8"), file), findings, "a manner")
    constant, words, syllables = (float(number) for number in root.texts("flesch"))
    found = Manner(
        language,
        int(root.required("long_word")),
        (constant, words, syllables),
        subordinate=_any_of(root.texts("subordinate")),
        passive=re.compile(root.required("passive"), re.IGNORECASE),
        silent=re.compile(root.required("silent")),
        split=re.compile(root.required("split")),
    )
    root.close()
    findings.stop_if_any()
    return found


def plainness(text: str, language: str, file: str) -> Plainness:
    """How plain a text is; `file` is the name that places carry. Headings are left out."""
    how = manner(language)
    said = list(_sentences(text, file))
    words = [word for _, sentence in said for word in _words(sentence)]
    count, total = max(1, len(said)), max(1, len(words))
    passive = sum(bool(how.passive.search(sentence)) for _, sentence in said)
    figures = {
        "words a sentence": total / count,
        "long words in a hundred": 100 * sum(len(word) > how.long_word for word in words) / total,
        "clauses below another in a sentence": sum(_clauses(sentence, how) for _, sentence in said) / count,
        "passive sentences in a hundred": 100 * passive / count,
    }
    constant, per_word, per_syllable = how.flesch
    syllables = sum(syllables_of(word, language) for word in words) / total
    flesch = constant - per_word * total / count - per_syllable * syllables
    return Plainness(len(said), len(words), figures, flesch, tuple(_hard(said, how)))


def hard_phrases(phrases: Iterable[tuple[Place, str]], language: str) -> tuple[Hard, ...]:
    """Those of these loose phrases that are hard."""
    said = ((place, sentence) for place, phrase in phrases for _, sentence in _cut(phrase))
    return tuple(_hard(said, manner(language)))


def syllables_of(word: str, language: str) -> int:
    """About how many syllables a word has: groups of vowels, mended for the language. At least one."""
    how, small = manner(language), word.lower()
    small = how.split.sub(r"\g<0>-", small)
    found = len(_VOWELS.findall(small))
    return max(1, found - bool(how.silent.search(small)))


def _hard(said: Iterable[tuple[Place, str]], how: Manner) -> Iterator[Hard]:
    for place, sentence in said:
        reasons = tuple(_reasons(sentence, how))
        if reasons:
            yield Hard(place, sentence, reasons)


def _reasons(sentence: str, how: Manner) -> Iterator[str]:
    words = _words(sentence)
    if len(words) > LONGEST:
        yield f"{len(words)} words"
    clauses = _clauses(sentence, how)
    if clauses > SUBCLAUSES:
        yield f"{clauses} clauses below another"
    long = [word for word in words if len(word) > how.long_word]
    if len(long) > LONG_WORDS:
        yield f"long words: {', '.join(long)}"
    passive = how.passive.search(sentence)
    if passive:
        yield f"passive: {' '.join(passive.group().split())}"


def _clauses(sentence: str, how: Manner) -> int:
    return len(how.subordinate.findall(sentence))


def _words(sentence: str) -> list[str]:
    return _WORD.findall(_ADDRESS.sub(" x ", sentence))


def _sentences(text: str, file: str) -> Iterator[tuple[Place, str]]:
    """Each sentence with its place; a paragraph over several lines is one piece, an item of a list another."""
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    for start, piece in _pieces(text):
        for at, sentence in _cut(piece):
            line = bisect_right(lines, start + at)
            yield Place(file, line, start + at - lines[line - 1] + 1), sentence


def _cut(piece: str) -> Iterator[tuple[int, str]]:
    """The sentences of a piece, each with its offset."""
    at = 0
    for part in _END.split(piece):
        at = piece.index(part, at)
        if _words(part):
            yield at + len(part) - len(part.lstrip()), " ".join(part.split())
        at += len(part)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    start, lines = 0, list[str]()
    at = 0
    for line in [*text.split("\n"), ""]:
        marker = MARKER.match(line)
        if lines and (not line.strip() or marker or HEADING.match(line)):
            yield start, "\n".join(lines)
            lines = []
        if line.strip() and not HEADING.match(line):
            cut = marker.end() if marker else 0
            start = at + cut if not lines else start
            lines.append(line[cut:])
        at += len(line) + 1


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!^)\b(?:{'|'.join(words)})\b", re.IGNORECASE)
