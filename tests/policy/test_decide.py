"""The examples that decide between readings of the meaning, one by one, in their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from houvast.policy.decide import Permit, Refuse, decide
from houvast.policy.model import Period, Term
from houvast.policy.rows import visible
from houvast.policy.world import OpenUse
from tests.policy.scenes import (
    ANNA,
    BRAM,
    CLOSED,
    HERE,
    HOLD_7,
    HOLD_8,
    MAILED,
    NOW,
    OLD_INVOICE,
    ONE,
    SECOND,
    START,
    THIRD,
    ask,
    later,
    person,
    row,
    rule,
    use,
    without,
)


def test_a_ticket_closed_one_second_ago_without_grace_is_closed():
    assert rule(row(person("anna", "ticket.open")), "answer") == 0
    assert rule(row(ANNA), "answer") == 6


def test_one_open_ticket_of_two_opens_the_contact_to_answer():
    both = replace(ANNA, circumstances={"ticket.open": frozenset({"2"})})
    assert rule(row(both), "answer") == 0


def test_another_open_case_does_not_open_the_diagnostics_of_a_closed_one():
    anna = replace(ANNA, circumstances={"ticket.open": frozenset({"2"})})
    for case, expected in (("1", 6), ("2", 0)):
        about = row(anna, cases={"ticket.open": case})
        assert rule(about, "support", "diagnostic", use=OpenUse("support", case=case)) == expected


def test_one_objector_closes_a_shared_row_to_marketing_and_not_to_billing():
    anna = person("anna", "order.open", **MAILED)
    bram = person("bram", **MAILED, objected=frozenset({"marketing"}))
    assert rule(row(anna, person("bram", **MAILED)), "marketing") == 0
    assert rule(row(anna, bram), "marketing") == 5
    assert rule(row(anna, bram), "billing") == 0


def test_an_objector_who_moved_out_counts_until_their_part_is_blanked():
    anna, bram = person("anna", **MAILED), person("bram", objected=frozenset({"marketing"}))
    assert rule(row(anna, left=(bram,)), "marketing") == 5
    assert rule(row(anna), "marketing") == 0


def test_one_live_subscription_of_two_opens_a_household_to_service():
    assert rule(row(ANNA, person("bram", "subscription.live")), "service") == 0
    assert rule(row(ANNA, left=(person("bram", "subscription.live"),)), "service") == 6


def test_consent_of_one_of_two_owners_is_no_consent():
    assert rule(row(person("anna", **MAILED), BRAM), "marketing") == 5


def test_an_objection_to_a_contract_gets_an_answer_and_changes_nothing():
    assert rule(row(person("anna", "order.open", objected=frozenset({"billing"}))), "billing") == 0


def test_an_objection_beats_the_soft_opt_in():
    anna = person("anna", own_customer=frozenset({"newsletter"}))
    assert rule(row(anna), "newsletter") == 0
    assert rule(row(replace(anna, objected=frozenset({"newsletter"}))), "newsletter") == 5
    assert rule(row(replace(anna, objected=frozenset({"marketing"}))), "newsletter") == 5


def test_a_photo_given_for_the_community_is_not_for_marketing_whatever_the_consent():
    photo = row(person("anna", consented=frozenset({"marketing", "community"})), given_for={"": "community"})
    assert rule(photo, "marketing", "volunteered") == 3
    assert rule(photo, "community", "volunteered") == 0


def test_that_photo_is_for_its_own_persons_request():
    photo = row(person("anna", request_open=True), given_for={"": "community"})
    mine = OpenUse("rights", ("customer", "anna"))
    assert rule(photo, "rights", "volunteered", use=mine) == 0
    assert rule(photo, "rights", "volunteered", use=OpenUse("rights", ("customer", "bram"))) == 6
    shut = row(ANNA, given_for={"": "community"})
    assert rule(shut, "rights", "volunteered", use=mine) == 6


def test_a_restricted_person_gets_their_own_access_request_answered():
    anna = person("anna", "order.open", restricted=True, request_open=True)
    assert rule(row(anna), "rights", use=OpenUse("rights", anna.key)) == 0
    assert rule(row(anna), "billing") == 5


def test_an_open_final_invoice_survives_closing_until_it_is_paid():
    assert rule(row(person("anna", "invoice.open", closed_at=CLOSED - timedelta(days=1))), "billing") == 7
    closed = datetime(2026, 3, 1, tzinfo=UTC)
    assert rule(row(person("anna", "invoice.open", closed_at=closed)), "billing") == 0
    assert rule(row(person("anna", closed_at=closed)), "billing") == 6
    assert rule(row(person("anna", "subscription.live", closed_at=closed)), "service") == 5


def test_a_use_that_version_2_adds_is_refused_to_the_silent():
    two = later()
    one = replace(ONE, uses=without(ONE, "answer"))
    about = row(person("anna", "ticket.open"))
    assert rule(about, "answer", policies=(one, two)) == 4
    assert rule(row(person("anna", "ticket.open", accepted=frozenset({2}))), "answer", policies=(one, two)) == 0


def test_a_use_that_version_2_drops_is_refused_to_the_decliner():
    two = later(uses=without(ONE, "answer"))
    assert rule(row(person("anna", "ticket.open", accepted=frozenset({1}))), "answer", policies=(ONE, two)) == 1


@pytest.mark.parametrize(
    ("months", "expected"), [((24, 12), 12), ((24, 36), 24), ((24, 12, 24), 12)], ids=lambda value: str(value)
)
def test_the_silent_keep_the_shortest_term_of_all_their_versions(months: tuple[int, ...], expected: int):
    versions = tuple(
        replace(ONE, version=n, effective=since, terms=(Term("contact", "collected", Period(months=m)),))
        for n, (m, since) in enumerate(zip(months, (START, SECOND, THIRD), strict=False), 1)
    )
    collected = datetime(2023, 3, 1, 12, tzinfo=UTC)
    about = row(person("anna", "order.open"), events={"collected": collected})
    end = datetime(2023 + expected // 12, 3, 1, tzinfo=HERE)
    policies = tuple(replace(v, effective=START + timedelta(days=n)) for n, v in enumerate(versions))
    silent = replace(about, owners=((person("anna", "order.open", collected_at=START), True),))
    assert rule(silent, "billing", policies=policies, instant=end - timedelta(seconds=1)) == 0
    assert rule(silent, "billing", policies=policies, instant=end) == 7


def test_a_version_accepted_today_that_takes_effect_tomorrow_is_not_in_force():
    two = later(uses=(*ONE.uses, use("invoice", "account")), effective=NOW + timedelta(days=1))
    about = row(person("anna", accepted=frozenset({2})), events={"collected": NOW})
    mine = OpenUse("account", ANNA.key)
    assert rule(about, "account", "invoice", policies=(ONE, two), use=mine) == 1
    assert rule(about, "account", "invoice", policies=(ONE, two), use=mine, instant=two.effective) == 0


def test_a_new_customer_who_never_clicked_is_under_version_2_without_consents():
    two = later(uses=(*ONE.uses, use("invoice", "service")))
    about = row(person("anna", collected_at=THIRD), events={"collected": THIRD + timedelta(days=400)})
    assert rule(about, "service", "invoice", policies=(ONE, two)) == 0
    assert rule(row(ANNA, events=about.events), "service", "invoice", policies=(ONE, two)) == 4
    assert rule(about, "marketing", policies=(ONE, two)) == 5


def test_an_old_invoice_under_a_hold_is_for_that_dispute_and_the_tax_office_only():
    anna = person("anna", "invoice.open", closed_at=CLOSED)
    invoice = row(anna, table="invoice", events=OLD_INVOICE, holds=frozenset({"7"}))
    assert rule(invoice, "billing", "invoice") == 7
    assert rule(invoice, "tax", "invoice") == 0
    assert rule(invoice, "tax", "invoice", instant=datetime(2027, 1, 1, tzinfo=HERE)) == 7
    assert rule(invoice, "tax", "invoice", instant=datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)) == 0
    assert rule(invoice, "dispute", "invoice", use=HOLD_7) == 0
    assert rule(invoice, "dispute", "invoice", use=HOLD_8) == 7


def test_a_contested_value_is_a_hole_in_a_row_that_stays():
    about = row(person("anna", "subscription.live", contested=frozenset({"contact.email"})))
    cells = [ask(about, "service", column=column) for column in ("email", "name")]
    assert [isinstance(decide([ONE], cell), Permit) for cell in cells] == [False, True]
    assert visible([ONE], cells)
    assert not visible([ONE], cells[:1])


def test_a_flagged_text_is_for_no_ordinary_purpose_until_somebody_decided():
    about = row(person("anna", "subscription.live"), flagged=frozenset({"value"}), holds=frozenset({"7"}))
    assert decide([ONE], ask(about, "service")) == Refuse(
        5, "G16", "contact for service: it is flagged, and nobody of the staff has decided on it"
    )
    assert rule(about, "service") == 5
    assert rule(about, "service", column="name") == 0
    assert rule(about, "dispute", use=HOLD_7) == 0


def test_a_column_that_nobody_classified_is_for_no_purpose_and_the_row_is_as_before():
    about = row(person("anna", "ticket.open"))
    assert rule(about, "answer", "") == 1
    assert visible([ONE], [ask(about, "answer"), ask(about, "answer", "")])


def test_a_business_contact_gets_no_newsletter_and_no_dispute():
    about = row(person("anna", own_customer=frozenset({"newsletter"})), holds=frozenset({"7"}))
    answer = decide([ONE], ask(about, "newsletter", "business"))
    assert answer == Refuse(2, "C18", "business for newsletter: never used for it")
    assert rule(about, "dispute", "business", use=HOLD_7) == 2
