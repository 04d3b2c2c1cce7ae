"""The law is dated: what changes from a day on rules what happens from that day on, and nothing before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from houvast.policy import check
from houvast.policy.calendar import due, is_free
from houvast.policy.law import Dated, Law, Regime
from houvast.policy.model import Policy
from houvast.policy.regime import regime
from houvast.proof.attempts.duties import COMPILES, REFUSES, compiled, told
from houvast.proof.field import Field
from houvast.proof.probe import Probe

FAMILY, OLD, NEW = "dated", "as it was", "as it will be"
_CHANGED: Mapping[str, tuple[str, Callable[[Law], str]]] = {
    "answer_term": ("P1D", lambda law: str(law.answer_term)),
    "answer_extension": ("P1D", lambda law: str(law.answer_extension)),
    "source_notice": ("P1D", lambda law: str(law.source_notice)),
    "breach_hours": ("1", lambda law: str(law.breach_hours)),
    "consent_age": ("21", lambda law: str(law.consent_age)),
    "court_term": ("P1D", lambda law: str(law.court_term)),
    "fiscal_retention": ("P99Y", lambda law: str(law.fiscal_retention)),
    "authority": ("Another authority", lambda law: law.authority),
}
"""Parameter -> a value that no policy keeps by chance, and how the law is asked for it."""


def dated(field: Field) -> Iterator[Probe]:
    """Each parameter is changed from a day on, in a copy of the law; and the policy is put under other law."""
    policy, ours = field.policy, regime(field.policy.regime)
    start = ours.local_day(max(field.now, policy.effective)) + timedelta(days=400)
    yield compiled(field, FAMILY, "the policy in force", policy, COMPILES)
    yield compiled(field, FAMILY, "under a law that nobody knows", replace(policy, regime="nobody's law"))
    for name, (value, ask) in _CHANGED.items():
        changed = ours.changed(name, Dated(start, (value,), ("a change",), next(iter(ours.books))))
        kept = ask(ours.on(start))
        for words, day, expected in (("before", start - timedelta(days=1), OLD), ("that", start, NEW)):
            seen = _which(ask(changed.on(day)), kept, value)
            yield told(FAMILY, f"{name} on the day {words} it changes", expected, seen, control=expected == OLD)
    yield from _policies(policy, ours, start)
    yield from _terms(ours, start)


def _policies(policy: Policy, ours: Regime, start: date) -> Iterator[Probe]:
    """The policy in force keeps to the law until the day on which the law asks more."""
    answered = any("answer" in duty.parameters for duty in policy.duties)
    changed = ours.changed("answer_term", Dated(start, ("P1D",), ("a change",), next(iter(ours.books))))
    for words, day, expected in (
        ("the day before", start - timedelta(days=1), COMPILES),
        ("the day", start, REFUSES if answered else COMPILES),
    ):
        on = datetime.combine(day, time(12), ours.zone)
        seen = REFUSES if check(policy, on, changed) else COMPILES
        yield told(FAMILY, f"does it compile {words} a shorter answer is demanded", expected, seen)


def _terms(ours: Regime, start: date) -> Iterator[Probe]:
    """A request from before the change keeps its term; holidays are those of the day."""
    changed = ours.changed("answer_term", Dated(start, ("P14D",), ("a change",), next(iter(ours.books))))
    for words, received, expected in (("before", start - timedelta(days=1), OLD), ("that", start, NEW)):
        law = changed.on(received)
        last = [due(one, received, one.answer_term).isoformat() for one in (law, ours.on(received), changed.on(start))]
        seen = _which(last[0], last[1], last[2])
        yield told(FAMILY, f"a term that began on the day {words} it gets shorter", expected, seen)
    working = next(day for n in range(1, 30) if not is_free(ours.on(start), day := start + timedelta(days=n)))
    holiday = (Dated(start, (f"{working:%m-%d}",), ("a change",), next(iter(ours.books))),)
    closed = replace(ours, holidays={**ours.holidays, "new": holiday})
    for words, day, expected in (("before", start - timedelta(days=1), "open"), ("after", start, "free")):
        seen = "free" if is_free(closed.on(day), working) else "open"
        yield told(FAMILY, f"a new holiday {words} it is one", expected, seen)


def _which(found: str, old: str, new: str) -> str:
    return OLD if found == old else NEW if found == new else "something else"
