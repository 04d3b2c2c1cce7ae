"""What the meaning says beside its examples: each rule, each kind of purpose, writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from houvast.policy import decide as meaning
from houvast.policy.decide import Permit, Refuse, decide
from houvast.policy.forms import FULL, masked, shortened, strictest
from houvast.policy.model import Action, Basis, Form, Look, Never, Period, Purpose, Term
from houvast.policy.rows import visible, writable
from houvast.policy.world import OpenUse
from tests.policy.scenes import (
    ALL,
    ANNA,
    BRAM,
    HOLD_7,
    JOINED,
    NOW,
    ONE,
    PURPOSES,
    SECOND,
    START,
    TERMS,
    ask,
    later,
    person,
    row,
    rule,
    use,
    without,
)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        OpenUse("billing"),
        OpenUse("answer", committed=False),
        OpenUse("answer", ended=True),
        OpenUse("answer", this_login=False),
        OpenUse("answer", member_then=False),
        OpenUse("answer", member_now=False),
    ],
    ids=["none", "other purpose", "uncommitted", "ended", "other login", "member later", "member no more"],
)
def test_who_has_no_use_open_learns_nothing(broken: OpenUse | None):
    about = row(person("anna", "ticket.open"))
    for data in ("contact", "", "volunteered"):
        assert decide([ONE], ask(about, "answer", data, use=broken)) == Refuse(8, "", "no use for answer is open")


def test_before_the_first_version_nothing_is_permitted():
    about = row(person("anna", "ticket.open"))
    last = START - timedelta(seconds=1)
    assert decide([ONE], ask(about, "answer", instant=last)) == Refuse(1, "C57", "no policy is in force yet")
    assert rule(about, "answer", instant=last, policies=()) == 1
    assert rule(about, "migration", instant=last) == 1


def test_an_action_that_is_not_granted_is_not_declared():
    assert rule(row(person("anna", "ticket.open")), "answer", action=Action.DELETE) == 1


def test_a_column_of_several_categories_needs_them_all():
    about = row(person("anna", "ticket.open"))
    assert rule(about, "answer", "contact invoice", policies=(replace(ONE, terms=TERMS[:1]),)) == 7
    assert rule(about, "answer", "contact business") == 1


def test_a_never_of_the_version_left_behind_binds_the_silent():
    one = replace(ONE, nevers=(*ONE.nevers, Never("N2", ("contact",), promise="C15")))
    about = row(person("anna", "ticket.open"))
    assert rule(about, "answer", policies=(one, later(nevers=()))) == 2
    owner = person("anna", "ticket.open", accepted=frozenset({2}))
    assert rule(row(owner), "answer", policies=(one, later(nevers=()))) == 0


def test_a_value_given_for_nothing_is_for_nobody_and_a_column_may_have_its_own():
    anna = person("anna", consented=frozenset({"marketing", "community"}))
    assert rule(row(anna), "community", "volunteered") == 3
    mixed = row(anna, given_for={"": "community", "value": "marketing"})
    assert rule(mixed, "community", "volunteered") == 3
    assert rule(mixed, "community", "volunteered", column="other") == 0


def test_a_person_without_a_base_is_held_to_nothing_that_is_known():
    assert rule(row(person("anna", "ticket.open", collected_at=None)), "answer") == 4
    early = person("anna", "ticket.open", collected_at=START - timedelta(days=1))
    assert rule(row(early), "answer") == 4
    assert rule(row(replace(early, accepted=frozenset({1}))), "answer") == 0


def test_the_oldest_base_of_all_owners_holds_the_row_leavers_too():
    versions = (replace(ONE, uses=without(ONE, "answer")), later())
    new = person("anna", "ticket.open", accepted=frozenset({2}))
    assert rule(row(new), "answer", policies=versions) == 0
    assert rule(row(new, BRAM), "answer", policies=versions) == 4
    assert rule(row(new, left=(BRAM,)), "answer", policies=versions) == 4


def test_a_renamed_use_goes_on_and_a_new_name_is_a_new_use():
    anna = person("anna", consented=frozenset({"community"}))
    photo = row(anna, given_for={"": "community"})
    forum = use("volunteered", "forum", "consent")
    two = later(purposes=PURPOSES | {"forum": Purpose("forum")}, uses=(forum,))
    assert rule(photo, "forum", "volunteered", policies=(ONE, two)) == 3
    assert rule(row(anna, given_for={"": "forum"}), "forum", "volunteered", policies=(ONE, two)) == 4
    renamed = replace(two, uses=(replace(forum, was="community"),))
    assert rule(photo, "forum", "volunteered", policies=(ONE, renamed)) == 0


def test_the_strictest_form_of_all_versions_and_none_if_they_cannot_be_compared():
    def at(*forms: Form, data: str = "contact") -> Permit | Refuse:
        uses = (use("contact", "account"), use("invoice", "account", form=Form.MASKED))
        versions = [
            replace(ONE, version=n, effective=since, uses=(replace(uses[0], form=form), uses[1]))
            for n, (form, since) in enumerate(zip(forms, (START, SECOND), strict=False), 1)
        ]
        terms = tuple(Term(name, "account.closed", Period()) for name in ("contact", "invoice"))
        versions = [replace(v, terms=terms) for v in versions]
        return decide(versions, ask(row(ANNA), "account", data, use=OpenUse("account", ANNA.key)))

    assert at(Form.FULL, Form.FULL) == Permit()
    assert at(Form.MASKED, Form.FULL) == Permit(Look(Form.MASKED))
    assert isinstance(at(Form.MASKED, Form.TRUNCATED), Refuse)
    assert at(Form.FULL, Form.FULL, data="contact invoice") == Permit(Look(Form.MASKED))
    refusal = at(Form.TRUNCATED, Form.FULL, data="contact invoice")
    assert isinstance(refusal, Refuse)
    assert refusal.rule == 4


def test_a_form_of_several_versions_leaves_what_each_of_them_leaves():
    four, two = Look(Form.MASKED, keep=4), Look(Form.MASKED, keep=2)
    assert strictest((four, FULL, two)) == two
    day, month = Look(Form.TRUNCATED, to=("/24", "4", "day")), Look(Form.TRUNCATED, to=("/16", "month"))
    assert strictest((day, month)) == Look(Form.TRUNCATED, to=("/16", "month"))
    ten, weekly = Look(Form.AGGREGATE, group=10, every="day"), Look(Form.AGGREGATE, group=5, every="week")
    assert strictest((ten, weekly)) == Look(Form.AGGREGATE, group=10, every="week")
    assert strictest((four, day)) is None
    assert strictest(()) == FULL


def test_a_form_never_leaves_the_whole_of_a_short_value():
    assert [masked(text, 4) for text in ("", "12", "123", "NL00TEST0123456789")] == [
        "*****",
        "*****",
        "*****3",
        "*****6789",
    ]
    assert [shortened(text, 4) for text in ("", "1", "Jan", "1234 AB")] == ["", "", "Ja", "1234"]


def test_totals_are_read_and_nothing_else_and_show_no_row():
    use_of = use("contact", "account", form=Form.AGGREGATE, actions=tuple(Action))
    versions = [replace(ONE, uses=(use_of,))]
    asked = ask(row(ANNA), "account", "contact", use=OpenUse("account", ANNA.key))
    permitted = decide(versions, asked)
    assert permitted == Permit(Look(Form.AGGREGATE))
    assert not visible(versions, [asked])
    for action in (Action.INSERT, Action.UPDATE, Action.DELETE):
        refused = decide(versions, replace(asked, action=action))
        assert isinstance(refused, Refuse)
        assert refused.rule == 1


def test_consent_after_restricting_lets_that_purpose_through_and_accepting_a_version_does_not():
    anna = person("anna", "order.open", "ticket.open", restricted=True, accepted=frozenset({1}))
    assert rule(row(anna), "billing") == 5
    allowed = replace(anna, allowed_restricted=frozenset({"billing", "retention"}))
    assert rule(row(allowed), "billing") == 0
    assert rule(row(allowed), "answer") == 5
    assert rule(row(replace(allowed, closed_at=datetime(2019, 6, 1, tzinfo=UTC))), "retention") == 5


def test_restriction_yields_to_legal_claims_and_holds_a_statute():
    invoice = row(person("anna", restricted=True), table="invoice", holds=frozenset({"7"}))
    assert rule(invoice, "dispute", "invoice", use=HOLD_7) == 0
    assert rule(invoice, "tax", "invoice") == 5


def test_an_objection_to_an_interest_holds_until_dismissed_but_not_for_security_or_claims():
    anna = person("anna", objected=frozenset({"enforce", "security", "dispute"}))
    about = row(anna, holds=frozenset({"7"}))
    assert rule(about, "enforce") == 5
    assert rule(row(ANNA), "enforce") == 0
    assert rule(about, "security") == 0
    assert rule(about, "dispute", use=HOLD_7) == 0


def test_any_basis_of_several_suffices():
    either = replace(use("contact", "enforce"), basis=(Basis.CONSENT, Basis.INTEREST))
    one = replace(ONE, uses=(either,))
    assert rule(row(ANNA), "enforce", policies=(one,)) == 0
    objector = person("anna", objected=frozenset({"enforce"}))
    assert rule(row(objector), "enforce", policies=(one,)) == 5
    assert rule(row(replace(objector, consented=frozenset({"enforce"}))), "enforce", policies=(one,)) == 0


def test_stopping_the_use_for_services_stops_those_alone():
    about = row(person("anna", "subscription.live", "order.open", stopped=True), BRAM)
    assert rule(about, "service") == 5
    assert rule(about, "billing") == 0


def test_a_closed_account_is_gone_but_for_statute_claims_and_survivors():
    closed = datetime(2026, 3, 1, tzinfo=UTC)
    anna = person("anna", "ticket.open", closed_at=closed, request_open=True)
    about = row(anna, table="invoice", holds=frozenset({"7"}))
    assert rule(about, "answer") == 5
    assert rule(about, "enforce") == 0
    assert rule(about, "tax", "invoice") == 0
    assert rule(about, "dispute", use=HOLD_7) == 0
    assert rule(about, "rights", use=OpenUse("rights", anna.key)) == 0
    assert rule(row(anna, person("bram", "ticket.open")), "answer") == 0


def test_closing_an_account_leaves_a_shared_row_and_the_last_owner_stays():
    closed = datetime(2026, 3, 1, tzinfo=UTC)
    anna = person("anna", "invoice.open", closed_at=closed)
    bram = person("bram", closed_at=closed + timedelta(days=1))
    assert rule(row(anna, BRAM), "billing") == 6
    assert rule(row(anna, bram), "billing") == 6
    assert rule(row(replace(anna, closed_at=closed + timedelta(days=2)), bram), "billing") == 0


def test_one_person_uses_see_that_person_only():
    for about, key, expected in ((ANNA, "anna", 0), (ANNA, "bram", 6)):
        opened = OpenUse("account", ("customer", key))
        assert rule(row(about), "account", use=opened) == expected
    assert rule(row(ANNA), "account") == 6
    assert rule(row(ANNA, left=(BRAM,)), "account", use=OpenUse("account", BRAM.key)) == 6


def test_one_case_uses_see_that_case_only():
    about = row(replace(ANNA, circumstances={"ticket.open": frozenset({"1", "2"})}), cases={"ticket.open": "1"})
    assert rule(about, "support", "diagnostic", use=OpenUse("support", case="2")) == 6
    assert rule(about, "support", "diagnostic") == 6
    nowhere = replace(about, cases={})
    assert rule(nowhere, "support", "diagnostic", use=OpenUse("support", case="1")) == 6


def test_the_same_owner_meets_the_circumstances_of_every_version():
    versions = (ONE, later(uses=(use("contact", "service", when="licence.live"),)))
    live, licensed = person("anna", "subscription.live"), person("bram", "licence.live")
    assert rule(row(live, licensed), "service", policies=versions) == 6
    assert rule(row(person("anna", "subscription.live", "licence.live"), BRAM), "service", policies=versions) == 0


def test_a_row_whose_insertion_creates_the_circumstance_counts_itself():
    invoice = row(ANNA, table="invoice", cases={"invoice.open": "9"}, creates=frozenset({"invoice.open"}),
                  events={"collected": NOW})  # fmt: skip
    assert rule(invoice, "billing", "invoice", action=Action.INSERT) == 0
    assert rule(invoice, "billing", "invoice") == 6
    assert rule(replace(invoice, creates=frozenset()), "billing", "invoice", action=Action.INSERT) == 6


def test_no_term_or_an_event_nobody_knows_is_no_use():
    about = row(person("anna", "order.open"))
    assert rule(about, "billing", policies=(replace(ONE, terms=()),)) == 7
    assert rule(replace(about, events={}), "billing", "invoice") == 7


def test_a_term_ends_at_local_midnight_with_the_month_clamped():
    one = replace(ONE, terms=(Term("contact", "collected", Period(months=1)),))
    about = row(person("anna", "order.open"), events={"collected": datetime(2025, 1, 30, 23, 30, tzinfo=UTC)})
    end = datetime(2025, 2, 27, 23, tzinfo=UTC)
    assert rule(about, "billing", policies=(one,), instant=end - timedelta(microseconds=1)) == 0
    assert rule(about, "billing", policies=(one,), instant=end) == 7


def test_the_term_of_an_account_counts_from_the_last_owner_and_a_guest_from_collection():
    closed = datetime(2026, 2, 9, 12, tzinfo=UTC)
    before = {"closed_at": datetime(2025, 1, 1, tzinfo=UTC)}
    owner = person("anna", "invoice.open", closed_at=closed)
    about = row(owner, person("bram", **before))
    assert rule(about, "billing") == 0
    assert rule(about, "billing", instant=datetime(2026, 3, 10, 23, tzinfo=UTC)) == 7
    guest = row(person("anna", "order.open", has_account=False), events={"collected": closed})
    assert rule(guest, "billing") == 0
    assert rule(guest, "billing", instant=NOW + timedelta(days=1)) == 7


def test_nobody_deletes_within_a_statutes_term_or_under_a_hold():
    anna = person("anna", "invoice.open", request_open=True)
    mine = OpenUse("rights", anna.key)
    fresh = row(anna, table="invoice")
    old = replace(fresh, events={"collected": START, "book_year.end": date(2018, 6, 1)})
    for purpose, opened in (("rights", mine), ("migration", OpenUse("migration"))):
        assert rule(fresh, purpose, "invoice", action=Action.DELETE, use=opened) == 7
        assert rule(old, purpose, "invoice", action=Action.DELETE, use=opened) == 0
        held = replace(old, holds=frozenset({"7"}))
        assert rule(held, purpose, "invoice", action=Action.DELETE, use=opened) == 7
        assert rule(held, purpose, "invoice", action=Action.READ, use=opened) == 0
    assert rule(fresh, "billing", "invoice", action=Action.DELETE, instant=START + timedelta(days=400)) == 7


def test_rights_do_not_delete_while_another_owner_is_present():
    anna = person("anna", request_open=True)
    mine = OpenUse("rights", anna.key)
    assert rule(row(anna, BRAM), "rights", action=Action.DELETE, use=mine) == 7
    assert rule(row(BRAM, left=(anna,)), "rights", action=Action.DELETE, use=mine) == 7
    assert rule(row(BRAM, left=(anna,)), "rights", use=mine) == 0
    assert rule(row(anna, left=(BRAM,)), "rights", action=Action.DELETE, use=mine) == 0


def test_retention_deletes_when_the_terms_of_all_purposes_have_ended():
    gone = person("anna", closed_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert rule(row(gone), "retention", action=Action.DELETE) == 0
    assert rule(row(gone), "retention") == 0
    assert rule(row(ANNA), "retention") == 7
    assert rule(row(replace(gone, restricted=True)), "retention", action=Action.DELETE) == 5
    assert rule(row(gone, holds=frozenset({"7"})), "retention", action=Action.DELETE) == 7
    assert rule(row(gone, table="invoice"), "retention", "invoice", action=Action.DELETE) == 7
    unknown = person("anna", collected_at=None, closed_at=gone.closed_at)
    assert rule(row(unknown), "retention", action=Action.DELETE) == 0
    assert rule(row(gone), "retention", action=Action.INSERT) == 5


def test_a_row_that_lost_its_owner_is_for_retention_only():
    lost = row(events={"collected": JOINED}, table="invoice", holds=frozenset({"7"}))
    assert rule(lost, "billing", "invoice") == 4
    assert rule(lost, "tax", "invoice") == 6
    assert rule(lost, "dispute", "invoice", use=HOLD_7) == 4
    assert rule(row(events={"collected": JOINED}), "retention", action=Action.DELETE) == 0


def test_a_row_that_never_had_an_owner_is_for_the_purpose_that_wrote_it():
    events = {"collected": NOW - timedelta(days=20)}
    address = row(ever_owned=False, written_by="enforce", events=events)
    assert rule(address, "enforce") == 0
    assert rule(address, "security") == 6
    assert rule(address, "enforce", instant=NOW + timedelta(days=20)) == 7
    assert rule(replace(address, events={}), "enforce") == 4
    assert rule(replace(address, written_by="marketing"), "marketing") == 5


def test_a_row_that_is_nobodys_by_nature_is_under_declaration_never_term_and_use():
    visit = row(ownerless=True, events={"collected": NOW - timedelta(days=5)}, given_for={})
    assert rule(visit, "marketing") == 0
    assert rule(visit, "service") == 0
    assert rule(visit, "newsletter", "business") == 2
    assert rule(visit, "marketing", instant=NOW + timedelta(days=40)) == 7
    assert rule(visit, "rights", use=OpenUse("rights", ("customer", "anna"))) == 6


def test_a_statute_passes_versions_and_refusals_and_is_held_to_the_version_in_force():
    one = replace(ONE, uses=without(ONE, "tax"), nevers=(Never("N9", ("invoice",)),))
    anna = person("anna", collected_at=None, stopped=True, objected=frozenset({"tax"}))
    assert rule(row(anna, table="invoice"), "tax", "invoice", policies=(one, later())) == 0


def test_migration_sees_everything_that_is_declared_or_not_with_a_use_open():
    about = row(ANNA, person("bram", restricted=True))
    assert rule(about, "migration", "") == 0
    assert rule(about, "migration", "diagnostic", action=Action.UPDATE) == 0
    assert rule(about, "migration", use=None) == 8


# Writes.


def test_an_insert_needs_the_new_row_and_every_cell_that_it_fills_in():
    anna = person("anna", "order.open", consented=frozenset({"community"}))
    new = row(anna, given_for={"": "community"})
    cells = [ask(new, "community", data, column=data, action=Action.INSERT) for data in ("volunteered", "contact")]
    assert writable([ONE], [], cells, {"volunteered"}) == Permit()
    refused = writable([ONE], [], cells, {"volunteered", "contact"})
    assert isinstance(refused, Refuse)
    assert refused.rule == 1
    other = [replace(cell, row=replace(new, given_for={"": "marketing"})) for cell in cells]
    assert isinstance(writable([ONE], [], other, {"volunteered"}), Refuse)


def test_writing_a_refused_or_masked_cell_back_unchanged_succeeds_and_changing_it_does_not():
    masked = replace(ONE, uses=(*ONE.uses, use("diagnostic", "answer", form=Form.MASKED, actions=ALL)))
    about = row(person("anna", "ticket.open"))
    old = [
        ask(about, "answer", data, column=data, action=Action.UPDATE) for data in ("contact", "business", "diagnostic")
    ]
    assert writable([masked], old, old) == Permit()
    assert writable([masked], old, old, {"contact"}) == Permit()
    assert isinstance(writable([masked], old, old, {"business"}), Refuse)
    assert isinstance(writable([masked], old, old, {"diagnostic"}), Refuse)


def test_an_update_needs_the_old_row_and_the_new_one_to_pass():
    mine, other = row(person("anna", "ticket.open")), row(BRAM)
    old, new = (ask(r, "answer", action=Action.UPDATE) for r in (mine, other))
    assert writable([ONE], [old], [old], {"value"}) == Permit()
    assert isinstance(writable([ONE], [old], [new], {"value"}), Refuse)
    assert isinstance(writable([ONE], [new], [old], {"value"}), Refuse)


def test_what_a_value_was_given_for_never_changes_not_even_by_rights():
    anna = person("anna", request_open=True)
    old = ask(row(anna, given_for={"": "community"}), "rights", "volunteered", action=Action.UPDATE,
              use=OpenUse("rights", anna.key))  # fmt: skip
    assert writable([ONE], [old], [old], {"value"}) == Permit()
    new = replace(old, row=replace(old.row, given_for={"": "marketing"}))
    answer = writable([ONE], [old], [new], {"value"})
    assert isinstance(answer, Refuse)
    assert answer.rule == 3


def test_a_delete_needs_every_cell_and_every_row_that_goes_with_it():
    anna = person("anna", "order.open")
    cells = [
        ask(row(anna), "account", column=column, action=Action.DELETE, use=OpenUse("account", anna.key))
        for column in "ab"
    ]
    assert writable([ONE], cells, []) == Permit()
    child = replace(cells[0], categories=frozenset({"invoice"}))
    assert isinstance(writable([ONE], [*cells, child], []), Refuse)
    assert isinstance(writable([ONE], [], []), Refuse)


def test_the_meaning_fits_on_a_page():
    assert len(Path(meaning.__file__).read_text().splitlines()) <= 130
