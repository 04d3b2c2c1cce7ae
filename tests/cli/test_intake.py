"""`houvast request intake`: mail from a file becomes a proposal, and by one command a request or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from houvast.app import Demo
from houvast.database import connect
from tests.cli.calling import Shell
from tests.cli.test_cases import somebody

MAILS = Path(__file__).parents[1] / "cases" / "mails"


def add(houvast: Shell, name: str) -> int:
    """Take one of the sixty mails in; its number."""
    said = houvast("request", "intake", "add", str(MAILS / f"{name}.eml"), "--json")
    assert said.code == 0, said.err
    return int(json.loads(said.out)["number"])


def test_a_mail_becomes_requests_by_one_command(houvast: Shell, kept: Demo) -> None:
    number = add(houvast, "de-10")
    assert "taken in before" in houvast("request", "intake", "add", str(MAILS / "de-10.eml")).out
    shown = json.loads(houvast("request", "intake", "show", str(number), "--json").out)
    assert (shown["rights"], shown["language"], shown["state"]) == (["closing", "erasure"], "de", "new")
    assert "timo" not in str(shown).lower()
    said = houvast("request", "intake", "show", str(number), "--reason", "reading the post").out
    assert "says it is from: timo@example.com" in said
    assert "kündigt mein Kundenkonto" in said
    assert "closing, erasure" in houvast("request", "intake", "list").out
    assert "is of somebody" in houvast("request", "intake", "accept", str(number)).err
    made = json.loads(houvast("request", "intake", "accept", str(number), somebody(kept), "--json").out)["requests"]
    assert len(made) == 2
    for one in made:
        case = json.loads(houvast("request", "show", str(one["number"]), "--json").out)
        assert (case["channel"], case["language"], case["verified"], case["state"]) == (
            "mail",
            "en",
            False,
            "acknowledged",
        )
    again = houvast("request", "intake", "accept", str(number), somebody(kept))
    assert (again.code, "it was decided" in again.err) == (1, True)
    with connect(kept.url()) as admin:
        rows = admin.execute("SELECT template FROM houvast.outgoing WHERE address = 'timo@example.com'").fetchall()
    assert rows == [("mail_received_both",)]


def test_a_complaint_needs_no_person_and_is_answered_to_whom_it_came_from(houvast: Shell, kept: Demo) -> None:
    number = add(houvast, "en-12")
    assert houvast("request", "intake", "accept", str(number)).code == 0
    with connect(kept.url()) as admin:
        rows = admin.execute(
            "SELECT template FROM houvast.outgoing WHERE address = 'cross@example.net' ORDER BY queued_at"
        ).fetchall()
    assert rows == [("mail_received",), ("letter",)]


@pytest.mark.usefixtures("kept")
def test_what_is_no_request_is_set_aside_for_a_reason(houvast: Shell) -> None:
    number = add(houvast, "en-17")
    assert houvast("request", "intake", "dismiss", str(number), "--why", "a whim").code == 2
    assert "no request (spam)" in houvast("request", "intake", "dismiss", str(number), "--why", "spam").out
    assert f'"number": {number}' not in houvast("request", "intake", "list", "--json").out
    assert "dismissed" in houvast("request", "intake", "list", "--all").out


@pytest.mark.usefixtures("kept")
def test_what_is_no_mail_is_said_and_nothing_is_taken_in(houvast: Shell, tmp_path: Path) -> None:
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b" \n")
    for file in (empty, tmp_path / "nowhere.eml", tmp_path):
        assert houvast("request", "intake", "add", str(file)).code == 2
    assert houvast("request", "intake", "show", "999999").code == 1
    assert houvast("request", "intake", "accept", "999999", "--right", "question").code == 1
