"""The register of controls on the desk: all of the staff see what is red; what somebody says needs their own code."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from pathlib import Path

import pytest

from houvast.controls import Found, store
from houvast.database import Connection, DatabaseError, connect, run
from tests.compiler.staffing import code_of, enrolled
from tests.web.asking import Reader
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM
from tests.web.conftest import Enter, Kept, Staff

PATH = "/en/desk/controls/"
SAID = "Both doors were locked."


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    """The administrator; what tests found of controls goes again."""
    with connect(kept.target.url) as found:
        yield found
        run(found, "ALTER TABLE houvast.control_result DISABLE TRIGGER ALL; DELETE FROM houvast.control_result;"
                   " ALTER TABLE houvast.control_result ENABLE TRIGGER ALL;"
                   " ALTER TABLE houvast.access_review DISABLE TRIGGER ALL; DELETE FROM houvast.access_review;"
                   " ALTER TABLE houvast.access_review ENABLE TRIGGER ALL;"
                   " UPDATE houvast.control SET since = clock_timestamp()")  # fmt: skip


def attest(reader: Reader, **values: str) -> tuple[int, str]:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get(PATH).text)
    assert token
    asked = {"control": "locked_room", "outcome": "passed", "note": SAID, "code": "", **values}
    answer = reader.post(PATH, {**asked, "csrfmiddlewaretoken": token[1]})
    return answer.status, answer.text


def stands(admin: Connection, name: str = "locked_room") -> str:
    return next(one.stands for one in store.standings(admin) if one.control.name == name)


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_a_control_that_nobody_tested_in_time_is_red(enter: Enter, admin: Connection, role: str) -> None:
    somebody = enter(f"red-{role}", role)
    assert "Nothing is red." in somebody.get(PATH).text
    assert "Red:" not in somebody.get("/en/desk/").text
    run(admin, "UPDATE houvast.control SET since = clock_timestamp() - interval '91 days' WHERE name = 'locked_room'")
    store.record(admin, "clock", (Found("clock_off", "9"),))
    shown = somebody.get(PATH).text
    assert "Red: 2." in shown
    assert (
        shown.index("The clocks agree") < shown.index("The room with the servers is locked") < shown.index("Staff know")
    )
    assert "The clocks of the database and of this machine are 9 seconds apart." in shown
    assert "Red: 2." in somebody.get("/en/desk/").text
    assert "Rood: 2." in somebody.get("/desk/").text


def test_who_answers_for_a_control_attests_it_with_their_own_code(enter: Enter, admin: Connection) -> None:
    support = enter("controls-support", "support")
    enrolled(admin, "controls-support", "support")
    assert stands(admin) == "waiting"
    for code in ("", "000000"):
        status, text = attest(support, code=code)
        assert (status, "This cannot be done" in text, stands(admin)) == (200, True, "waiting")
    assert attest(support, code=code_of(admin, "controls-support"))[0] == 302
    assert stands(admin) == "good"
    assert SAID in support.get(PATH).text
    ((by, note),) = admin.execute("SELECT who, note FROM houvast.control_result").fetchall()
    assert re.fullmatch(r"support \d+", by)
    assert note == SAID
    told = admin.execute(
        "SELECT body, sealed FROM houvast.event WHERE kind = 'control_tested' ORDER BY id DESC LIMIT 1"
    )
    ((body, sealed),) = told.fetchall()
    assert body == {"control": "locked_room", "how": "attested", "outcome": "passed", "role": "support"}
    assert sealed["note"] == SAID


def test_a_control_is_attested_by_its_role_and_the_officer_alone(enter: Enter, admin: Connection) -> None:
    finance = enter("controls-finance", "finance")
    enrolled(admin, "controls-finance", "finance")
    shown = finance.get(PATH).text
    assert 'value="confidentiality"' in shown
    assert 'value="locked_room"' not in shown
    attest(finance, code=code_of(admin, "controls-finance"))
    assert stands(admin) == "waiting"
    officer = enter("controls-officer", "officer")
    enrolled(admin, "controls-officer")
    assert attest(officer, outcome="failed", code=code_of(admin, "controls-officer"))[0] == 302
    assert stands(admin) == "failed"
    auditor = enter("controls-auditor", "auditor")
    assert 'name="code"' not in auditor.get(PATH).text


def test_what_is_refused_is_told_in_the_language_of_the_page(enter: Enter, admin: Connection) -> None:
    officer = enter("controls-words", "officer")
    enrolled(admin, "controls-words")
    text = attest(officer, note="seen with noor@mail.example", code=code_of(admin, "controls-words"))[1]
    assert "An attestation names nobody (promise C36)." in text
    assert "noor@mail" not in text
    for odd in ({"control": "x" * 99}, {"control": "clock"}, {"note": "\0"}, {"outcome": "perhaps", "code": "1" * 99}):
        assert attest(officer, **odd)[0] == 200
    assert stands(admin) == "waiting"


def test_the_pages_write_nothing_in_the_register(kept: Kept, admin: Connection) -> None:
    with connect(kept.target.url_of("houvast_web")) as web:
        for step in (
            "INSERT INTO houvast.control_result (control, passed, how, who) VALUES ('clock', true, 'measured', '')",
            "UPDATE houvast.control SET days = 800",
            "SELECT * FROM houvast.control_result",
            "INSERT INTO houvast.backup (what, sha256, bytes) VALUES ('made', repeat('a', 64), 1)",
        ):
            with pytest.raises(DatabaseError, match="permission denied"):
                web.execute(step.encode())


def test_an_officer_reviews_who_can_do_what_and_signs_what_was_on_the_page(enter: Enter, admin: Connection) -> None:
    path = "/en/desk/access/"
    assert enter("access-support", "support").get(path).status == 403
    officer = enter("access-officer", "officer")
    enrolled(admin, "access-officer")
    shown = officer.get(path)
    assert "Nobody reviewed this yet." in shown.text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', shown.text)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.text)
    assert seen and token  # noqa: PT018 - both are on the page
    asked = {"seen": seen[1], "csrfmiddlewaretoken": token[1]}
    assert "This is confirmed by a code (promise G10)." in officer.post(path, {**asked, "code": ""}).text
    as_json = json.loads(officer.get(f"{path}?format=json").text)
    assert as_json["sha256"] == seen[1]
    assert officer.get(f"{path}?format=csv").text.startswith("kind,who,what,how")
    assert officer.get(f"{path}?format=xls").status == 404
    assert officer.post(path, {**asked, "code": code_of(admin, "access-officer")}).status == 302
    assert "This is what was signed." in officer.get(path).text
    run(admin, "INSERT INTO houvast.staff (name) VALUES ('afterwards')")
    assert "This is not what was signed any more." in officer.get(path).text
    run(admin, "DELETE FROM houvast.staff WHERE name = 'afterwards'")


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_the_page_is_clean_with_everything_on_it(
    staff: Staff, admin: Connection, tmp_path: Path,
    prefix: str, viewport: dict[str, int], scheme: str,
) -> None:  # fmt: skip
    run(admin, "UPDATE houvast.control SET since = clock_timestamp() - interval '91 days' WHERE name = 'locked_room'")
    store.record(admin, "clock", (Found("clock_off", "9"),))
    store.record(admin, "transport", ())
    officer = staff(f"controls-{scheme}", viewport=viewport, scheme=scheme)
    page = officer.page
    for path in ("/desk/", "/desk/access/", "/desk/controls/"):
        officer.go(prefix + path)
        assert (path, officer.faults()) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        officer.shot(f"{path.strip('/').replace('/', '-')}-{scheme}")
    page.check("#passed")
    page.fill("#note", SAID)
    page.fill("#code", "000000")
    page.click("main form button.btn")
    assert page.locator("[role=alert]").count() == 1
    assert officer.faults() == []
