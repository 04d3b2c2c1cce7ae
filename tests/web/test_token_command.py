"""`houvast token` and `houvast check-form`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from houvast.app.staffing import enrol
from houvast.database import connect
from tests.cli.calling import Shell
from tests.web.asking import Reader
from tests.web.conftest import Kept
from tests.web.programs import Program

FORM = """<form data-purpose="order" data-table="contact" method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="x"><label>E-mail <input name="email" required></label>
<label>Name <input name="name" data-column="contact.full_name"></label>{more}
<button type="submit" name="go">Send</button></form>"""


@pytest.fixture
def houvast(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.mark.usefixtures("forgetful")
def test_a_token_is_shown_once_counts_and_is_revoked(kept: Kept, houvast: Shell) -> None:
    where = ("--project", str(kept.site.folder), "--database", kept.target.url)
    made = houvast("token", "add", "typed", "--login", "newsletter", "--scope", "mail", "--days", "2", *where)
    assert made.code == 0, made.err
    token = made.out.split()[-1]
    program = Program(Reader(kept.pages), token)
    assert program.ask("GET", "/api/token")[1]["scopes"] == ["mail"]
    every = json.loads(houvast("token", "list", "--json", *where).out)
    (only,) = (one for one in every if one["name"] == "typed")
    assert (only["login"], only["used_at"] is not None, only["revoked_at"]) == ("newsletter", True, None)
    assert token not in houvast("token", "list", *where).out
    with connect(kept.target.url) as admin:
        everything = str(admin.execute("SELECT array_agg(t::text) FROM houvast.api_token t").fetchone())
        waiting = admin.execute("SELECT body FROM houvast.event WHERE kind = 'token_given'").fetchall()
        taken = admin.execute("SELECT body FROM houvast.public_entry WHERE kind = 'token_given'").fetchall()
    assert token not in everything
    assert any(body["token"] == "typed" and body["scopes"] == "mail" for (body,) in (*waiting, *taken))
    assert houvast("token", "revoke", "typed", *where).code == 0
    assert program.ask("GET", "/api/token")[0] == 401
    assert houvast("token", "revoke", "typed", *where).code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--login", "newsletter", "--scope", "everything"), "cannot have these scopes"),
        (("--login", "newsletter", "--scope", "cases:write"), "cannot have these scopes"),
        (("--of", "aud", "--scope", "cases:write"), "cannot have these scopes"),
        (("--login", "postgres", "--scope", "mail"), "no application has this login"),
        (("--login", "houvast_people", "--scope", "people"), "no application has this login"),
        (("--scope", "mail"), "of one login, or of one of the staff"),
        (("--login", "newsletter", "--of", "off", "--scope", "mail"), "of one login, or of one of the staff"),
        (("--login", "newsletter", "--scope", "mail", "--days", "401"), "within 400 days"),
    ],
)
def test_a_token_that_may_not_be_is_refused(kept: Kept, houvast: Shell, words: tuple[str, ...], said: str) -> None:
    where = ("--project", str(kept.site.folder), "--database", kept.target.url)
    with connect(kept.target.url) as admin:
        enrol(admin, "aud", "auditor")
        enrol(admin, "off", "officer")
    refused = houvast("token", "add", "never", *words, *where)
    assert refused.code == 1
    assert said in refused.err
    assert "C38" in refused.err


def test_a_form_is_checked_before_anybody_fills_it_in(houvast: Shell, tmp_path: Path) -> None:
    file = tmp_path / "order.html"
    file.write_text(FORM.format(more=""))
    good = houvast("check-form", str(file))
    assert (good.code, "email: contact, required" in good.out) == (0, True), good.err
    file.write_text(FORM.format(more='<input name="bsn"><input name="phone" required>'))
    bad = houvast("check-form", str(file), "--json")
    assert bad.code == 1
    assert {one["name"]: one["accepted"] for one in json.loads(bad.out)} == {
        "email": True, "name": True, "bsn": False, "phone": False,
    }  # fmt: skip
    assert houvast("check-form", str(file), "--purpose", "marketing").code == 1
    assert houvast("check-form", str(file), "--purpose", "nothing").code == 2
    assert houvast("check-form", str(tmp_path / "nowhere.html")).code == 2
    file.write_text('{"purpose": "order"}')
    assert houvast("check-form", str(file)).code == 2
