"""The policy and the law in force: grounds, terms and words that the regime demands."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.errors import Finding
from houvast.policy.articles import wrong
from houvast.policy.check_rules import ordinary_purposes
from houvast.policy.duties import untold, unweighed
from houvast.policy.floors import Side, compared
from houvast.policy.law import Law
from houvast.policy.model import Basis, Policy
from houvast.policy.periods import ever_longer
from houvast.policy.rules import at, rules
from houvast.reading import did_you_mean

CONTROLLER = {
    "name": "its legal name",
    "address": "its address",
    "register": "the number in the trade register",
    "contact": "an address of a role that people can write to",
    "officer": "the data protection officer, or why there is none",
}
_CALENDAR_YEAR = (12, 31)


def controller_is_named(policy: Policy, law: Law) -> Iterator[Finding]:
    """People must be able to know who is responsible (G01)."""
    for key in law.texts("controller"):
        if not policy.controller.get(key, "").strip():
            yield Finding(
                "controller-incomplete",
                at(policy, f"controller.{key}", "controller"),
                f"`{key}` of the controller is missing: {CONTROLLER.get(key, 'the law asks for it')}.",
                f"Add `{key}: ...` under `controller:`. {law.cite('controller')}.",
                "G01" if "G01" in policy.promises else "",
            )


def uses_have_bases(policy: Policy, law: Law) -> Iterator[Finding]:
    """No use without a legal basis; a legitimate interest says which, and why it outweighs the person's (G02)."""
    for use in policy.uses:
        if not use.basis:
            yield Finding(
                "use-without-basis",
                use.place,
                f"Use {use.id} has no legal basis.",
                f"Add `basis:` ({', '.join(law.texts('bases'))}). {law.cite('bases')}.",
                use.promise,
            )
        if unweighed(use, law):
            key = "balancing" if any(use.interest.values()) else "interest"
            said = "why it outweighs the person's" if key == "balancing" else "which"
            yield Finding(
                f"use-without-{key}",
                at(use, "basis"),
                f"Use {use.id} rests on a {law.texts('weighed_bases')[0]} and does not say {said}.",
                f"Add `{key}: {{nl: ..., en: ...}}` in plain words. {law.cite('weighed_bases')}.",
                use.promise,
            )


def categories_have_terms(policy: Policy, law: Law) -> Iterator[Finding]:
    """Every category ends some time, for each purpose that it serves (G03)."""
    cited = ", ".join(law.duties["G03"].law) if "G03" in law.duties else ""
    for category in policy.categories.values():
        place = at(policy, f"data.{category.name}")
        if not any(term.category == category.name for term in policy.terms):
            yield Finding(
                "category-without-term",
                place,
                f"Nothing says how long `{category.name}` is kept.",
                f"Add `- {{data: {category.name}, until: ..., plus: ...}}` under `keep:`. {cited}.",
                category.promise,
            )
            continue
        for purpose in ordinary_purposes(policy, category.name):
            if policy.term(category.name, purpose) is None:
                yield Finding(
                    "category-without-term",
                    place,
                    f"Nothing says how long `{category.name}` is kept for `{purpose}`.",
                    f"Add a term with `for: [{purpose}]`, or one without `for:` for all purposes. {cited}.",
                    category.promise,
                )


def marketing_has_an_opt_in(policy: Policy, law: Law) -> Iterator[Finding]:
    """Marketing rests on consent, or on the exception for own customers (C28)."""
    allowed = law.marketing_bases
    for use in policy.uses:
        marketing = [n for n in use.purposes if n in policy.purposes and policy.purposes[n].marketing]
        forbidden = [basis for basis in use.basis if basis not in allowed]
        if marketing and forbidden:
            yield Finding(
                "marketing-without-opt-in",
                at(use, f"basis.{forbidden[0].value}", "basis"),
                f"Use {use.id} is marketing (`{marketing[0]}`) and rests on {forbidden[0].value}. "
                "The law allows marketing mail with an opt-in only.",
                f"Write `basis: [{', '.join(sorted(allowed))}]`. {law.cite('marketing_bases')}.",
                use.promise,
            )
        if Basis.OWN_CUSTOMER in use.basis and not marketing:
            yield Finding(
                "own-customer-elsewhere",
                at(use, f"basis.{Basis.OWN_CUSTOMER.value}", "basis"),
                f"Use {use.id} rests on own customer, which is for marketing only.",
                f"Choose another basis, or mark the purpose `marketing: yes`. {law.cite('marketing_bases')}.",
                use.promise,
            )


def notice_tells_everything(policy: Policy, law: Law) -> Iterator[Finding]:
    """What the law has every notice tell, this one tells (GDPR art. 13, 14)."""
    for name, answer in untold(policy, law):
        duty = answer.duty
        yield Finding(
            "notice-incomplete",
            answer.place,
            f"The notice does not tell people `{name}`, and {', '.join(duty.needs or duty.law)} asks that.",
            duty.todo.get("en", ""),
            duty.id if duty.id in policy.promises else "",
        )


