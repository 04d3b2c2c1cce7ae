# ruff: noqa: S608 - values pass through literal
"""Attempts on mail to the address for privacy: what becomes of it, and every way to lose it or to get something by it (C32)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from houvast.cases.incoming import read
from houvast.cases.proposing import propose
from houvast.compiler.words import array, literal
from houvast.proof.handling import Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt

SORT = "mail"
STOPS = {
    "nl": "Ik wil niet langer dat u mijn gegevens gebruikt voor uw diensten. Mijn buurman helpt mij nu.",
    "en": "I no longer want you to use my information for your services. My neighbour helps me now.",
    "de": "Ich möchte nicht länger, dass Sie meine Angaben für Ihre Dienste nutzen. Mein Nachbar hilft mir jetzt.",
}
"""Mail without a word of the law in it."""
_TOLD = "SET LOCAL houvast.filling = ''"
_NEWEST = "(SELECT max(id) FROM houvast.incoming)"


def mails(handling: Handling) -> Iterator[Attempt]:
    """A mail of anybody has a clock at once, changes nothing of anybody, and is neither lost nor taken twice."""
    h = handling
    elsewhere = literal(f"somebody.{h.marker[:8]}@canary.example")
    address = f"coalesce((SELECT houvast.reach_of({h.person[0]}, {h.person[1]})), {elsewhere})"
    for language in STOPS:
        running = f"SELECT state = 'new' AND rights = '{{stop}}' AND days_left > 0 FROM houvast.public_incoming WHERE id = {_NEWEST}"
        yield h.asked(f"a mail in {language}, from another address, without a word of the law, has a running clock",
                      (_taken(h, language, elsewhere),), running, "True", SORT)  # fmt: skip
    stop, own = _taken(h, "nl", elsewhere), _taken(h, "nl", address)
    accept = f"SELECT houvast.accept_mail({_NEWEST}, '{{stop}}', {literal(':'.join(h.who))})"
    yield h.attempt("it becomes a request of a known person", (stop, accept), SORT, ALLOWED)
    made = f"FROM houvast.request q JOIN houvast.incoming i ON q.id = ANY (i.requests) WHERE i.id = {_NEWEST}"
    late = _taken(h, "nl", elsewhere, days=12)
    yield h.asked("the request's clock runs since the mail came in", (late, accept),
                  f"SELECT q.received_at = i.received_at AND q.due_on = i.due_on {made}", "True", SORT)  # fmt: skip
    yield h.asked("a header with somebody's address verifies nothing", (own, accept),
                  f"SELECT q.verified_at IS NULL AND q.level = 0 {made}", "True", SORT)  # fmt: skip
    stands = f"SELECT count(*) FROM houvast.stand WHERE (kind, key, stand) = ({', '.join(h.person)}, 'stopped')"
    before = h.connection.execute(stands.encode()).fetchone()
    yield h.asked(
        "it stops nothing before it was checked who asks", (own, accept), stands, str(before and before[0]), SORT
    )
    search = (
        f"SELECT houvast.move_request((SELECT requests[1] FROM houvast.incoming WHERE id = {_NEWEST}), 'searching')"
    )
    erase = accept.replace("{stop}", "{erasure}")
    yield h.attempt("it is acted on before it was checked who asks", (own, erase, search), SORT)
    yield h.asked("the same mail twice is one", (stop, stop), f"SELECT count(*) FROM houvast.incoming WHERE sender = {elsewhere}",
                  "1", SORT)  # fmt: skip
    answers = 'SELECT count(DISTINCT (template, language, "values", to_key)) = 1 AND count(*) = 2 FROM houvast.outgoing'
    yield h.asked("who is known and who is not are told the same", (own, stop),
                  f"{answers} WHERE template = 'mail_received' AND queued_at >= now()", "True", SORT)  # fmt: skip
    machine = _taken(h, "nl", elsewhere, "Auto-Submitted: auto-replied\r\n")
    yield h.asked(
        "a machine is not answered",
        (machine,),
        f"SELECT answered FROM houvast.incoming WHERE id = {_NEWEST}",
        "False",
        SORT,
    )
    yield h.asked("it is told, and nothing of what it says", (_TOLD, stop),
                  "SELECT count(*) FILTER (WHERE strpos(body::text || sealed::text, 'canary.example') > 0) = 0 AND count(*) > 0"
                  " FROM houvast.event WHERE kind = 'mail_received'", "True", SORT)  # fmt: skip
    old = _taken(h, "nl", elsewhere, days=60)
    yield h.asked("one that nobody looked at in its month stands as late", (old,),
                  f"SELECT days_left < 0 FROM houvast.public_incoming WHERE id = {_NEWEST}", "True", SORT)  # fmt: skip
    change = f"UPDATE houvast.incoming SET {{}} WHERE id = {_NEWEST}"
    tried = {
        "its last day is moved": change.format("due_on = due_on + 30"),
        "the moment at which it came is moved": change.format("received_at = now() + interval '9 days'"),
        "it is thrown away before anybody looked": f"DELETE FROM houvast.incoming WHERE id = {_NEWEST}",
        "what it says is taken out": change.format("body = NULL"),
        "it is set aside without a reason": f"SELECT houvast.dismiss_mail({_NEWEST}, '')",
        "data are asked with it for nobody": f"SELECT houvast.accept_mail({_NEWEST}, '{{access}}', NULL)",
        "it is read without a recorded look": "SELECT * FROM houvast.read_mail(0)",
    }
    for name, step in tried.items():
        yield h.attempt(name, (stop, step), SORT)
    yield h.attempt(
        "a request of it is taken back unseen", (stop, accept, change.format("state = 'new', decided_at = NULL")), SORT
    )


def _taken(handling: Handling, language: str, sender: str, header: str = "", days: int = 0) -> str:
    """SQL that takes in a mail, as the reader takes in one that is read from the mailbox. `sender`: SQL."""
    raw = f"From: somebody@canary.example\r\n{header}Subject: {handling.marker}\r\n\r\n{STOPS[language]}\r\n"
    mail = read(raw.encode())
    found = propose(mail)
    digest = f"encode(sha256(convert_to({literal(mail.digest + language + header)} || {sender}, 'UTF8')), 'hex')"
    values = (
        digest, f"now() - interval '{days} days'", literal("auto" if mail.is_auto else "mail"), literal(found.language),
        array([right.value for right in found.rights]), f"{literal(json.dumps(found.reasons))}::jsonb", "'{}'", "''", sender,
        literal(mail.subject), literal(mail.text), str(mail.is_answerable).lower(), "'{}'",
    )  # fmt: skip
    return f"SELECT houvast.take_mail({', '.join(values)})"
