"""Edges of the meaning at which two readings would differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from houvast.policy.model import Action, Category, Never, Period, Purpose, Term
from houvast.policy.world import OpenUse
from tests.policy.scenes import (
    ANNA,
    BRAM,
    CLOSED,
    HOLD_7,
    JOINED,
    NOW,
    ONE,
    PURPOSES,
    SECOND,
    THIRD,
    later,
    person,
    row,
    rule,
    use,
    without,
)


def test_a_row_that_is_nobodys_by_nature_is_held_to_the_version_in_force_and_given_for_nothing():
    visit = row(ownerless=True, events={"collected": NOW})
    open_ended = (*ONE.terms[:3], Term("volunteered", "collected", Period(days=1)))
    assert rule(visit, "community", "volunteered", policies=(replace(ONE, terms=open_ended),)) == 0
    added = (replace(ONE, uses=without(ONE, "enforce"), nevers=(Never("N", ("contact",)),)), later())
    assert rule(visit, "enforce", policies=added) == 0
    assert rule(replace(visit, ownerless=False, owners=((ANNA, True),)), "enforce", policies=added) == 2


def test_a_statute_beats_a_never_and_a_stop_in_the_version_in_force():
    stopped = person("anna", stopped=True)
    purposes = PURPOSES | {"tax": Purpose("tax", service=True)}
    one = replace(ONE, nevers=(Never("N9", ("invoice",)),), purposes=purposes)
    assert rule(row(stopped, table="invoice"), "tax", "invoice", policies=(one,)) == 0
    uses = tuple(replace(u, statute="") if "tax" in u.purposes else u for u in one.uses)
    unlawful = replace(one, uses=uses, nevers=())
    assert rule(row(stopped, table="invoice"), "tax", "invoice", policies=(unlawful,)) == 5


def test_a_use_survives_closing_only_if_every_version_says_so():
    closed = person("anna", closed_at=datetime(2026, 3, 1, tzinfo=UTC))
    mortal = replace(ONE, uses=(use("contact", "enforce", "legitimate interest"),))
    assert rule(row(closed), "enforce", policies=(mortal, later())) == 5
    accepted = replace(closed, accepted=frozenset({2}))
    assert rule(row(accepted), "enforce", policies=(mortal, later())) == 0


def test_every_basis_of_every_version_stands():
    two = later(uses=(use("contact", "enforce"),))
    objector = person("anna", objected=frozenset({"enforce"}))
    assert rule(row(objector), "enforce", policies=(ONE, two)) == 5
    assert rule(row(replace(objector, accepted=frozenset({2}))), "enforce", policies=(ONE, two)) == 0


def test_what_no_purpose_uses_is_kept_for_its_common_term_and_without_a_term_for_ever():
    gone = row(
        person("anna", closed_at=CLOSED),
        table="diagnostic",
        events={"ticket.closed": NOW, "collected": JOINED},
    )
    unused = replace(ONE, uses=without(ONE, "support"))
    assert rule(gone, "retention", "diagnostic", policies=(unused,), action=Action.DELETE) == 7
    past = replace(gone, events={"ticket.closed": JOINED})
    assert rule(past, "retention", "diagnostic", policies=(unused,), action=Action.DELETE) == 0
    termless = replace(unused, terms=())
    assert rule(past, "retention", "diagnostic", policies=(termless,), action=Action.DELETE) == 7


def test_retention_does_not_even_read_what_a_hold_or_a_statute_keeps():
    gone = person("anna", closed_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert rule(row(gone), "retention") == 0
    assert rule(row(gone, holds=frozenset({"7"})), "retention") == 7


def test_a_contested_value_is_kept_from_retention_and_statutes_but_not_from_claims():
    gone = person("anna", closed_at=datetime(2020, 1, 1, tzinfo=UTC), contested=frozenset({"invoice.value"}))
    about = row(gone, table="invoice", holds=frozenset({"7"}))
    assert rule(about, "tax", "invoice") == 5
    assert rule(replace(about, holds=frozenset()), "retention", "invoice", action=Action.DELETE) == 5
    assert rule(about, "dispute", "invoice", use=HOLD_7) == 0


def test_what_was_volunteered_under_one_version_stays_so_for_the_silent():
    plain = later(categories={**ONE.categories, "volunteered": Category("volunteered")})
    photo = row(person("anna", consented=frozenset({"marketing"})), given_for={"": "community"})
    assert rule(photo, "marketing", "volunteered", policies=(ONE, plain)) == 3


def test_an_older_version_accepted_later_is_still_the_base():
    versions = (replace(ONE, uses=without(ONE, "enforce")), later())
    assert rule(row(person("anna", collected_at=THIRD)), "enforce", policies=versions) == 0
    nostalgic = person("anna", collected_at=THIRD, accepted=frozenset({1}))
    assert rule(row(nostalgic), "enforce", policies=versions) == 4


def test_an_objection_to_marketing_outlives_the_purpose_that_it_named():
    two = later(
        purposes={name: p for name, p in PURPOSES.items() if name != "newsletter"},
        uses=without(ONE, "newsletter"),
    )
    anna = person(
        "anna",
        accepted=frozenset({2}),
        consented=frozenset({"marketing"}),
        objected=frozenset({"newsletter"}),
    )
    assert rule(row(anna), "marketing", policies=(ONE, two)) == 5
    assert rule(row(replace(anna, objected=frozenset())), "marketing", policies=(ONE, two)) == 0


def test_a_row_without_an_owner_yet_counts_from_collection_whatever_the_event():
    events = {"collected": datetime(2026, 3, 1, tzinfo=UTC), "ticket.closed": None}
    one = replace(ONE, terms=(Term("contact", "ticket.closed", Period(days=5)),))
    lone = row(ever_owned=False, written_by="enforce", events=events)
    assert rule(lone, "enforce", policies=(one,)) == 7
    assert rule(replace(lone, owners=((ANNA, True),)), "enforce", policies=(one,)) == 0


def test_a_day_begins_at_local_midnight():
    one = replace(ONE, terms=(Term("contact", "collected", Period(days=1)),))
    late = row(person("anna", "order.open"), events={"collected": datetime(2025, 7, 1, 22, 30, tzinfo=UTC)})
    last = datetime(2025, 7, 2, 22, tzinfo=UTC) - timedelta(seconds=1)
    assert rule(late, "billing", policies=(one,), instant=last) == 0
    assert rule(late, "billing", policies=(one,), instant=last + timedelta(seconds=1)) == 7


def test_a_book_year_ends_on_new_years_day_of_its_time_zone():
    one = replace(ONE, terms=(Term("contact", "book_year.end", Period()),))
    for dated in (date(2024, 1, 1), date(2024, 12, 31), datetime(2023, 12, 31, 23, 30, tzinfo=UTC)):
        about = row(person("anna", "order.open"), events={"book_year.end": dated})
        end = datetime(2024, 12, 31, 23, tzinfo=UTC)
        assert rule(about, "billing", policies=(one,), instant=end - timedelta(seconds=1)) == 0
        assert rule(about, "billing", policies=(one,), instant=end) == 7


def test_a_request_opens_identification_for_that_person_and_a_hold_for_that_case():
    purposes = PURPOSES | {"identify": Purpose("identify", one="person", compelling=True)}
    identify = use("contact", "identify", "legitimate interest", when="request.open")
    claims = use("contact", "dispute", "legitimate interest", when="hold.open")
    one = replace(ONE, purposes=purposes, uses=(identify, claims))
    asking = person("anna", request_open=True)
    mine = OpenUse("identify", asking.key)
    assert rule(row(asking, BRAM), "identify", policies=(one,), use=mine) == 0
    assert rule(row(ANNA, person("bram", request_open=True)), "identify", policies=(one,), use=mine) == 6
    assert rule(row(ANNA, holds=frozenset({"7"})), "dispute", policies=(one,), use=HOLD_7) == 0
    assert rule(row(ANNA, holds=frozenset({"8"})), "dispute", policies=(one,), use=HOLD_7) == 6


def test_a_use_without_a_legal_basis_is_not_declared():
    baseless = replace(ONE, uses=(replace(use("contact", "enforce"), basis=()),))
    assert rule(row(ANNA), "enforce", policies=(baseless,)) == 1
    assert rule(row(ANNA), "enforce", policies=(ONE, later(uses=baseless.uses, effective=SECOND))) == 1
