"""`plan`, `apply`, `drift`, `unapply` and `demo` on a small sample company."""

from __future__ import annotations

import json

import pytest

from houvast.app import Demo
from houvast.database import connect
from tests.cli.calling import Shell
from tests.cli.conftest import PEOPLE


def test_nothing_applied_is_no_absence_of_drift(houvast: Shell, demo: Demo) -> None:
    said = houvast("drift")
    assert said.code == 1
    assert "No policy was applied" in said.err


def test_unapply_without_a_policy_is_a_refusal(houvast: Shell, demo: Demo) -> None:
    assert houvast("unapply").code == 1


def test_plan_apply_drift_and_unapply_go_round(houvast: Shell, demo: Demo) -> None:
    planned = json.loads(houvast("plan", "--json").out)
    assert planned["first"]
    assert len(planned["steps"]) > 100
    assert all(step["promise"] for step in planned["steps"])
    applied = houvast("apply")
    assert applied.code == 0
    assert "each purpose sees what it may, and no more." in applied.out
    assert json.loads(houvast("plan", "--json").out)["steps"] == []
    assert "nothing was changed" in houvast("apply").out
    assert houvast("drift").out == "No drift.\n"
    assert houvast("unapply").code == 0
    assert json.loads(houvast("plan", "--json").out)["steps"] == planned["steps"]


def test_drift_is_exit_1_and_names_what_was_granted(houvast: Shell, applied: Demo) -> None:
    with connect(applied.url()) as database:
        database.execute("GRANT SELECT ON contact TO analytics")
    found = houvast("drift", "--json")
    assert found.code == 1
    assert any("analytics" in one["detail"] + one["identity"] for one in json.loads(found.out)["drift"])
    assert "analytics" in houvast("drift").out
    with connect(applied.url()) as database:
        database.execute("REVOKE SELECT ON contact FROM analytics")


def test_many_steps_are_counted_and_all_of_them_can_be_listed(houvast: Shell, demo: Demo) -> None:
    assert "--all lists every step" in houvast("plan").out
    assert "policy hv_answer_read on contact" in houvast("plan", "--all").out


def test_the_portable_profile_is_named_by_plan(houvast: Shell, demo: Demo) -> None:
    assert houvast("plan", "--profile", "portable").out.startswith("Profile: portable.")


def test_a_login_without_rights_may_not_apply(houvast: Shell, demo: Demo) -> None:
    said = houvast("apply", "--database", demo.url("support"))
    assert said.code == 1
    assert "may not apply" in said.err
    assert "Traceback" not in said.err


def test_an_unknown_purpose_table_or_column_gets_a_suggestion(houvast: Shell, demo: Demo) -> None:
    for words, suggestion in (
        (("explain", "answr", "contact"), "answer"),
        (("explain", "answer", "contacts.email"), "contact"),
        (("explain", "answer", "contact.emial"), "email"),
    ):
        said = houvast(*words)
        assert said.code == 2
        assert f"Did you mean `{suggestion}`?" in said.err


def test_a_promise_that_is_not_there_is_wrong_usage(houvast: Shell, demo: Demo) -> None:
    said = houvast("prove", "C100")
    assert said.code == 2
    assert "C100" in said.err


def test_explain_says_what_a_purpose_may_read_and_under_which_promise(houvast: Shell, demo: Demo) -> None:
    said = houvast("explain", "answer", "contact.email")
    assert said.code == 0
    assert "while ticket.open" in said.out
    assert "C10" in said.out


def test_explain_before_the_first_version_names_the_effective_date(houvast: Shell, demo: Demo) -> None:
    said = houvast("explain", "answer", "contact.email", "--as-of", "2018-05-24", "--json")
    (answer,) = json.loads(said.out)["answers"]
    assert not answer["permitted"]


def test_a_login_that_is_not_there_gets_a_suggestion(houvast: Shell, demo: Demo) -> None:
    said = houvast("psql", "suport")
    assert said.code == 2
    assert "Did you mean `support`?" in said.err


def test_another_number_of_people_is_not_made_silently(houvast: Shell, demo: Demo) -> None:
    said = houvast("demo", "--people", str(PEOPLE + 1))
    assert said.code == 2
    assert f"has {PEOPLE} people" in said.err
    assert demo.people() == PEOPLE


def test_a_stopped_demo_is_started_when_it_is_needed(houvast: Shell, demo: Demo) -> None:
    assert "was stopped" in houvast("demo", "--stop").out
    assert not demo.server.running
    assert "was not running" in houvast("demo", "--stop").out
    assert houvast("plan").code == 0
    assert demo.server.running


@pytest.mark.usefixtures("nobodys_home")
def test_commands_on_a_database_do_not_make_a_demo(houvast: Shell) -> None:
    for words in (("plan",), ("apply",), ("unapply",), ("drift",), ("psql", "support"), ("prove",)):
        assert houvast(*words).code == 1
