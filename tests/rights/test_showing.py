"""One of the staff sees a copy before it goes out, with and without redactions, and judges what goes."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from houvast.app import preparing
from houvast.app.copying import copy_to
from houvast.app.erasing import erase
from houvast.database import Connection, connect, run
from houvast.database.connect import DatabaseError
from houvast.rights import Rule
from tests.compiler.staffing import enrolled
from tests.rights.office import Office

SECRET = "Zacharias Onbekend of the other shift"
SAID = f"I saw {SECRET}, twice: {SECRET}."
ASK = "SELECT houvast.ask_shown(%s, 'before it goes out', %s, 'en')"
READ = "SELECT place, \"table\", cells FROM houvast.read_shown(%s, 'anna', 0, %s)"


@pytest.fixture
def web(office: Office) -> Generator[Connection]:
    """The login of the pages, as `houvast serve` makes it."""
    office.do("DO $$ BEGIN IF to_regrole('houvast_web') IS NULL THEN CREATE ROLE houvast_web LOGIN; END IF; END $$")
    for name in ("ask_shown", "shown_stands", "read_shown", "read_judged", "take_out", "let_stand", "take_back"):
        run(office.admin, f"GRANT EXECUTE ON FUNCTION houvast.{name} TO houvast_web")
    enrolled(office.admin, "anna")
    enrolled(office.admin, "vera")
    with connect(office.target.url_of("houvast_web")) as found:
        yield found


@pytest.fixture
def key(office: Office) -> int:
    """A contact person whose access request was checked, with words about a colleague and about a stranger."""
    (key,), (other,) = office.do("SELECT id FROM business_contact ORDER BY id LIMIT 2")
    colleague = office.one("SELECT full_name FROM business_contact WHERE id = %s", other)
    note = f"{SAID} {colleague} pays."
    office.do("UPDATE engagement SET terms = 'net 30', notes = %s WHERE business_contact_id = %s", note, key)
    _checked(office, key)
    return key


def _checked(office: Office, key: int, right: str = "access", level: int | None = 2) -> None:
    """A request of theirs; somebody checked whose it is, or nobody did."""
    office.do(
        'INSERT INTO houvast.request (kind, key, "right", level, verified_at)'
        " VALUES ('business_contact', %s, %s, %s, CASE WHEN %s THEN now() END)",
        str(key), right, level or 0, level is not None,
    )  # fmt: skip


def _number(office: Office) -> int:
    return office.one("SELECT max(id) FROM houvast.request")


def _made(office: Office) -> None:
    office.do("UPDATE houvast.shown SET asked_at = asked_at - interval '1 minute'")
    done = preparing.make(office.target, office.admin)
    assert (done.failed, done.trouble) == (0, None)


def _ask(office: Office, web: Connection) -> int:
    row = web.execute(ASK, (_number(office), "anna")).fetchone()
    assert row
    _made(office)
    return row[0]


def _move_view(office: Office) -> None:
    """What is shown is that of the newest request, made anew."""
    office.do("UPDATE houvast.shown SET request = %s, made_at = NULL, tries = 0", _number(office))
    _made(office)


def _cell(web: Connection, use: int, column: str) -> tuple[int, dict[str, Any]]:
    rows = web.execute(READ.encode(), (use, True)).fetchall()
    found = [
        (place, cell)
        for place, table, cells in rows
        if table == "engagement"
        for cell in cells
        if cell["column"] == column
    ]
    return found[0]


def _notes(office: Office, key: int, out: Path) -> str:
    copy_to(office.target, f"business_contact:{key}", out, language="en")
    (row,) = json.loads((out / "data.json").read_text())["tables"]["engagement"]
    return row["notes"]


def _refused(connection: Connection, text: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as caught:
        connection.execute(text.encode(), values)
    return f"{caught.value.diag.message_primary}"


def test_a_copy_is_shown_with_what_goes_to_whoever_asked_with_a_reason(
    office: Office, web: Connection, key: int
) -> None:
    use = _ask(office, web)
    recorded = office.do("SELECT kind, person, reason, staff ~ '^officer', login FROM houvast.use WHERE id = %s", use)
    assert recorded == [("business_contact", str(key), "before it goes out", True, "houvast_web")]
    stands = web.execute(
        "SELECT made, failed, rows > marked, marked > 0 FROM houvast.shown_stands(%s, 'anna')", (use,)
    ).fetchall()
    assert stands == [(True, False, True, True)]
    _, notes = _cell(web, use, "notes")
    (piece,) = notes["pieces"]
    assert piece["text"].startswith(SAID)
    assert [(piece["text"][begin:end], rule, role) for begin, end, rule, role in piece["gone"]] == [
        (
            office.one("SELECT full_name FROM business_contact ORDER BY id OFFSET 1 LIMIT 1"),
            "named",
            "another business contact A",
        )
    ]
    assert _cell(web, use, "terms")[1]["whole"] == ["organisation", "the company"]


def test_nobody_else_sees_it_and_nothing_is_shown_without_a_use(office: Office, web: Connection, key: int) -> None:
    number = _number(office)
    web.autocommit = False
    use = web.execute(ASK, (number, "anna")).fetchone()
    assert use
    assert "no copy is shown to you" in _refused(
        web, READ, use[0], False
    )  # not committed: the record could be taken back
    web.rollback()
    web.autocommit = True
    use = _ask(office, web)
    assert "no copy is shown to you" in _refused(web, "SELECT houvast.shown_stands(%s, 'vera')", use)
    assert "does not know this member" in _refused(web, "SELECT houvast.shown_stands(%s, 'nobody')", use)
    assert "no copy is shown to you" in _refused(office.admin, "SELECT houvast.shown_stands(%s, 'anna')", use)
    assert "no copy is shown to you" in _refused(web, READ, use + 1000, False)
    for table in ("shown", "shown_row", "judged"):
        assert "permission denied" in _refused(web, f"SELECT * FROM houvast.{table}")
    enrolled(office.admin, "sam", "support")
    assert "only an officer" in _refused(web, ASK, number, "sam")
    assert "reason without personal data" in _refused(web, "SELECT houvast.ask_shown(%s, 'x', 'anna', 'en')", number)
    office.do("UPDATE houvast.shown SET until = now()")
    assert "its time is over" in _refused(web, READ, use, False)


@pytest.mark.parametrize(
    ("right", "level", "said"), [("access", None, "nobody has checked"), ("erasure", 2, "asks for no copy")]
)
def test_only_the_copy_of_a_request_that_was_checked_is_shown(
    office: Office, web: Connection, key: int, right: str, level: int | None, said: str
) -> None:
    _checked(office, key, right, level)
    assert said in _refused(web, ASK, _number(office), "anna")
    assert "no such request" in _refused(web, ASK, 999_999, "anna")


def test_the_copy_honours_what_was_judged_and_tells_it(
    office: Office, web: Connection, key: int, tmp_path: Path
) -> None:
    use = _ask(office, web)
    place, _ = _cell(web, use, "notes")
    taken = web.execute("SELECT houvast.take_out(%s, 'anna', %s, 'notes', %s)", (use, place, SECRET)).fetchone()
    assert taken == (2,)
    _made(office)
    stand = "SELECT houvast.let_stand(%s, 'anna', %s, %s, %s, %s, 'their own terms')"
    place, _ = _cell(web, use, "terms")
    web.execute(stand, (use, place, "terms", -1, 0))
    _made(office)
    place, notes = _cell(web, use, "notes")
    assert [rule for _, _, rule, _ in notes["pieces"][0]["gone"]] == ["judged", "judged", "named"]
    begin = notes["pieces"][0]["gone"][2][0]
    web.execute(stand, (use, place, "notes", 0, begin))
    colleague = office.one("SELECT full_name FROM business_contact ORDER BY id OFFSET 1 LIMIT 1")
    out = tmp_path / "copy"
    found = copy_to(office.target, f"business_contact:{key}", out, language="en")
    (row,) = json.loads((out / "data.json").read_text())["tables"]["engagement"]
    assert row["notes"] == f"I saw [somebody else], twice: [somebody else]. {colleague} pays."
    assert row["terms"] == "net 30"
    assert {(one.column, one.rule, one.count) for one in found.redactions} == {("notes", Rule.JUDGED, 2)}
    assert "GDPR art. 15(4)" in (out / "summary.html").read_text()
    told = office.do(
        "SELECT body ->> 'change', body ->> 'rule' FROM houvast.event WHERE kind = 'copy_judged' ORDER BY id"
    )
    assert told == [("taken", "judged"), ("let_stand", "organisation"), ("let_stand", "named")]
    assert SECRET not in str(office.do("SELECT j::text FROM houvast.judged j"))


def test_a_judgement_can_be_taken_back_and_ends_with_the_request(
    office: Office, web: Connection, key: int, tmp_path: Path
) -> None:
    use = _ask(office, web)
    place, _ = _cell(web, use, "notes")
    web.execute("SELECT houvast.take_out(%s, 'anna', %s, 'notes', %s)", (use, place, SECRET))
    (number,) = web.execute("SELECT min(id) FROM houvast.read_judged(%s, 'anna')", (use,)).fetchone() or (0,)
    web.execute("SELECT houvast.take_back(%s, 'anna', %s)", (use, number))
    assert "nothing of that number" in _refused(web, "SELECT houvast.take_back(%s, 'anna', %s)", use, number)
    assert _notes(office, key, tmp_path / "copy").startswith(f"I saw {SECRET}, twice: [somebody else].")
    _made(office)
    place, _ = _cell(web, use, "notes")
    office.do(
        "UPDATE houvast.request SET state = 'withdrawn' WHERE id = %s",
        _number(office),
    )
    for ask in (
        "SELECT houvast.take_out(%s, 'anna', {}, 'notes', 'I')",
        "SELECT houvast.read_shown(%s, 'anna', 0, false)",
    ):
        assert "has ended" in _refused(web, ask.format(place), use)
    assert "has ended" in _refused(web, ASK, _number(office), "anna")


def test_words_that_are_not_there_and_rules_that_took_nothing_are_refused(
    office: Office, web: Connection, key: int
) -> None:
    use = _ask(office, web)
    place, _ = _cell(web, use, "notes")
    take, stand = (
        "SELECT houvast.take_out(%s, 'anna', %s, %s, %s)",
        "SELECT houvast.let_stand(%s, 'anna', %s, %s, %s, %s, %s)",
    )
    assert "do not stand" in _refused(web, take, use, place, "notes", "somewhere else")
    assert "not shown" in _refused(web, take, use, place, "no_column", "x")
    assert "not shown" in _refused(web, take, use, 99_999, "notes", "x")
    assert "1 to 2,000" in _refused(web, take, use, place, "notes", "")
    assert "take nothing out there" in _refused(web, stand, use, place, "notes", 0, 3, "their own")
    assert "needs a reason" in _refused(web, stand, use, place, "terms", -1, 0, "")
    assert "needs a reason" in _refused(web, stand, use, place, "terms", -1, 0, "it is of a@lakana.example")
    assert office.one("SELECT count(*) FROM houvast.judged") == 0


def test_a_text_that_changed_since_goes_as_a_whole_in_every_later_copy(
    office: Office, web: Connection, key: int, tmp_path: Path
) -> None:
    use = _ask(office, web)
    place, _ = _cell(web, use, "notes")
    web.execute("SELECT houvast.take_out(%s, 'anna', %s, 'notes', %s)", (use, place, SECRET))
    office.do("UPDATE houvast.request SET state = 'searching' WHERE id = %s", _number(office))
    _checked(office, key)
    assert "[somebody else]" in _notes(office, key, tmp_path / "later")
    office.do("UPDATE engagement SET notes = 'Since then: ' || notes WHERE business_contact_id = %s", key)
    assert _notes(office, key, tmp_path / "changed") == "somebody else"
    _move_view(office)
    place, _ = _cell(web, use, "notes")
    web.execute("SELECT houvast.take_out(%s, 'anna', %s, 'notes', 'Since then')", (use, place))
    stale = web.execute("SELECT id FROM houvast.read_judged(%s, 'anna') ORDER BY id LIMIT 2", (use,)).fetchall()
    for (number,) in stale:
        web.execute("SELECT houvast.take_back(%s, 'anna', %s)", (use, number))
    assert _notes(office, key, tmp_path / "anew").startswith("[somebody else]: I saw")


def test_nothing_of_it_goes_out_or_stays(office: Office, web: Connection, key: int, tmp_path: Path) -> None:
    use = _ask(office, web)
    place, _ = _cell(web, use, "notes")
    web.execute("SELECT houvast.take_out(%s, 'anna', %s, 'notes', %s)", (use, place, SECRET))
    _made(office)
    _notes(office, key, tmp_path / "copy")
    for file in (tmp_path / "copy").rglob("*"):
        assert file.is_dir() or SECRET not in file.read_text()
    assert SECRET in str(office.do("SELECT cells::text FROM houvast.shown_row"))
    office.do("UPDATE houvast.shown SET until = now()")
    preparing.sweep(office.admin)
    assert (
        office.do("SELECT * FROM houvast.shown_row UNION ALL SELECT use, 0, '', '', false, NULL FROM houvast.shown")
        == []
    )
    tables = office.do("SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                       " WHERE n.nspname = 'houvast' AND c.relkind = 'r'")  # fmt: skip
    for (table,) in tables:
        assert (table, office.do(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", f"%{SECRET}%")) == (
            table,
            [(0,)],
        )
    assert office.one("SELECT pg_relation_size('houvast.shown_row')") == 0  # and nothing of it lies in its file
    kept = "SELECT string_agg(relpersistence, '') FROM pg_class WHERE relname IN ('shown', 'shown_row')"
    assert office.one(kept) == "uu"  # never in the write-ahead log


def test_an_erasure_takes_what_is_shown_away(office: Office, web: Connection, key: int) -> None:
    use = _ask(office, web)
    _checked(office, key, "erasure")
    erase(office.target, f"business_contact:{key}")
    assert "no copy is shown" in _refused(web, READ, use, False)
    assert office.one("SELECT count(*) FROM houvast.shown_row") == 0
