"""A reason says what the work is; personal data in it is refused by its kind, and ordinary work is never taken for it."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from houvast.database import Connection, DatabaseError, connect
from tests.compiler.asking import rows, value
from tests.compiler.company import Company
from tests.compiler.conftest import Standing
from tests.compiler.small import SUPPORT

MAIL, PHONE, BSN = "an e-mail address", "a phone number", "a citizen service number (BSN)"
IBAN, ADDRESS, BIRTH = "a bank account number (IBAN)", "an address", "a date of birth"

PERSONAL = {
    "mail of jan@lakana.example": MAIL,
    "Jan.de-Vries+shop@mail.lakana.example asked": MAIL,
    "JAN@LAKANA.EXAMPLE": MAIL,
    "call back 0612345678": PHONE,
    "06-12345678 has a question": PHONE,
    "06 12 34 56 78": PHONE,
    "06-1234 5678": PHONE,
    "(020) 123 4567 rang": PHONE,
    "020-1234567": PHONE,
    "0113 123 456 called": PHONE,
    "0113-123456": PHONE,
    "+31 6 12345678": PHONE,
    "+31612345678": PHONE,
    "+31 (0)20 123 4567": PHONE,
    "0031 6 1234 5678": PHONE,
    "+32 2 555 12 12": PHONE,
    "+44 20 7946 0958": PHONE,
    "check 111222333": BSN,
    "BSN 123456782": BSN,
    "123 456 782 does not match": BSN,
    "1112.22.333": BSN,
    "bsn: 123456789": BSN,
    "burgerservicenummer 12345678": BSN,
    "paid to NL91ABNA0417164300": IBAN,
    "NL91 ABNA 0417 1643 00 is wrong": IBAN,
    "nl91abna0417164300": IBAN,
    "from BE68 5390 0754 7034": IBAN,
    "DE89370400440532013000": IBAN,
    "parcel to 1234 AB 12": ADDRESS,
    "Dorpsstraat 12, 4321XZ": ADDRESS,
    "1234AB 7 is empty": ADDRESS,
    "born 12-03-1980": BIRTH,
    "geboren op 1 maart 1980": BIRTH,
    "dob 1980-03-12": BIRTH,
    "a non-breaking 06\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}34\N{NO-BREAK SPACE}56\N{NO-BREAK SPACE}78": PHONE,
    "an en dash 06\N{EN DASH}12345678": PHONE,
}
ORDINARY = (
    "invoice run 2026-11", "ticket 12345", "PR-2026/0117", "houvast prove", "a test", "morning round, open tickets",
    "questions of this morning", "ticket of today", "benchmark", "invoice 2026000123", "invoice 2026-11-017",
    "invoices 2026-11-001 to 2026-11-250", "25-11-2026 09:30", "run of 2026-11-26T00:05:21Z", "01-02-2026 10:30 to 12:45",
    "01-02-2026 10 tickets", "week 48, 2026", "order 20261125-0007", "release 1.12.3, build 20261125093000", "v2.0.14",
    "lodash@4.17.21 is broken", "sha 3f2504e04f8911d39a0c0305e82c3301", "case 7", "case 2026.11.017", "dispute D-112233",
    "3,000,000 orders", "EUR 1.234.567,89", "123456789 rows", "112233445 bytes", "ticket #98765432", "JIRA ABC-1234",
    "IT20 MIGRATION OF THE SHOP", "NL26 INVOICE RUN NOVEMBER", "GB18 is the release", "phase 2 of 3", "10.0.0.12 is down",
    "upgrade to PostgreSQL 18.6", "2026 EU 27 report", "Q4 2026", "room 1234 AB", "art. 15 AVG, request 41",
    "ISO/IEC TS 27560", "RFC 9162", "port 5432 -> 5433", "0117", "batch 0612", "80 % of 1200", "the 09:00-17:00 shift",
    "DELETE of 1500 rows past their term", "kwartaal 4, run 00012345678", "SR20261125001",
)  # fmt: skip


@pytest.fixture(scope="module")
def admin(standing: Standing) -> Generator[Connection]:
    with connect(standing.url) as connection:
        yield connection


@pytest.mark.parametrize("reason", PERSONAL)
def test_personal_data_in_a_reason_is_found_by_its_kind(admin: Connection, reason: str) -> None:
    assert value(admin, "SELECT houvast.personal_in(%s)", reason) == PERSONAL[reason]


@pytest.mark.parametrize("reason", ORDINARY)
def test_ordinary_work_is_no_personal_data(admin: Connection, reason: str) -> None:
    assert value(admin, "SELECT houvast.personal_in(%s)", reason) is None


def test_a_name_has_no_pattern_and_is_not_found(admin: Connection) -> None:
    """A residual, and named as one."""
    assert value(admin, "SELECT houvast.personal_in('Jan de Vries asked for it')") is None


def test_a_refusal_names_kind_and_promise_and_never_the_value(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    with pytest.raises(DatabaseError) as refusal:
        rows(session, "SELECT houvast.open_use('answer', 'mail of jan@lakana.example')")
    told = refusal.value.diag
    assert "an e-mail address (promise C02)" in (told.message_primary or "")
    assert "'ticket 12345'" in (told.message_hint or "")
    assert "jan" not in " ".join(
        filter(None, (str(refusal.value), told.message_detail, told.message_hint, told.context))
    )
    assert either_company.uses() == []
