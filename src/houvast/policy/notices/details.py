"""The third layer: the rules themselves, in tables. What stands here is what the compiler enforces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from houvast.policy.duties import Answer, State, answers
from houvast.policy.model import Category, Duty, Form, Necessity, PurposeKind, Term, Use
from houvast.policy.notices.added import added_rows
from houvast.policy.notices.counted import counting_said
from houvast.policy.notices.model import Block, Paragraph, Row, Section, Table
from houvast.policy.notices.names import Names, capital, small
from houvast.policy.periods import parse_period

_LEVEL = 3
_OTHERS = ("notices", "diagnostics", "safeguards", "change", "law")


def details(names: Names) -> Iterator[Section]:
    """The sections of the third layer."""
    say = names.say
    yield Section("rules", say("rules"), 2, (Paragraph((names.sentence(f"{say('rules_lead')} {say('numbers')}"),)),))
    yield _section("rules-who", say("who"), _who(names))
    yield _section("rules-what", say("what"), _what(names))
    if any(category.necessity for category in names.policy.categories.values()):
        yield _section("rules-required", say("required"), _required(names))
    source = names.standing_on(names.of_law("G13"))
    if source:
        yield _section("rules-source", say("source"), _table(names, "source_rule", source))
    yield _section("rules-why", say("why_ground"), _why(names))
    if names.policy.nevers:
        yield _section("rules-never", say("never"), _nevers(names))
    if names.policy.automated:
        yield _section("rules-automated", say("automated"), _automated(names, names.policy.automated))
    yield _section("rules-how-long", say("how_long"), _how_long(names))
    counted = counting_said(names)
    if counted:
        yield _section("rules-visits", say("visits"), Paragraph(counted))
    yield _section("rules-with-whom", say("with_whom"), _with_whom(names))
    if names.duties("rights"):
        yield _section("rules-rights", say("rights"), _table(names, "right", names.duties("rights")))
    yield _section("rules-complaint", say("complaint"), _complaint(names))
    others = [one for one in names.duties(*_OTHERS) if one not in source and not _is_in_the_text(names, one)]
    if others:
        yield _section("rules-others", say("others"), _table(names, "promise", others))
    defaults = [answer for answer in answers(names.policy, names.law) if answer.state is State.DEFAULT]
    if defaults:
        yield _section("rules-law", say("law_says"), _by_law(names, defaults))
    rows = added_rows(names)
    if rows:
        lead = Paragraph((names.sentence(say("added_lead")),))
        yield _section("rules-added", say("added"), lead, Table((say("rule"), say("why_here")), rows))


def _section(anchor: str, heading: str, *blocks: Block) -> Section:
    return Section(anchor, heading, _LEVEL, blocks)


def _who(names: Names) -> Table:
    promises = names.of_law("G01")
    facts = [(key, value) for key, value in names.policy.controller.items() if value]
    rows = tuple(names.row((names.say(key),), (value,), promises=promises) for key, value in facts)
    return Table((names.say("subject"), names.say("who")), rows)


def _what(names: Names) -> Table:
    rows = tuple(
        names.row(
            _capitals(names.data((category.name,))),
            names.quotes((category.promise, *category.also)),
            (", ".join(names.people(category.of)),),
            promises=(category.promise, *category.also),
            anchor=f"data-{category.name}",
        )
        for category in names.policy.categories.values()
    )
    return Table((names.say("data"), names.say("sentence"), names.say("people")), rows)


def _required(names: Names) -> Table:
    """Which data people must give, which they may, and what happens without (GDPR art. 13(2)(e))."""
    ground = names.of_law("G11")
    rows = tuple(
        names.row(
            _capitals(names.data((one.name,))),
            _fields(names, one, Necessity.REQUIRED),
            (*_fields(names, one, Necessity.OPTIONAL), *_fields(names, one, Necessity.OBSERVED)),
            _without(names, one),
            promises=ground or (one.promise, *one.also),
            anchor=f"required-{one.name}",
        )
        for one in names.policy.categories.values()
        if one.necessity
    )
    say = names.say
    return Table((say("data"), say("needed"), say("free"), say("without")), rows)


def _fields(names: Names, category: Category, need: Necessity) -> tuple[str, ...]:
    fields = [name for name in category.fields if category.need(name) is need]
    if not fields and category.need("") is not need:
        return ()
    said = ", ".join(map(names.field, fields)) or names.say("all_of_it")
    return (names.say("observed", fields=said) if need is Necessity.OBSERVED else capital(said),)


def _without(names: Names, category: Category) -> tuple[str, ...]:
    said = names.label(category.without, "")
    return (names.say("without_it", clause=said),) if said else ()


def _automated(names: Names, duty: Duty) -> Paragraph:
    key = "decide_never" if duty.parameters["decide"] == "never" else "decide_person"
    return Paragraph((names.sentence(names.say(key), *duty.promises),))


def _why(names: Names) -> Table:
    rows = tuple(
        names.row(
            _capitals(names.purposes(use.purposes)),
            _all_or(names, use.categories),
            _ground(names, use),
            _when(names, use),
            promises=(use.promise, *use.also),
            anchor=f"use-{use.id}",
        )
        for use in names.policy.uses
    )
    say = names.say
    return Table((say("purpose"), say("data"), say("basis"), say("when")), rows)


def _all_or(names: Names, categories: tuple[str, ...]) -> tuple[str, ...]:
    """The names of categories; one line when it is all of many."""
    everything = len(categories) > 5 and set(categories) >= names.policy.categories.keys()
    return (names.say("all_data"),) if everything else _capitals(names.data(categories))


def _ground(names: Names, use: Use) -> tuple[str, ...]:
    interest, balancing = names.label(use.interest, ""), names.label(use.balancing, "")
    bases = [names.words.basis[basis] for basis in use.basis]
    lines = [f", {names.say('or')} ".join([*bases[:1], *map(small, bases[1:])])]
    if interest:
        lines.append(names.say("interest", interest=interest))
    if balancing:
        lines.append(names.say("balancing", balancing=balancing))
    lines += filter(None, (use.statute, use.exception))
    return tuple(lines)


def _when(names: Names, use: Use) -> tuple[str, ...]:
    policy, say = names.policy, names.say
    link, choice = f" {say('and')} ", f" {say('or')} "
    ways = [link.join(map(names.circumstance, way)) for way in use.while_]
    lines = [say("while", clause=choice.join(ways)) if ways else say("always")]
    ordinary = any(policy.purposes[p].kind is PurposeKind.ORDINARY for p in use.purposes if p in policy.purposes)
    if ordinary and any(policy.categories[c].given_for for c in use.categories if c in policy.categories):
        lines.append(say("given_for"))
    ones = {policy.purposes[name].one for name in use.purposes if name in policy.purposes}
    lines += [say(f"one_{one}") for one in sorted(ones) if one in ("person", "case")]
    lines += dict.fromkeys(names.volume(policy.purposes[name]) for name in use.purposes if name in policy.purposes)
    if use.form is not Form.FULL:
        lines.append(say("form", form=names.words.form(use.look)))
    return tuple(filter(None, lines))


def _nevers(names: Names) -> Table:
    rows: list[Row] = []
    for never in names.policy.nevers:
        data = " ".join(_capitals(names.data(never.categories)))
        promises = (never.promise, *never.also)
        rows.append(names.row((data,), (names.never(never),), promises=promises, anchor=f"never-{never.id}"))
    return Table((names.say("data"), names.say("rule")), tuple(rows))


def _how_long(names: Names) -> Table:
    rows = tuple(
        names.row(
            _capitals(names.data((term.category,))),
            _for(names, term),
            (names.until(term), *((term.statute,) if term.statute else ())),
            promises=(term.promise, *term.also),
            anchor=f"term-{'-'.join((term.category, *term.purposes))}",
        )
        for term in names.policy.terms
    )
    return Table((names.say("data"), names.say("purpose"), names.say("until")), rows)


def _for(names: Names, term: Term) -> tuple[str, ...]:
    if term.purposes:
        return _capitals(names.purposes(term.purposes))
    special = any(one.purposes for one in names.policy.terms if one.category == term.category)
    return (names.say("other_purposes" if special else "every_purpose"),)


def _with_whom(names: Names) -> Block:
    if names.duties("recipients"):
        return _table(names, "recipient", names.duties("recipients"))
    return Paragraph((names.sentence(names.say("nobody")),))


def _is_in_the_text(names: Names, duty: Duty) -> bool:
    """Whether the text says all of it, so that another table need not."""
    return bool(duty.promises) and all(names.quotes((name,)) for name in duty.promises)


def _table(names: Names, heading: str, duties: Iterable[Duty]) -> Table:
    rows = tuple(
        names.row(
            (names.duty(duty),),
            _duty_says(names, duty),
            promises=duty.promises,
            anchor=f"{duty.section}-{duty.name}",
        )
        for duty in duties
    )
    return Table((names.say(heading), names.say("rule")), rows)


def _duty_says(names: Names, duty: Duty) -> tuple[str, ...]:
    lines = list(names.quotes(duty.promises))
    answer = duty.parameters.get("answer", "")
    period = parse_period(answer) if isinstance(answer, str) else None
    if period:
        lines.append(names.say("answer", period=names.words.period(period)))
    if duty.law:
        lines.append(names.say("by_law", law=", ".join(duty.law)))
    if duty.added == "author":
        lines.append(names.say("by_author"))
    return tuple(lines)


def _by_law(names: Names, defaults: Iterable[Answer]) -> Table:
    """What holds by the law itself, where the policy is silent."""
    rows = tuple(
        names.row(
            (names.label(one.duty.label, one.duty.id),),
            (names.label(one.duty.default, ""), names.say("by_law", law=", ".join(one.duty.law))),
            anchor=f"law-{one.duty.id}",
        )
        for one in defaults
    )
    return Table((names.say("promise"), names.say("rule")), rows)


def _complaint(names: Names) -> Paragraph:
    """Where to complain; and what every refusal of ours names, as the law has it (GDPR art. 12(4))."""
    law, promises = names.law, names.of_law("G10")
    ours = names.say("complain_us", contact=names.policy.controller.get("contact", ""))
    values = {"authority": law.authority, "period": names.words.period(law.court_term)}
    named = (names.say(f"complain_{name}", **values) for name in law.texts("refusal_names"))
    return Paragraph((names.sentence(ours), *(names.sentence(said, *promises) for said in named)))


def _capitals(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(capital, labels))
