"""Pieces that handle the requests of people and breaches: the clock, the states, the letters, each kept by the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from houvast.compiler.persons import trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA, array, literal
from houvast.database.queries import queries
from houvast.policy.law import Law, Regime
from houvast.policy.model import Period, Policy
from houvast.policy.periods import after, parse_period
from houvast.policy.regime import regime
from houvast.policy.words import words

_DAYS = [date(2023, month, 1) for month in range(1, 13)]
"""From which terms are compared, all together: from one day, four weeks and a month can be the same."""
_COURT = {"nl": "rechtbank", "en": "court"}
_PROMISES = {"request_text": "C54", "breach": "G14", "letter": "G10", "letter_kept": "G10", "tell_letter": "G10",
             "letter_moves": "G10", "letter_names": "G10", "breach_kept": "G14", "tell_breach": "G14", "public_breach": "G14", "draft_letter": "G10", "approve_letter": "G10", "send_letter": "G10",
             "record_breach": "G14", "change_breach": "G14",
             "take_request": "C54", "complain": "C54", "follow_request": "C54", "answers_to": "C54", "forget_cases": "C54", "open_case": "C02", "read_case": "C02",
             **dict.fromkeys(("incoming", "mailbox", "incoming_kept", "tell_incoming", "take_mail", "mark_mailbox", "accept_mail",
                              "dismiss_mail", "forget_mail", "public_incoming"), "C32"),
             **dict.fromkeys(("shown", "shown_row", "judged", "passage_hash", "ask_shown", "shown_stands", "read_shown", "read_judged",
                              "shown_again", "take_out", "let_stand", "take_back", "sweep_shown"), "C33"), "shown_to": "C02",
             "came_back": "C37", "open_mail": "C02", "read_mail": "C02"}  # fmt: skip
_TRIGGERS = (
    ("hv_keep_request", "request", "BEFORE INSERT OR UPDATE", "request_kept", "G18", ""),
    ("hv_tell_case", "request", "AFTER INSERT", "tell_case", "G18", ""),
    ("hv_tell_case_moved", "request", "AFTER UPDATE", "tell_case", "G18", "OLD.state IS DISTINCT FROM NEW.state"),
    ("hv_keep_letter", "letter", "BEFORE INSERT OR UPDATE OR DELETE", "letter_kept", "G10", ""),
    ("hv_tell_letter", "letter", "AFTER UPDATE", "tell_letter", "G10", "OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL"),
    ("hv_keep_breach", "breach", "BEFORE INSERT OR UPDATE", "breach_kept", "G14", ""),
    ("hv_tell_breach", "breach", "AFTER INSERT OR UPDATE", "tell_breach", "G14", ""),
    ("hv_keep_incoming", "incoming", "BEFORE INSERT OR UPDATE OR DELETE", "incoming_kept", "C32", ""),
    ("hv_tell_incoming", "incoming", "AFTER INSERT", "tell_incoming", "C32", ""),
    ("hv_tell_incoming_decided", "incoming", "AFTER UPDATE", "tell_incoming", "C32", "OLD.state IS DISTINCT FROM NEW.state"),
)  # fmt: skip


_WEB = frozenset((
    "complain", "follow_request", "answers_to", "take_request", "move_request", "open_case", "read_case", "draft_letter", "approve_letter",
    "send_letter", "record_breach", "change_breach", "public_case", "public_breach",
    "open_mail", "read_mail", "accept_mail", "dismiss_mail", "public_incoming",
    "ask_shown", "shown_stands", "read_shown", "read_judged", "take_out", "let_stand", "take_back",
))  # fmt: skip
"""What the pages' login may call and read, where it is; `desk` grants the same when it comes later."""


def case_pieces(versions: Sequence[Policy], now: datetime) -> list[Piece]:
    """Tables, functions and triggers of requests, letters and breaches, with the law's and the policy's own terms in them."""
    policy = versions[-1]
    ours = regime(policy.regime)
    law = ours.on(max(ours.local_day(now), ours.begins))
    term, longest = terms(policy, law)
    filled = {
        "{zone}": literal(ours.timezone),
        "{term}": _interval(term),
        "{longest}": _interval(longest),
        "{hours}": str(hours(policy, law)),
        "{holidays}": ",\n            ".join(_holidays(ours)),
        "{names_nl}": _names(law, "nl"),
        "{names_en}": _names(law, "en"),
    }
    files = ("cases.sql", "incoming.sql", "showing.sql")
    texts = {name: text for file in files for name, text in queries("houvast.compiler", file).items()}
    pieces = [_piece(name, text, filled) for name, text in texts.items()]
    made = [
        trigger(name, f"{SCHEMA}.{table}", f"{SCHEMA}.{table}", f"{when} ON {SCHEMA}.{table}", function, promise, only=only)
        for name, table, when, function, promise, only in _TRIGGERS
    ]  # fmt: skip
    return [*pieces, *(replace(one, as_keeper=True, locks="") for one in made)]


def terms(policy: Policy, law: Law) -> tuple[Period, Period]:
    """Within what time a request is answered, and at most, once that was extended: of law and promises the shortest."""
    term = _shortest(policy, "answer", law.answer_term)
    more = _shortest(policy, "extension", law.answer_extension)
    return term, Period(term.years + more.years, term.months + more.months, term.days + more.days)


def hours(policy: Policy, law: Law) -> int:
    """Within how many hours a breach is reported: of law and promises the fewest."""
    said = [int(text) for duty in policy.duties for text in duty.texts("report_hours") if text.isdigit()]
    return min([law.breach_hours, *said])


def _shortest(policy: Policy, parameter: str, least: Period) -> Period:
    said = (parse_period(text) for duty in policy.duties for text in duty.texts(parameter))
    return min([least, *filter(None, said)], key=lambda period: sum(after(day, period).toordinal() for day in _DAYS))


def _interval(period: Period) -> str:
    return literal(f"{period.years} years {period.months} months {period.days} days")


def _holidays(ours: Regime) -> Iterator[str]:
    for name, values in ours.holidays.items():
        for one in values:
            yield f"({literal(name)}, date {literal(one.since.isoformat())}, {literal(one.value[0])})"


def _names(law: Law, language: str) -> str:
    return array([law.authority, _COURT[language], words(language).period(law.court_term)])


def _piece(name: str, text: str, filled: dict[str, str]) -> Piece:
    for key, value in filled.items():
        text = text.replace(key, value)
    kind, _, bare = name.partition("_")
    if bare in _WEB:
        what = f"EXECUTE ON FUNCTION {SCHEMA}.{bare}" if kind == "function" else f"SELECT ON {SCHEMA}.{bare}"
        text += f""";
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT {what} TO houvast_web; END IF;
END $$"""
    undo = f"DROP {kind.upper()} {SCHEMA}.{bare}" + (" CASCADE" if kind == "table" else "")
    named = f"{SCHEMA}.{bare}" if kind == "view" else bare
    return Piece(f"{kind} {named}", kind, Phase.PEOPLE, text, undo, _PROMISES.get(bare, "G18"), protects=True, as_keeper=True,
                 replaces=True)  # fmt: skip
