"""The section `visits` of a policy: read strictly, checked against the uses and terms beside it, told in the notice."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from houvast.document import parse
from houvast.errors import FileErrors, Finding
from houvast.policy import load_versions
from houvast.policy.check import check
from houvast.policy.counting import Apart, Budget, counting
from houvast.policy.load import policy_in
from houvast.policy.model import Period, Policy
from houvast.policy.notices import notice

LAKANA = Path(__file__).parents[2] / "policies" / "lakana"
CLUB = LAKANA.parent / "club"


@cache
def text() -> str:
    return (LAKANA / "policy.yaml").read_text("utf-8")


def spoiled(old: str, new: str) -> tuple[Finding, ...]:
    """What is found in the policy with one place changed, which stands in it once."""
    assert text().count(old) == 1, old
    try:
        return check(policy_in(parse(text().replace(old, new), "policy.yaml"), LAKANA))
    except FileErrors as error:
        return error.findings


TIME = "precision: hour\n    promise: C20\n"
ADDRESS = "  address:\n    label: {nl: Wat er van het IP-adres blijft, en: What is left of the IP address}\n"
BUDGET, GROUP, APART = "    delta: 1e-6\n", "    smallest: 10\n", "    data: visit_raw\n"
TERM = "  - {data: visit_raw, until: collected, plus: P14D, promise: [A18, A12]}\n"
IMPROVE = "    actions: [read]\n    promise: C22"
MISTAKES = {
    "a slip of the pen in a line": ("name-alike", "  budget:\n", "  budgett:\n"),
    "a line that means nothing": ("visits-unknown", "  budget:\n", "  money:\n"),
    "a line too few": ("visits-incomplete", "  counted:\n    label: {nl: Wat geteld wordt, en: What is counted}\n"
                       "    data: visit\n    promise: C20\n", ""),
    "a word that is none": ("word-unknown", "precision: hour", "precision: second"),
    "another word that is none": ("word-unknown", "mode: keyed", "mode: key"),
    "a mistyped key": ("key-unknown", "    smallest: 10\n", "    smalest: 10\n"),
    "a key of another line": ("visits-unknown", "    smallest: 10\n", "    smallest: 10\n    rho: 1\n"),
    "a budget without a period": ("visits-incomplete", f"{BUDGET}    period: P30D\n", BUDGET),
    "a budget without an end": ("visits-budget", f"{BUDGET}    period: P30D\n", f"{BUDGET}    period: P0D\n"),
    "a budget that is no number": ("visits-budget", "rho: 0.1", "rho: a little"),
    "a budget of nothing": ("visits-budget", "rho: 0.1", "rho: 0"),
    "a budget that hides nothing": ("visits-budget", "rho: 0.1", "rho: 40"),
    "a delta that hides nothing": ("visits-budget", "delta: 1e-6", "delta: 0.5"),
    "groups of two": ("visits-group", "smallest: 10\n", "smallest: 2\n"),
    "groups below those of a use": ("visits-group", "smallest: 10\n", "smallest: 9\n"),
    "minutes and networks": ("visits-linkable", f"{TIME}{ADDRESS}    mode: keyed",
                             f"{TIME.replace('hour', 'minute')}{ADDRESS}    mode: truncated"),
    "another term than that of the data": ("visits-security", "within: P14D", "within: P15D"),
    "data without a term": ("visits-security", TERM, ""),
    "no purpose": ("visits-incomplete", "    data: visit_raw\n    for: security\n", "    data: visit_raw\n"),
    "an unknown purpose": ("visits-unknown", "    for: security\n    within", "    for: securty\n    within"),
    "an unknown category": ("visits-unknown", "    data: visit_raw\n    for", "    data: visit_rw\n    for"),
    "addresses while nothing is open": ("visits-security", "    while: incident.open\n", ""),
    "one visitor's rows at ordinary work": ("visits-not-totals", f"    form: aggregate\n{IMPROVE}", IMPROVE),
    "a line of nobody": ("rule-unbound", "    period: P30D\n    promise: C24\n", "    period: P30D\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_found_at_a_place_with_what_to_write(case: str) -> None:
    code, old, new = MISTAKES[case]
    found = [one for one in spoiled(old, new) if one.code == code]
    assert found, [one.code for one in spoiled(old, new)]
    assert all(one.place.line > 1 and one.message and one.todo for one in found)


def test_a_slip_of_the_pen_is_understood() -> None:
    assert any("`budget`" in one.todo for one in spoiled("  budget:\n", "  budgett:\n"))


def lakana() -> Policy:
    return load_versions(LAKANA)[-1]


def test_the_section_is_one_value() -> None:
    found = counting(lakana())
    assert found is not None
    assert (found.category, found.precision, found.mode, found.group, str(found.keep)) == (
        "visit",
        "hour",
        "keyed",
        10,
        "P13M",
    )
    assert found.budget == Budget(0.1, 1e-6, Period(days=30))
    assert found.apart == Apart("visit_raw", "security", Period(days=14))


def test_a_policy_may_say_nothing_of_visits() -> None:
    club = load_versions(CLUB)[-1]
    assert counting(club) is None
    assert not [one for one in check(club) if one.code.startswith("visits")]
    assert not [one for one in notice(club, "nl").details if one.anchor == "rules-visits"]


@pytest.mark.parametrize(("language", "said"), [
    ("nl", ("het uur, niet de minuut", "10 bezoekers of meer", "30 dagen", "storing of aanval", "14 dagen")),
    ("en", ("the hour, not the minute", "10 visitors or more", "30 days", "fault or an attack", "14 days")),
])  # fmt: skip
def test_the_notice_tells_visitors_and_each_sentence_stands_on_promises(language: str, said: tuple[str, ...]) -> None:
    (section,) = [one for one in notice(lakana(), language).details if one.anchor == "rules-visits"]
    sentences = [one for block in section.blocks for one in getattr(block, "sentences", ())]
    told = " ".join(one.text for one in sentences)
    assert [words for words in said if words not in told] == []
    assert len(sentences) == 5
    assert all(one.promises for one in sentences)
