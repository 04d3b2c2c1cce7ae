"""What anybody may ask without an account: a complaint or a question, and how it stands, by its code alone."""

from __future__ import annotations

import re
from collections.abc import Generator
from uuid import uuid4

import pytest

from houvast.database import Connection, connect
from tests.compiler.staffing import code_of, enrolled
from tests.web.asking import Answer, Reader
from tests.web.conftest import Enter, Kept

PAGES = ("/complaint/", "/complaint/C25/", "/follow/")
WORDS = "Hier staat iets wat nergens anders mag staan."
CODE = re.compile(r"<b>([0-9a-f-]{36})</b>")


@pytest.fixture
def admin(kept: Kept, forgetful: None) -> Generator[Connection]:
    with connect(kept.target.url) as connection:
        yield connection


def complain(reader: Reader, prefix: str = "", **values: str) -> Answer:
    return reader.post(f"{prefix}/complaint/", {"sort": "breach", "about": "C07", "words": WORDS, **values})


@pytest.mark.parametrize("path", [f"{prefix}{path}" for prefix in ("", "/en") for path in PAGES])
def test_the_forms_carry_no_cookie_and_ask_no_name(reader: Reader, path: str) -> None:
    said = reader.get(path)
    assert (said.status, said.cookies) == (200, ())
    assert 'type="email"' not in said.text
    assert len(said.text.encode()) < 60_000


def test_a_complaint_without_a_name_has_a_clock_and_what_was_last_proven(reader: Reader, admin: Connection) -> None:
    said = complain(reader, "/en")
    assert (said.status, said.cookies) == (200, ())
    (code,) = CODE.findall(said.text)
    row = admin.execute(
        'SELECT kind, "right", state, language, promise, sort, channel, evidence ->> \'outcome\', due_on > current_date'
        " FROM houvast.request WHERE code = %s", (code,)
    ).fetchone()  # fmt: skip
    assert row == (None, "complaint", "acknowledged", "en", "C07", "breach", "portal", "held", True)
    found = reader.post("/en/follow/", {"code": f" {code.upper().replace('-', '')} "})
    assert found.status == 200
    assert "Receipt confirmed" in found.text
    assert WORDS not in found.text
    told = "SELECT count(*) FROM houvast.event WHERE strpos(body::text || sealed::text, %s) > 0"
    assert admin.execute(told, (WORDS,)).fetchone() == (0,)


def test_a_question_is_about_nothing_in_particular(reader: Reader, admin: Connection) -> None:
    (code,) = CODE.findall(complain(reader, sort="question", about="").text)
    row = admin.execute(
        'SELECT "right", sort, promise, evidence FROM houvast.request WHERE code = %s', (code,)
    ).fetchone()
    assert row == ("question", "", "", None)


@pytest.mark.parametrize(
    ("values", "status"),
    [({"words": " "}, 422), ({"words": "x" * 20_001}, 422), ({"sort": "praise"}, 422), ({"sort": ""}, 422),
     ({"about": "X99"}, 400), ({"about": "C07'; --"}, 400)],
)  # fmt: skip
def test_what_no_form_makes_is_said_so_and_takes_nothing_in(
    reader: Reader, admin: Connection, values: dict[str, str], status: int
) -> None:
    counted = "SELECT count(*) FROM houvast.request"
    before = admin.execute(counted).fetchone()
    said = complain(reader, **values)
    assert said.status == status
    assert admin.execute(counted).fetchone() == before
    if status == 422 and "words" not in values:
        assert WORDS in said.text  # nothing that was written is lost


@pytest.mark.parametrize("code", ["", "x", "0" * 400, "'; SELECT 1", "\0", "7b0a4a5e-0d4c-4c7e-9d1f-3f2f5a6b7c8d"])
def test_a_number_that_nobody_has_gets_one_answer(reader: Reader, admin: Connection, code: str) -> None:
    said = reader.post("/follow/", {"code": code})
    assert said.status == 422
    assert said.text == reader.post("/follow/", {"code": str(uuid4())}).text


