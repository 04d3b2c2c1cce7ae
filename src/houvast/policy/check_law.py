"""The policy and the law: what the regime in force on the effective day demands."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.errors import Finding
from houvast.policy.model import Basis, Policy
from houvast.policy.periods import ever_longer, parse_period
from houvast.policy.regime import Law, regime, regimes
from houvast.policy.rules import at
from houvast.reading import did_you_mean

CONTROLLER = {
    "name": "its legal name",
    "address": "its address",
    "register": "the number in the trade register",
    "contact": "an address of a role that people can write to",
    "officer": "the data protection officer, or why there is none",
}
_MARKETING_DPV = ("Marketing", "DirectMarketing", "PersonalisedAdvertising", "Advertising")


def regime_is_known(policy: Policy) -> Iterator[Finding]:
    """The policy names a law that Houvast knows, and takes effect under it."""
    place = at(policy, "regime")
    if policy.regime not in regimes():
        message = f"`{policy.regime}` is no law that Houvast knows."
        yield Finding("regime-unknown", place, message, did_you_mean(policy.regime, regimes()))
    elif _law(policy) is None:
        yield Finding(
            "effective-early",
            at(policy, "effective"),
            f"The policy takes effect before `{policy.regime}` holds any law.",
            f"Write {regime(policy.regime).begins.isoformat()} or later.",
        )


def controller_is_named(policy: Policy) -> Iterator[Finding]:
    """People must be able to know who is responsible (G01; GDPR art. 13(1)(a)-(b))."""
    for key, meaning in CONTROLLER.items():
        if not policy.controller.get(key, "").strip():
            yield Finding(
                "controller-incomplete",
                at(policy, f"controller.{key}", "controller"),
                f"`{key}` of the controller is missing: {meaning}.",
                f"Add `{key}: ...` under `controller:`. AVG 13(1)(a)-(b).",
                "G01" if "G01" in policy.promises else "",
            )


def marketing_has_an_opt_in(policy: Policy) -> Iterator[Finding]:
    """Marketing rests on consent, or on the exception for own customers (C28; Tw 11.7)."""
    law = _law(policy)
    allowed = law.marketing_bases if law else frozenset[Basis]()
    for use in policy.uses if law else ():
        marketing = [n for n in use.purposes if n in policy.purposes and policy.purposes[n].marketing]
        wrong = [basis for basis in use.basis if basis not in allowed]
        if marketing and wrong:
            yield Finding(
                "marketing-without-opt-in",
                at(use, f"basis.{wrong[0].value}", "basis"),
                f"Use {use.id} is marketing (`{marketing[0]}`) and rests on {wrong[0].value}. "
                "The law allows marketing mail with an opt-in only.",
                f"Write `basis: [{', '.join(sorted(allowed))}]`. {_articles(law, 'marketing_bases')}.",
                use.promise,
            )
        if Basis.OWN_CUSTOMER in use.basis and not marketing:
            yield Finding(
                "own-customer-elsewhere",
                at(use, f"basis.{Basis.OWN_CUSTOMER.value}", "basis"),
                f"Use {use.id} rests on own customer, which is for marketing only.",
                "Choose another basis, or mark the purpose `marketing: yes`. Tw 11.7(3).",
                use.promise,
            )


def marketing_is_called_so(policy: Policy) -> Iterator[Finding]:
    """What DPV calls marketing is marked as such: an objection to it is absolute (GDPR art. 21(3))."""
    for purpose in policy.purposes.values():
        if purpose.dpv.rpartition(":")[2] in _MARKETING_DPV and not purpose.marketing:
            yield Finding(
                "marketing-unmarked",
                at(purpose, "dpv"),
                f"Purpose `{purpose.name}` is {purpose.dpv}, and is not marked as marketing.",
                "Add `marketing: yes`. AVG 21(2)-(3).",
                purpose.promise,
            )


def answers_are_in_time(policy: Policy) -> Iterator[Finding]:
    """An answer takes no longer than the law allows; a stricter promise stays (GDPR art. 12(3))."""
    law = _law(policy)
    for duty in policy.duties:
        text = duty.parameters.get("answer", "")
        period = parse_period(text) if isinstance(text, str) else None
        if "answer" in duty.parameters and period is None:
            yield Finding(
                "answer-unclear",
                at(duty, "answer"),
                f"`answer: {text}` of `{duty.name}` is not a term.",
                "Write it like P1M or P14D.",
                next(iter(duty.promises), ""),
            )
        day = ever_longer(period, law.answer_term) if law and period else None
        if law and day:
            yield Finding(
                "answer-too-late",
                at(duty, "answer"),
                f"`{duty.name}` is answered within {text}. The law gives {law.answer_term}; counted from "
                f"{day.isoformat()}, {text} ends later.",
                f"Write P1M, or P28D or less. {_articles(law, 'answer_term')}.",
                next(iter(duty.promises), ""),
            )


def statutes_are_known(policy: Policy) -> Iterator[Finding]:
    """A statute passes refusals and nevers: so only one that the regime names does, and as a legal duty."""
    law = _law(policy)
    for rule in (*policy.uses, *policy.terms) if law else ():
        if law and rule.statute and rule.statute not in law.statutes:
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
                "Write `basis: legal duty`, or leave `statute:` out. AVG 6(1)(c).",
                use.promise,
            )


def fiscal_records_are_kept(policy: Policy) -> Iterator[Finding]:
    """What the tax law has kept for seven years is not kept shorter (C28)."""
    law = _law(policy)
    for term in policy.terms if law else ():
        fiscal = law is not None and term.statute in law.sources["fiscal_retention"]
        if law and fiscal and ever_longer(law.fiscal_retention, term.plus):
            yield Finding(
                "term-under-law",
                at(term, "plus"),
                f"`{term.category}` is kept for {term.plus}; {term.statute} demands {law.fiscal_retention}.",
                f"Write `plus: {law.fiscal_retention}`.",
                term.promise,
            )


CHECKS = (
    regime_is_known,
    controller_is_named,
    marketing_has_an_opt_in,
    marketing_is_called_so,
    answers_are_in_time,
    statutes_are_known,
    fiscal_records_are_kept,
)


def _law(policy: Policy) -> Law | None:
    if policy.regime not in regimes():
        return None
    ours = regime(policy.regime)
    return ours.at(policy.effective) if ours.local_day(policy.effective) >= ours.begins else None


def _articles(law: Law | None, parameter: str) -> str:
    return ", ".join(law.sources[parameter]) if law else ""
