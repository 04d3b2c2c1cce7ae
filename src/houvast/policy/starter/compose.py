"""Puts a first policy together: one file of rules and one text in each language, bound to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from houvast.policy.sections import DUTY_SECTIONS
from houvast.policy.starter.answers import Answers
from houvast.policy.starter.blocks import Kind, Reason, blocks
from houvast.policy.starter.settle import LANGUAGES, REGIME, Settled, officer_sentence, settle
from houvast.policy.starter.told import SYSTEM, Told, chapter
from houvast.writing import Value, as_mapping, entry, flow

_HEAD = """\
# yaml-language-server: $schema=policy.schema.json
# The privacy policy of {name}: the one source of the notice that people read and of the rules that the database keeps.
# Each rule names the promise behind it, each promise quotes the text. Change a sentence in the text and here alike;
# `houvast check` says what no longer fits. C, D, P: what the text promises. G: what the law demands.
"""
_SYSTEM_KEYS: Mapping[str, Mapping[str, Value]] = {
    "rights": {
        "kind": "rights",
        "one": "person",
        "dpv": "dpv:RightsFulfilment",
        "promise": ["C33", "C34", "G05", "G07"],
    },
    "retention": {"kind": "retention", "dpv": "dpv:RecordManagement", "promise": ["C30", "G03"]},
    "migration": {"kind": "migration", "dpv": "dpv:TechnicalServiceProvision", "promise": "A22"},
}
_SYSTEM_USES: Mapping[str, Mapping[str, Value]] = {
    "rights": {"while": "request.open", "actions": ["read", "update", "delete"]},
    "retention": {"actions": ["delete"]},
    "migration": {"actions": ["read", "insert", "update", "delete"]},
}


def compose(answers: Answers, now: datetime) -> dict[str, str]:
    """The files of a project, file name -> text: the policy, its text in each language, an empty data map.

    `answers` hold no mistakes; `now` is aware, and gives the day from which the policy is in force.
    """
    settled = settle(answers, now)
    told = {one.name: chapter(one.name, settled) for one in blocks().chapters}
    texts = {f"text.{language}.md": _text(settled, told, language) for language in LANGUAGES}
    return {"policy.yaml": "\n".join(_policy(settled, told)) + "\n", **texts, "datamap.yaml": _datamap(settled)}


def tasks(answers: Answers) -> tuple[tuple[str, str], ...]:
    """(promise, what to see to): the sentences that are true only when people do something for it."""
    sentences = [sentence for one in blocks().chapters for sentence in one.sentences]
    return tuple((sentence.promise, sentence.task) for sentence in sentences if sentence.task)


def _text(settled: Settled, told: Mapping[str, tuple[Told, ...]], language: str) -> str:
    title = {"nl": "Privacy bij", "en": "Privacy at"}[language]
    parts = [f"# {title} {settled.answers.name}"]
    for one in blocks().chapters:
        if one.heading:
            parts.append(f"## {one.heading[language]}")
        parts += _paragraphs(told[one.name], language)
    return "\n\n".join(parts) + "\n"


def _paragraphs(told: tuple[Told, ...], language: str) -> Iterator[str]:
    """Sentences one below the other; the further ones of a promise as a list."""
    plain: list[str] = []
    for one in told:
        first, *items = one.says[language]
        plain.append(first)
        if items:
            yield "\n".join(plain)
            yield "\n".join(f"- {item}" for item in items)
            plain = []
    if plain:
        yield "\n".join(plain)


def _policy(settled: Settled, told: Mapping[str, tuple[Told, ...]]) -> Iterator[str]:
    yield from _head(settled)
    yield from ["", "# Every sentence of the text, in the order in which people read it.", "promises:"]
    todo = dict(tasks(settled.answers))
    for one in (one for ours in told.values() for one in ours):
        yield f"  {one.promise}:" + (f"  # to do: {todo[one.promise]}" if one.promise in todo else "")
        yield entry("kind", one.kind, 4)
        yield entry("label", one.label, 4)
        yield entry("law", one.law, 4)
        yield "    says:"
        yield from (_quote(language, one.says[language]) for language in LANGUAGES)
    yield from ["", "# Kinds of people, and what is collected of them.", "people:"]
    yield entry(settled.answers.people, _person(settled), 2)
    yield "data:"
    for kind in settled.kinds:
        yield from _category(kind, settled)
    yield from ["", "# Why. `instead`: what somebody does who is refused.", "purposes:"]
    for reason in settled.reasons:
        yield from _purpose(reason)
    for name, label in SYSTEM.items():
        yield entry(name, {"label": label, **_SYSTEM_KEYS[name]}, 2)
    yield from ["", "# The only permitted uses: data x purpose, on a basis, while something holds.", "uses:"]
    yield from (f"  - {flow({'id': f'U{number}', **use})}" for number, use in enumerate(_uses(settled), 1))
    yield from ["", "# Nobody uses these data for any other purpose, whoever asks.", "nevers:"]
    yield from _nevers(settled)
    yield from ["", "# How long: until an event plus a number.", "keep:"]
    yield from (f"  - {flow(term)}" for term in _terms(settled))
    yield from _duties(told)


def _head(settled: Settled) -> Iterator[str]:
    answers = settled.answers
    yield _HEAD.format(name=answers.name) + entry("policy", answers.policy)
    yield entry("version", "1")
    yield f"effective: {settled.effective.isoformat()}"
    yield entry("regime", REGIME)
    yield entry("languages", LANGUAGES)
    yield entry("texts", {language: f"text.{language}.md" for language in LANGUAGES})
    yield "controller:"
    for key in ("name", "address", "register", "contact"):
        yield entry(key, getattr(answers, key), 2)
    yield entry("officer", answers.officer if "@" in answers.officer else officer_sentence(answers, "nl"), 2)


def _quote(language: str, says: tuple[str, ...]) -> str:
    return entry(language, says[0] if len(says) == 1 else says, 6)


def _person(settled: Settled) -> dict[str, Value]:
    minors = {"minors": "yes"} if settled.answers.minors else {}
    return {**blocks().people[settled.answers.people], **minors}


def _category(kind: Kind, settled: Settled) -> Iterator[str]:
    yield f"  {kind.name}:"
    yield entry("of", [settled.answers.people], 4)
    yield entry("fields", kind.fields, 4)
    yield entry("necessity", kind.necessity, 4)
    if kind.without:
        yield entry("without", kind.without, 4)
    yield entry("label", kind.label, 4)
    yield entry("dpv", kind.dpv, 4)
    yield entry("promise", kind.promise, 4)


def _purpose(reason: Reason) -> Iterator[str]:
    yield f"  {reason.name}:"
    yield entry("label", reason.label, 4)
    yield entry("dpv", reason.dpv, 4)
    if reason.marketing:
        yield entry("marketing", "yes", 4)
    yield entry("instead", reason.instead, 4)
    yield entry("promise", reason.promise, 4)


def _uses(settled: Settled) -> Iterator[dict[str, Value]]:
    ours = [kind.name for kind in settled.kinds]
    for reason in settled.reasons:
        for category in (name for name in reason.uses if name in ours):
            use: dict[str, Value] = {"use": category, "for": reason.name, "basis": list(reason.basis)}
            optional = {"while": reason.while_, "survives": reason.survives, "statute": reason.statute}
            use |= {key: value for key, value in optional.items() if value}
            yield {**use, "actions": reason.uses[category], "promise": reason.promise}
    for name, keys in _SYSTEM_USES.items():
        yield {"use": ours, "for": name, "basis": "legal duty", "survives": "closing", **keys,
               "promise": _SYSTEM_KEYS[name]["promise"]}  # fmt: skip


def _nevers(settled: Settled) -> Iterator[str]:
    for number, kind in enumerate(settled.kinds, 1):
        served = [reason.name for reason in settled.reasons if kind.name in reason.uses]
        yield f"  - {flow({'id': f'N{number}', 'use': kind.name, 'but': [*served, *SYSTEM], 'promise': 'C18'})}"


def _terms(settled: Settled) -> Iterator[dict[str, Value]]:
    for kind in settled.kinds:
        term = str(settled.term(kind))
        yield {"data": kind.name, "until": kind.until, "plus": term, "promise": ["C30", "G03"]}
    for reason in settled.reasons:
        if reason.statute:
            yield {
                "data": reason.needs,
                "for": [reason.name],
                "until": reason.until,
                "plus": str(settled.law.fiscal_retention),
                "statute": reason.statute,
                "promise": ["G03", reason.promise],
            }


def _duties(told: Mapping[str, tuple[Told, ...]]) -> Iterator[str]:
    found: dict[str, list[str]] = {section: [] for section in DUTY_SECTIONS}
    for one in (one for ours in told.values() for one in ours):
        for section, rules in one.rules.items():
            for name, rule in rules.items():
                found[section].append(entry(name, {**as_mapping(rule), "promise": one.promise}, 2))
    for section, lines in found.items():
        if lines:
            yield from ["", f"{section}:", *lines]


def _datamap(settled: Settled) -> str:
    answers = settled.answers
    return f"""\
# yaml-language-server: $schema=datamap.schema.json
# Where the personal data lie. A table or column that is not listed here is readable for no purpose.
# `houvast map --database URL` proposes what belongs here.
{entry("map", answers.database)}
{entry("database", answers.database)}
{entry("policy", answers.policy)}
"""
