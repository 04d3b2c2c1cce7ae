"""What the law asks of every policy, which promises conflict, and what rules: computed from the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from houvast.policy import Policy, check
from houvast.policy.contradictions import contradictions
from houvast.policy.duties import State, answers
from houvast.policy.floors import Ruling, standings
from houvast.policy.law import Dated
from houvast.policy.load import load_policy
from houvast.policy.model import Duty, Form
from houvast.policy.regime import regime

LAKANA = Path(__file__).parents[2] / "policies" / "lakana"
LAW = regime("nl-avg").on(date(2026, 11, 25))
PAIRS = {
    ("C41", "C46"), ("C29", "C25"), ("C26", "C47"), ("C20", "C23"), ("C13", "C15"), ("C13", "C18"), ("C33", "C35"),
    ("C42", "C27"), ("C42", "C53"), ("C04", "C56"), ("C49", "C52"),
}  # fmt: skip
ALSO = {("C13", "C46"), ("C34", "C35"), ("C26", "C53")}
OPEN = {
    ("C41", "C46"): ("uses", "U22", "form", Form.FULL),
    ("C29", "C25"): ("recipients", "authority", "needs", ("agreement",)),
    ("C26", "C47"): ("recipients", "reseller", "may", ("contact", "diagnostic")),
    ("C42", "C53"): ("recipients", "subcontractor", "needs", ("agreement",)),
    ("C33", "C35"): ("safeguards", "identity", "ladder", ()),
    ("C04", "C56"): ("notices", "at_first_visit", "consent", "by use"),
    ("C49", "C52"): ("notices", "not_ours", "embeds", "not ours"),
}


@pytest.fixture(scope="module")
def lakana() -> Policy:
    return load_policy(LAKANA / "policy.yaml")


def changed(policy: Policy, section: str, name: str, key: str, value: str | tuple[str, ...]) -> Policy:
    """A policy with one parameter of one rule changed."""
    if section == "uses":
        return replace(policy, uses=tuple(replace(u, **{key: value}) if u.id == name else u for u in policy.uses))

    def one(duty: Duty) -> Duty:
        hit = duty.section == section and duty.name == name
        return replace(duty, parameters={**duty.parameters, key: value}) if hit else duty

    return replace(policy, duties=tuple(map(one, policy.duties)))


def test_the_sample_answers_all_nineteen_duties_itself(lakana: Policy) -> None:
    found = answers(lakana, LAW)
    assert [one.duty.id for one in found] == [f"G{number:02}" for number in range(1, 20)]
    assert {one.state for one in found} == {State.ANSWERED}


def test_the_contradictions_of_the_sample_are_found_and_each_is_settled(lakana: Policy) -> None:
    found = contradictions(lakana)
    assert {(one.one, one.other) for one in found} == PAIRS | ALSO
    assert all(one.settled and one.rule for one in found)


@pytest.mark.parametrize("pair", OPEN, ids=" x ".join)
def test_a_contradiction_that_nothing_settles_does_not_compile(lakana: Policy, pair: tuple[str, str]) -> None:
    spoilt = changed(lakana, *OPEN[pair])
    found = {(one.one, one.other): one for one in contradictions(spoilt)}
    assert not found[pair].settled
    assert found[pair].todo
    assert any(one.code == "contradiction" and one.promise == pair[0] for one in check(spoilt))


@pytest.mark.parametrize(
    ("promise", "ruling"),
    {
        "C09": Ruling.LEGAL_DUTY,
        "C13": Ruling.LEGAL_DUTY,
        "C15": Ruling.STRICTER_PROMISE,
        "C18": Ruling.STRICTER_PROMISE,
        "C46": Ruling.STRICTER_PROMISE,
        "C47": Ruling.STRICTER_PROMISE,
        "C10": Ruling.PERMISSION,
        "C29": Ruling.LEGAL_DUTY,
        "C52": Ruling.LEGAL_DUTY,
        "A12": Ruling.STRICTER_PROMISE,
    }.items(),
)
def test_each_promise_says_whether_it_or_the_law_rules(lakana: Policy, promise: str, ruling: Ruling) -> None:
    found = {one.promise.id: one for one in standings(lakana, LAW, "en")}
    assert set(found) == set(lakana.promises)
    assert all(one.floor for one in found.values())
    assert found[promise].rules is ruling


def test_a_shorter_promise_rules_over_the_law_and_a_longer_one_does_not_compile(lakana: Policy) -> None:
    shorter = changed(lakana, "rights", "access", "answer", "P14D")
    found = {one.promise.id: one for one in standings(shorter, LAW, "en")}
    assert found["C33"].rules is Ruling.STRICTER_PROMISE
    assert not check(shorter)
    longer = changed(lakana, "rights", "access", "answer", "P2M")
    assert {one.promise.id: one for one in standings(longer, LAW, "en")}["C33"].rules is Ruling.LEGAL_DUTY
    assert [(one.code, one.promise) for one in check(longer)] == [("under-the-law", "C33")]


def test_a_law_that_becomes_stricter_rules_from_its_day_on(lakana: Policy) -> None:
    ours = regime("nl-avg").changed("answer_term", Dated(date(2027, 1, 1), ("P14D",), ("New 1",), "AVG"))
    before, after = (lakana.effective.replace(year=2026, month=12, day=31), lakana.effective.replace(year=2027))
    assert not check(lakana, before, ours)
    assert {one.code for one in check(lakana, after, ours)} == {"under-the-law"}
    assert any("New 1" in one.todo for one in check(lakana, after, ours))


def test_a_decision_may_be_prepared_by_a_computer_only_where_a_person_takes_it(lakana: Policy) -> None:
    scoring = replace(
        lakana, purposes={**lakana.purposes, "order": replace(lakana.purposes["order"], automated="score")}
    )
    assert [(one.code, one.promise) for one in check(scoring)] == [("decides-automatically", "G12")]
    assert not check(changed(scoring, "safeguards", "automated", "decide", "with a person"))
