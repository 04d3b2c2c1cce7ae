# ruff: noqa: S608 - values pass through literal
"""Attempts on how requests, complaints, letters and breaches are handled: past the clock, the states, the reasons, four eyes.

Each is made by the administrator, who may write any table, in a transaction that is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from houvast.cases.rules import Terms
from houvast.cases.writing import holes, write
from houvast.compiler.words import literal
from houvast.database import Connection, run
from houvast.database.connect import DatabaseError
from houvast.policy.model import Policy
from houvast.policy.regime import regime
from houvast.policy.words import words
from houvast.policy.world import PersonKey
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt

REFUSED = "refused: 23514"
_UNTOLD, _UNASKED = "refused: 55000", "refused: 42501"
SO, OTHERWISE = "it is so", "it is otherwise"
_WHO = "administrator"
KEY = "sha256('a made-up member of the staff')"
CODE = f"houvast.totp({KEY}, floor(extract(epoch FROM clock_timestamp()) / 30)::bigint)"
_DAYS = ("2026-01-31", "2028-01-31", "2026-03-25", "2026-04-05", "2026-11-25", "2025-12-01", "2026-08-31")
"""Days of receipt: month ends, a leap year, King's Day, Easter, Christmas and New Year follow."""


@dataclass(frozen=True)
class Handling:
    """Makes the attempts about one made-up person."""

    connection: Connection
    policy: Policy
    now: datetime
    who: PersonKey
    marker: str  # in what is made up

    @property
    def person(self) -> tuple[str, str]:
        """Kind and key, as SQL."""
        return literal(self.who[0]), literal(self.who[1])

    @property
    def request(self) -> str:
        """SQL: the number of the newest request of the person."""
        kind, key = self.person
        return f"(SELECT max(id) FROM houvast.request WHERE kind = {kind} AND key = {key})"

    @property
    def letter(self) -> str:
        """SQL: the number of the newest letter."""
        return "(SELECT max(id) FROM houvast.letter)"

    def take(self, right: str = "stop", days: int = 0) -> tuple[str, ...]:
        """A request that came in so many days ago, of somebody who was checked.

        No other system has a part in `stop`: one that had would refuse every answer, for a reason that is not tried here.
        """
        kind, key = self.person
        return (f'INSERT INTO houvast.request (kind, key, "right", language, channel, verified_at, received_at) VALUES ({kind}, {key},'
                f" {literal(right)}, 'nl', 'mail', now(), now() - interval '{days} days')",)  # fmt: skip

    def review(self, days: int = 0, right: str = "stop") -> tuple[str, ...]:
        """A request whose answer is being checked."""
        moves = (f"SELECT houvast.move_request({self.request}, '{state}')" for state in ("searching", "review"))
        return (*self.take(right, days), *moves)

    def draft(self, kind: str, body: str, reason: str = "") -> str:
        """A draft of a letter."""
        values = (kind, "nl", "Uw verzoek", body, reason, "somebody")
        return f"SELECT houvast.draft_letter({self.request}, NULL, {', '.join(map(literal, values))})"

    def standard(self, kind: str) -> str:
        """A draft of a standard letter, word for word."""
        return (f"SELECT houvast.draft_letter({self.request}, NULL, {literal(kind)}, 'nl', s.subject, s.body, '', 'somebody')"
                f" FROM houvast.standard_letter({self.request}, {literal(kind)}, 'nl') s")  # fmt: skip

    def approve(self, by: str = "somebody else", code: str = CODE) -> str:
        """The newest letter, approved by one of the staff, made up for this, with the code that their app would show."""
        staff = (f"INSERT INTO houvast.staff (name, secret) VALUES (houvast.staff_name({literal(by)}), {KEY})"
                 " ON CONFLICT (name) DO UPDATE SET secret = excluded.secret, last_step = 0")  # fmt: skip
        return f"{staff}; SELECT houvast.approve_letter({self.letter}, {literal(by)}, {code})"

    def sent(self, kind: str, body: str, reason: str = "") -> tuple[str, ...]:
        """A letter, drafted, approved by another, and sent by post."""
        return (self.draft(kind, body, reason), self.approve(), f"SELECT houvast.send_letter({self.letter}, true)")

    def attempt(self, name: str, steps: Sequence[str], sort: str, expected: str = REFUSED) -> Attempt:
        """Make it; nothing of it stays."""
        seen = ALLOWED
        try:
            with self.connection.transaction(force_rollback=True):
                for step in steps:
                    seen = ALLOWED
                    run(self.connection, step)
        except DatabaseError as error:
            seen = f"refused: {error.sqlstate}"
        return Attempt(name, _WHO, "; ".join(steps), expected == ALLOWED, expected, seen, sort)

    def asked(self, name: str, steps: Sequence[str], question: str, wanted: str, sort: str) -> Attempt:
        """Do something, ask what came of it, undo it."""
        with self.connection.transaction(force_rollback=True):
            try:
                for step in steps:
                    run(self.connection, step)
                row = self.connection.execute(question.encode()).fetchone()
                seen = SO if row and str(row[0]) == wanted else OTHERWISE
            except DatabaseError as error:
                seen = f"error: {error.sqlstate}"
        return Attempt(name, _WHO, "; ".join([*steps, question]), False, SO, seen, sort)