def marketing_messages_are_whole(policy: Policy, law: Law) -> Iterator[Finding]:
    """Where the policy has marketing, a rule says what each message carries (Tw 11.7(4))."""
    carried = {word for duty in policy.duties for word in duty.texts("carries")}
    missing = [word for word in law.texts("marketing_message") if word not in carried]
    served = {name for use in policy.uses for name in use.purposes}
    for purpose in policy.purposes.values():
        if purpose.marketing and purpose.name in served and missing:
            yield Finding(
                "marketing-message-incomplete",
                at(purpose, "marketing"),
                f"Purpose `{purpose.name}` is marketing, and no rule says that each message has: {', '.join(missing)}.",
                f"Add a rule under `notices:` with `carries: [{', '.join(law.texts('marketing_message'))}]`. "
                f"{law.cite('marketing_message')}.",
                purpose.promise,
            )


def marketing_is_called_so(policy: Policy, law: Law) -> Iterator[Finding]:
    """What DPV calls marketing is marked as such: an objection to it is absolute."""
    for purpose in policy.purposes.values():
        if purpose.dpv.rpartition(":")[2] in law.texts("marketing_purposes") and not purpose.marketing:
            yield Finding(
                "marketing-unmarked",
                at(purpose, "dpv"),
                f"Purpose `{purpose.name}` is {purpose.dpv}, and is not marked as marketing.",
                f"Add `marketing: yes`. {law.cite('marketing_purposes')}.",
                purpose.promise,
            )


def promises_reach_the_floor(policy: Policy, law: Law) -> Iterator[Finding]:
    """No promise falls below the law; a stricter one stays."""
    for one in compared(policy, law):
        place, promise = at(one.duty, one.floor.parameter), next(iter(one.duty.promises), "")
        said = f"`{one.floor.parameter}: {one.value}` of `{one.duty.name}`"
        if one.side is Side.UNCLEAR:
            todo = f"Write it like {one.demands}."
            yield Finding("value-unclear", place, f"{said} cannot be compared with the law.", todo, promise)
        elif one.side is Side.LOOSER:
            how = {"most": " or less", "least": " or more", "with": " too"}.get(one.floor.kind, "")
            yield Finding(
                "under-the-law",
                place,
                f"{said} falls below the law, which has `{one.demands}`.",
                f"Write `{one.demands}`{how}. {', '.join(one.law)}.",
                promise,
            )


def statutes_are_known(policy: Policy, law: Law) -> Iterator[Finding]:
    """A statute passes refusals and nevers: so only one that the regime names does, and as a legal duty."""
    for rule in (*policy.uses, *policy.terms):
        if rule.statute and rule.statute not in law.statutes:
            yield Finding(
                "statute-unknown",
                at(rule, "statute"),
                f"`{rule.statute}` is no law that demands the use or keeping of data under {policy.regime}.",
                did_you_mean(rule.statute, law.statutes),
                rule.promise,
            )
    for use in policy.uses:
        if use.statute and use.basis and set(use.basis) != {Basis.LEGAL_DUTY}:
            yield Finding(
                "statute-without-duty",
                at(use, "basis"),
                f"Use {use.id} names the statute {use.statute}, and does not rest on a legal duty alone.",
                f"Write `basis: legal duty`, or leave `statute:` out. {law.cite('statutes')}.",
                use.promise,
            )


def fiscal_records_are_kept(policy: Policy, law: Law) -> Iterator[Finding]:
    """What the tax law has kept for some years is not kept shorter (C28)."""
    for term in policy.terms:
        fiscal = term.statute in law.sources["fiscal_retention"]
        if fiscal and ever_longer(law.fiscal_retention, term.plus):
            yield Finding(
                "term-under-law",
                at(term, "plus"),
                f"`{term.category}` is kept for {term.plus}; {term.statute} demands {law.fiscal_retention}.",
                f"Write `plus: {law.fiscal_retention}`.",
                term.promise,
            )
        if term.event == "book_year.end" and not term.book_year and law.book_year_end != _CALENDAR_YEAR:
            yield Finding(
                "book-year-unsupported",
                at(term, "until"),
                f"The term of `{term.category}` counts from a book year that by law is no calendar year.",
                "Say when yours begins: `book_year: 01-01`, or the first day of another month.",
                term.promise,
            )


def articles_exist(policy: Policy, law: Law) -> Iterator[Finding]:
    """What is cited is an article of a law that the regime knows."""
    cited = [(f"Promise {one.id}", one.law, one) for one in policy.promises.values()]
    for title, articles, rule in (*cited, *((one.title, one.law, one) for one in rules(policy))):
        for article in articles:
            why = wrong(article, law.books)
            if why:
                place = at(rule, f"law.{article}", "law")
                yield Finding("law-unknown", place, f"{title} cites the law wrongly: {why[0]}.", why[1])


CHECKS = (
    controller_is_named,
    uses_have_bases,
    categories_have_terms,
    marketing_has_an_opt_in,
    marketing_is_called_so,
    marketing_messages_are_whole,
    notice_tells_everything,
    promises_reach_the_floor,
    statutes_are_known,
    fiscal_records_are_kept,
    articles_exist,
)
