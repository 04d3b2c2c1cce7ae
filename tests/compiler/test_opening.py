"""Whoever writes a case opens nobody to themselves by it; whoever writes a link makes no row of others theirs (promises C10, C08)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from houvast.compiler.explain import explain
from houvast.datamap.model import ANYBODY
from houvast.errors import FileErrors
from houvast.policy.model import Action, Basis, Purpose, Use
from tests.compiler import whole
from tests.compiler.asking import Refused, column, keep, rows
from tests.compiler.company import Company, seen
from tests.compiler.small import OFFICE, SUPPORT
from tests.compiler.whole import DESK, SHOP

XANDRA = "INSERT INTO ticket (account_id, subject) VALUES (3, 'Called by telephone')"
SUBJECTS = "SELECT account_id FROM ticket WHERE closed_at IS NULL ORDER BY 1"
MAKERS = "SELECT case_key, maker::text FROM houvast.c_ticket_open ORDER BY 1"


def test_a_case_that_a_login_wrote_shows_itself_and_nothing_of_the_person(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    assert seen(session) == [1]
    rows(session, XANDRA)
    assert (seen(session), column(session, SUBJECTS)) == ([1], [1, 3])
    rows(session, "INSERT INTO message (id, ticket_id, body) SELECT 9, id, 'Noted' FROM ticket WHERE account_id = 3")
    assert column(session, "SELECT id FROM message ORDER BY 1") == [1, 9]
    assert seen(either_company.using(SUPPORT, "answer")) == [1]  # nor in another session of that login
    assert seen(either_company.using(OFFICE, "answer")) == [1, 3]


def test_a_case_that_is_moved_opens_nobody(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    rows(session, "UPDATE ticket SET account_id = 3 WHERE id = 1")
    assert (seen(session), seen(either_company.using(OFFICE, "answer"))) == ([], [3])


def test_another_login_lets_it_count(company: Company) -> None:
    session, other = company.using(SUPPORT, "answer"), company.using(OFFICE, "answer")
    rows(session, XANDRA)
    rows(other, XANDRA)
    assert seen(session) == [1, 3]
    assert seen(other) == [1, 3]


def test_whom_a_login_sees_already_it_goes_on_seeing_by_a_case_of_its_own(company: Company) -> None:
    session = company.using(SUPPORT, "answer")
    rows(session, "INSERT INTO ticket (account_id, subject) VALUES (1, 'And another thing')")
    rows(session, "UPDATE ticket SET closed_at = now() WHERE id = 1")
    assert seen(session) == [1]


def test_nobody_knows_who_opened_what_was_there_and_what_a_superuser_writes(company: Company) -> None:
    company.do(XANDRA)
    assert company.do(MAKERS) == [(1, None), (100, None)]
    rows(company.using(SUPPORT, "answer"), XANDRA)
    assert company.do(MAKERS)[-1] == (101, None)  # open already: by the case before
    company.do("DELETE FROM ticket WHERE account_id = 3")
    rows(company.using(SUPPORT, "answer"), XANDRA)
    assert company.do(MAKERS)[-1] == (102, SUPPORT)


def test_who_opened_a_case_is_nobodys_to_change(company: Company) -> None:
    session = company.using(SUPPORT, "answer")
    rows(session, XANDRA)
    with pytest.raises(Refused):
        rows(session, "UPDATE houvast.c_ticket_open SET maker = NULL")


def test_a_map_may_let_everybody_open(company: Company) -> None:
    found = whole.datamap(company.name, "wf")
    own = {name: replace(one, opened_by=ANYBODY) for name, one in found.circumstances.items()}
    keep(company.server.url(company.name), [whole.policy()], replace(found, circumstances=own), weaken=True)
    session = company.using(SUPPORT, "answer")
    rows(session, XANDRA)
    assert seen(session) == [1, 3]


def links(company: Company, *purposes: str) -> None:
    """The policy in which these purposes may write links."""
    found = whole.policy()
    one = {"account": Purpose("account", one="person", promise="C08")}
    both = (Action.READ, Action.INSERT, Action.UPDATE)
    uses = (
        Use("U11", ("contact",), purposes, (Basis.CONTRACT,), both, promise="C08"),
        *(u for u in found.uses if u.id != "U11"),
    )
    changed = replace(found, uses=uses, purposes={**found.purposes, **one})
    keep(
        company.server.url(company.name),
        [changed],
        whole.datamap(company.name, f"w{company.profile[0]}"),
        profile=company.profile,
        weaken=True,
    )


HOMES = "SELECT id FROM household ORDER BY 1"


def test_a_link_leads_to_what_the_use_shows(either_company: Company) -> None:
    links(either_company, "account")
    session = either_company.using(DESK, "account", person=3)
    with pytest.raises(Refused):
        rows(session, "INSERT INTO household_member VALUES (3, 1, 3)")
    assert column(session, HOMES) == []
    with pytest.raises(Refused):
        rows(either_company.using(DESK, "account", person=1), "INSERT INTO household_member VALUES (3, 1, 3)")


def test_who_sees_the_row_may_let_others_in(company: Company) -> None:
    session = company.using(SHOP, "order")
    rows(session, "INSERT INTO household_member VALUES (3, 1, 3)")
    rows(session, "INSERT INTO household (id, street) VALUES (7, 'Kade 7')")  # nobody's yet
    rows(session, "INSERT INTO household_member VALUES (4, 7, 3)")
    found = company.do("SELECT row_key, person FROM houvast.o_household ORDER BY 1, 2")
    assert found == [(1, 1), (1, 2), (1, 3), (7, 3)]


def test_a_link_that_ended_does_not_begin_again(either_company: Company) -> None:
    links(either_company, "account")
    session = either_company.using(DESK, "account", person=1)
    rows(session, "UPDATE household_member SET left_at = now()")
    with pytest.raises(Refused, match="a link does not come to say"):
        rows(session, "UPDATE household_member SET left_at = NULL")
    either_company.do("UPDATE household_member SET left_at = NULL")  # who keeps the tables may


def test_a_link_table_that_anybody_writes_is_refused(company: Company) -> None:
    found = whole.datamap(company.name, "wf")
    free = replace(found.tables["household_member"], personal=False, columns={}, owners=(), writers=("account",))
    with pytest.raises(FileErrors, match="may write it freely"):
        keep(
            company.server.url(company.name),
            [whole.policy()],
            replace(found, tables={**found.tables, "household_member": free}),
        )


def test_it_is_explained_to_whom_a_case_shows_itself_alone(company: Company) -> None:
    rows(company.using(SUPPORT, "answer"), XANDRA)
    found = explain(
        company.admin,
        [whole.policy()],
        whole.datamap(company.name, "wf"),
        purpose="answer",
        table="contact",
        person="3",
    )
    assert found.note == f"To login `{SUPPORT}`, which opened it, a case of `ticket.open` shows itself alone."
