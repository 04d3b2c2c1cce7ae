"""What was asked in somebody's name: by a letter, by a link, signed in; and who may ask for somebody else."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest

from houvast.database import Connection, connect
from tests.web.asking import Reader
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM, Visitor
from tests.web.conftest import Kept, Visit
from tests.web.visiting import Customer, come_in, customer, mailed

WRONG = "horen niet bij elkaar"
TOKEN = (
    """SELECT "values" ->> 'token' FROM houvast.outgoing WHERE template = 'mandate' ORDER BY queued_at DESC LIMIT 1"""
)


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    with connect(kept.target.url) as connection:
        yield connection
        ours = "closed_at IS NULL AND NOT session"
        with connection.transaction():
            sure = f"SELECT 'withdraw ' || id, 'test' FROM houvast.request WHERE {ours}"
            connection.execute(f"INSERT INTO houvast.confirmed (what, who) {sure}".encode())
            connection.execute(f"UPDATE houvast.request SET state = 'withdrawn' WHERE {ours}".encode())


@pytest.fixture
def whom(admin: Connection) -> Customer:
    return customer(admin, 3)


Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def asked(admin: Connection, whom: Customer) -> Ask:
    """A request of somebody that waits: its number and reference."""

    def take(right: str = "access") -> tuple[int, str]:
        row = admin.execute(
            "SELECT id, code::text FROM houvast.take_request(%s, %s, 'mail', 'nl')", (f"customer:{whom.key}", right)
        ).fetchone()
        assert row
        admin.execute("SELECT houvast.move_request(%s, 'identity')", (row[0],))
        return int(row[0]), str(row[1])

    return take


def _code(admin: Connection, number: int) -> str:
    row = admin.execute("SELECT code FROM houvast.print_code(%s)", (number,)).fetchone()
    assert row
    return str(row[0])


def _state(admin: Connection, number: int) -> tuple[str, int]:
    row = admin.execute("SELECT state, level FROM houvast.request WHERE id = %s", (number,)).fetchone()
    assert row
    return str(row[0]), int(row[1])


def _mandated(admin: Connection, number: int) -> str:
    admin.execute(
        "SELECT houvast.record_mandate(%s, 'lawyer', 'Mr. P. Laver', 'laver@law.example', '{access}',"
        " now() + interval '9 days')",
        (number,),
    )
    row = admin.execute(TOKEN).fetchone()
    assert row
    return str(row[0])


def test_a_letter_with_a_code_makes_the_request_go_on(reader: Reader, admin: Connection, asked: Ask) -> None:
    number, reference = asked()
    code = _code(admin, number)
    reader.get("/me/letter/")
    for given in ({"reference": reference, "code": "0000-0000-0000"}, {"reference": "x", "code": code},
                  {"reference": "00000000-0000-4000-8000-000000000000", "code": code}, {"code": code}):  # fmt: skip
        answer = reader.post("/me/letter/", {**given, "choice": "yes"})
        assert (answer.status, WRONG in answer.text) == (422, True)
    assert reader.post("/me/letter/", {"reference": reference, "code": code}).status == 422
    answer = reader.post("/me/letter/", {"reference": f" {reference} ", "code": code.lower(), "choice": "yes"})
    assert answer.status == 200
    assert _state(admin, number) == ("searching", 4)


def test_who_did_not_ask_stops_it_by_letter_and_by_link(reader: Reader, admin: Connection, asked: Ask) -> None:
    number, reference = asked()
    reader.get("/me/letter/")
    reader.post("/me/letter/", {"reference": reference, "code": _code(admin, number), "choice": "no"})
    assert _state(admin, number)[0] == "withdrawn"
    number, reference = asked()
    assert reader.get(f"/me/not-me/{reference}/").status == 200
    assert _state(admin, number)[0] == "identity"  # a program that opens links stops nothing
    known = reader.post(f"/me/not-me/{reference}/", {})
    unknown = reader.post("/me/not-me/00000000-0000-4000-8000-000000000000/", {})
    assert known.text.replace(reference, "00000000-0000-4000-8000-000000000000") == unknown.text
    assert _state(admin, number)[0] == "withdrawn"


def test_signed_in_they_say_what_is_theirs(reader: Reader, admin: Connection, whom: Customer, asked: Ask) -> None:
    (one, of_one), (other, of_other), (heavy, of_heavy) = asked(), asked(), asked("erasure")
    come_in(reader, admin, whom)
    reader.get("/me/theirs/")
    assert reader.post("/me/theirs/", {"request": of_one, "choice": "yes"}).headers["Location"] == "/me/theirs/"
    assert reader.post("/me/theirs/", {"request": of_other, "choice": "no"}).status == 302
    answer = reader.post("/me/theirs/", {"request": of_heavy, "choice": "yes"})
    assert (answer.status, "Hiervoor willen wij meer zekerheid" in answer.text) == (422, True)
    assert [_state(admin, number) for number in (one, other, heavy)] == [
        ("searching", 2), ("withdrawn", 0), ("identity", 0)]  # fmt: skip
    assert reader.post("/me/theirs/", {"request": of_heavy, "choice": "maybe"}).status == 400
    stranger = Reader(reader.pages)
    come_in(stranger, admin, customer(admin, 4))
    assert stranger.post("/me/theirs/", {"request": of_heavy, "choice": "no"}).status == 302
    assert _state(admin, heavy) == ("identity", 0)


def test_a_mandate_is_confirmed_and_taken_back_by_the_link(reader: Reader, admin: Connection, asked: Ask) -> None:
    number, _ = asked()
    token = _mandated(admin, number)
    page = reader.get(f"/me/mandate/{token}/").text
    assert "Mr. P. Laver" in page
    reader.post(f"/me/mandate/{token}/", {"choice": "yes"})
    assert _state(admin, number) == ("searching", 2)
    reader.post(f"/me/mandate/{token}/", {"choice": "no"})
    assert _state(admin, number)[0] == "withdrawn"
    assert "niets gevraagd" in reader.get(f"/me/mandate/{token}/").text


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_every_page_about_what_was_asked_is_clean(
    visit: Visit, admin: Connection, whom: Customer, asked: Ask, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    visitor = visit(viewport, scheme)
    page = visitor.page
    number, reference = asked()
    token = _mandated(admin, asked()[0])
    _clean(visitor, f"{prefix}/me/not-me/{reference}/")
    _clean(visitor, f"{prefix}/me/mandate/{token}/")
    _clean(visitor, f"{prefix}/me/letter/")
    page.fill("#reference", reference)
    page.fill("#code", "0")
    page.click("button[value=yes]")
    assert page.locator("#reference-error").is_visible()
    assert visitor.faults() == []
    visitor.go(f"{prefix}/me/code/")
    page.fill("#address", whom.address)
    page.click("main button.btn")
    page.fill("#code", mailed(admin)[0])
    page.click("main button.btn")
    page.wait_for_url(f"**{prefix}/me/")
    _, heavy = asked("erasure")
    _clean(visitor, f"{prefix}/me/theirs/")
    page.locator(f"form:has(input[value='{heavy}']) button[value=yes]").click()
    assert page.locator("#more-h").is_visible()
    assert visitor.faults() == []
    page.locator(f"form:has(input[value='{reference}']) button[value=yes]").click()
    page.wait_for_url(f"**{prefix}/me/theirs/")
    assert _state(admin, number) == ("searching", 2)
    page.set_viewport_size({"width": 320, "height": 500})
    _clean(visitor, f"{prefix}/me/theirs/")


def _clean(visitor: Visitor, path: str) -> None:
    visitor.go(path)
    assert (path, visitor.faults()) == (path, [])
