"""Asking for codes and answering them, as the pages do."""

from __future__ import annotations

from tests.compiler.asking import value
from tests.compiler.company import Company

PEOPLE = "houvast_people"
BROWSER = "b" * 64
OTHER = "c" * 64
VERA = "vera@lakana.example"
NOBODY = "nobody@lakana.example"


def asked(company: Company, address: str = VERA, browser: str = BROWSER, network: str = "192.0.2.1") -> str:
    """The number of a check that was asked for."""
    return str(value(company.admin, "SELECT houvast.ask_code('email', %s, %s, %s, 'nl')", address, browser, network))


def mailed(company: Company) -> tuple[str, str, str | None]:
    """What the newest mail holds: the code, what the link to stop it holds, and where it goes."""
    return company.do("""SELECT "values" ->> 'code', "values" ->> 'stop', address FROM houvast.outgoing
                         ORDER BY queued_at DESC LIMIT 1""")[0]  # fmt: skip


def answered(company: Company, check: str, code: str, browser: str = BROWSER) -> str:
    """The secret that a code gave, right or wrong."""
    return value(company.admin, "SELECT houvast.answer_code(%s, %s, %s)", check, code, browser)


def is_live(company: Company, secret: str) -> bool:
    """Whether a secret is that of a session."""
    return bool(company.do("SELECT * FROM houvast.session_now(%s)", secret))


def signed_in(company: Company, address: str = VERA) -> str:
    """The secret of somebody who asked for a code and answered it."""
    check = asked(company, address)
    secret = answered(company, check, mailed(company)[0])
    assert is_live(company, secret)
    return secret
