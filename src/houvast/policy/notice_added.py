"""What a notice says that the text does not: duties of the law, and additions by the author."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.policy.model import Category, Duty, Never, Policy, Purpose, Term, Use
from houvast.policy.page import Cell
from houvast.policy.words import Words


def added_rows(policy: Policy, words: Words) -> tuple[tuple[Cell, Cell], ...]:
    """A row for each promise and rule that stands on the law or on the author, not on a sentence."""
    return (*_promises(policy, words), *_rules(policy, words))


def _promises(policy: Policy, words: Words) -> Iterator[tuple[Cell, Cell]]:
    for promise in policy.promises.values():
        label = promise.label.get(words.language, promise.id)
        sentence = bool(promise.says or promise.spans)
        if promise.added or not sentence:
            why = _why(words, promise.added, () if promise.added else promise.law)
            cell = Cell((label,), (promise.id,)) if sentence else Cell((label,), anchor=promise.id)
            yield cell, Cell((why,))


def _rules(policy: Policy, words: Words) -> Iterator[tuple[Cell, Cell]]:
    said = [
        *((_labels(policy, words, (c.name,), ()), c) for c in policy.categories.values()),
        *((_labels(policy, words, (), (p.name,)), p) for p in policy.purposes.values()),
        *((_labels(policy, words, u.categories, u.purposes), u) for u in policy.uses),
        *((_labels(policy, words, n.categories, n.but), n) for n in policy.nevers),
        *((_labels(policy, words, (t.category,), t.purposes), t) for t in policy.terms),
        *((d.label.get(words.language, d.name), d) for d in policy.duties),
    ]
    for label, rule in said:
        if _is_added(rule):
            yield Cell((label,)), Cell((_why(words, rule.added, rule.law),))


def _is_added(rule: Category | Purpose | Use | Never | Term | Duty) -> bool:
    named = bool(rule.promises if isinstance(rule, Duty) else rule.promise)
    return not named and bool(rule.added or rule.law)


def _labels(policy: Policy, words: Words, data: tuple[str, ...], purposes: tuple[str, ...]) -> str:
    known = [policy.categories[name] for name in data if name in policy.categories]
    served = [policy.purposes[name] for name in purposes if name in policy.purposes]
    left = ", ".join(one.label.get(words.language, one.name) for one in known)
    right = ", ".join(one.label.get(words.language, one.name) for one in served)
    return ": ".join(filter(None, (left, right)))


def _why(words: Words, added: str, law: tuple[str, ...]) -> str:
    by_law = words.says["by_law"].format(law=", ".join(law)) if law else ""
    by_author = words.says["by_author"] if added == "author" else ""
    return ". ".join(filter(None, (by_author, by_law)))