def clock(handling: Handling) -> Iterator[Attempt]:
    """The last day of requests, and every way to move it, to skip a state, or to end one without an answer (G18)."""
    h, more = handling, "Wij hebben meer tijd nodig, omdat het een moeilijk verzoek is."
    change = f"UPDATE houvast.request SET {{}} WHERE id = {h.request}"
    late = ("extension", more, "complexity")
    tried: list[tuple[str, Sequence[str], str]] = [
        ("a request is taken to the review of its answer", h.review(), ALLOWED),
        ("more time is taken within the first term, with a reason", (*h.review(), *h.sent(*late)), ALLOWED),
        ("a request is answered without a letter", (*h.review(), change.format("state = 'answered'")), REFUSED),
        ("a request skips states", (*h.take(), change.format("state = 'review'")), REFUSED),
        ("its last day is moved", (*h.take(), change.format("due_on = due_on + 30")), REFUSED),
        ("the day of receipt is moved", (*h.take(), change.format("received_at = received_at + interval '9 days'")), REFUSED),
        ("days of waiting are made up", (*h.take(), change.format("waited = 9")), REFUSED),
        ("a request is closed without an answer", (*h.review(), change.format("closed_at = now()")), REFUSED),
        ("more time is taken after the first term", (*h.review(days=100), *h.sent(*late)), REFUSED),
        ("more time is taken without a reason", (*h.review(), h.draft("extension", more)), REFUSED),
        ("more time is taken without telling", (*h.review(), change.format("state = 'delayed', reason = 'complexity'")), REFUSED),
        ("more time is taken twice", (*h.review(), *h.sent(*late), f"SELECT houvast.move_request({h.request}, 'review')",
                                      *h.sent(*late)), REFUSED),
        ("a request comes in from the future", (h.take(days=-2)), REFUSED),
        ("a request by mail is withdrawn that nobody confirmed",
         (*h.take(), f"SELECT houvast.move_request({h.request}, 'withdrawn')"), REFUSED),
    ]  # fmt: skip
    for name, steps, expected in tried:
        yield h.attempt(name, steps, "clock", expected)
    terms = Terms.of(h.policy, h.now)
    for day in _DAYS:
        received = datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=regime(h.policy.regime).zone)
        for extended in (False, True):
            ask = f"SELECT houvast.due_on({literal(received.isoformat())}, {str(extended).lower()}, 0)"
            due = terms.due(received, extended=extended).isoformat()
            said = f"a request of {day}{' with more time' if extended else ''} is answered by {due}"
            yield h.asked(said, (), ask, due, "clock")


