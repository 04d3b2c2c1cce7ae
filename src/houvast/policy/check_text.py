"""The text and the rules: every sentence has a rule, every rule a sentence or a law, in every language."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.document import place_of
from houvast.errors import Finding, Place
from houvast.policy.bind import Binding, Quote, bind, nearest
from houvast.policy.model import Basis, Policy, Promise, Wording
from houvast.policy.rules import at, rules
from houvast.policy.words import spoken


def texts_are_there(policy: Policy) -> Iterator[Finding]:
    """There is a text in each language, and Houvast has words for the notice in it."""
    for language in policy.languages:
        if language not in policy.texts:
            yield Finding(
                "text-missing",
                at(policy, "texts", f"languages.{language}", "languages"),
                f"There is no text in `{language}`.",
                f"Add `{language}: text.{language}.md` under `texts:`, or take it out of `languages:`.",
            )
        if language not in spoken():
            yield Finding(
                "language-unknown",
                at(policy, f"languages.{language}", "languages"),
                f"Houvast cannot write a notice in `{language}`.",
                f"It can in {' and '.join(spoken())}.",
            )


def texts_are_bound(policy: Policy) -> Iterator[Finding]:
    """Every quote occurs once in its text, and no words of the text are left over."""
    for language, text in policy.texts.items():
        binding = binding_of(policy, language)
        for quote in binding.lost:
            near = nearest(text, quote.words)
            yield Finding(
                "quote-lost",
                _quote_place(policy, quote, language),
                f"The sentence of {quote.promise} is not in the text ({language}): “{_short(quote.words)}”.",
                f"Did you mean “{near}”?" if near else "Quote the text as it is, letter for letter.",
                quote.promise,
            )
        for quote in binding.ambiguous:
            yield Finding(
                "quote-not-unique",
                _quote_place(policy, quote, language),
                f"The words of {quote.promise} stand {len(quote.found)} times in the text ({language}, lines "
                f"{_lines(text, quote)}): “{_short(quote.words)}”.",
                "Quote more of the sentence, so that it is clear which one is meant.",
                quote.promise,
            )
        yield from _left_over(policy, language, binding)


def sentences_have_rules(policy: Policy) -> Iterator[Finding]:
    """A promise that no rule names is kept by nothing."""
    named = {name for rule in rules(policy) for name in rule.promises}
    for promise in policy.promises.values():
        if promise.id not in named:
            yield Finding(
                "promise-unbound",
                at(policy, f"promises.{promise.id}"),
                f"{promise.id} is bound to no rule: nothing keeps it.",
                f"Write `promise: {promise.id}` in the rule that keeps it, or add that rule.",
                promise.id,
            )
        if not (promise.says or promise.spans or promise.law or promise.added):
            yield Finding(
                "promise-empty",
                at(policy, f"promises.{promise.id}"),
                f"{promise.id} has no sentence, and no law behind it.",
                "Add `says:` with the sentence, `law:` with the article, or `added: author`.",
                promise.id,
            )


def rules_have_grounds(policy: Policy) -> Iterator[Finding]:
    """A rule comes from a sentence, a law, or the author who says so."""
    for rule in rules(policy):
        if not rule.promises and not rule.elsewhere:
            yield Finding(
                "rule-unbound",
                rule.place,
                f"{rule.title} comes from no sentence and no law.",
                "Add `promise:`, `law:` or, when it is your own, `added: author`.",
            )


def wordings_are_whole(policy: Policy) -> Iterator[Finding]:
    """What people read has words in every language."""
    for language in policy.languages:
        for title, key, words, place in _wordings(policy):
            if not words.get(language, "").strip():
                yield Finding(
                    "wording-missing",
                    place,
                    f"{title} has no words in `{language}`.",
                    f"Add `{language}: ...` to its `{key}`." if key else f"Add `{language}: ...`.",
                )
        for promise in policy.promises.values():
            if promise.says and not promise.says.get(language):
                yield Finding(
                    "wording-missing",
                    at(promise, "says"),
                    f"{promise.id} quotes no sentence in `{language}`.",
                    f'Add `{language}: "..."` to its `says`.',
                    promise.id,
                )


CHECKS = (texts_are_there, texts_are_bound, sentences_have_rules, rules_have_grounds, wordings_are_whole)


def binding_of(policy: Policy, language: str) -> Binding:
    """The binding of a policy's text in one language; spans bind the first language only."""
    first = bool(policy.languages) and language == policy.languages[0]
    claims = {
        promise.id: promise.says.get(language) or (promise.spans if first else ())
        for promise in policy.promises.values()
    }
    return bind(policy.texts[language], claims)


def _left_over(policy: Policy, language: str, binding: Binding) -> Iterator[Finding]:
    text = policy.texts[language]
    for start, end in binding.left_over:
        yield Finding(
            "text-unbound",
            place_of(text, start, policy.text_files.get(language, f"text.{language}.md")),
            f"These words belong to no promise: “{_short(text[start:end])}”.",
            f"Add them to the `says: {{{language}: ...}}` of a promise.",
        )


def _quote_place(policy: Policy, quote: Quote, language: str) -> Place:
    key = f"says.{language}"
    return at(policy.promises[quote.promise], f"{key}.{quote.number}", key, "says")


def _wordings(policy: Policy) -> Iterator[tuple[str, str, Wording, Place]]:
    for person in policy.people.values():
        yield f"People `{person.name}`", "", person.label, person.place
    for category in policy.categories.values():
        yield f"Category `{category.name}`", "label", category.label, at(category, "label")
    for purpose in policy.purposes.values():
        yield f"Purpose `{purpose.name}`", "label", purpose.label, at(purpose, "label")
        if purpose.instead:
            yield f"Purpose `{purpose.name}`", "instead", purpose.instead, at(purpose, "instead")
    for use in policy.uses:
        if use.interest and Basis.INTEREST in use.basis:
            yield f"The interest of use {use.id}", "interest", use.interest, at(use, "interest")
    for duty in policy.duties:
        if duty.label or not any(_is_worded(policy.promises.get(name)) for name in duty.promises):
            yield f"`{duty.name}` of {duty.section}", "label", duty.label, at(duty, "label")
    for promise in policy.promises.values():
        if promise.label or not (promise.says or promise.spans):
            yield promise.id, "label", promise.label, at(promise, "label")
    for name, said in policy.words.items():
        yield f"`{name}`", "", said, at(policy, f"circumstances.{name}", f"events.{name}")


def _is_worded(promise: Promise | None) -> bool:
    return promise is not None and bool(promise.says or promise.spans or promise.label)


def _lines(text: str, quote: Quote) -> str:
    return ", ".join(str(text.count("\n", 0, start) + 1) for start, _ in quote.found)


def _short(words: str, most: int = 120) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"
