"""The forms in which a notice can be saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from houvast.policy import Notice, notice
from houvast.policy.notices import Tried, as_markdown
from houvast.policy.regime import regime
from houvast.web.state import State


@dataclass(frozen=True)
class Form:
    """A form: its name to people, its media type, and how it is written."""

    name: str
    kind: str
    write: Callable[[State, str], str | bytes]


def told(now: State, language: str) -> Notice:
    """The notice with what the last proof found."""
    outcomes = {"kept": "held", "broken": "broken", "notyet": "not_yet_kept"}
    tried = {name: outcomes[one.state] for name, one in now.standings.items()}
    day = regime(now.policy.regime).local_day(now.proven) if now.proven else None
    return notice(now.policy, language, tried=Tried(tried, day) if day else None)


FORMS = {"md": Form("Markdown", "text/markdown; charset=utf-8", lambda now, lang: as_markdown(told(now, lang)))}
