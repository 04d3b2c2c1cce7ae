"""What stands between an application and people who said no, or whose address is in doubt, taken away by piece."""

from __future__ import annotations

import pytest

from houvast.database import Connection
from houvast.proof import Outcome, Report
from tests.proof.conftest import Sabotage
from tests.proof.staged import Staged
from tests.proof.weakenings import trigger

SORTS = {"C13": "message", "C37": "doubt"}
TRIGGERS = {
    "addresses that come back": ("C13", "contact", "hv_address_contact_changed", "comes with an address that objected"),
    "objections that are remembered": ("C13", "houvast.stand", "hv_remember", "comes with an address that objected"),
    "doubt that reaches the rows": ("C37", "houvast.stand", "hv_stand", "mail came back three times"),
}
FUNCTIONS = {
    "the check of a message": (
        "C13", "may_send(text, text, text)",
        "CREATE OR REPLACE FUNCTION houvast.may_send(kind text, key text, purpose text) RETURNS text"
        " LANGUAGE sql AS $$ SELECT 'consent' $$",
        "a message to somebody who objected",
    ),
    "the link in a message": (
        "C13", "opt_out(uuid)",
        "CREATE OR REPLACE FUNCTION houvast.opt_out(code uuid) RETURNS void LANGUAGE sql AS $$ SELECT $$",
        "may_mail shows somebody who followed the link",
    ),
    "the count of bounces": (
        "C37", "bounced(text, text, text, boolean)",
        "CREATE OR REPLACE FUNCTION houvast.bounced(kind text, key text, sort text DEFAULT 'email',"
        " letter boolean DEFAULT false) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
        "a letter came back",
    ),
}  # fmt: skip


def failed(staged: Staged, promise: str) -> str:
    """The names of the attempts on messages or doubts that fail."""
    return "; ".join(one.name for one in staged.failed(promise, SORTS[promise]))


@pytest.mark.parametrize("way", TRIGGERS)
def test_a_trigger_that_is_off_is_found_out(staged: Staged, sabotaged: Sabotage, way: str) -> None:
    promise, table, name, words = TRIGGERS[way]
    with sabotaged(*trigger(table, name)):
        assert words in failed(staged, promise)


@pytest.mark.parametrize("way", FUNCTIONS)
def test_a_function_that_does_nothing_is_found_out(
    staged: Staged, administrator: Connection, sabotaged: Sabotage, way: str
) -> None:
    promise, name, weak, words = FUNCTIONS[way]
    ((was,),) = administrator.execute("SELECT pg_get_functiondef(%s::regprocedure)", (f"houvast.{name}",))
    with sabotaged(weak, was):
        assert words in failed(staged, promise)


@pytest.mark.parametrize(("promise", "outcome"), [("C13", Outcome.NOT_YET_KEPT), ("C37", Outcome.HELD)])
def test_every_attempt_goes_as_promised(report: Report, promise: str, outcome: Outcome) -> None:
    proof = report.of(promise)
    assert [(a.name, a.seen) for a in proof.failed] == []
    assert proof.outcome is outcome
    assert len([a for a in proof.attempts if a.sort == SORTS[promise]]) >= 5
