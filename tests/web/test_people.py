"""People on their own pages: in by a code, what is theirs, and nothing of anybody else."""

from __future__ import annotations

import re

import pytest

from houvast.database import Connection
from houvast.web.people import shown
from tests.web.asking import Reader
from tests.web.conftest import Kept
from tests.web.visiting import ask, come_in, customer, mailed

UNKNOWN = "nobody@lakana.example"
WRONG = "Deze code klopt niet"
PAGES = ("/me/", "/me/data/", "/me/uses/", "/me/choices/")


def test_a_code_shows_somebody_what_is_theirs(reader: Reader, admin: Connection) -> None:
    whom, other = customer(admin), customer(admin, 1)
    assert come_in(reader, admin, whom).headers["Location"] == "/me/"
    for path in PAGES:
        page = reader.get(path)
        assert (path, page.status) == (path, 200)
        assert page.headers["Cache-Control"] == "no-store"
        assert whom.address not in re.findall("<title>.*</title>", page.text)[0]
    shown = reader.get("/me/data/").text
    assert whom.address in shown
    assert other.address not in shown
    assert "de persoon" not in shown
    (used,) = admin.execute(
        "SELECT count(*) FROM houvast.use WHERE login = 'houvast_people' AND person = %s AND ended_at IS NOT NULL",
        (whom.key,),
    ).fetchone() or (0,)
    assert used >= 2
    assert "uzelf" in reader.get("/me/uses/").text


def test_an_unknown_address_gets_the_answer_of_a_known_one(reader: Reader, admin: Connection) -> None:
    whom = customer(admin)
    answers = [ask(Reader(reader.pages), address) for address in (whom.address, UNKNOWN)]
    assert [(one.status, one.text, one.headers.keys(), len(one.cookies)) for one in answers[:1]] == [
        (one.status, one.text, one.headers.keys(), len(one.cookies)) for one in answers[1:]
    ]
    strangers = [Reader(reader.pages) for _ in range(2)]
    pages: list[str] = []
    for one, address in zip(strangers, (whom.address, UNKNOWN), strict=True):
        ask(one, address)
        assert one.post("/me/enter/", {"code": "00000000"}).status == 422
        pages.append(
            re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", one.post("/me/enter/", {"code": "1"}).text)
        )
    assert pages[0] == pages[1]
    assert WRONG in pages[0]


def test_a_choice_is_in_force_when_the_answer_comes(reader: Reader, admin: Connection) -> None:
    whom = customer(admin)
    come_in(reader, admin, whom)
    stood = "SELECT string_agg(DISTINCT stand, ' ') FROM houvast.stand WHERE key = %s AND about = 'marketing'"
    for choice, expected in (("yes", "consented"), ("no", "objected"), ("yes", "consented")):
        assert reader.post("/me/choices/", {"choice": f"marketing:{choice}"}).headers["Location"] == "/me/choices/"
        assert expected in str((admin.execute(stood, (whom.key,)).fetchone() or ("",))[0])
    assert reader.post("/me/choices/", {"choice": "billing:no"}).status == 400
    assert reader.post("/me/choices/", {"choice": "nonsense"}).status == 400


def test_giving_and_withdrawing_take_the_same_steps(reader: Reader, admin: Connection) -> None:
    come_in(reader, admin, customer(admin))
    page = reader.get("/me/choices/").text
    forms = re.findall(r'<div class="equal">(.*?)</form>', page, re.DOTALL)
    assert forms
    for form in forms:
        buttons = re.findall(r'<button class="([^"]*)" name="choice" value="([^":]*):(\w+)"', form)
        assert [look for look, _, _ in buttons] == ["btn", "btn"]
        assert [choice for _, _, choice in buttons] in (["yes", "no"], ["allow", "object"])


def test_who_is_not_in_sees_nothing(reader: Reader, admin: Connection) -> None:
    customer(admin)
    for path in PAGES[1:]:
        assert reader.get(path).headers["Location"] == "/me/"
    for secret in ("0" * 64, "x", "'; SELECT 1"):
        reader.cookies["houvast_person"] = secret
        assert reader.get("/me/data/").headers["Location"] == "/me/"


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(reader: Reader, admin: Connection) -> None:
    come_in(reader, admin, customer(admin))
    kept_cookie = reader.cookies["houvast_person"]
    assert reader.post("/me/out/", {}).headers["Location"] == "/me/"
    reader.cookies["houvast_person"] = kept_cookie
    assert reader.get("/me/data/").headers["Location"] == "/me/"


