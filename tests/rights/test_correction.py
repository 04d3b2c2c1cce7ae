"""A correction reaches the copies of a value in the person's rows, and nobody else's; documents stay as they were."""

from __future__ import annotations

import pytest

from houvast.app.correcting import correct_value
from houvast.errors import DatabaseRefusal, UsageError
from houvast.rights.correcting import Spot
from tests.rights.office import Office

NEW = "new@canary.example"


def _two(office: Office) -> tuple[int, int]:
    """An account with orders, and another one."""
    key = office.one("SELECT account_id FROM orders ORDER BY id LIMIT 1")
    return key, office.one("SELECT id FROM account WHERE id <> %s ORDER BY id LIMIT 1", key)


def test_a_value_is_corrected_with_what_the_database_makes_of_it_and_the_log_is_told(office: Office) -> None:
    key, other = _two(office)
    before = office.do("SELECT * FROM contact WHERE account_id <> %s ORDER BY id", key)
    found = correct_value(office.target, f"customer:{key}", "contact.email", NEW, verified_by="two codes")
    assert found.changed == (Spot("contact", "email", 1),)
    assert office.one("SELECT search_text FROM contact WHERE account_id = %s", key).endswith(NEW)
    assert office.do("SELECT * FROM contact WHERE account_id <> %s ORDER BY id", key) == before
    told = office.do("SELECT body, subject_key FROM houvast.event WHERE kind = 'data_corrected'")
    assert told == [({"table": "contact", "column": "email", "rows": 1}, str(key))]
    assert other != key


def test_copies_are_listed_or_corrected_and_documents_keep_theirs(office: Office) -> None:
    key = office.one("SELECT account_id FROM invoice ORDER BY id LIMIT 1")
    office.do("UPDATE contact SET full_name = 'Old Name' WHERE account_id = %s", key)
    office.do("UPDATE orders SET delivery_name = 'Old Name' WHERE account_id = %s", key)
    office.do("UPDATE invoice SET billing_name = 'Old Name' WHERE account_id = %s", key)
    orders = office.one("SELECT count(*) FROM orders WHERE account_id = %s", key)
    bills = office.one("SELECT count(*) FROM invoice WHERE account_id = %s", key)
    first = correct_value(office.target, f"customer:{key}", "contact.full_name", "Mid Name", verified_by="code")
    assert Spot("orders", "delivery_name", orders) in first.left
    assert Spot("invoice", "billing_name", bills) in first.kept
    office.do("UPDATE contact SET full_name = 'Old Name' WHERE account_id = %s", key)
    second = correct_value(office.target, f"customer:{key}", "contact.full_name", "New Name", everywhere=True)
    assert not second.left
    assert office.do("SELECT DISTINCT delivery_name FROM orders WHERE account_id = %s", key) == [("New Name",)]
    assert office.do("SELECT DISTINCT billing_name FROM invoice WHERE account_id = %s", key) == [("Old Name",)]


@pytest.mark.parametrize(
    ("place", "said"),
    [("contact.search_text", "made of other columns"), ("invoice.billing_name", "law wants kept"),
     ("contact.id", "no personal"), ("contat.email", "about such people"), ("staff.full_name", "about such people")],
)  # fmt: skip
def test_what_cannot_be_corrected_is_said(office: Office, place: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        correct_value(office.target, "customer:1", place, NEW, verified_by="code")


def test_a_value_that_the_table_does_not_take_is_refused_without_saying_it(office: Office) -> None:
    key, _ = _two(office)
    with pytest.raises(DatabaseRefusal, match="contact_email_check") as refused:
        correct_value(office.target, f"customer:{key}", "contact.email", "no address", verified_by="code")
    assert "no address" not in str(refused.value)
    assert office.one("SELECT count(*) FROM houvast.event WHERE kind = 'data_corrected'") == 0


def test_of_several_rows_one_must_be_named(office: Office) -> None:
    key = office.one("SELECT account_id FROM orders GROUP BY 1 HAVING count(*) > 1 LIMIT 1")
    (first,), *_ = office.do("SELECT id FROM orders WHERE account_id = %s ORDER BY id", key)
    office.do("UPDATE orders SET delivery_name = 'Name ' || id WHERE account_id = %s", key)
    with pytest.raises(DatabaseRefusal, match="different values"):
        correct_value(office.target, f"customer:{key}", "orders.delivery_name", "A", verified_by="code")
    correct_value(office.target, f"customer:{key}", "orders.delivery_name", "A", row=str(first), verified_by="code")
    assert office.do("SELECT id FROM orders WHERE delivery_name = 'A'") == [(first,)]
    theirs = office.one("SELECT id FROM orders WHERE account_id <> %s LIMIT 1", key)
    with pytest.raises(DatabaseRefusal, match="no such row"):
        correct_value(
            office.target, f"customer:{key}", "orders.delivery_name", "B", row=str(theirs), verified_by="code"
        )
