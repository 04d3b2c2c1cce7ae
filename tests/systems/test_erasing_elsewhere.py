"""An erasure reaches the second system, is looked at there, and waits when it is away."""

from __future__ import annotations

import pytest

from houvast.app import steps
from houvast.app.erasing import erase
from houvast.database import DatabaseError
from houvast.systems import store
from tests.compiler.staffing import approved
from tests.systems.conftest import Firm


def _answer(firm: Firm, request: int) -> None:
    """Tell the person that everything is gone."""
    body = "U bent weg. De Autoriteit Persoonsgegevens, de rechtbank, zes weken. " * 2
    draft = firm.office.one("SELECT houvast.draft_letter(%s, NULL, 'done', 'nl', 'Klaar', %s, '', 'a')", request, body)
    approved(firm.office.admin, draft, "b")
    firm.office.do("SELECT houvast.send_letter(%s, true)", draft)


def test_an_erasure_takes_the_rows_of_the_second_system_and_leaves_those_of_others(firm: Firm) -> None:
    one, other = firm.free(), firm.free() + 1
    email, others = firm.subscribe(one), firm.subscribe(other)
    done = erase(firm.target, f"customer:{one}", verified_by="code")
    assert [(e.name, e.stands, e.changed, e.kept) for e in done.certificate.elsewhere] == [("newsletter", "done", 3, 1)]
    assert firm.rows("SELECT email FROM subscriber") == [(others,)]
    assert {row[0] for row in firm.rows("SELECT address FROM sent")} == {others}
    assert (email,) in firm.rows("SELECT email FROM bill")
    assert email.encode() not in firm.file.read_bytes().replace(email.encode(), b"", 1)
    assert firm.office.one("SELECT count(*) FROM houvast.step_value") == 0
    assert not done.certificate.absence.left


def test_a_system_that_is_away_makes_the_request_wait_and_is_done_when_it_is_back(firm: Firm) -> None:
    one = firm.free()
    email = firm.subscribe(one)
    firm.file.rename(firm.folder / "away.db")
    done = erase(firm.target, f"customer:{one}", verified_by="code")
    (waits,) = done.certificate.waits
    assert (waits.name, waits.stands) == ("newsletter", "again")
    request = done.certificate.request
    (step,) = store.steps(firm.office.admin, request)
    assert "away" in step.error
    assert email not in step.error
    with pytest.raises(DatabaseError, match="still waits for newsletter"):
        _answer(firm, request)
    (firm.folder / "away.db").rename(firm.file)
    store.again(firm.office.admin)
    assert steps.work(firm.target).done == 1
    assert firm.rows("SELECT count(*) FROM subscriber") == [(0,)]
    assert store.steps(firm.office.admin, request)[0].state == "done"
    _answer(firm, request)
    assert firm.office.one("SELECT state FROM houvast.request WHERE id = %s", request) == "answered"
    assert firm.office.one("SELECT count(*) FROM houvast.step_value") == 0
