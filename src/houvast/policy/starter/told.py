"""The sentences that follow from the answers: which data, what for, on what basis, to whom, how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from houvast.policy.model import Period
from houvast.policy.starter.blocks import Kind, Sentence, blocks
from houvast.policy.starter.settle import LANGUAGES, Settled, slug
from houvast.policy.words import words
from houvast.writing import Value, as_mapping


@dataclass(frozen=True)
class Told:
    """A promise with its sentences (several: one a line), and the rules that keep it, by section and name."""

    promise: str
    kind: str
    law: tuple[str, ...]
    label: Mapping[str, str]
    says: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, Mapping[str, Value]]


SYSTEM: Mapping[str, Mapping[str, str]] = {
    "rights": {"nl": "uw rechten uitvoeren", "en": "carrying out your rights"},
    "retention": {"nl": "wissen wat te oud is", "en": "erasing what is too old"},
    "migration": {"nl": "de database onderhouden", "en": "maintaining the database"},
}
"""The purposes of every system, and their words."""


def chapter(name: str, settled: Settled) -> tuple[Told, ...]:
    """What a chapter of the text tells: its fixed sentences, and those that follow from the answers."""
    fixed = next(one for one in blocks().chapters if one.name == name)
    own = {
        "data": _data,
        "purposes": _purposes,
        "bases": _bases,
        "recipients": _recipients,
        "keep": _keep,
    }.get(name)
    return (*(_fixed(sentence, settled) for sentence in fixed.sentences), *(own(settled) if own else ()))


def _fixed(sentence: Sentence, settled: Settled) -> Told:
    filled = {language: settled.filled(language) for language in LANGUAGES}
    return Told(
        sentence.promise,
        sentence.kind,
        sentence.law,
        sentence.label,
        {language: (sentence.says[language].format(**filled[language]),) for language in LANGUAGES},
        {
            section: {name: _fill(rule, filled["en"]) for name, rule in rules.items()}
            for section, rules in sentence.rules.items()
        },
    )


def _fill(value: Value, filled: Mapping[str, str]) -> Value:
    """The parameters of a rule with what stands between braces filled in."""
    if isinstance(value, str):
        return value.format(**filled)
    if isinstance(value, list | tuple):
        return [_fill(below, filled) for below in value]
    return {key: _fill(below, filled) for key, below in as_mapping(value).items()}


def _data(settled: Settled) -> Iterator[Told]:
    only = {"nl": "Dat gebruiken wij nooit voor iets anders dan hieronder staat.",
            "en": "We never use that for anything else than is stated below."}  # fmt: skip
    for kind in settled.kinds:
        says = {language: (kind.sentence[language],) for language in LANGUAGES}
        yield Told(kind.promise, "must", ("AVG 5(1)(c)",), kind.label, says, {})
    says = {language: (only[language],) for language in LANGUAGES}
    label = {"nl": "Nooit voor iets anders", "en": "Never for anything else"}
    yield Told("C18", "never", ("AVG 5(1)(b)",), label, says, {})


def _purposes(settled: Settled) -> Iterator[Told]:
    for reason in settled.reasons:
        law = ("AVG 6(1)(c)", reason.statute) if reason.statute else ("AVG 6(1)",)
        label = {language: _capital(reason.label[language]) for language in LANGUAGES}
        rules = {"notices": {"marketing": _message(settled)}} if reason.marketing else {}
        yield Told(reason.promise, "may", law, label, {lang: (reason.sentence[lang],) for lang in LANGUAGES}, rules)


def _message(settled: Settled) -> Value:
    label = {"nl": "Wat in elk bericht staat", "en": "What every message says"}
    return {"label": label, "carries": list(settled.law.texts("marketing_message"))}


def _bases(settled: Settled) -> Iterator[Told]:
    says: dict[str, tuple[str, ...]] = {}
    lead = {"nl": "Voor elk gebruik hebben wij een reden die in de wet staat.",
            "en": "For every use we have a reason that is in the law."}  # fmt: skip
    for language in LANGUAGES:
        served: dict[str, list[str]] = {}
        for reason in settled.reasons:
            for basis in reason.basis:
                served.setdefault(basis, []).append(reason.label[language])
        served.setdefault("legal duty", []).extend(words_of[language] for words_of in SYSTEM.values())
        bases = words(language).basis
        says[language] = (
            lead[language],
            *(f"{bases[basis]}: {'; '.join(dict.fromkeys(ours))}." for basis, ours in served.items()),
        )
    label = {"nl": "De grondslag van elk gebruik", "en": "The legal basis of every use"}
    law = ("AVG 6(1)", "AVG 13(1)(c)")
    yield Told("G02", "must", law, label, says, {"law": {"bases": {"each_use": "one or more"}}})


def _recipients(settled: Settled) -> Iterator[Told]:
    given = settled.answers.recipients
    nobody = {"nl": "Verder krijgt nu niemand uw gegevens.", "en": "Nobody else gets your data now."}
    says = {
        language: tuple(f"{one.name} ({one.country}): {one.does[language]}." for one in given) or (nobody[language],)
        for language in LANGUAGES
    }
    named: dict[str, Value] = {
        slug(one.name).replace("-", "_"): {
            "label": {language: f"{one.name}: {one.does[language]}" for language in LANGUAGES},
            "role": "processor",
            "country": one.country,
            "may": [kind.name for kind in settled.kinds],
            "needs": ["agreement"],
        }
        for one in given
    }
    rules: dict[str, dict[str, Value]] = {"notices": {"recipients": {"shows": ["name", "country", "safeguard"]}}}
    if named:
        rules["recipients"] = named
    label = {"nl": "Wie gegevens krijgt, en waar", "en": "Who gets data, and where"}
    yield Told("G04", "must", ("AVG 13(1)(e)", "AVG 13(1)(f)"), label, says, rules)


def _keep(settled: Settled) -> Iterator[Told]:
    lead = {"nl": "Wij bewaren uw gegevens niet langer dan nodig is.",
            "en": "We do not keep your data longer than is needed."}  # fmt: skip
    fixed = {"nl": "Voor elk soort gegevens noemen wij een vast getal.",
             "en": "For each kind of data we give a fixed number."}  # fmt: skip
    label = {"nl": "Niet langer dan nodig", "en": "Not longer than needed"}
    closing: Mapping[str, Value] = {"goes_on": [one.name for one in settled.reasons if one.survives] + [*SYSTEM]}
    says = {language: (lead[language],) for language in LANGUAGES}
    yield Told("C30", "must", ("AVG 5(1)(e)",), label, says, {"safeguards": {"closing": closing}})
    numbers = {lang: (fixed[lang], *(_term(settled, kind, lang) for kind in settled.kinds), *_statutory(settled, lang))
               for lang in LANGUAGES}  # fmt: skip
    label = {"nl": "Een vast getal per soort", "en": "A fixed number for each kind"}
    yield Told("G03", "must", ("AVG 13(2)(a)", "AVG 5(1)(e)"), label, numbers,
               {"law": {"terms": {"each_category": "event and number"}}})  # fmt: skip


def _term(settled: Settled, kind: Kind, language: str) -> str:
    return f"{kind.label[language]}: {_until(settled.term(kind), kind.until, language)}."


def _statutory(settled: Settled, language: str) -> Iterator[str]:
    said = {"nl": "want dat moet van de wet", "en": "because the law demands it"}
    for reason in settled.reasons:
        if reason.statute:
            until = _until(settled.law.fiscal_retention, reason.until, language)
            yield f"{_capital(reason.label[language])}: {until}, {said[language]}."


def _until(plus: Period, event: str, language: str) -> str:
    ours = words(language)
    spoken = ours.period(plus)
    said = ours.says["until_after"] if spoken else ours.says["until_event"]
    until = said.format(period=spoken, event=ours.events[event])
    return until[:1].lower() + until[1:]


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
