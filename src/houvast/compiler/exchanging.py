"""Pieces by which the database keeps the exchange of diagnostic data: states, statement, grants, openings, the end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from houvast.compiler.persons import trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA, array, literal
from houvast.database.queries import queries
from houvast.policy.model import Period, Policy
from houvast.policy.periods import parse_period
from houvast.policy.regime import regime

LANGUAGES = ("nl", "en")
DATA, HELPERS = "diagnostic", "subcontractor"
"""What the policy calls the data of the exchange, and who may help with them."""
CALLED = "exchange_"
"""How every function begins that the pages' login may call; no other does."""
EEA = ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
       "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK")  # fmt: skip
ADEQUATE = ("AD", "AR", "CA", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "US", "UY")
"""With a decision of adequacy (GDPR art. 45), some for part of what is sent there: the officer who approves looks that up."""
_FILES = ("subcontractors.sql", "exchange.sql", "exchange_calls.sql")
_TERM, _ANNOUNCED = Period(days=14), Period(days=30)
_PURPOSES = ("fix", "support")
_PROMISES = {
    **dict.fromkeys(("exchange", "exchange_link", "kept_exchange", "exchange_ask", "exchange_asked", "exchange_begin", "followed",
                     "exchange_send", "exchange_stands"), "C39"),
    **dict.fromkeys(("error_fact", "exchange_learn"), "C41"),
    **dict.fromkeys(("subcontractor", "tool_covers", "kept_subcontractor", "may_help", "kept_grant", "tell_subcontractor", "staff_as",
                     "exchange_record", "exchange_approve", "exchange_end", "exchange_grant", "exchange_mine", "exchange_register"), "C42"),
    **dict.fromkeys(("exchange_statement", "kept_statement", "exchange_state"), "C43"),
    **dict.fromkeys(("bundle_screening", "is_clean", "kept_screening", "exchange_decide", "bundle_look", "kept_look",
                     "exchange_look", "exchange_looked"), "C44"),
    **dict.fromkeys(("exchange_incident", "kept_incident"), "C45"),
    **dict.fromkeys(("exchange_choose", "exchange_return", "exchange_close", "exchange_confirm", "end_exchange",
                     "sweep_exchanges"), "C48"),
}  # fmt: skip
_ALWAYS = "INSERT OR UPDATE OR DELETE"
_TRIGGERS = (
    ("hv_keep_exchange", "exchange", f"BEFORE {_ALWAYS}", "kept_exchange", "C39", ""),
    ("hv_keep_statement", "exchange_statement", "BEFORE UPDATE OR DELETE", "kept_statement", "C43", ""),
    ("hv_keep_bundle", "bundle", f"BEFORE {_ALWAYS}", "kept_bundle", "C46", ""),
    ("hv_keep_screening", "bundle_screening", "BEFORE UPDATE OR DELETE", "kept_screening", "C44", ""),
    ("hv_keep_opening", "bundle_opening", f"BEFORE {_ALWAYS}", "kept_opening", "C46", ""),
    ("hv_keep_look", "bundle_look", f"BEFORE {_ALWAYS}", "kept_look", "C44", ""),
    ("hv_keep_incident", "exchange_incident", "BEFORE INSERT", "kept_incident", "C45", ""),
    ("hv_keep_incident_as_it_was", "exchange_incident", "BEFORE UPDATE OR DELETE", "kept_statement", "C45", ""),
    ("hv_keep_grant", "exchange_grant", f"BEFORE {_ALWAYS}", "kept_grant", "C42", ""),
    ("hv_keep_subcontractor", "subcontractor", f"BEFORE {_ALWAYS}", "kept_subcontractor", "C42", ""),
    ("hv_tell_exchange", "exchange", "AFTER INSERT OR UPDATE", "tell_exchange", "C39", ""),
    ("hv_tell_statement", "exchange_statement", "AFTER INSERT", "tell_exchange", "C43", ""),
    ("hv_tell_bundle", "bundle", "AFTER UPDATE", "tell_exchange", "C46", "OLD.state IS DISTINCT FROM NEW.state"),
    ("hv_tell_screening", "bundle_screening", "AFTER INSERT", "tell_exchange", "C44", ""),
    ("hv_tell_opening", "bundle_opening", "AFTER INSERT", "tell_exchange", "C46", ""),
    ("hv_tell_look", "bundle_look", "AFTER INSERT", "tell_exchange", "C44", ""),
    ("hv_tell_incident", "exchange_incident", "AFTER INSERT", "tell_exchange", "C45", ""),
    ("hv_tell_grant", "exchange_grant", "AFTER INSERT OR UPDATE", "tell_subcontractor", "C42", ""),
    ("hv_tell_subcontractor", "subcontractor", "AFTER INSERT OR UPDATE", "tell_subcontractor", "C42", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """What a customer states before sending, and the warnings beside it, word for word."""

    statement: str
    warnings: tuple[str, ...]

    @property
    def statement_sha256(self) -> str:
        """By which the log names the statement."""
        return digest(self.statement)

    @property
    def warnings_sha256(self) -> str:
        """By which the log names the warnings."""
        return digest("\n".join(self.warnings))


def statement(policy: Policy, language: str) -> Statement:
    """The statement of now in a language ("nl" or "en")."""
    said, warned = _texts(language)
    name = policy.controller.get("name", policy.name)
    return Statement(said.replace("{organisation}", name), tuple(warned))


def exchange_pieces(policy: Policy) -> list[Piece]:
    """Tables, functions and triggers of the exchange, with the policy's own terms and the statement's words in them."""
    filled = {
        "{zone}": literal(regime(policy.regime).timezone),
        "{term}": _interval(_term(policy)),
        "{announced}": _interval(_announced(policy)),
        "{purposes}": array(helping(policy)),
        "{texts}": ", ".join(_stated(policy)),
        "{eea}": array(EEA),
        "{adequate}": array(ADEQUATE),
    }
    texts = {name: text for file in _FILES for name, text in queries("houvast.compiler", file).items()}
    made = [
        trigger(name, f"{SCHEMA}.{table}", f"{SCHEMA}.{table}", f"{when} ON {SCHEMA}.{table}", function, promise, only=only)
        for name, table, when, function, promise, only in _TRIGGERS
    ]  # fmt: skip
    return [
        *(
            written(name, text, filled, _PROMISES.get(name.partition("_")[2], "C46"), CALLED)
            for name, text in texts.items()
        ),
        *(replace(one, as_keeper=True, locks="") for one in made),
    ]


def helping(policy: Policy) -> tuple[str, ...]:
    """The purposes for which diagnostic data are asked: those that subcontractors may help with."""
    said = [
        name
        for duty in policy.duties
        if (duty.section, duty.name) == ("recipients", HELPERS)
        for name in duty.texts("for")
    ]
    return tuple(said) or _PURPOSES


def _announced(policy: Policy) -> Period:
    said = (
        parse_period(text)
        for duty in policy.duties
        if (duty.section, duty.name) == ("recipients", HELPERS)
        for text in duty.texts("announced")
    )
    return next(filter(None, said), _ANNOUNCED)


def _term(policy: Policy) -> Period:
    """How long after a problem is closed its data stay."""
    return next((one.plus for one in policy.terms if one.category == DATA), _TERM)


def _stated(policy: Policy) -> Iterator[str]:
    for language in LANGUAGES:
        one = statement(policy, language)
        yield f"({literal(language)}, {literal(one.statement_sha256)}, {literal(one.warnings_sha256)})"


@cache
def _texts(language: str) -> tuple[str, Sequence[str]]:
    text = files("houvast.compiler").joinpath("statements", f"{language}.md").read_text("utf-8")
    said, warned = text.split("## warnings")
    return said.replace("## statement", "").strip(), [line.removeprefix("- ") for line in warned.strip().splitlines()]


def digest(text: str) -> str:
    """By which the log names a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _interval(period: Period) -> str:
    return literal(f"{period.years} years {period.months} months {period.days} days")


def written(name: str, text: str, filled: Mapping[str, str], promise: str, called: str) -> Piece:
    """What stands in a file under a name; the pages' login may call the functions whose names begin with `called`."""
    for key, value in filled.items():
        text = text.replace(key, value)
    kind, _, bare = name.partition("_")
    if kind == "function" and bare.startswith(called):
        text += f""";
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION {SCHEMA}.{bare} TO houvast_web; END IF;
END $$"""
    undo = f"DROP {kind.upper()} {SCHEMA}.{bare}" + (" CASCADE" if kind == "table" else "")
    return Piece(f"{kind} {bare}", kind, Phase.PEOPLE, text, undo, promise, protects=True, as_keeper=True,
                 replaces=True)  # fmt: skip
