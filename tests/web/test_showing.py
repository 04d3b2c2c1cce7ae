"""The officer sees a copy before it goes out, in both views, and judges what goes of it."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Generator
from pathlib import Path

import pytest

from houvast.app.copying import copy_to
from houvast.app.settings import load_settings
from houvast.database import Connection
from houvast.worker.preparer import Preparer
from tests.web.asking import Answer, Reader
from tests.web.browsing import DESKTOP, IN_TURN, NEEDS_CHROMIUM
from tests.web.conftest import Enter, Kept, Staff
from tests.web.visiting import come_in, customer

SECRET = "Zacharias <Onbekend>"
PIXELS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def asked(admin: Connection) -> Generator[tuple[int, str]]:
    """A request for access of a contact person that was checked: its number, and whose it is."""
    (key,), (other,) = admin.execute("SELECT id FROM business_contact ORDER BY id LIMIT 2").fetchall()
    (colleague,) = admin.execute("SELECT full_name FROM business_contact WHERE id = %s", (other,)).fetchone() or ("",)
    (was,) = admin.execute("SELECT notes FROM engagement WHERE business_contact_id = %s", (key,)).fetchone() or ("",)
    note = f"Call {SECRET} first; {colleague} pays."
    admin.execute("UPDATE engagement SET notes = %s, terms = 'net 30' WHERE business_contact_id = %s", (note, key))
    (number,) = admin.execute(
        "INSERT INTO houvast.request (kind, key, \"right\", verified_at, level)"
        " VALUES ('business_contact', %s, 'access', now(), 2) RETURNING id", (str(key),),
    ).fetchone() or (0,)  # fmt: skip
    yield number, f"business_contact:{key}"
    admin.execute("DELETE FROM houvast.request WHERE id = %s", (number,))
    admin.execute("UPDATE engagement SET notes = %s WHERE business_contact_id = %s", (was, key))


def _make(kept: Kept, admin: Connection) -> None:
    """What the worker does within a second."""
    admin.execute("UPDATE houvast.shown SET asked_at = asked_at - interval '1 minute'")
    assert Preparer(kept.target, load_settings(kept.target.project.folder)).once()
    assert admin.execute("SELECT count(*) FROM houvast.shown WHERE made_at IS NULL").fetchone() == (0,)


def _send(reader: Reader, page: str, path: str, values: dict[str, str]) -> Answer:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get(page).text)
    assert token
    return reader.post(path, {**values, "csrfmiddlewaretoken": token[1]})


def _row(text: str) -> dict[str, str]:
    """What names the row of the notes in the forms of the page."""
    (section,) = [one for one in text.split("<section")[1:] if "engagement, row" in one]
    (place,) = set(re.findall(r'name="place" value="(\d+)"', section))
    return {"place": place, "column": "notes"}


def _notes(kept: Kept, person: str, out: Path) -> str:
    copy_to(kept.target, person, out, language="en")
    with zipfile.ZipFile(out) as found:
        return json.loads(found.read("data.json"))["tables"]["engagement"][0]["notes"]


def test_an_officer_sees_both_views_and_the_copy_honours_what_they_judge(
    kept: Kept, enter: Enter, admin: Connection, asked: tuple[int, str], tmp_path: Path
) -> None:
    number, person = asked
    officer = enter("shown-sees", "officer")
    case = f"/en/desk/requests/{number}/"
    assert "The copy before it goes out" in officer.get(case).text
    assert (
        "needs a reason without personal data" in _send(officer, case, f"{case}copy/", {"reason": "a@b.example"}).text
    )
    sent = _send(officer, case, f"{case}copy/", {"reason": "before it goes out"})
    page = sent.headers["Location"]
    assert re.fullmatch(rf"{case}copy/\d+/", page)
    assert "is being made" in officer.get(page).text
    _make(kept, admin)
    shown = officer.get(page)
    assert shown.headers["Cache-Control"] == "no-store"
    text = shown.text
    assert "<mark>[another business contact A]</mark>" in text
    assert "In a text: the name or address of somebody else whom we know." in text
    assert "Call Zacharias &lt;Onbekend&gt; first; <mark>" in text
    assert "<mark>net 30</mark>" in text
    assert officer.get(f"{page}?all").text.count("<section") > text.count("<section")
    assert _send(officer, page, page, {**_row(text), "do": "take", "words": SECRET}).status == 302
    _make(kept, admin)
    text = officer.get(page).text
    assert "One of our staff saw that it is of somebody else" in text
    wrong = _send(officer, page, page, {**_row(text), "do": "take", "words": "no such words"})
    assert "Those words do not stand in that value" in wrong.text
    goes = {**_row(text), "do": "stand", "part": "0", "begin": str(len(f"Call {SECRET} first; "))}
    assert "needs a reason" in _send(officer, page, page, {**goes, "why": ""}).text
    assert _send(officer, page, page, {**goes, "why": "they work together"}).status == 302
    _make(kept, admin)
    assert "they work together" in officer.get(page).text
    (colleague,) = admin.execute("SELECT full_name FROM business_contact ORDER BY id OFFSET 1").fetchone() or ("",)
    assert _notes(kept, person, tmp_path / "copy.zip") == f"Call [somebody else] first; {colleague} pays."
    judged = re.findall(r'name="judged" value="(\d+)"', officer.get(page).text)
    for one in judged:
        assert _send(officer, page, page, {"do": "back", "judged": one}).status == 302
    _make(kept, admin)
    assert "Nothing yet." in officer.get(page).text


def test_only_the_officer_who_asked_is_shown_it(
    kept: Kept, enter: Enter, admin: Connection, asked: tuple[int, str]
) -> None:
    number, _ = asked
    case = f"/desk/requests/{number}/"
    officer = enter("shown-asks", "officer")
    page = _send(officer, case, f"{case}copy/", {"reason": "before it goes out"}).headers["Location"]
    _make(kept, admin)
    assert "Zacharias" in officer.get(page).text
    other = enter("shown-other", "officer").get(page)
    assert (other.status, "Zacharias" in other.text, "wordt u geen kopie getoond" in other.text) == (403, False, True)
    auditor = enter("shown-auditor", "auditor")
    assert "show-reason" not in auditor.get(case).text
    assert auditor.get(page).status == 403
    assert auditor.post(f"{case}copy/", {"reason": "curious"}).status == 403
    assert officer.get(page.replace(f"/{number}/", f"/{number + 1}/")).status == 404
    assert officer.get(f"{page}?past=x").status == 404
    admin.execute("UPDATE houvast.shown SET until = now()")
    assert "de tijd is om" in officer.get(page).text


def test_what_was_taken_out_is_not_shown_at_me_either(reader: Reader, admin: Connection) -> None:
    whom = customer(admin, 5)
    (name,) = admin.execute("SELECT full_name FROM contact WHERE account_id::text = %s", (whom.key,)).fetchone() or (
        "",
    )
    come_in(reader, admin, whom, "/en")
    before = html.unescape(reader.get("/en/me/data/").text).count(name)
    (number,) = admin.execute(
        'INSERT INTO houvast.request (kind, key, "right", verified_at, level)'
        " VALUES ('customer', %s, 'access', now(), 2) RETURNING id",
        (whom.key,),
    ).fetchone() or (0,)
    admin.execute(
        'INSERT INTO houvast.judged (request, "table", "column", key, part, "begin", "end", digest, takes, rule,'
        " reason)"
        " SELECT %s, 'contact', 'full_name', '[' || id || ']', 0, 0, length(full_name),"
        " houvast.passage_hash(full_name), true, 'judged', 'rights_of_others' FROM contact WHERE account_id::text = %s",
        (number, whom.key),
    )
    shown = html.unescape(reader.get("/en/me/data/").text)
    assert (shown.count(name), "[somebody else]" in shown) == (before - 1, True)
    admin.execute("DELETE FROM houvast.request WHERE id = %s", (number,))
    assert html.unescape(reader.get("/en/me/data/").text).count(name) == before


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_both_views_are_clean_on_a_phone_and_on_a_desk(
    kept: Kept, staff: Staff, admin: Connection, asked: tuple[int, str],
    prefix: str, viewport: dict[str, int], scheme: str,
) -> None:  # fmt: skip
    number, _ = asked
    officer = staff(f"shown-{scheme}", viewport=viewport, scheme=scheme)
    page = officer.page
    officer.go(f"{prefix}/desk/requests/{number}/")
    assert officer.faults() == []
    page.fill("#show-reason", "before it goes out")
    page.click("form[action$='/copy/'] button")
    assert officer.faults() == []
    _make(kept, admin)
    page.click("main [role=status] a")
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert officer.faults() == []
    assert page.evaluate(PIXELS) == 0
    left, right = (page.locator(f"[id^={side}-]").first.bounding_box() for side in ("out", "full"))
    assert left
    assert right
    assert (left["y"] == right["y"], left["x"] == right["x"]) == (
        (True, False) if viewport is DESKTOP else (False, True)
    )
    officer.shot(f"shown-{scheme}")
    page.locator("textarea").first.fill("net 30")
    page.locator("select").first.select_option("terms")
    page.locator("button[value=take]").first.click()
    assert officer.faults() == []
    _make(kept, admin)
    officer.go(page.url.removeprefix(officer.base))
    assert page.locator("button[value=back]").count() == 1
    assert officer.faults() == []
