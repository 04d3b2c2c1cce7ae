"""The Python client against the API of a program of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from houvast.client import Field, Form, Houvast, Refused
from houvast.database import connect
from tests.web.conftest import Give, Kept

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_an_application_asks_what_it_may_do(kept: Kept, served: str, give: Give) -> None:
    ask = Houvast(served, give("mail", "decisions", "requests", "forms", login="newsletter").token)
    found = list(ask.recipients("marketing", "newsletter 2026-12"))
    assert len({one.person for one in found}) == len(found) > 0
    whom = found[0].person
    assert ask.may_send("marketing", whom)
    assert ask.decide("newsletter", "marketing", "contact.email", whom).permitted
    assert not ask.decide("newsletter", "billing", "contact.email", whom).permitted
    grounds = {
        ask.sent("marketing", whom, "newsletter 2026-12", "Lakana Voorbeeld B.V.", key="newsletter-2026-12")
        for _ in (1, 2)
    }
    assert grounds == {found[0].ground}
    with connect(kept.target.url) as admin:
        sent = admin.execute("SELECT count(*) FROM houvast.message WHERE message = 'newsletter 2026-12'").fetchone()
    assert sent == (1,)
    assert ask.register("question", text="What do you do with my data?").number > 0
    form = Form("order", (Field("email", "contact.email"),))
    assert ask.check(form) == form
    with pytest.raises(Refused, match="nobody declared this field") as caught:
        ask.check(Form("order", (Field("bsn", ""),)))
    assert caught.value.promise == "C06"
    with pytest.raises(Refused, match="unknown, revoked or over") as caught:
        Houvast(served, "hvt_0123456789abcdef_" + "0" * 64).may_send("marketing", whom)
    assert (caught.value.status, caught.value.promise) == (401, "C38")


def test_the_program_in_the_documentation_runs(kept: Kept, served: str, give: Give) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    token = give("mail", "decisions", "forms", login="newsletter").token
    known: dict[str, object] = {"url": served, "token": token, "application": object()}
    exec(compile(code, "docs/api.md", "exec"), known)
    with connect(kept.target.url) as admin:
        query = "SELECT count(DISTINCT key) FROM houvast.message WHERE message = 'newsletter 2026-11' AND key <> '1'"
        (people,) = admin.execute(query).fetchone() or (0,)
    assert people > 3
    assert type(known["application"]).__name__ == "Gate"
