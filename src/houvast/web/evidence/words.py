"""An entry of the log in plain words: one sentence, and its public fields as terms with values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from houvast.evidence.kinds import KINDS, Field, Sort
from houvast.evidence.words import wording as log_words
from houvast.policy import Policy
from houvast.web.evidence.rows import Entry
from houvast.web.words import number, wording


def sentence(entry: Entry, policy: Policy, language: str) -> str:
    """What happened, in one sentence; the name of a kind that a newer release wrote."""
    said = wording(language)["entrykinds"].get(entry.kind)
    return said.format(**_values(entry, policy, language)) if said else entry.kind


def facts(entry: Entry, policy: Policy, language: str) -> list[tuple[str, str]]:
    """Each public field of an entry: term and value. Fields that are empty are left out."""
    terms = log_words(language)["fields"]
    return [
        (terms.get(name, name), value)
        for name, value in _values(entry, policy, language).items()
        if entry.body.get(name) != ""
    ]


def kinds(language: str) -> list[tuple[str, str]]:
    """Every kind with its short name, in the order of the names."""
    names = wording(language)["kindnames"]
    return sorted(((kind, names[kind]) for kind in KINDS), key=lambda one: one[1])


def key_of(field: str, choice: str) -> str:
    """Under which name the words of a choice stand in the wording."""
    return f"{field}_{choice.replace(' ', '_')}"


def _values(entry: Entry, policy: Policy, language: str) -> Mapping[str, str]:
    fields = {field.name: field for field in KINDS[entry.kind].body} if entry.kind in KINDS else {}
    names = [*(name for name in fields if name in entry.body), *(name for name in entry.body if name not in fields)]
    return {name: _value(fields.get(name), name, entry.body[name], policy, language) for name in names}


def _value(field: Field | None, name: str, raw: Any, policy: Policy, language: str) -> str:  # noqa: ANN401
    if isinstance(raw, int):
        return number(raw, language)
    if field and field.sort is Sort.CHOICE:
        return wording(language)["entryvalues"].get(key_of(name, raw), raw)
    if name == "purpose" and raw in policy.purposes:
        return policy.purposes[raw].label.get(language, raw)
    return str(raw)