def letters(handling: Handling) -> Iterator[Attempt]:
    """Letters that say no name authority, court and term; nobody approves their own, and none is changed (G10)."""
    h = handling
    law = regime(h.policy.regime).at(h.now)
    must = {"authority": law.authority, "court_term": words("nl").period(law.court_term)}
    reasons = {"refusal": "legally_required", "objection_dismissed": "overriding_interest"}
    for kind in ("refusal", "objection_dismissed", "erased", "complaint"):
        filled = dict.fromkeys(holes(kind, "nl"), "een woord") | must
        body, reason = write(kind, "nl", filled).body, reasons.get(kind, "")
        yield h.attempt(
            f"the letter `{kind}` as it ships is sent", (*h.review(), *h.sent(kind, body, reason)), "letter", ALLOWED
        )
        for word in (*must.values(), "rechtbank"):
            steps = (*h.review(), *h.sent(kind, body.replace(word, "iemand"), reason))
            yield h.attempt(f"the letter `{kind}` is sent without `{word}`", steps, "letter")
    whole = (
        "refusal",
        write("refusal", "nl", dict.fromkeys(holes("refusal", "nl"), "een woord") | must).body,
        "accurate",
    )
    first, approve, send = h.sent(*whole)
    change = f"UPDATE houvast.letter SET {{}} WHERE id = {h.letter}"
    yield h.attempt("a refusal without a reason of the law", (*h.review(), h.draft("refusal", whole[1])), "letter")
    yield h.attempt("a refusal for another reason", (*h.review(), h.draft("refusal", whole[1], "a whim")), "letter")
    for name in ("somebody", " SOME body", "s\u00f3mebody", "\uff53omebody"):
        own = (*h.review(), first, h.approve(name))
        yield h.attempt(f"whoever drafted a letter approves it, as {name!a}", own, "letter")
    look_alike = (*h.review(), first, h.approve("s\u043emebody"))
    yield h.attempt("whoever drafted a letter approves it in letters that look alike", look_alike, "letter")
    uncoded = (*h.review(), first, h.approve(code="''"))
    yield h.attempt("a letter is approved without a code", uncoded, "letter")
    written = change.format("approved_by = 'somebodyelse', approved_at = now()")
    yield h.attempt(
        "an approval is written past the function that asks a code", (*h.review(), first, written), "letter"
    )
    free = (*h.take(), h.draft("acknowledgement", "Pay a fine of 500 euro by tomorrow, or lose your account."), send)
    yield h.attempt("words of somebody's own go as a standard letter, without approval", free, "letter")
    for kind in ("acknowledgement", "identity"):
        yield h.attempt(
            f"the standard letter `{kind}` goes without approval",
            (*h.take(), h.standard(kind), send),
            "letter",
            ALLOWED,
        )
    yield h.attempt("a letter that nobody approved is sent", (*h.review(), first, send), "letter")
    yield h.attempt(
        "an approved letter is changed", (*h.review(), first, approve, change.format("body = body || '.'")), "letter"
    )
    yield h.attempt(
        "a sent letter is changed", (*h.review(), first, approve, send, change.format("subject = 'x'")), "letter"
    )
    gone = f"DELETE FROM houvast.letter WHERE id = {h.letter}"
    yield h.attempt("a sent letter is thrown away", (*h.review(), first, approve, send, gone), "letter")
    unfilled = (*h.review(), h.draft("done", "Dat hebben wij gedaan, op de dag {until}, zoals u vroeg."), approve)
    yield h.attempt("a letter with a word left open is approved", unfilled, "letter")


