"""What a notice says that the text does not: duties of the law, and additions by the author."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.policy.model import Category, Duty, Never, Purpose, Term, Use
from houvast.policy.notices.model import Row
from houvast.policy.notices.names import Names


def added_rows(names: Names) -> tuple[Row, ...]:
    """A row for each promise and rule that stands on the law or on the author, not on a sentence."""
    return (*_promises(names), *_rules(names))


def _promises(names: Names) -> Iterator[Row]:
    for promise in names.policy.promises.values():
        sentence = bool(promise.says or promise.spans)
        if promise.added or not sentence:
            why = _why(names, promise.added, () if promise.added else promise.law)
            anchor = "" if sentence else promise.id
            yield names.row((names.label(promise.label, promise.id),), (why,), promises=(promise.id,), anchor=anchor)


def _rules(names: Names) -> Iterator[Row]:
    policy = names.policy
    said = [
        *((_labels(names, (c.name,), ()), c) for c in policy.categories.values()),
        *((_labels(names, (), (p.name,)), p) for p in policy.purposes.values()),
        *((_labels(names, u.categories, u.purposes), u) for u in policy.uses),
        *((_labels(names, n.categories, n.but), n) for n in policy.nevers),
        *((_labels(names, (t.category,), t.purposes), t) for t in policy.terms),
        *((names.label(d.label, d.name), d) for d in policy.duties),
    ]
    for label, rule in said:
        if _is_added(rule):
            yield names.row((label,), (_why(names, rule.added, rule.law),))


def _is_added(rule: Category | Purpose | Use | Never | Term | Duty) -> bool:
    named = bool(rule.promises if isinstance(rule, Duty) else rule.promise)
    return not named and bool(rule.added or rule.law)


def _labels(names: Names, data: tuple[str, ...], purposes: tuple[str, ...]) -> str:
    return ": ".join(filter(None, (", ".join(names.data(data)), ", ".join(names.purposes(purposes)))))


def _why(names: Names, added: str, law: tuple[str, ...]) -> str:
    by_law = names.say("by_law", law=", ".join(law)) if law else ""
    by_author = names.say("by_author") if added == "author" else ""
    return ". ".join(filter(None, (by_author, by_law)))
