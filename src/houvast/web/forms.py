"""The forms in which the notice can be saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from houvast.app.notices import make, written
from houvast.policy.notices import Tried
from houvast.policy.regime import regime
from houvast.web.state import State


@dataclass(frozen=True)
class Form:
    """A form: its name to people, its media type, and how it is written."""

    name: str
    kind: str
    write: Callable[[State, str], bytes]


def _form(name: str, kind: str, key: str) -> Form:
    return Form(name, kind, lambda now, language: _written(now, language, key))


def _written(now: State, language: str, form: str) -> bytes:
    """The notice with what the last proof found."""
    outcomes = {"kept": "held", "broken": "broken", "notyet": "not_yet_kept"}
    tried = {name: outcomes[one.state] for name, one in now.standings.items()}
    day = regime(now.policy.regime).local_day(now.proven) if now.proven else None
    found = make(now.project, language, tried=Tried(tried, day) if day else None)
    return written(now.policy, found, form)


FORMS = {
    **({"pdf": _form("PDF", "application/pdf", "pdf")} if find_spec("typst") else {}),
    "md": _form("Markdown", "text/markdown; charset=utf-8", "md"),
    "jsonld": _form("JSON-LD", "application/ld+json", "jsonld"),
}
"""By the end of their address. A PDF needs Typst."""
