# ruff: noqa: S608 - values pass through literal
"""Attempts on objections: made in a session they count at once; dismissed only in writing, and never those to marketing.

Each is made by the administrator, in a transaction that is undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from houvast.compiler.words import literal
from houvast.people.rules import Answer, concerns, objection_to
from houvast.proof.handling import Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt

SORT = "weighing"
_SECRET = "f" * 64
_REASON = "Our interest weighs more here, because of a made-up dispute."


def weighing(handling: Handling) -> Iterator[Attempt]:
    """Objections of a made-up person: in their own session, weighed, and taken back (G08)."""
    h, (kind, key) = handling, handling.person
    ours = [name for name in h.policy.purposes if concerns(h.policy, name, h.who[0])]
    interest = next((name for name in ours if objection_to(h.policy, name) is Answer.UNTIL_WEIGHED), "")
    marketing = next((name for name in ours if objection_to(h.policy, name) is Answer.FOR_EVER), "")
    if not interest:
        return
    stood = f"SELECT count(*) FROM houvast.stand WHERE (kind, key, stand, about) = ({kind}, {key}, 'objected', {literal(interest)})"
    objected = f"SELECT houvast.set_stand({kind}, {key}, 'objected', {{}}, 'officer')"
    dismissed = f"SELECT houvast.weigh({kind}, {key}, {{}}, {{}})"
    first, why = objected.format(literal(interest)), literal(_REASON)
    tried: list[tuple[str, Sequence[str], str]] = [
        ("an objection to an interest is dismissed in writing", (first, dismissed.format(literal(interest), why)), ALLOWED),
        ("an objection is dismissed without a reason", (first, dismissed.format(literal(interest), "''")), "refused: 22023"),
        ("an objection that nobody made is dismissed", (dismissed.format(literal(interest), why),), "refused: P0002"),
    ]  # fmt: skip
    if marketing:
        steps = (objected.format(literal(marketing)), dismissed.format(literal(marketing), why))
        tried.append(("an objection to marketing is dismissed", steps, "refused: 42501"))
    for name, steps, expected in tried:
        yield h.attempt(name, steps, SORT, expected)
    asked = (
        f"SELECT houvast.ask_own({literal(_SECRET)}, 'objection', 'nl', 'Omdat het mij stoort.', {literal(interest)})"
    )
    waits = (f"SELECT count(*) FROM houvast.request WHERE kind = {kind} AND key = {key} AND \"right\" = 'objection'"
             " AND closed_at IS NULL AND NOT session")  # fmt: skip
    session = (*_signed_in(kind, key), asked)
    back = f"SELECT houvast.say_choice({literal(_SECRET)}, {literal(interest)}, 'allow')"
    told = "SELECT count(*) FROM houvast.event WHERE kind = 'objection_weighed' AND subject_key = " + key
    for name, steps, question, wanted in (
        ("an objection on the page counts at once", session, stood, "1"),
        ("an objection on the page is a request to be weighed", session, waits, "1"),
        ("what was said twice is weighed once", (*session, asked), waits, "1"),
        ("an objection that is taken back ends, and so does its request", (*session, back), waits, "0"),
        ("an objection that was dismissed ends", (first, dismissed.format(literal(interest), why)), stood, "0"),
        ("that it was dismissed is told",
         ("SET LOCAL houvast.filling = ''", first, dismissed.format(literal(interest), why)), told, "1"),
    ):  # fmt: skip
        yield h.asked(name, steps, question, wanted, SORT)


def _signed_in(kind: str, key: str) -> tuple[str, ...]:
    """A session of the person, as an earlier transaction would have made it."""
    check, nothing = "'00000000-0000-4000-8000-00000000c0de'", r"'\x00'"
    return (
        f"INSERT INTO houvast.checking (id, kind, key, salt, code, browser, stop) VALUES ({check}, {kind}, {key},"
        f" {nothing}, {nothing}, {nothing}, {nothing})",
        'INSERT INTO houvast.person_session (secret, "check", live, level, method, xid)'
        f" VALUES (sha256({literal(_SECRET)}), {check}, true, 2, 'code', '3')",
    )
