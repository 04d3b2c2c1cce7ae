"""The notice that people read, made from the rules: a short layer of tables, then the whole text.

Pure. What it says about terms, bases and circumstances is what the compiler enforces: both read the
same `Policy`. Duties of the law and additions by the author are named as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from houvast.errors import UsageError
from houvast.policy.check_text import binding_of
from houvast.policy.model import Duty, Form, Policy, Term, Use
from houvast.policy.notice_added import added_rows
from houvast.policy.page import Block, Cell, Heading, Paragraph, Table, prose
from houvast.policy.periods import parse_period
from houvast.policy.regime import regime
from houvast.policy.render import to_html, to_markdown
from houvast.policy.words import Words, circumstance_words, event_words, words
from houvast.reading import did_you_mean

FORMATS = ("md", "html")


def notice(policy: Policy, lang: str, fmt: str, as_of: datetime | None = None) -> str:
    """The notice of one version in one language, as Markdown ("md") or one HTML page ("html").

    `as_of`: the instant for which it is shown, named under the title. Raises UsageError for a language
    that the policy has no text in or a format that there is none of.
    """
    if lang not in policy.languages or lang not in policy.texts:
        raise UsageError(f"This policy has no text in `{lang}`.", todo=did_you_mean(lang, policy.texts))
    if fmt not in FORMATS:
        raise UsageError(f"A notice cannot be written as `{fmt}`.", todo=did_you_mean(fmt, FORMATS))
    page = _Page(policy, words(lang))
    blocks = tuple(page.blocks(as_of))
    title = f"{page.say('title')} – {policy.controller.get('name', policy.name)}"
    return to_html(blocks, lang, title, page.say) if fmt == "html" else to_markdown(blocks)


class _Page:
    """Puts the blocks of one notice together."""

    def __init__(self, policy: Policy, said: Words) -> None:
        self._policy = policy
        self._words = said
        self._lang = said.language

    def say(self, key: str, **values: str) -> str:
        return self._words.says[key].format(**values)

    def blocks(self, as_of: datetime | None) -> Iterator[Block]:
        policy = self._policy
        yield Heading(1, f"{self.say('title')} – {policy.controller.get('name', policy.name)}")
        since = self._day(self._local(policy.effective))
        yield Paragraph(self.say("from", date=since, version=str(policy.version)), lead=True)
        if as_of:
            yield Paragraph(self.say("as_of", date=self._day(self._local(as_of))))
        yield Heading(2, self.say("brief"), "h-brief")
        yield Paragraph(f"{self.say('brief_lead')} {self.say('numbers')}")
        yield from self._tables()
        yield Heading(2, self.say("whole"), "h-whole")
        yield from prose(policy.texts[self._lang], binding_of(policy, self._lang), 3)

    def _tables(self) -> Iterator[Block]:
        yield Heading(3, self.say("who"), "h-who")
        yield self._who()
        yield Heading(3, self.say("what"), "h-what")
        yield self._what()
        yield Heading(3, self.say("why"), "h-why")
        yield self._why()
        if self._policy.nevers:
            yield Heading(3, self.say("never"), "h-never")
            yield self._nevers()
        yield Heading(3, self.say("how_long"), "h-how-long")
        yield self._how_long()
        yield Heading(3, self.say("with_whom"), "h-with-whom")
        yield from self._with_whom()
        yield Heading(3, self.say("rights"), "h-rights")
        yield self._duties(("rights",), "right")
        yield Heading(3, self.say("complaint"), "h-complaint")
        yield from self._complaint()
        yield from self._rest()

    def _who(self) -> Table:
        facts = [(key, value) for key, value in self._policy.controller.items() if value]
        rows = tuple((Cell((self.say(key),)), Cell((value,))) for key, value in facts)
        return Table((self.say("subject"), self.say("who")), rows)

    def _what(self) -> Table:
        rows = tuple(
            (
                self._data((category.name,)),
                Cell(self._sentences((category.promise, *category.also)), _named(category.promise)),
                Cell((", ".join(self._person(kind) for kind in category.of),)),
            )
            for category in self._policy.categories.values()
        )
        return Table((self.say("data"), self.say("sentence"), self.say("people")), rows)

    def _why(self) -> Table:
        rows = tuple(
            (
                self._purposes(use.purposes),
                self._data(use.categories),
                self._ground(use),
                Cell(self._when(use), _named(use.promise, *use.also)),
            )
            for use in self._policy.uses
        )
        return Table((self.say("purpose"), self.say("data"), self.say("basis"), self.say("when")), rows)

    def _ground(self, use: Use) -> Cell:
        interest = use.interest.get(self._lang, "")
        bases = [self._words.basis[basis] for basis in use.basis]
        lines = [f", {self.say('or')} ".join([*bases[:1], *(basis[:1].lower() + basis[1:] for basis in bases[1:])])]
        if interest:
            lines.append(self.say("interest", interest=interest))
        if use.statute:
            lines.append(use.statute)
        return Cell(tuple(lines))

    def _when(self, use: Use) -> tuple[str, ...]:
        policy, link, choice = self._policy, f" {self.say('and')} ", f" {self.say('or')} "
        ways = [link.join(circumstance_words(policy, n, self._lang) or n for n in way) for way in use.while_]
        lines = [self.say("while", clause=choice.join(ways)) if ways else self.say("always")]
        if any(c in policy.categories and policy.categories[c].given_for for c in use.categories):
            lines.append(self.say("given_for"))
        ones = {policy.purposes[name].one for name in use.purposes if name in policy.purposes}
        lines += [self.say(f"one_{one}") for one in sorted(ones) if one in ("person", "case")]
        if use.form is not Form.FULL:
            lines.append(self.say("form", form=self._words.forms[use.form]))
        return tuple(lines)

    def _nevers(self) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for never in self._policy.nevers:
            data = " ".join(self._data(never.categories).lines)
            but = [label[:1].lower() + label[1:] for label in self._purposes(never.but).lines]
            key = "never_but" if but else "never_nothing"
            text = self.say(key, data=data, purposes=", ".join(but))
            rows.append((Cell((text,)), Cell((), _named(never.promise, *never.also))))
        return Table((self.say("rule"), self.say("promise")), tuple(rows))

    def _how_long(self) -> Table:
        rows = tuple(
            (
                self._data((term.category,)),
                self._for(term),
                Cell(
                    (self._until(term), *((term.statute,) if term.statute else ())),
                    _named(term.promise, *term.also),
                ),
            )
            for term in self._policy.terms
        )
        return Table((self.say("data"), self.say("purpose"), self.say("until")), rows)

    def _for(self, term: Term) -> Cell:
        if term.purposes:
            return self._purposes(term.purposes)
        special = any(one.purposes for one in self._policy.terms if one.category == term.category)
        return Cell((self.say("other_purposes" if special else "every_purpose"),))

    def _until(self, term: Term) -> str:
        event = event_words(self._policy, term.event, self._lang) or term.event
        period = self._words.period(term.plus)
        return self.say("until_after", period=period, event=event) if period else self.say("until_event", event=event)

    def _with_whom(self) -> Iterator[Block]:
        if any(duty.section == "recipients" for duty in self._policy.duties):
            yield self._duties(("recipients",), "recipient")
        else:
            yield Paragraph(self.say("nobody"))

    def _duties(self, sections: tuple[str, ...], heading: str) -> Table:
        ours = [duty for duty in self._policy.duties if duty.section in sections]
        rows = tuple((Cell((self._duty(duty),)), self._duty_says(duty)) for duty in ours)
        return Table((self.say(heading), self.say("rule")), rows)

    def _duty(self, duty: Duty) -> str:
        promises = [self._policy.promises[n] for n in duty.promises if n in self._policy.promises]
        labels = (one.label.get(self._lang, "") for one in promises)
        return _capital(duty.label.get(self._lang) or next(filter(None, labels), duty.name))

    def _duty_says(self, duty: Duty) -> Cell:
        lines = list(self._sentences(duty.promises))
        answer = duty.parameters.get("answer", "")
        period = parse_period(answer) if isinstance(answer, str) else None
        if period:
            lines.append(self.say("answer", period=self._words.period(period)))
        if duty.law:
            lines.append(self.say("by_law", law=", ".join(duty.law)))
        if duty.added == "author":
            lines.append(self.say("by_author"))
        return Cell(tuple(lines), _named(*duty.promises))

    def _complaint(self) -> Iterator[Block]:
        law = regime(self._policy.regime).at(self._policy.effective)
        yield Paragraph(self.say("complain_us", contact=self._policy.controller.get("contact", "")))
        yield Paragraph(self.say("complain_authority", authority=law.authority))
        yield Paragraph(self.say("complain_court", period=self._words.period(law.court_term)))

    def _rest(self) -> Iterator[Block]:
        others = ("notices", "diagnostics", "safeguards", "change", "law")
        if any(duty.section in others for duty in self._policy.duties):
            yield Heading(3, self.say("others"), "h-others")
            yield self._duties(others, "promise")
        rows = added_rows(self._policy, self._words)
        if rows:
            yield Heading(3, self.say("added"), "h-added")
            yield Paragraph(self.say("added_lead"))
            yield Table((self.say("rule"), self.say("why_here")), rows)

    def _data(self, names: tuple[str, ...]) -> Cell:
        all_ = self._policy.categories
        labels = [all_[name].label.get(self._lang, name) if name in all_ else name for name in names]
        return Cell(tuple(_capital(label) for label in labels))

    def _purposes(self, names: tuple[str, ...]) -> Cell:
        all_ = self._policy.purposes
        labels = [all_[name].label.get(self._lang, name) if name in all_ else name for name in names]
        return Cell(tuple(_capital(label) for label in labels))

    def _person(self, kind: str) -> str:
        known = self._policy.people.get(kind)
        return known.label.get(self._lang, kind) if known else kind

    def _sentences(self, names: tuple[str, ...]) -> tuple[str, ...]:
        promises = [self._policy.promises[name] for name in names if name in self._policy.promises]
        return tuple(quote for promise in promises for quote in promise.says.get(self._lang, ()))

    def _local(self, instant: datetime) -> date:
        return regime(self._policy.regime).local_day(instant)

    def _day(self, day: date) -> str:
        return f"{day.day} {self._words.months[day.month - 1]} {day.year}"


def _named(*promises: str) -> tuple[str, ...]:
    return tuple(name for name in promises if name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
