"""An application may ask who used one person's data, while a request of that person is open and a use for it."""

from __future__ import annotations

import pytest

from tests.compiler.asking import Refused, open_use, rows
from tests.compiler.company import Company
from tests.compiler.small import NEWS, SUPPORT
from tests.compiler.whole import DESK, OFFICER

ASK = "SELECT sort, purpose, role, reason, times, categories FROM houvast.uses_of('customer', %s)"


def test_for_an_open_request_it_tells_uses_and_refused_calls(either_company: Company) -> None:
    company = either_company
    company.using(SUPPORT, "answer")
    company.using(SUPPORT, "answer")
    company.using(DESK, "account", person=2)
    company.using(DESK, "account", person=1)
    with pytest.raises(Refused):
        open_use(company.session(NEWS), "answer", person=2)
    company.do("SELECT houvast.gather_refusals()")
    company.do("INSERT INTO houvast.request (kind, key, verified_at) VALUES ('customer', '2', now())")
    found = rows(company.using(OFFICER, "rights", person=2), ASK, "2")
    assert ("one person", "account", DESK, "a test", 1, None) in found
    assert ("open", "answer", SUPPORT, None, 2, ["contact", "question", "contract"]) in found
    assert ("refused", "answer", NEWS, "purpose not granted", 1, None) in found
    assert [one[1:3] for one in found if one[0] == "one person"] == [("account", DESK), ("rights", OFFICER)]


def test_without_request_or_use_or_for_another_it_tells_nothing(either_company: Company) -> None:
    company = either_company
    company.do(
        "INSERT INTO houvast.request (kind, key, verified_at) VALUES ('customer', '2', now()), ('customer', '1', now())"
    )
    officer = company.using(OFFICER, "rights", person=2)
    for session in (officer, company.using(DESK, "account", person=1), company.session(OFFICER)):
        with pytest.raises(Refused, match="open request of that person alone"):
            rows(session, ASK, "1")
    company.do("UPDATE houvast.request SET state = 'withdrawn'")
    with pytest.raises(Refused, match="open request of that person alone"):
        rows(officer, ASK, "2")
