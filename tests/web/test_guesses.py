"""Codes are guessed by many at once, at two programs: the database looks at five for each check, and at no more."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from houvast.database import Connection
from tests.web.asking import Reader
from tests.web.conftest import Kept, serving
from tests.web.guessing import guess
from tests.web.visiting import ask, customer, mailed

TRIES, CODES = 5, 5
"""How often a code may be tried, and how many an hour are sent to an address."""
RESULTS = Path(__file__).parents[2] / "bench" / "results" / "guesses.json"
EVALUATED = """SELECT sum(tries)::int, max(tries), sum(tries) FILTER (WHERE kind IS NOT NULL)::int, bool_or(is_right)
FROM houvast.checking WHERE id = ANY (%s::uuid[])"""
CHANGED = (
    "SELECT pg_stat_clear_snapshot(), n_tup_upd FROM pg_stat_user_tables WHERE relid = 'houvast.checking'::regclass"
)
LIVE = "SELECT count(*) FROM houvast.person_session WHERE live"


@pytest.fixture(scope="module")
def two(kept: Kept, served: str) -> Generator[tuple[str, str]]:
    """Two programs that answer with the pages of one database."""
    with tempfile.TemporaryDirectory(prefix="houvast-") as home, serving(kept, home) as other:
        yield served, other


def _asked(reader: Reader, admin: Connection, times: int) -> tuple[list[dict[str, str]], list[str]]:
    """The cookies and codes of somebody who asks for a code, again and again."""
    whom = customer(admin)
    cookies: list[dict[str, str]] = []
    codes: list[str] = []
    for _ in range(times):
        one = Reader(reader.pages)
        ask(one, whom.address)
        one.get("/me/enter/")
        cookies.append(dict(one.cookies))
        codes.append(mailed(admin)[0])
    admin.execute("TRUNCATE houvast_desk.tried")
    return cookies, codes


def _guessed(admin: Connection, two: tuple[str, str], cookies: list[dict[str, str]], guesses: int) -> dict[str, object]:
    """Guess, and count in two ways what was looked at: by the checks, and by the rows that PostgreSQL saw changed."""
    (_, before), (live,) = _row(admin, CHANGED), _row(admin, LIVE)
    found = guess(two, cookies, guesses, connections=50)
    assert found.statuses == {422: guesses}  # not one was turned away before the database was asked
    assert _row(admin, LIVE) == (live,)
    total, most, of_somebody, right = _row(admin, EVALUATED, [one["houvast_check"] for one in cookies])
    assert (most, right) == (TRIES, False)
    assert total == TRIES * len(cookies)
    admin.execute("SELECT pg_stat_force_next_flush()")
    (_, after) = _row(admin, CHANGED)
    assert int(str(after)) - int(str(before)) <= TRIES * len(cookies)
    return {"guesses": guesses, "connections": 50, "programs": 2, "codes": len(cookies), "evaluated": total,
            "evaluated_of_somebody": of_somebody, "seconds": round(found.seconds, 1)}  # fmt: skip


def _row(admin: Connection, text: str, *values: object) -> tuple[object, ...]:
    row = admin.execute(text.encode(), values).fetchone()
    assert row
    return tuple(row)


def test_of_many_guesses_at_two_programs_five_are_looked_at(
    reader: Reader, admin: Connection, two: tuple[str, str]
) -> None:
    cookies, codes = _asked(reader, admin, 1)
    assert _guessed(admin, two, cookies, 200)["evaluated_of_somebody"] == TRIES
    late = Reader(reader.pages, cookies[0])
    assert late.post("/me/enter/", {"code": codes[0]}).status == 422


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_of_ten_thousand_guesses_not_one_more_is_looked_at_than_the_limit(
    reader: Reader, admin: Connection, two: tuple[str, str]
) -> None:
    """Whoever asks for as many codes as they can, and guesses at all of them: 25 tries an hour, of 2^40 codes each."""
    cookies, codes = _asked(reader, admin, CODES + 1)
    counted = _guessed(admin, two, cookies, 10_000)
    assert counted["evaluated_of_somebody"] == TRIES * CODES
    for one, code in zip(cookies, codes, strict=True):
        assert Reader(reader.pages, one).post("/me/enter/", {"code": code}).status == 422
    if os.environ.get("HOUVAST_GOLDEN"):
        RESULTS.write_text(json.dumps(counted, indent=2) + "\n")
