"""What a purpose could see of somebody, from when to when: as the policy and the person had it, never less."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from houvast.policy.model import Purpose, PurposeKind, Use
from houvast.policy.sight import Said, Sight, sights
from tests.compiler import small

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
END = NOON + 30 * DAY
ME = ("customer", "17")


def seen(purpose: str, *said: Said) -> list[tuple[int, int, tuple[str, ...]]]:
    """(first day, last day, categories) of what a purpose of the small policy could see."""
    found = sights([small.policy()], purpose, ME, said, NOON, END)
    return [((one.since - NOON).days, (one.until - NOON).days, one.categories) for one in found]


def test_a_purpose_on_a_contract_sees_all_the_time_while_a_circumstance_holds() -> None:
    found = sights([small.policy()], "answer", ME, [], NOON, END)
    assert found == [Sight(NOON, END, ("contact", "question"), ("ticket.open",))]


def test_marketing_sees_nobody_who_did_not_consent() -> None:
    assert seen("marketing") == []


def test_marketing_sees_from_consent_to_objection() -> None:
    consent = Said("consented", "marketing", NOON + 2 * DAY)
    assert seen("marketing", consent) == [(2, 30, ("contact",))]
    assert seen("marketing", consent, Said("objected", "marketing", NOON + 9 * DAY)) == [(2, 9, ("contact",))]
    ended = Said("consented", "marketing", NOON + 2 * DAY, NOON + 5 * DAY)
    assert seen("marketing", ended) == [(2, 5, ("contact",))]


def test_what_held_before_anything_was_recorded_counts_from_the_beginning() -> None:
    assert seen("marketing", Said("consented", "marketing", None, NOON + 5 * DAY)) == [(0, 5, ("contact",))]


def test_who_restricted_is_seen_by_nobody_until_it_ends() -> None:
    restricted = Said("restricted", "", NOON + DAY, NOON + 4 * DAY)
    both = ("contact", "question")
    assert seen("answer", restricted) == [(0, 1, both), (4, 30, both)]


def test_a_closed_account_is_seen_only_by_what_survives_it() -> None:
    closed = Said("closed", "", NOON + 3 * DAY)
    assert seen("answer", closed) == [(0, 3, ("contact", "question"))]
    assert seen("billing", closed) == [(0, 30, ("contact", "contract"))]


def test_before_a_version_is_in_force_nothing_is_seen_and_a_later_one_changes_what_is() -> None:
    first = small.policy(1, NOON + DAY)
    more = Use("U5", ("contract",), ("answer",), first.uses[0].basis, promise="C10")
    second = small.with_use(replace(first, version=2, effective=NOON + 5 * DAY), more)
    accepted = [Said("accepted", version, None) for version in ("1", "2")]
    found = sights([first, second], "answer", ME, accepted, NOON, END)
    assert [((one.since - NOON).days, one.categories) for one in found] == [
        (1, ("contact", "question")), (5, ("contact", "question", "contract")),
    ]  # fmt: skip


def test_a_purpose_that_the_policy_does_not_have_sees_nothing() -> None:
    assert seen("curiosity") == []


def test_who_changes_tables_sees_everything_and_a_dispute_what_it_holds() -> None:
    policy = small.policy()
    purposes = {
        "migration": Purpose("migration", kind=PurposeKind.MIGRATION),
        "dispute": Purpose("dispute", kind=PurposeKind.DISPUTE, one="case"),
    }
    dispute = Use("U6", ("contract",), ("dispute",), policy.uses[0].basis)
    policy = replace(policy, purposes={**policy.purposes, **purposes}, uses=(*policy.uses, dispute))
    (moving,) = sights([policy], "migration", ME, [], NOON, END)
    assert moving.categories == tuple(policy.categories)
    assert sights([policy], "dispute", ME, [], NOON, END) == [Sight(NOON, END, ("contract",), ("hold.open",))]


def test_data_of_other_kinds_of_people_are_not_theirs() -> None:
    assert sights([small.policy()], "answer", ("partner", "1"), [], NOON, END) == []