def test_coming_in_gives_a_new_secret_whatever_the_browser_had(reader: Reader, admin: Connection) -> None:
    reader.cookies["houvast_person"] = planted = "a" * 64
    come_in(reader, admin, customer(admin))
    assert reader.cookies["houvast_person"] not in ("", planted)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(reader: Reader, admin: Connection) -> None:
    answer = come_in(reader, admin, customer(admin))
    (ours,) = [one for one in answer.cookies if one.startswith("houvast_person=")]
    assert "HttpOnly" in ours
    assert "SameSite=Lax" in ours
    assert "Domain" not in ours


def test_the_code_of_another_browser_and_a_used_one_are_wrong(reader: Reader, admin: Connection) -> None:
    whom = customer(admin)
    ask(reader, whom.address)
    code = mailed(admin)[0]
    thief = Reader(reader.pages)
    ask(thief, UNKNOWN)
    thief.cookies["houvast_check"] = reader.cookies["houvast_check"]
    assert WRONG in thief.post("/me/enter/", {"code": code}).text
    check, browser = reader.cookies["houvast_check"], reader.cookies["houvast_browser"]
    assert reader.post("/me/enter/", {"code": code}).status == 302
    reader.cookies |= {"houvast_check": check, "houvast_browser": browser}
    assert WRONG in reader.post("/me/enter/", {"code": code}).text


def test_a_name_and_a_birthday_from_a_fresh_mailbox_open_nothing(reader: Reader, admin: Connection) -> None:
    """What somebody says is not looked at: a code goes to an address on file, or nowhere."""
    whom = customer(admin)
    row = admin.execute("SELECT full_name FROM contact WHERE account_id::text = %s", (whom.key,)).fetchone()
    reader.get("/me/code/")
    given = {"address": "fresh@mailbox.example", "name": str(row[0]) if row else "", "born": "1980-01-01"}
    assert reader.post("/me/code/", given).status == 302
    assert admin.execute("SELECT blank, address FROM houvast.outgoing").fetchall() == [(True, None)]
    assert WRONG in reader.post("/me/enter/", {"code": mailed(admin)[0]}).text


def test_who_did_not_ask_stops_it_with_one_button(reader: Reader, admin: Connection) -> None:
    come_in(reader, admin, customer(admin))
    owner = Reader(reader.pages)
    _, token = mailed(admin)
    assert owner.get(f"/me/stop/{token}/").status == 200
    assert reader.get("/me/data/").status == 200  # a program that opens links stops nothing
    known = owner.post(f"/me/stop/{token}/", {})
    unknown = owner.post(f"/me/stop/{'0' * 64}/", {})
    assert known.text.replace(token, "0" * 64) == unknown.text
    assert reader.get("/me/data/").headers["Location"] == "/me/"


@pytest.mark.parametrize("given", ["", "no address", "@" * 400, "a@b\0"])
def test_what_is_no_address_is_said_so_and_asks_nothing(reader: Reader, admin: Connection, given: str) -> None:
    customer(admin)
    reader.get("/me/code/")
    assert reader.post("/me/code/", {"address": given}).status == 422
    assert admin.execute("SELECT count(*) FROM houvast.outgoing").fetchone() == (0,)


def test_no_form_counts_without_the_token_of_our_page(reader: Reader, admin: Connection) -> None:
    come_in(reader, admin, customer(admin))
    for path in ("/me/choices/", "/me/out/", "/me/code/", "/me/enter/"):
        assert (path, reader.post(path, {"csrfmiddlewaretoken": "x", "choice": "marketing:no"}).status) == (path, 403)


def test_nobody_may_send_a_document(reader: Reader, admin: Connection) -> None:
    """There is no field for one, and the page says why."""
    customer(admin)
    for path in ("/me/", "/me/code/", "/me/enter/"):
        assert 'type="file"' not in reader.get(path).text
    assert "nooit een kopie van uw paspoort" in reader.get("/me/").text


def test_nobody_is_offered_to_object_to_what_goes_on_anyway(kept: Kept) -> None:
    policy = kept.target.project.versions[-1]
    customers, contacts = (
        {one.purpose for one in shown.choices(policy, kind, (), "en")} for kind in ("customer", "business_contact")
    )
    offered = customers | contacts
    assert "marketing" in customers - contacts
    assert "business" in contacts - customers
    assert offered & {name for name, purpose in policy.purposes.items() if purpose.compelling} == set()
    assert "order" not in offered
