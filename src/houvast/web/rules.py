"""The rules behind a promise, in words: the same uses, nevers and terms that the database keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from houvast.policy import Policy
from houvast.policy.model import Form, Never, Term, Use
from houvast.policy.words import circumstance_words, term_event, words
from houvast.web.words import wording


def rules(policy: Policy, promise: str, language: str) -> tuple[str, ...]:
    """What the policy file says under this promise, a sentence a rule; nothing when it binds no such rule."""
    said = _Said(policy, language)
    return tuple(dict.fromkeys(said.all(promise)))


class _Said:
    def __init__(self, policy: Policy, language: str) -> None:
        self._policy = policy
        self._lang = language
        self._words = words(language)
        self._say = wording(language)["rules"]

    def all(self, promise: str) -> Iterator[str]:
        for use in self._policy.uses:
            if promise in (use.promise, *use.also):
                yield self.use(use)
        for never in self._policy.nevers:
            if promise in (never.promise, *never.also):
                yield self.never(never)
        for term in self._policy.terms:
            if promise in (term.promise, *term.also):
                yield self.term(term)
        for duty in self._policy.duties:
            if promise in duty.promises:
                label = duty.label.get(self._lang, "")
                if label:
                    yield f"{_capital(label)}."

    def use(self, use: Use) -> str:
        parts = [self._say["use"].format(data=self._data(use.categories), purposes=self._purposes(use.purposes))]
        if use.while_:
            ways = [
                f" {self._words.says['and']} ".join(
                    circumstance_words(self._policy, name, self._lang) or name for name in way
                )
                for way in use.while_
            ]
            parts.append(self._say["while"].format(clause=f" {self._words.says['or']} ".join(ways)))
        if use.form is not Form.FULL:
            parts.append(self._say["form"].format(form=self._words.form(use.look)))
        bases = f" {self._words.says['or']} ".join(_small(self._words.basis[basis]) for basis in use.basis)
        parts.append(self._say["basis"].format(basis=bases))
        return " ".join(parts)

    def never(self, never: Never) -> str:
        key = "never_but" if never.but else "never"
        return self._say[key].format(data=self._data(never.categories), purposes=self._purposes(never.but))

    def term(self, term: Term) -> str:
        event = term_event(self._policy, term, self._lang)
        period = self._words.period(term.plus)
        until = self._words.says["until_after" if period else "until_event"].format(period=period, event=event)
        key = "term_for" if term.purposes else "term"
        return self._say[key].format(
            data=self._data((term.category,)), until=_small(until), purposes=self._purposes(term.purposes)
        )

    def _data(self, names: Sequence[str]) -> str:
        known = self._policy.categories
        return _capital(self._list([known[n].label.get(self._lang, n) if n in known else n for n in names]))

    def _purposes(self, names: Sequence[str]) -> str:
        known = self._policy.purposes
        return self._list([known[n].label.get(self._lang, n) if n in known else n for n in names])

    def _list(self, labels: Sequence[str]) -> str:
        small = [_small(label) for label in labels]
        if len(small) < 2:
            return "".join(small)
        return f"{', '.join(small[:-1])} {self._words.says['and']} {small[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    """A label inside a sentence; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
