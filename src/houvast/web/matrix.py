"""Who may use what for what: categories by purposes, as the policy file says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from houvast.policy import Policy
from houvast.policy.model import Category, Form, Purpose, Use
from houvast.policy.words import circumstance_words, words
from houvast.web.words import wording

WIDE = 6
"""So many columns stand beside each other: more would be too narrow for a finger."""


@dataclass(frozen=True)
class Cell:
    """One pair. `look`: full, while, total, never, or "" for what nobody declared, which is a no as well."""

    look: str
    words: str = ""
    promise: str = ""


@dataclass(frozen=True)
class Line:
    """One purpose with its cells, in the order of the columns."""

    purpose: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Pair:
    """One permitted pair in words."""

    data: str
    purpose: str
    basis: str
    bounds: str
    promise: str


@dataclass(frozen=True)
class Picture:
    """Some categories side by side, with the purposes that concern them."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def pictures(policy: Policy, language: str) -> tuple[Picture, ...]:
    """The whole matrix in pieces of at most WIDE columns; a purpose without any cell there is left out."""
    every = list(policy.categories.values())
    return tuple(_picture(policy, language, every[at : at + WIDE]) for at in range(0, len(every), WIDE))


def pairs(policy: Policy, language: str) -> tuple[Pair, ...]:
    """The same in words: every permitted pair, by category."""
    return tuple(_pairs(policy, language))


def counted(policy: Policy) -> tuple[int, int]:
    """How many pairs are permitted, and how many are forbidden in words."""
    looks = [_cell(policy, c, p, "en").look for c in policy.categories.values() for p in policy.purposes.values()]
    return sum(look not in ("", "never") for look in looks), looks.count("never")


def _picture(policy: Policy, language: str, columns: Sequence[Category]) -> Picture:
    lines = [
        Line(_label(one.label, language, one.name), tuple(_cell(policy, c, one, language) for c in columns))
        for one in policy.purposes.values()
    ]
    titles = tuple(_label(column.label, language, column.name) for column in columns)
    return Picture(titles, tuple(line for line in lines if any(cell.look for cell in line.cells)))


def _cell(policy: Policy, category: Category, purpose: Purpose, language: str) -> Cell:
    said = wording(language)["uses"]
    never = policy.never(category.name, purpose.name)
    if never:
        return Cell("never", said["never"], never.promise) if _named(policy, category, purpose) else Cell("")
    use = policy.use(category.name, purpose.name)
    if use is None:
        return Cell("")
    look = "total" if use.form is Form.AGGREGATE else "while" if use.while_ else "full"
    return Cell(look, _bounds(policy, use, purpose, language), use.promise)


def _named(policy: Policy, category: Category, purpose: Purpose) -> bool:
    """A never forbids every other purpose; shown where it says no to something that is done with other data."""
    return purpose.marketing or policy.use(category.name, purpose.name) is not None


def _pairs(policy: Policy, language: str) -> Iterator[Pair]:
    known = words(language)
    for category in policy.categories.values():
        for purpose in policy.purposes.values():
            use = policy.use(category.name, purpose.name)
            if use is None or policy.never(category.name, purpose.name):
                continue
            yield Pair(
                _label(category.label, language, category.name),
                _label(purpose.label, language, purpose.name),
                ", ".join(known.basis[basis] for basis in use.basis),
                _bounds(policy, use, purpose, language),
                use.promise,
            )


def _bounds(policy: Policy, use: Use, purpose: Purpose, language: str) -> str:
    said, known = wording(language)["uses"], words(language)
    parts: list[str] = []
    if use.while_:
        ways = [
            f" {known.says['and']} ".join(circumstance_words(policy, name, language) or name for name in way)
            for way in use.while_
        ]
        parts.append(said["while"].format(clause=f" {known.says['or']} ".join(ways)))
    if use.form is not Form.FULL:
        parts.append(said["form"].format(form=known.form(use.look)))
    if purpose.one:
        parts.append(said[f"one_{purpose.one}"])
    return "; ".join(parts) or said["full"]


def _label(label: Mapping[str, str], language: str, name: str) -> str:
    found = label.get(language) or next(iter(label.values()), name)
    return found[:1].upper() + found[1:]
