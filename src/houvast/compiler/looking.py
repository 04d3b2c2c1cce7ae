"""Pieces by which the database keeps looking together: asked, accepted for one session, running for so long, over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from houvast.compiler.exchanging import LANGUAGES, digest, written
from houvast.compiler.persons import trigger
from houvast.compiler.piece import Piece
from houvast.compiler.words import SCHEMA, literal
from houvast.database.queries import queries
from houvast.policy.model import Policy

CALLED = "looking_"
"""How every function begins that the pages' login may call; no other does."""
SHORTEST, USUAL = 5, 30
"""Minutes."""
_FILES = ("looking.sql", "looking_calls.sql")
_HOURS = 2
_ENDED = "OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL"
_TRIGGERS = (
    ("hv_keep_looking", "looking", "BEFORE INSERT OR UPDATE OR DELETE", "kept_looking", ""),
    ("hv_keep_signal", "looking_signal", "BEFORE INSERT OR UPDATE", "kept_signal", ""),
    ("hv_keep_step", "looking_step", "BEFORE UPDATE OR DELETE", "kept_step", ""),
    ("hv_tell_looking", "looking", "AFTER INSERT OR UPDATE", "tell_looking", ""),
    ("hv_stop_looking", "exchange", "AFTER UPDATE", "stop_looking", "OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL"),
    ("hv_stop_looking_grant", "exchange_grant", "AFTER UPDATE", "stop_looking", _ENDED),
    ("hv_stop_looking_staff", "staff", "AFTER UPDATE", "stop_looking", _ENDED),
)  # fmt: skip


@dataclass(frozen=True)
class Accepting:
    """What a customer says yes to, and what is shown and kept, word for word."""

    statement: str
    shown: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """By which the log names it."""
        return digest("\n".join((self.statement, *self.shown)))


def accepting(policy: Policy, language: str) -> Accepting:
    """What is asked now, in a language ("nl" or "en")."""
    said, shown = _texts(language)
    return Accepting(said.replace("{organisation}", policy.controller.get("name", policy.name)), tuple(shown))


def longest(policy: Policy) -> int:
    """How many minutes a session lasts at most, by the policy's own words."""
    hours = (
        text for duty in policy.duties if (duty.section, duty.name) == ("diagnostics", "remote")
        for text in duty.texts("hours")
    )  # fmt: skip
    return 60 * int(next(hours, _HOURS))


def looking_pieces(policy: Policy) -> list[Piece]:
    """Tables, functions and triggers of looking together, with the policy's own time and the words of now in them."""
    filled = {"{most}": str(longest(policy)), "{texts}": ", ".join(_accepted(policy))}
    texts = {name: text for file in _FILES for name, text in queries("houvast.compiler", file).items()}
    made = [
        trigger(name, f"{SCHEMA}.{table}", f"{SCHEMA}.{table}", f"{when} ON {SCHEMA}.{table}", function, "C40", only=only)
        for name, table, when, function, only in _TRIGGERS
    ]  # fmt: skip
    return [
        *(written(name, text, filled, "C40", CALLED) for name, text in texts.items()),
        *(replace(one, as_keeper=True, locks="") for one in made),
    ]


def _accepted(policy: Policy) -> Iterator[str]:
    for language in LANGUAGES:
        yield f"({literal(language)}, {literal(accepting(policy, language).sha256)})"


@cache
def _texts(language: str) -> tuple[str, Sequence[str]]:
    text = files("houvast.compiler").joinpath("statements", f"looking.{language}.md").read_text("utf-8")
    said, shown = text.split("## shown")
    return said.replace("## statement", "").strip(), [line.removeprefix("- ") for line in shown.strip().splitlines()]
