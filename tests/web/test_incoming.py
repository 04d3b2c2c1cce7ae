"""Mail to the address for privacy on the officer's pages: a proposal, until somebody says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from houvast.app import intake
from houvast.database import Connection
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM
from tests.web.conftest import Enter, Staff
from tests.web.test_cases import _post  # pyright: ignore[reportPrivateUsage]

MAILS = Path(__file__).parents[1] / "cases" / "mails"


def take(admin: Connection, name: str, mark: str) -> int:
    """One of the sixty mails, made another by a mark below it."""
    number = intake.take(admin, (MAILS / f"{name}.eml").read_bytes() + f"\r\n{mark}\r\n".encode())
    assert number
    return number


def test_a_mail_shows_no_words_until_it_is_opened_and_becomes_a_request(enter: Enter, admin: Connection) -> None:
    number = take(admin, "nl-09", "accept")
    officer = enter("incoming-accept", "officer")
    assert f"Mail {number}" in officer.get("/en/desk/incoming/").text
    path = f"/en/desk/incoming/{number}/"
    shown = officer.get(path).text
    assert "stop the use of your data" in shown
    assert "niet langer" in shown  # the phrase of the lexicon, not the mail
    for word in ("pietvandam", "schoonzoon"):
        assert word not in shown
    status, text = _post(officer, path, {"do": "open", "reason": "reading the post"})
    assert (status, "pietvandam1941@example.net" in text, "schoonzoon" in text) == (200, True, True)
    assert "It proves nothing" in text
    refused = _post(officer, path, {"do": "accept", "right": "stop"})[1]
    assert "is of somebody" in refused
    assert "obody is known" in _post(officer, path, {"do": "accept", "right": "stop", "person": "\0'"})[1]
    ((key,),) = admin.execute("SELECT min(key) FROM houvast.person WHERE kind = 'customer'").fetchall()
    _post(officer, path, {"do": "accept", "right": "stop", "person": f"customer:{key}"})
    row = admin.execute(
        'SELECT q."right", q.channel, q.state, q.verified_at, q.received_at = i.received_at FROM houvast.request q'
        " JOIN houvast.incoming i ON q.id = ANY (i.requests) WHERE i.id = %s",
        (number,),
    ).fetchone()
    assert row == ("stop", "mail", "acknowledged", None, True)
    assert "A request was made of it" in officer.get(path).text


def test_a_mail_that_is_no_request_is_set_aside_with_one_click(enter: Enter, admin: Connection) -> None:
    number = take(admin, "nl-16", "dismiss")
    officer = enter("incoming-dismiss", "officer")
    path = f"/desk/incoming/{number}/"
    assert "niets over gegevens gevraagd" in officer.get(path).text
    assert _post(officer, path, {"do": "dismiss", "why": "a whim"})[1].count("Dit kan niet.") == 1
    _post(officer, path, {"do": "dismiss", "why": "not_request"})
    assert "Geen verzoek: er wordt niets over gegevens gevraagd" in officer.get(path).text
    assert _post(officer, path, {"do": "vanish"})[0] == 404


def test_only_officers_act_and_auditors_look(enter: Enter, admin: Connection) -> None:
    path = f"/desk/incoming/{take(admin, 'en-01', 'roles')}/"
    assert enter("incoming-support", "support").get(path).status == 403
    auditor = enter("incoming-auditor", "auditor")
    assert auditor.get(path).status == 200
    assert auditor.post(path, {"do": "open", "reason": "curious"}).status == 403
    assert auditor.get("/desk/incoming/999999/").status == 404


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_the_pages_of_mail_are_clean_and_not_too_wide(
    staff: Staff, admin: Connection, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    number = take(admin, "nl-14", f"look {scheme}")
    officer = staff(f"incoming-{scheme}", viewport=viewport, scheme=scheme)
    page = officer.page
    for path in ("/desk/requests/", "/desk/incoming/", f"/desk/incoming/{number}/"):
        officer.go(prefix + path)
        assert page.url.endswith(path)
        assert (path, officer.faults()) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        officer.shot(f"incoming-{path.strip('/').replace('/', '-')}-{scheme}")
    page.fill("[name=reason]", "reading the post")
    page.click("main button[value=open]")
    assert officer.faults() == []
    assert "LAATSTE WAARSCHUWING" in page.locator("blockquote").inner_text()
    assert page.locator("[name=right]:checked").count() == 3
    officer.shot(f"incoming-opened-{scheme}")