def breaches(handling: Handling) -> Iterator[Attempt]:
    """The hours of a breach, and every way to close one before what its risk asks was done (G14)."""
    h, newest = handling, "(SELECT max(id) FROM houvast.breach)"
    hours = Terms.of(h.policy, h.now).hours
    aware = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours + 8)
    added = f"SELECT houvast.record_breach('A made-up breach', {literal(aware.isoformat())}, 'somebody')"

    def change(what: str) -> str:
        return f"SELECT houvast.change_breach({newest}, {what})"

    def sent(kind: str) -> tuple[str, ...]:
        text = "A made-up breach, of which this letter tells what it means, and what to do."
        drafted = f"SELECT houvast.draft_letter(NULL, {newest}, {literal(kind)}, 'nl', 'Een datalek', {literal(text)}, '', 'somebody')"
        return drafted, h.approve(), f"SELECT houvast.send_letter({h.letter}, true)"

    assessed = change("risk => 'high', note => 'Others may have read it.'")
    why = change("late_because => 'It was found on a Saturday.'")
    reported, told = (why, *sent("breach_authority")), sent("breach_person")
    unapproved = (added, assessed, why, sent("breach_authority")[0], sent("breach_authority")[2])
    tried: list[tuple[str, Sequence[str], str]] = [
        ("a breach is assessed, reported, told to people, and closed",
         (added, assessed, *reported, *told, change("closes => true")), ALLOWED),
        ("a letter about a breach goes that nobody approved", unapproved, REFUSED),
        ("a breach is reported without a letter", (added, assessed, why, change("reported => now()")), REFUSED),
        ("people are told of a breach without a letter", (added, assessed, change("told => now()")), REFUSED),
        ("a breach is closed that nobody assessed", (added, change("closes => true")), REFUSED),
        ("a breach is closed that was not reported", (added, assessed, change("closes => true")), REFUSED),
        ("a breach is closed before the people at high risk know", (added, assessed, *reported, change("closes => true")), REFUSED),
        ("a breach is reported late without saying why", (added, assessed, *sent("breach_authority")), REFUSED),
        ("a breach was known later than it was", (added, "UPDATE houvast.breach SET aware_at = now()"), REFUSED),
        ("a report gets another moment", (added, assessed, *reported, "UPDATE houvast.breach SET reported_at = aware_at"), REFUSED),
    ]  # fmt: skip
    for name, steps, expected in tried:
        yield h.attempt(name, steps, "breach", expected)
    left = f"SELECT extract(epoch FROM report_by - aware_at)::int / 3600 FROM houvast.breach WHERE id = {newest}"
    for name, steps in (
        ("a breach has its hours from when it was known", (added,)),
        ("the hours of a breach cannot be stretched", (added, "UPDATE houvast.breach SET report_by = now() + interval '1 year'")),
        ("its hours run on when the clock is set forward",
         ("SELECT houvast.record_breach('A made-up breach', '2026-03-28T12:00+01', 'somebody')",)),
    ):  # fmt: skip
        yield h.asked(name, steps, left, str(hours), "breach")