def test_the_answer_is_read_by_its_code_and_that_of_somebody_known_is_not(
    reader: Reader, admin: Connection, enter: Enter
) -> None:
    waiting = "SELECT count(*) FROM houvast.outgoing WHERE template = 'letter' AND sent_at IS NULL"
    before = admin.execute(waiting).fetchone()
    (code,) = CODE.findall(complain(reader).text)
    (number,) = admin.execute("SELECT id FROM houvast.request WHERE code = %s", (code,)).fetchone() or (0,)
    body = "Wij zochten het uit. Klaag bij de Autoriteit Persoonsgegevens of de rechtbank, binnen 6 weken."
    for step in ("move_request(%(n)s, 'searching')", "move_request(%(n)s, 'review')",
                 "draft_letter(%(n)s, NULL, 'complaint', 'nl', 'Ons antwoord', %(b)s, '', 'anna')"):  # fmt: skip
        admin.execute(f"SELECT houvast.{step}".encode(), {"n": number, "b": body})
    officer = enter("complaints", "officer")
    assert body not in reader.post("/follow/", {"code": code}).text
    (letter,) = admin.execute("SELECT max(id) FROM houvast.letter").fetchone() or (0,)
    enrolled(admin, "complaints")
    for do, code_now in (("approve", code_of(admin, "complaints")), ("send", "")):
        sent = {"do": do, "letter": str(letter), "code": code_now}
        assert officer.post(f"/desk/requests/{number}/", sent).status == 302
    said = reader.post("/follow/", {"code": code}).text
    assert body in said
    assert "Beantwoord" in said
    assert admin.execute(waiting).fetchone() == before


def test_another_site_sends_no_form_for_its_visitors(reader: Reader, admin: Connection) -> None:
    for path in ("/complaint/", "/follow/"):
        said = reader.post(path, {"sort": "breach", "words": WORDS, "code": "x"}, HTTP_ORIGIN="https://other.example")
        assert (path, said.status) == (path, 403)
        assert reader.post(path, {"code": "x"}, HTTP_ORIGIN="http://localhost:8000").status == 422


def test_a_number_is_not_tried_on_and_on(reader: Reader, admin: Connection) -> None:
    tried = [reader.post("/follow/", {"code": str(uuid4())}).status for _ in range(31)]
    assert (tried[0], tried[-1]) == (422, 429)
    admin.execute("TRUNCATE houvast_desk.tried")


def test_the_link_in_a_message_counts_with_its_button_and_not_when_it_is_looked_at(
    reader: Reader, admin: Connection
) -> None:
    kind, key, code = admin.execute(
        "SELECT c.kind, c.key, c.code FROM houvast.opt_out_code c WHERE NOT EXISTS (SELECT FROM houvast.stand s"
        " WHERE s.kind = c.kind AND s.key = c.key AND s.stand = 'objected') ORDER BY c.key LIMIT 1"
    ).fetchone() or ("", "", "")  # fmt: skip
    stood = "SELECT count(*) FROM houvast.stand WHERE (kind, key, stand, about) = (%s, %s, 'objected', 'marketing')"
    looked = reader.get(f"/opt-out/{code}/")
    assert (looked.status, looked.cookies, looked.text.count("<button")) == (200, (), 1)
    assert admin.execute(stood, (kind, key)).fetchone() == (0,)
    mail_program = {"HTTP_ORIGIN": "https://mail.example"}
    done = reader.post(f"/opt-out/{code}/", {"List-Unsubscribe": "One-Click"}, **mail_program)
    assert (done.status, done.cookies) == (200, ())
    assert admin.execute(stood, (kind, key)).fetchone() == (1,)
    other = uuid4()
    assert done.text.replace(str(code), "") == reader.post(f"/opt-out/{other}/", {}).text.replace(str(other), "")
    assert reader.get("/opt-out/nonsense/").status == 404
