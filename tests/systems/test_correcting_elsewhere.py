"""A correction reaches the second system and who got the data; documents that keep the old value are marked."""

from __future__ import annotations

from pathlib import Path

from houvast.app.copying import copy_to
from houvast.app.correcting import correct_value
from houvast.systems import store
from tests.systems.conftest import SYSTEMS, Firm

RECIPIENT = """
recipients:
  postduif:
    role: reseller
    label: {nl: Postduif bv, en: Postduif bv}
    data: [contact]
"""
NEW = "anders@voorbeeld.example"


def test_a_correction_reaches_the_second_system_and_leaves_what_a_law_keeps(firm: Firm) -> None:
    one = firm.free()
    old, others = firm.subscribe(one), firm.subscribe(one + 1)
    found = correct_value(firm.target, f"customer:{one}", "contact.email", NEW, verified_by="code")
    assert firm.rows("SELECT email FROM subscriber ORDER BY customer") == [(NEW,), (others,)]
    assert {row[0] for row in firm.rows("SELECT address FROM sent")} == {NEW, others}
    assert firm.rows("SELECT email FROM bill WHERE customer = ?", one) == [(old,)]
    (step,) = store.steps(firm.office.admin, found.request)
    assert (step.what, step.state, step.changed) == ("rectification", "done", 3)
    assert firm.office.one("SELECT count(*) FROM houvast.step_value") == 0


def test_who_got_the_data_is_told_and_the_person_reads_who_that_is(firm: Firm, tmp_path: Path) -> None:
    target = firm.with_systems(SYSTEMS.format(url=f"sqlite:///{firm.file}") + RECIPIENT)
    one, other = firm.free(), firm.free() + 1
    firm.office.do("SELECT houvast.disclose(%s, 'postduif', '{contact}')", f"customer:{one}")
    told = correct_value(target, f"customer:{one}", "contact.email", NEW, verified_by="code")
    untold = correct_value(target, f"customer:{other}", "contact.email", f"x{NEW}", verified_by="code")
    steps = {step.system: step for step in store.steps(firm.office.admin, told.request)}
    assert steps["postduif"].stands == "again"
    assert "somebody of the staff must tell them" in steps["postduif"].error
    assert {step.system for step in store.steps(firm.office.admin, untold.request)} == {"newsletter"}
    store.told_by_hand(firm.office.admin, steps["postduif"].number)
    assert firm.office.do("SELECT body FROM houvast.event WHERE kind = 'recipient_told'") == [
        ({"recipient": "postduif", "what": "rectification"},)
    ]
    copy_to(target, f"customer:{one}", tmp_path / "copy", language="en", verified_by="code")
    assert "Postduif bv" in (tmp_path / "copy" / "summary.html").read_text()


def test_a_restriction_is_told_at_once_and_its_end_too(firm: Firm) -> None:
    firm.with_systems(
        SYSTEMS.format(url=f"sqlite:///{firm.file}") + RECIPIENT.replace("data:", "always: yes\n    data:")
    )
    one = firm.free()
    firm.office.do("INSERT INTO houvast.stand (kind, key, stand) VALUES ('customer', %s, 'restricted')", str(one))
    firm.office.do("DELETE FROM houvast.stand WHERE kind = 'customer' AND key = %s AND stand = 'restricted'", str(one))
    assert firm.office.do("SELECT system, what FROM houvast.step WHERE key = %s ORDER BY id", str(one)) == [
        ("postduif", "restriction"), ("postduif", "lifting"),
    ]  # fmt: skip


def test_a_bill_that_keeps_the_old_value_is_marked_and_the_copy_says_so(firm: Firm, tmp_path: Path) -> None:
    key, invoice, old = firm.office.do(
        "SELECT i.account_id, i.id, c.full_name FROM invoice i JOIN contact c USING (account_id) JOIN account a ON a.id = i.account_id"
        " WHERE a.closed_at IS NULL AND (SELECT count(*) FROM contact d WHERE d.account_id = a.id) = 1 ORDER BY 1, 2 LIMIT 1"
    )[0]
    column = firm.office.one(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'invoice' AND column_name LIKE '%%name%%' LIMIT 1"
    )
    firm.office.do(f"UPDATE invoice SET {column} = %s WHERE id = %s", old, invoice)
    found = correct_value(firm.target, f"customer:{key}", "contact.full_name", "Another Name", verified_by="code")
    assert any(spot.table == "invoice" for spot in found.kept)
    marks = store.marks(firm.office.admin, ("customer", str(key)))
    assert ("invoice", column, str(invoice)) in [(mark.table, mark.column, mark.row) for mark in marks]
    assert firm.office.one("SELECT count(*) FROM houvast.event WHERE kind = 'document_marked'") >= 1
    copy_to(firm.target, f"customer:{key}", tmp_path / "copy", language="en", verified_by="code")
    page = (tmp_path / "copy" / "summary.html").read_text()
    assert "Documents that keep an old value" in page
    assert f"invoice.{column}" in page
