"""The log is told of each sign-in: role and method, and not who. What cannot be told does not happen."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from houvast.database import Connection, DatabaseError, connect, run
from houvast.evidence import rows
from tests.web.asking import PASSWORD, Reader, code_of
from tests.web.conftest import Enter, Kept
from tests.web.test_entry import secret_of


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    """An administrator, who has taken what waited out of the log."""
    with connect(kept.target.url) as connection:
        connection.execute("TRUNCATE houvast.event")
        yield connection


def _told(admin: Connection) -> list[tuple[str, str, str]]:
    found = [one for one in rows.waiting(admin, 100) if one.kind.startswith("staff_")]
    admin.execute("TRUNCATE houvast.event")
    assert all(one.sealed == {} and one.person == ("", "") for one in found)
    return [(one.kind, one.body["role"], one.body["method"]) for one in found]


def _sign_in(kept: Kept, name: str) -> Reader:
    reader = Reader(kept.pages)
    reader.get("/sign-in/")
    assert reader.post("/sign-in/", {"login": name, "password": PASSWORD}).headers["Location"] == "/sign-in/code/"
    return reader


def test_each_way_in_is_told_once_it_is_through(kept: Kept, enter: Enter, admin: Connection) -> None:
    enter("logged", "auditor")
    assert _told(admin) == [("staff_signed_in", "auditor", "invitation")]
    reader = _sign_in(kept, "logged")
    reader.get("/sign-in/code/")
    reader.post("/sign-in/code/", {"code": "000000"})
    assert _told(admin) == []
    assert reader.post("/sign-in/code/", {"code": code_of(secret_of(kept, "logged"))}).status == 302
    assert _told(admin) == [("staff_signed_in", "auditor", "password and code")]


def test_who_cannot_be_written_down_does_not_come_in(kept: Kept, enter: Enter, admin: Connection) -> None:
    enter("unwritten", "officer")
    function = "houvast.tell_sign_in(text, text)"
    run(admin, f"REVOKE EXECUTE ON FUNCTION {function} FROM houvast_web")
    try:
        reader = _sign_in(kept, "unwritten")
        reader.get("/sign-in/code/")
        assert reader.post("/sign-in/code/", {"code": code_of(secret_of(kept, "unwritten"))}).status >= 500
        assert reader.get("/desk/").status == 302
    finally:
        run(admin, f"GRANT EXECUTE ON FUNCTION {function} TO houvast_web")


def test_the_pages_can_tell_the_log_nothing_else(kept: Kept) -> None:
    with connect(kept.site.url) as pages:
        for statement in (
            "SELECT houvast.tell('drift_mended', '', '{}')",
            "SELECT houvast.tell_sign_in('officer', 'by the window')",
            "SELECT houvast.tell_sign_in('mayor', 'passkey')",
            "INSERT INTO houvast.event (kind, body) VALUES ('drift_mended', '{}')",
            "SELECT * FROM houvast.event",
        ):
            with pytest.raises(DatabaseError, match=r"permission denied|violates check constraint"):
                run(pages, statement)


@pytest.mark.parametrize(
    ("records", "method"),
    [
        ([], "invitation"), ([{"method": "password"}], "password"),
        ([{"method": "password"}, {"method": "mfa", "type": "totp"}], "password and code"),
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], "passkey"),
        ([{"method": "password"}, {"method": "mfa", "type": "recovery_codes"}], "recovery code"),
        ([{"method": "code"}], "other"),
    ],
)  # fmt: skip
def test_how_somebody_signed_in_is_one_of_a_closed_list(kept: Kept, records: list[dict[str, str]], method: str) -> None:
    from houvast.web.signing_in import method_of

    assert method_of(records) == method