def complaints(handling: Handling) -> Iterator[Attempt]:
    """A complaint of anybody has a clock, is told without its words, and is answered with authority and court (C54)."""
    h = handling
    words_ = f"A made-up complaint {h.marker}"
    told = "SET LOCAL houvast.filling = ''"
    came = f"SELECT houvast.complain('complaint', 'en', {literal(words_)}, 'C25', 'breach')"
    newest = "(SELECT max(id) FROM houvast.request WHERE kind IS NULL)"
    yield h.attempt("somebody without a name complains in English about a promise", (came,), "complaint", ALLOWED)
    yield h.asked("it has a last day, and it is to come", (came,),
                  f"SELECT days_left > 0 FROM houvast.public_case WHERE id = {newest}", "True", "complaint")  # fmt: skip
    yield h.asked("it is told once", (told, came), "SELECT count(*) FROM houvast.event WHERE kind = 'request_received'"
                  f" AND sealed ->> 'request' = {newest}::text", "1", "complaint")  # fmt: skip
    yield h.asked("what it says stands nowhere in the log", (told, came),
                  f"SELECT count(*) FROM houvast.event WHERE strpos(body::text || sealed::text, {literal(words_)}) > 0", "0",
                  "complaint")  # fmt: skip
    yield h.asked("what it says is not shown to the pages", (came,),
                  f"SELECT count(*) FROM houvast.public_case c WHERE strpos(c::text, {literal(words_)}) > 0", "0", "complaint")  # fmt: skip
    old = "INSERT INTO houvast.request (\"right\", promise, received_at) VALUES ('complaint', 'C25', now() - interval '50 days')"
    yield h.asked("one that was not answered in its month stands as late", (old,),
                  f"SELECT days_left < 0 FROM houvast.public_case WHERE id = {newest}", "True", "complaint")  # fmt: skip
    yield from _followed(h, came, newest)
    yield h.attempt("a complaint that says nothing", ("SELECT houvast.complain('complaint', 'nl', ' ')",), "complaint")
    nobody = ("SELECT houvast.take_request(NULL, 'access', 'mail', 'nl')",)
    yield h.attempt("data are asked for by somebody without a name", nobody, "complaint")
    moves = (f"SELECT houvast.move_request({newest}, '{state}')" for state in ("searching", "review"))
    bare = f"SELECT houvast.draft_letter({newest}, NULL, 'complaint', 'en', 'Your complaint', {literal('We looked. ' * 9)}, '', 'x')"
    steps = (came, *moves, bare, h.approve("y"))
    yield h.attempt("a complaint is answered without authority and court", steps, "complaint")


def _followed(h: Handling, came: str, newest: str) -> Iterator[Attempt]:
    """Who complained follows it by its code, and reads the answer by it; nobody else does."""
    law = regime(h.policy.regime).at(h.now)
    must = {"authority": law.authority, "court_term": words("en").period(law.court_term)}
    body = write("complaint", "en", dict.fromkeys(holes("complaint", "en"), "a word") | must).body
    moves = [f"SELECT houvast.move_request({newest}, '{state}')" for state in ("searching", "review")]
    drafted = (f"SELECT houvast.draft_letter({newest}, NULL, 'complaint', 'en', 'Your complaint', {literal(body)}, '', 'x')",
               h.approve("y"))  # fmt: skip
    code = f"(SELECT code FROM houvast.request WHERE id = {newest})"
    answers = f"SELECT count(*) FROM houvast.answers_to({code})"
    known = f"SELECT count(*) FROM houvast.answers_to((SELECT code FROM houvast.request WHERE id = {h.request}))"
    sent = f"SELECT houvast.send_letter({h.letter})"
    whole = write("done", "nl", dict.fromkeys(holes("done", "nl"), "een woord")).body
    tried: list[tuple[str, Sequence[str], str, str]] = [
        ("it is acknowledged at once, by its code", (came,), f"SELECT state FROM houvast.follow_request({code})", "acknowledged"),
        ("a code that nobody has is followed", (came,), "SELECT count(*) FROM houvast.follow_request(gen_random_uuid())", "0"),
        ("its answer is read by its code", (came, *moves, *drafted, sent), answers, "1"),
        ("an answer that was not sent is read by nobody", (came, *moves, *drafted), answers, "0"),
        ("a letter to somebody known is not read by a code", (*h.review(), *h.sent("done", whole)), known, "0"),
    ]  # fmt: skip
    for name, steps, question, wanted in tried:
        yield h.asked(name, steps, question, wanted, "complaint")


