"""The words of one policy in one language: names of data, purposes and people, days, periods, rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from houvast.policy.articles import of_this_alone
from houvast.policy.law import Law
from houvast.policy.model import Duty, Never, Policy, Purpose, Term, Wording
from houvast.policy.notices.model import Row, Sentence
from houvast.policy.regime import regime
from houvast.policy.words import circumstance_words, field_words, term_event, words

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff]")
_RANK = ("broken", "not_yet_kept", "held")


class Names:
    """What a policy's rules are called in one language. Pure; made anew for each notice."""

    def __init__(self, policy: Policy, language: str, outcomes: Mapping[str, str], law: Law) -> None:
        self.policy = policy
        self.law = law
        self.language = language
        self.words = words(language)
        self._outcomes = outcomes

    def say(self, key: str, **values: str) -> str:
        """Words of Houvast; what the author wrote is set apart when it runs from right to left."""
        return self.words.says[key].format(**{name: isolated(value) for name, value in values.items()})

    def volume(self, purpose: Purpose) -> str:
        """How much one login may open for a purpose, in words; "" when the policy does not say."""
        volume = purpose.volume
        return self.say(f"most_{volume.counts}_{volume.per}", most=str(volume.most)) if volume else ""

    def label(self, wording: Wording, otherwise: str) -> str:
        """The author's words in this language, else in another one of the policy, else the bare name."""
        others = (wording[language] for language in self.policy.languages if wording.get(language))
        return wording.get(self.language) or next(others, otherwise)

    def data(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names of categories."""
        known = self.policy.categories
        return tuple(self.label(known[name].label, name) if name in known else name for name in names)

    def purposes(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names of purposes."""
        known = self.policy.purposes
        return tuple(self.label(known[name].label, name) if name in known else name for name in names)

    def people(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names of kinds of people."""
        known = self.policy.people
        return tuple(self.label(known[name].label, name) if name in known else name for name in names)

    def duty(self, duty: Duty) -> str:
        """What a duty is called: its own label, else that of its promise."""
        known = (self.policy.promises[name] for name in duty.promises if name in self.policy.promises)
        labels = (self.label(promise.label, "") for promise in known)
        return capital(self.label(duty.label, "") or next(filter(None, labels), duty.name))

    def quotes(self, promises: Iterable[str]) -> tuple[str, ...]:
        """What the text says for these promises."""
        known = (self.policy.promises[name] for name in promises if name in self.policy.promises)
        return tuple(quote for promise in known for quote in promise.says.get(self.language, ()))

    def field(self, name: str) -> str:
        """What a field of a category is called."""
        return isolated(field_words(self.policy, name, self.language) or name)

    def circumstance(self, name: str) -> str:
        """What must be so, as a sentence without its full stop."""
        return circumstance_words(self.policy, name, self.language) or name

    def event(self, term: Term) -> str:
        """The event from which a term counts, as a noun."""
        return term_event(self.policy, term, self.language)

    def never(self, never: Never) -> str:
        """What is left of a prohibition: "Only for this: ... Never for anything else."."""
        but = ", ".join(map(small, self.purposes(never.but)))
        return self.say("never_but", purposes=but) if but else self.say("never_nothing")

    def until(self, term: Term) -> str:
        """Until when, with the number: "Until 30 days after the closing of your account"."""
        event = self.event(term)
        period = self.words.period(term.plus)
        return self.say("until_after", period=period, event=event) if period else self.say("until_event", event=event)

    def day(self, instant: datetime | date) -> str:
        """A day in words, by the clock of the policy's country."""
        day = self.local(instant) if isinstance(instant, datetime) else instant
        return f"{day.day} {self.words.months[day.month - 1]} {day.year}"

    def local(self, instant: datetime) -> date:
        """The day that it is in the policy's country at an instant."""
        return regime(self.policy.regime).local_day(instant)

    def duties(self, *sections: str) -> tuple[Duty, ...]:
        """The duties under these headings of the file."""
        return tuple(duty for duty in self.policy.duties if duty.section in sections)

    def standing_on(self, promises: Collection[str]) -> tuple[Duty, ...]:
        """The duties of the policy that stand on one of these promises."""
        return tuple(duty for duty in self.policy.duties if not set(duty.promises).isdisjoint(promises))

    def of_law(self, legal_duty: str) -> tuple[str, ...]:
        """The promises that are about one duty of the law alone, such as G01; none when there is none."""
        ours = self.law.duties.get(legal_duty)
        named = self.policy.promises.values()
        return tuple(one.id for one in named if ours and of_this_alone(one.law, ours.law))

    def sentence(self, text: str, *promises: str, anchor: str = "") -> Sentence:
        """A sentence with the worst outcome of its promises."""
        named = named_once(promises)
        return Sentence(text, named, anchor, self.outcome(named))

    def row(self, *cells: tuple[str, ...], promises: Iterable[str] = (), anchor: str = "") -> Row:
        """A row with the worst outcome of its promises."""
        named = named_once(promises)
        return Row(cells, named, anchor, self.outcome(named))

    def outcome(self, promises: Iterable[str]) -> str:
        """The worst of what became of these promises; "" when none of them was tried."""
        found = {self._outcomes.get(name, "") for name in promises}
        return next((one for one in _RANK if one in found), "")


def named_once(promises: Iterable[str]) -> tuple[str, ...]:
    """Each promise once, in the order given, without empty ones."""
    return tuple(dict.fromkeys(name for name in promises if name))


def isolated(text: str) -> str:
    """Words from right to left between marks that keep them from turning what stands around them (UAX 9)."""
    return f"\u2068{text}\u2069" if _RIGHT_TO_LEFT.search(text) else text


def capital(text: str) -> str:
    """With a capital at the beginning."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """With a small letter at the beginning, unless a name such as KvK or IP begins there."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
