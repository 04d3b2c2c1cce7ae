"""Text that is hidden, on the officer's pages: where and what; the text for a reason; a decision with a code."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from houvast.app import intake
from houvast.database import Connection, connect
from tests.compiler.staffing import code_of, enrolled
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM
from tests.web.conftest import Enter, Kept, Staff
from tests.web.test_cases import _post  # pyright: ignore[reportPrivateUsage]

PATH = "/en/desk/flagged/"
HEALTH = "Sinds mijn operatie heb ik diabetes. De printer start niet."


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    """The administrator; the messages of these tests go again."""
    with connect(kept.target.url) as found:
        yield found
        found.execute("DELETE FROM ticket_message WHERE author = 'test_flagged'")


def write(admin: Connection, text: str = HEALTH) -> int:
    """The number of the flag of a new message."""
    admin.execute(
        "INSERT INTO ticket_message (ticket_id, author, body, sent_at)"
        " SELECT min(id), 'test_flagged', %s, now() FROM ticket WHERE closed_at IS NULL",
        (text,),
    )
    row = admin.execute("SELECT max(id) FROM houvast.flagged WHERE state = 'open'").fetchone()
    assert row
    return row[0]


def state(admin: Connection, number: int) -> tuple[str, str]:
    row = admin.execute("SELECT state, ground FROM houvast.flagged WHERE id = %s", (number,)).fetchone()
    assert row
    return row[0], row[1]


def test_a_text_is_shown_for_a_reason_and_its_words_taken_out_with_a_code(enter: Enter, admin: Connection) -> None:
    number = write(admin)
    officer = enter("flagged-officer", "officer")
    enrolled(admin, "flagged-officer")
    listed = officer.get(PATH).text
    assert f"Text {number}" in listed
    assert "ticket_message.body" in listed
    assert "diabetes" not in listed
    path = f"{PATH}{number}/"
    assert "diabetes" not in officer.get(path).text
    assert "This cannot be done" in _post(officer, path, {"do": "open", "reason": "mail of jan@lakana.example"})[1]
    assert "diabetes" in _post(officer, path, {"do": "open", "reason": "a flag of today"})[1]
    uses = admin.execute("SELECT count(*) FROM houvast.use WHERE reason = 'a flag of today' AND person IS NOT NULL")
    assert uses.fetchone() == (1,)
    assert "This cannot be done" in _post(officer, path, {"do": "redacted", "code": "000000"})[1]
    assert state(admin, number) == ("open", "")
    assert _post(officer, path, {"do": "redacted", "code": code_of(admin, "flagged-officer")})[0] == 302
    assert state(admin, number) == ("redacted", "")
    body = admin.execute("SELECT body FROM ticket_message WHERE author = 'test_flagged'").fetchone()
    assert body == ("Sinds mijn [...] heb ik [...]. De printer start niet.",)
    assert "were taken out" in officer.get(path).text


def test_a_text_stays_on_a_ground_by_an_officer_alone(enter: Enter, admin: Connection) -> None:
    number = write(admin)
    path = f"/desk/flagged/{number}/"
    assert enter("flagged-support", "support").get(path).status == 403
    auditor = enter("flagged-auditor", "auditor")
    assert 'name="code"' not in auditor.get(path).text
    officer = enter("flagged-keeper", "officer")
    enrolled(admin, "flagged-keeper")
    assert _post(officer, path, {"do": "vanish"})[0] == 404
    code = {"do": "kept", "ground": "mistaken"}
    assert "Dit kan niet" in _post(officer, path, {**code, "code": code_of(admin, "flagged-keeper")})[1]
    assert "diabetes" in _post(officer, path, {"do": "open", "reason": "nakijken"})[1]
    admin.execute("UPDATE houvast.staff SET last_step = 0")
    assert _post(officer, path, {**code, "code": code_of(admin, "flagged-keeper")})[0] == 302
    assert state(admin, number) == ("kept", "mistaken")
    assert "het is niet wat het leek" in officer.get(path).text
    assert officer.get("/desk/flagged/999999/").status == 404


def test_a_mail_says_what_kinds_stand_in_it_before_it_is_opened(enter: Enter, admin: Connection) -> None:
    number = intake.take(
        admin, b"From: a@mail.example\r\nSubject: stop\r\n\r\n" + HEALTH.encode() + b" BSN 123456782\r\n"
    )
    shown = enter("flagged-mail", "officer").get(f"/en/desk/incoming/{number}/").text
    assert "Citizen service numbers (BSN), special categories of data" in shown
    assert "diabetes" not in shown


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_the_pages_are_clean(
    staff: Staff, admin: Connection, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    number = write(admin)
    officer = staff(f"flagged-{scheme}", viewport=viewport, scheme=scheme)
    page = officer.page
    for path in ("/desk/flagged/", f"/desk/flagged/{number}/"):
        officer.go(prefix + path)
        assert (path, officer.faults()) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        officer.shot(f"flagged-{'list' if path.endswith('flagged/') else 'one'}-{scheme}")