def notices(handling: Handling) -> Iterator[Attempt]:
    """A restriction ends after a letter told the person, which another approved, and by nothing less (G06)."""
    h = handling
    kind, key = h.person
    restrict = f"SELECT houvast.set_stand({kind}, {key}, 'restricted')"
    lift = f"SELECT houvast.end_stand({kind}, {key}, 'restricted')"
    body = "Vanaf morgen gebruiken wij uw gegevens weer, want wat niet klopte is verbeterd."
    draft, approve, send = h.sent("lifting", body)
    other = h.sent("done", "Wij hebben gedaan wat u vroeg, op de dag dat u het vroeg, en dat is klaar.")
    tried: list[tuple[str, Sequence[str], str]] = [
        ("a restriction ends after the letter was sent", (*h.take("restriction"), restrict, draft, approve, send, lift), ALLOWED),
        ("a restriction ends after the answer to it, and then the letter", (*h.review(), restrict, *other, draft, approve, send, lift), ALLOWED),
        ("a restriction ends and nobody was told", (*h.take("restriction"), restrict, lift), _UNTOLD),
        ("a restriction ends after a letter that was drafted", (*h.take("restriction"), restrict, draft, lift), _UNTOLD),
        ("a restriction ends after a letter that was approved", (*h.take("restriction"), restrict, draft, approve, lift), _UNTOLD),
        ("a restriction ends after a letter from before it", (*h.take("restriction"), draft, approve, send, restrict, lift), _UNTOLD),
        ("a restriction ends after another letter", (*h.review(), restrict, *other, lift), _UNTOLD),
        ("a restriction ends after somebody noted that they were told",
         (*h.take("restriction"), restrict, f"SELECT houvast.set_stand({kind}, {key}, 'told')", lift), _UNTOLD),
        ("the letter goes that nobody approved", (*h.take("restriction"), restrict, draft, send), REFUSED),
        ("a restriction is asked by somebody who was not checked",
         (f"DELETE FROM houvast.request WHERE kind = {kind} AND key = {key}", restrict), _UNASKED),
    ]  # fmt: skip
    for name, steps, expected in tried:
        yield h.attempt(name, steps, "notice", expected)


def standings(handling: Handling) -> Iterator[Attempt]:
    """Staff change by hand where a person stands after it was checked who asks; on their own doubt they only take away (C35)."""
    h = handling
    kind, key = h.person
    nobody = f"DELETE FROM houvast.request WHERE kind = {kind} AND key = {key}"
    purpose = next(iter(h.policy.purposes))
    for stand in ("consented", "allowed", "own_customer", "objected", "restricted", "stopped", "withdrawn"):
        about = "" if stand in ("restricted", "stopped") else purpose
        for words_, source in (("at the person's request", "houvast"), ("on an officer's own doubt", "officer")):
            say = f"SELECT houvast.set_stand({kind}, {key}, {literal(stand)}, {literal(about)}, {literal(source)})"
            narrows = source == "officer" and stand in ("objected", "restricted", "stopped", "withdrawn")
            yield h.attempt(
                f"{stand}, {words_}, that nobody checked", (nobody, say), "by hand", ALLOWED if narrows else _UNASKED
            )
        yield h.attempt(f"{stand}, at the person's request that was checked", (nobody, *h.take(), say.replace("'officer'", "'houvast'")),
                        "by hand", ALLOWED)  # fmt: skip
    said = f"INSERT INTO houvast.stand (kind, key, stand) VALUES ({kind}, {key}, 'stopped') ON CONFLICT DO NOTHING"
    end = f"SELECT houvast.end_stand({kind}, {key}, 'stopped')"
    yield h.attempt("what a person stopped is begun again by hand", (nobody, said, end), "by hand", _UNASKED)
    close = f"SELECT houvast.need_request({kind}, {key})"
    yield h.attempt("an account is closed by hand", (nobody, close), "by hand", _UNASKED)
    yield h.attempt(
        "an account is closed by hand, after it was checked who asks", (nobody, *h.take(), close), "by hand", ALLOWED
    )
    for name, change in (("of another person", "key = key || '0'"), ("for another right", "\"right\" = 'closing'")):
        reused = (nobody, *h.take(), f"UPDATE houvast.request SET {change} WHERE id = {h.request}")
        yield h.attempt(f"a check serves for a request {name}", reused, "by hand")


SORTS: dict[str, Callable[[Handling], Iterator[Attempt]]] = {
    "clock": clock, "letter": letters, "breach": breaches, "complaint": complaints, "notice": notices, "by hand": standings,
}  # fmt: skip
"""Sort of attempts -> what makes them."""
