"""Handling cases: requests, complaints and breaches, with their letters, filled from policy and law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from houvast.app import desk
from houvast.app.target import Target
from houvast.cases import Breach, Case, Letter, Right, store
from houvast.cases.rules import Terms
from houvast.cases.words import ANSWERS, RIGHTS, RISKS
from houvast.cases.writing import day, write
from houvast.database import Connection
from houvast.errors import UsageError
from houvast.policy import Policy
from houvast.policy.regime import regime
from houvast.policy.words import words
from houvast.reading import did_you_mean

WITHOUT_APPROVAL = ("acknowledgement", "identity")
"""Letters that are standard in every word, and go out at once."""


def take(
    target: Target,
    right: Right,
    person: str | None,
    *,
    channel: str = "desk",
    language: str = "nl",
    received: datetime | None = None,
    promise: str = "",
    sort: str = "",
    text: str = "",
    by: str,
) -> store.Taken:
    """Take a request in and say at once that it came in. Raises Refused, UsageError."""
    policy = target.project.versions[-1]
    _known(policy, promise)
    with target.connect() as connection, connection.transaction():
        taken = store.take(connection, person, right, channel=channel, language=language, received=received,
                           promise=promise, sort=sort, words=text, evidence=evidence(connection, promise))  # fmt: skip
        acknowledge(connection, policy, taken.number, str(taken.code), by, printed=person is None)
    return taken


def acknowledge(connection: Connection, policy: Policy, number: int, code: str, by: str, *, printed: bool) -> None:
    """Say that a request came in; `printed`: nobody knows an address to mail that to."""
    case = store.case(connection, number)
    letter = write("acknowledgement", case.language, values(policy, case, code))
    store.send(connection, store.draft(connection, letter, by, request=number), printed=printed)


def evidence(connection: Connection, promise: str) -> Mapping[str, Any] | None:
    """What the last proof said of a promise when a complaint came in: outcome and counts, nothing of a person."""
    if not promise or not desk.exists(connection):
        return None
    found = desk.proofs(connection).get(promise)
    if found is None:
        return None
    return {"promise": promise, "outcome": found.outcome, "tried": found.tried, "passed": found.passed,
            "sorts": dict(found.sorts), "proven": found.ended.isoformat()}  # fmt: skip


def draft(
    target: Target, number: int, kind: str, *, by: str, reason: str = "", more: Mapping[str, str] | None = None
) -> int:
    """Draft a letter about a request; its number. Raises Refused, UsageError (something is not filled in)."""
    with target.connect() as connection, connection.transaction():
        case = store.case(connection, number)
        code = str(store.code(connection, number))
        known = values(target.project.versions[-1], case, code) | dict(more or {})
        return store.draft(connection, write(kind, case.language, known, reason), by, request=number)


def answer_of(right: Right) -> str:
    """The letter that answers a request."""
    return ANSWERS[right.value]


def send_at_once(target: Target, number: int, kind: str, by: str) -> tuple[str, str]:
    """Draft and send a standard letter. Raises Refused."""
    letter = draft(target, number, kind, by=by)
    with target.connect() as connection, connection.transaction():
        known = store.case(connection, number).known
        return store.send(connection, letter, printed=not known)


def values(policy: Policy, case: Case, code: str) -> dict[str, str]:
    """What letters about a case are filled with; explanations come from whoever writes."""
    lang, law = case.language, regime(policy.regime)
    now = law.at(case.received_at)
    longest = Terms.of(policy, case.received_at).due(case.received_at, extended=True, waited=case.waited)
    promise = policy.promises.get(case.promise)
    return {
        "right": RIGHTS[case.right][lang],
        "received": day(law.local_day(case.received_at), lang),
        "due": day(case.due_on, lang),
        "longest": day(longest, lang),
        "reference": code,
        "authority": now.authority,
        "authority_site": now.texts("authority_site")[0],
        "court_term": words(lang).period(now.court_term),
        "promise": (promise.label.get(lang, case.promise) if promise else "") or case.promise or _NO_PROMISE[lang],
        "evidence": _said(case, lang),
        **controller(policy),
    }


def controller(policy: Policy) -> dict[str, str]:
    """Who writes: the organisation, where it is reached, and its officer."""
    known = policy.controller
    return {"organisation": known.get("name", policy.name), "contact": known.get("contact", ""),
            "officer": known.get("officer", "") or known.get("contact", "")}  # fmt: skip


def breach_letter(target: Target, breach: Breach, kind: str, language: str, explanation: str) -> Letter:
    """A letter about a breach: `breach_person` or `breach_authority`. Raises UsageError."""
    policy = target.project.versions[-1]
    law = regime(policy.regime)
    local = breach.aware_at.astimezone(ZoneInfo(law.timezone))
    aware = f"{day(local.date(), language)}, {local:%H:%M}"
    return write(kind, language, {
        "aware": aware, "title": breach.title, "note": breach.note, "measures": breach.measures,
        "risk": RISKS[breach.risk][language], "persons": str(breach.persons if breach.persons is not None else "?"),
        "explanation": explanation, "authority": law.at(breach.aware_at).authority, **controller(policy),
    })  # fmt: skip


def place_hold(target: Target, name: str, table: str, keys: list[str], owner: str, review: datetime | None) -> int:
    """Place a hold of a case on rows; how many. Raises UsageError for a table that the map does not have."""
    known = target.project.datamap.tables
    if table not in known:
        raise UsageError(f"The data map has no table `{table}`.", todo=did_you_mean(table, tuple(known)))
    if not name.strip() or not owner.strip() or not keys:
        raise UsageError("A hold has a case, an owner and rows.", todo="give each.")
    with target.connect() as connection:
        return store.place_hold(connection, name, table, keys, owner, review.date() if review else None)


def _known(policy: Policy, promise: str) -> None:
    if promise and promise not in policy.promises:
        raise UsageError(f"The policy has no promise `{promise}`.", todo=did_you_mean(promise, tuple(policy.promises)))


def _said(case: Case, lang: str) -> str:
    found = case.evidence
    if not found:
        return {"nl": "Er was nog niets nagegaan.", "en": "Nothing had been checked yet."}[lang]
    outcome = _OUTCOMES[lang].get(str(found["outcome"]), str(found["outcome"]))
    text = _EVIDENCE[lang]
    return text.format(tried=found["tried"], passed=found["passed"], outcome=outcome)


_NO_PROMISE = {"nl": "geen belofte in het bijzonder", "en": "no promise in particular"}
_EVIDENCE = {
    "nl": "wij probeerden deze belofte {tried} keer te breken; {passed} keer ging het zoals beloofd."
    " Uitkomst: {outcome}.",
    "en": "we tried to break this promise {tried} times; {passed} times it went as promised. Outcome: {outcome}.",
}
_OUTCOMES = {
    "nl": {"held": "gehouden", "broken": "gebroken", "not yet kept": "nog niet helemaal gehouden"},
    "en": {"held": "kept", "broken": "broken", "not yet kept": "not kept in full yet"},
}
