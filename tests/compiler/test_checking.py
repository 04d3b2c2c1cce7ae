"""The database checks who somebody is: codes to the address on file, and sessions that open one person's data."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from houvast.database import DatabaseError, connect
from tests.compiler.asking import Refused, open_use, rows, value
from tests.compiler.checks import BROWSER, NOBODY, OTHER, PEOPLE, VERA, answered, asked, is_live, mailed, signed_in
from tests.compiler.company import Company, seen
from tests.compiler.whole import OFFICER

TRIES = "SELECT tries FROM houvast.checking WHERE id = %s"
WRITTEN = """SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
             WHERE schemaname = 'houvast' AND n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY 1"""


def test_a_code_opens_the_data_of_its_person_and_of_nobody_else(either_company: Company) -> None:
    secret = signed_in(either_company)
    session = either_company.session(PEOPLE)
    opened = rows(session, "SELECT kind, key FROM houvast.open_session_use(%s, 'a test')", secret)
    assert opened == [("customer", "1")]
    assert seen(session) == [1]
    assert seen(session, "SELECT id FROM ticket") == [1]
    either_company.do("SELECT houvast.end_session(%s)", secret)
    assert seen(session) == []
    assert not is_live(either_company, secret)
    with pytest.raises(Refused, match="session of nobody"):
        rows(either_company.session(PEOPLE), "SELECT houvast.open_session_use(%s, 'a test')", secret)


def test_typing_a_code_with_spaces_small_letters_or_look_alikes_is_fine(company: Company) -> None:
    check = asked(company)
    code = mailed(company)[0]
    typed = f" {code.lower()[:2]} {code[2:].replace('0', 'o').replace('1', 'I')} "
    assert is_live(company, answered(company, check, typed))


def test_the_sixth_try_counts_no_more_also_when_it_is_right(company: Company) -> None:
    check = asked(company)
    code = mailed(company)[0]
    for _ in range(5):
        assert not is_live(company, answered(company, check, "00000000"))
    assert not is_live(company, answered(company, check, code))
    assert company.do(TRIES, check) == [(5,)]


def test_a_code_works_once_and_in_the_browser_that_asked(company: Company) -> None:
    check = asked(company)
    code = mailed(company)[0]
    assert not is_live(company, answered(company, check, code, OTHER))
    assert company.do(TRIES, check) == [(0,)]
    assert is_live(company, answered(company, check, code))
    assert not is_live(company, answered(company, check, code))


def test_a_code_of_ten_minutes_ago_is_wrong(company: Company) -> None:
    check = asked(company)
    company.do("UPDATE houvast.checking SET until = clock_timestamp() WHERE id = %s", check)
    assert not is_live(company, answered(company, check, mailed(company)[0]))


def test_whoever_guesses_and_rolls_back_learns_nothing(company: Company) -> None:
    """Within its transaction a right code looks as a wrong one does, by whatever anybody can see."""
    check = asked(company)
    code = mailed(company)[0]
    seen_of_it: list[object] = []
    logged: list[int] = []
    for guess in ("00000000", code) * 9:
        with connect(company.server.url(company.name)) as session, session.transaction(force_rollback=True):
            before = value(session, "SELECT pg_current_wal_insert_lsn()")
            secret = value(session, "SELECT houvast.answer_code(%s, %s, %s)", check, guess, BROWSER)
            logged.append(value(session, "SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", before))
            again = value(session, "SELECT houvast.answer_code(%s, %s, %s)", check, guess, BROWSER)
            live = [rows(session, "SELECT * FROM houvast.session_now(%s)", one) for one in (secret, again)]
            seen_of_it.append((live, rows(session, WRITTEN)))
    assert all(one == ([[], []], [("checking", 0, 1, 0), ("person_session", 2, 0, 0)]) for one in seen_of_it)
    assert min(logged[::2]) == min(logged[1::2])  # others write to the log too, at times
    assert company.do(TRIES, check) == [(0,)]
    assert is_live(company, answered(company, check, code))


def test_of_many_guesses_at_once_five_are_tried(company: Company) -> None:
    check = asked(company)

    def guess(start: int) -> None:
        with connect(company.server.url(company.name)) as session:
            for number in range(start, start + 20):
                rows(session, "SELECT houvast.answer_code(%s, %s, %s)", check, f"{number:08d}", BROWSER)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(guess, range(0, 200, 20)))
    assert company.do(TRIES, check) == [(5,)]
    assert not is_live(company, answered(company, check, mailed(company)[0]))


def test_an_address_that_nobody_has_writes_what_a_known_one_writes(company: Company) -> None:
    for address in (VERA, NOBODY):
        asked(company, address)
    written: list[object] = []
    for address in (VERA, NOBODY):
        with connect(company.server.url(company.name), autocommit=False) as session:
            rows(session, "SELECT houvast.ask_code('email', %s, %s, '192.0.2.1', 'nl')", address, BROWSER)
            written.append(rows(session, WRITTEN))
    assert written[0] == written[1]
    known, unknown = company.do("""
        SELECT count(*), min(template), min(length("values"::text)), bool_and(until - queued_at < '11 minutes')::text, bool_and(blank)
        FROM houvast.outgoing GROUP BY blank ORDER BY blank""")  # fmt: skip
    assert known[1:4] == unknown[1:4]
    assert (known[4], unknown[4]) == (False, True)


def test_no_code_of_an_unknown_address_is_right(company: Company) -> None:
    check = asked(company, NOBODY)
    code, _, address = mailed(company)
    assert address is None
    assert not is_live(company, answered(company, check, code))
    assert company.do(TRIES, check) == [(1,)]


def test_the_code_goes_to_the_address_on_file_and_to_none_that_two_people_share(company: Company) -> None:
    asked(company, " VERA@Lakana.Example ")
    assert mailed(company)[2] == VERA
    company.do("UPDATE contact SET email = %s WHERE account_id = 2", VERA)
    asked(company, VERA)
    assert mailed(company)[2] is None


def test_no_code_goes_to_an_address_of_yesterday(company: Company) -> None:
    company.do("UPDATE contact SET email = 'new@lakana.example' WHERE account_id = 1")
    for address in ("new@lakana.example", VERA):
        check = asked(company, address)
        code, _, where = mailed(company)
        assert where is None
        assert not is_live(company, answered(company, check, code))
    company.do("UPDATE houvast.contact_change SET at = at - interval '3 days'")
    asked(company, "new@lakana.example")
    assert mailed(company)[2] == "new@lakana.example"


def test_codes_are_asked_five_times_an_hour_for_one_address(company: Company) -> None:
    for _ in range(5):
        asked(company, network="")
        assert mailed(company)[2] == VERA
    check = asked(company, network="192.0.2.9")
    assert mailed(company)[2] is None
    assert not is_live(company, answered(company, check, mailed(company)[0]))


def test_codes_are_asked_twenty_times_an_hour_from_one_network(company: Company) -> None:
    for number in range(20):
        asked(company, f"{number}@lakana.example")
    asked(company)
    assert mailed(company)[2] is None
    asked(company, network="192.0.2.2")
    assert mailed(company)[2] == VERA


def test_who_did_not_ask_stops_it_and_what_came_of_it(company: Company) -> None:
    check = asked(company)
    code, stop, _ = mailed(company)
    secret = answered(company, check, code)
    company.do("SELECT houvast.stop_check(%s)", "0" * 64)
    assert is_live(company, secret)
    company.do("SELECT houvast.stop_check(%s)", stop)
    assert not is_live(company, secret)
    late = asked(company)
    code, stop, _ = mailed(company)
    company.do("SELECT houvast.stop_check(%s)", stop)
    assert not is_live(company, answered(company, late, code))


def test_the_login_of_the_pages_opens_no_use_but_in_a_session(either_company: Company) -> None:
    company = either_company
    company.do("INSERT INTO houvast.request (kind, key, verified_at) VALUES ('customer', '2', now())")
    session = company.session(PEOPLE)
    with pytest.raises(Refused, match="in the session of that person alone"):
        open_use(session, "rights", person=2)
    for secret in ("", "0" * 64):
        with pytest.raises(Refused, match="session of nobody"):
            rows(company.session(PEOPLE), "SELECT houvast.open_session_use(%s, 'a test')", secret)
    used = company.session(PEOPLE)
    (use,) = rows(used, "SELECT use FROM houvast.open_session_use(%s, 'a test')", signed_in(company))
    other = company.session(PEOPLE)
    with pytest.raises(Refused, match="no such use open"):
        rows(other, "SELECT houvast.enter_use(%s)", use[0])
    for text in ("SELECT * FROM houvast.checking", "SELECT * FROM houvast.outgoing", "SELECT * FROM houvast.person_session",
                 "SELECT houvast.live_session('x', false)", "SELECT houvast.persons_by('email', 'x')"):  # fmt: skip
        with pytest.raises(Refused, match="permission denied"):
            rows(other, text)
    assert seen(other) == []


def test_only_a_session_that_was_used_lately_does_what_is_most_sensitive(company: Company) -> None:
    secret = signed_in(company)
    company.do("UPDATE houvast.person_session SET seen_at = seen_at - interval '16 minutes'")
    session = company.session(PEOPLE)
    with pytest.raises(DatabaseError, match="a code of this moment"):
        rows(session, "SELECT houvast.open_session_use(%s, 'a test', true)", secret)
    rows(session, "SELECT houvast.open_session_use(%s, 'a test')", secret)
    with pytest.raises(DatabaseError, match="a code of this moment"):  # looking first makes it no fresher
        rows(company.session(PEOPLE), "SELECT houvast.open_session_use(%s, 'a test', true)", secret)
    company.do("UPDATE houvast.person_session SET until = clock_timestamp()")
    assert not is_live(company, secret)


def test_checks_are_told_to_the_log_and_go(company: Company) -> None:
    rows(company.session(PEOPLE), "SELECT houvast.open_session_use(%s, 'a test')", signed_in(company))
    answered(company, asked(company), "00000000")
    answered(company, asked(company, NOBODY), "00000000")
    company.do("UPDATE houvast.checking SET until = until - interval '2 days'")
    company.do("UPDATE houvast.person_session SET until = until - interval '2 days', since = since - interval '2 days'")
    company.do("SELECT houvast.sweep_checks()")
    told = company.do(
        "SELECT body ->> 'outcome', subject_key FROM houvast.event WHERE kind = 'person_checked' ORDER BY id"
    )
    assert told == [("right", "1"), ("wrong", "1")]
    assert (
        company.do("SELECT (SELECT count(*) FROM houvast.checking), (SELECT count(*) FROM houvast.checked)")[0][0] == 0
    )
    assert company.do("SELECT count(*) FROM houvast.request WHERE session AND closed_at IS NULL") == [(0,)]


def test_who_is_erased_has_no_session_code_or_mail_left(company: Company) -> None:
    live, waiting = signed_in(company), asked(company)
    code = mailed(company)[0]
    rows(company.session(PEOPLE), "SELECT houvast.open_session_use(%s, 'a test')", live)
    company.do("UPDATE contact SET email = 'new@lakana.example' WHERE account_id = 1")
    company.do("UPDATE contact SET email = 'other@lakana.example' WHERE account_id = 2")
    company.do(
        "INSERT INTO houvast.request (kind, key, \"right\", level, verified_at) VALUES ('customer', '1', 'erasure', 4, now())"
    )
    erasing = company.using(OFFICER, "rights", person=1)
    rows(erasing, "BEGIN; DELETE FROM message; DELETE FROM contact")
    rows(erasing, "SELECT houvast.tell_erasure(2, 0, 0, 9); COMMIT")
    assert not is_live(company, live)
    assert not is_live(company, answered(company, waiting, code))
    assert company.do("SELECT to_key FROM houvast.outgoing WHERE template = 'contact_changed'") == [("2",)]
    assert company.do("SELECT count(*) FROM houvast.outgoing WHERE address = %s", VERA) == [(0,)]
    assert company.do("SELECT count(*) FROM houvast.request WHERE session AND closed_at IS NULL") == [(0,)]


def test_nobody_says_of_an_erasure_that_did_not_happen_that_it_did(company: Company) -> None:
    """Not without a checked request for it, not before it, not with more than it did, and not to end a cool-down."""
    company.do("UPDATE contact SET email = 'thief@lakana.example' WHERE account_id = 1")
    company.do("INSERT INTO houvast.request (kind, key, level, verified_at) VALUES ('customer', '1', 4, now())")
    erasing = company.using(OFFICER, "rights", person=1)
    with pytest.raises(Refused, match="to erase their data is open"):
        rows(erasing, "SELECT houvast.tell_erasure(0, 0, 0, 99)")
    company.do(
        "INSERT INTO houvast.request (kind, key, \"right\", level, verified_at) VALUES ('customer', '1', 'erasure', 4, now())"
    )
    for telling in (
        "tell_erasure(1, 0, 0, 99)",
        "tell_erasure(0, 1, 0, 99)",
        "tell_erasure(0, 0, 0, 0)",
        "tell_erasure(-1, 1, 0, 99)",
    ):
        with pytest.raises(Refused, match="did not erase what it tells"):
            rows(erasing, f"SELECT houvast.{telling}")
    rows(erasing, "BEGIN; DELETE FROM message; ")
    with pytest.raises(Refused, match="did not erase what it tells"):
        rows(erasing, "SELECT houvast.tell_erasure(1, 0, 0, 0)")  # contacts and account are there still
    rows(erasing, "ROLLBACK")
    rows(erasing, "SELECT houvast.tell_erasure(0, 0, 0, 99)")  # everything is kept: the address cools on
    assert value(company.admin, "SELECT houvast.cooling_down('customer', '1', 'email')")
    assert company.do("SELECT body ->> 'erased' FROM houvast.event WHERE kind = 'data_erased'") == [("0",)]


def test_the_pages_say_of_nobody_that_they_were_erased_or_corrected(company: Company) -> None:
    session = company.session(PEOPLE)
    rows(session, "SELECT houvast.open_session_use(%s, 'a test')", signed_in(company))
    for call in ("tell_erasure(1, 0, 0, 0)", "tell_correction('contact', 'email', 1)"):
        with pytest.raises(Refused, match="on a person's own request"):
            rows(session, f"SELECT houvast.{call}")


def test_a_choice_that_is_none_changes_nothing(company: Company) -> None:
    with pytest.raises(DatabaseError, match="this is no choice"):
        rows(company.session(PEOPLE), "SELECT houvast.say_choice(%s, 'newsletter', NULL)", signed_in(company))


def test_in_their_own_session_people_read_and_nobody_changes_anything(either_company: Company) -> None:
    """Whoever has taken over the pages has what the role of the session has: it reads what the purpose shows, and says
    when the person closes their account."""
    own = value(either_company.admin, "SELECT own FROM houvast.purpose WHERE name = 'rights'")
    may = either_company.do(
        "SELECT c.oid::regclass, p.privilege_type FROM pg_class c, aclexplode(c.relacl) p WHERE p.grantee = %s::regrole"
        " UNION SELECT a.attrelid::regclass, p.privilege_type || ' ' || a.attname FROM pg_attribute a, aclexplode(a.attacl) p WHERE p.grantee = %s::regrole",
        own, own,
    )  # fmt: skip
    assert {what for _, what in may if not what.startswith("SELECT")} == {"UPDATE closed_at"}
    session = either_company.session(PEOPLE)
    rows(session, "SELECT houvast.open_session_use(%s, 'a test')", signed_in(either_company))
    assert seen(session) == [1]
    purpose = value(either_company.admin, "SELECT role FROM houvast.purpose WHERE name = 'rights'")
    for text in ("UPDATE contact SET name = 'x'", "DELETE FROM ticket", "INSERT INTO contact (account_id, name) VALUES (1, 'x')",
                 "SELECT * FROM contact FOR UPDATE", f"SET ROLE {purpose}", "SELECT houvast.tell_correction('contact', 'name', 1)"):  # fmt: skip
        with pytest.raises(Refused):
            rows(session, text)


def asking(company: Company, address: str, person: str, network: str) -> bool:
    return value(company.admin, "SELECT houvast.count_asking(%s, %s, %s)", address, person, network)


def test_whoever_asks_too_often_uses_up_nothing_of_others(company: Company) -> None:
    sent = [asking(company, f"a{n}", f"a{n}", "one network") for n in range(30)]
    assert sent == [True] * 20 + [False] * 10
    assert company.do("SELECT houvast.codes_asked()") == [(20,)]


def test_a_thousand_codes_from_many_networks_slow_everybody_down_and_lock_nobody_out(company: Company) -> None:
    assert asking(company, "vera", "vera", "home")
    company.do("UPDATE houvast.checked c SET count = 1000 WHERE c.what = sha256((SELECT secret FROM houvast.secret s"
               " WHERE s.kind = '' AND s.key = 'checks') || 'all '::bytea)")  # fmt: skip
    assert asking(company, "wim", "wim", "his home")  # who comes for the first time
    assert not asking(company, "wim", "wim", "his home")
    assert not asking(company, "vera", "vera", "home")
    assert [asking(company, f"n{n}", f"n{n}", "an office") for n in range(4)] == [True, True, False, False]
    assert company.do("SELECT houvast.codes_asked() > 1000") == [(True,)]
