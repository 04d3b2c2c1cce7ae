"""What a purpose sees that gets values in another form, and what it cannot find out about what they were."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, replace

import pytest

from houvast.compiler.drift import drift
from houvast.compiler.explain import explain
from houvast.database import Connection, DatabaseError, connect
from houvast.database.server import Server
from houvast.datamap.model import DataMap, Login, Total
from houvast.policy.model import Basis, Form, Policy, Purpose, Use
from tests.compiler import small
from tests.compiler.asking import Refused, column, keep, make_small, open_use, rows, value
from tests.compiler.small import COUNTER, NEWS, OFFICE, READ, SUPPORT, UPDATE

PSEUDONYM = re.compile(r"[0-9a-f]{32}")
PURPOSES = {"look": COUNTER, "study": NEWS, "follow": SUPPORT, "tally": OFFICE}
PEOPLE = 60


def formed_policy() -> Policy:
    """Four purposes more: one for each form."""
    found = small.policy()
    uses = (
        Use("U5", ("contact",), ("look",), (Basis.CONTRACT,), (READ, UPDATE), form=Form.MASKED, keep=4, promise="C05"),
        Use("U6", ("question",), ("look",), (Basis.CONTRACT,), (READ, UPDATE), promise="C05"),
        Use("U7", ("contact",), ("study", "follow"), (Basis.CONTRACT,), form=Form.PSEUDONYMISED, promise="C07"),
        Use("U8", ("contract",), ("study",), (Basis.CONTRACT,), form=Form.TRUNCATED, to=("4", "month"), promise="C07"),
        Use(
            "U9",
            ("contract",),
            ("tally",),
            (Basis.CONTRACT,),
            form=Form.AGGREGATE,
            group=10,
            every="day",
            promise="C09",
        ),
    )
    purposes = {name: Purpose(name, promise="C05" if name == "look" else "C07") for name in PURPOSES}
    return replace(found, uses=(*found.uses, *uses), purposes={**found.purposes, **purposes}, nevers=())


def formed_map(name: str, prefix: str) -> DataMap:
    """Who works for them, and what is counted."""
    found = small.datamap(name, prefix)
    tables = dict(found.tables)
    tables["purchase"] = replace(tables["purchase"], totals=(Total("buyers", ("tally",), ("status",)),))
    logins = {login: Login(login, (purpose,)) for purpose, login in PURPOSES.items()}
    return replace(found, tables=tables, logins=logins)


@dataclass(frozen=True)
class Formed:
    """The small company under a policy with forms. What a test writes, it takes back."""

    server: Server
    url: str
    datamap: DataMap
    admin: Connection
    sessions: dict[str, Connection]

    def using(self, purpose: str) -> Connection:
        """The session of the login that works for a purpose."""
        if purpose not in self.sessions:
            self.sessions[purpose] = connect(self.server.url("formed", PURPOSES[purpose]))
            open_use(self.sessions[purpose], purpose)
        return self.sessions[purpose]


@pytest.fixture(scope="module")
def formed(server: Server) -> Generator[Formed]:
    with connect(server.url()) as admin:
        rows(admin, "CREATE DATABASE formed")
    url = server.url("formed")
    make_small(url)
    with connect(url) as admin:
        for number in range(10, 10 + PEOPLE):
            rows(admin, "INSERT INTO account VALUES (%s, %s, '2024-01-01Z', NULL)", number, f"user{number}")
            status = "rare" if number == 10 else "new"
            rows(admin, "INSERT INTO purchase VALUES (%s, %s, 'Laan 9', 5, %s, now())", number, number, status)
        datamap = formed_map("formed", "formed")
        keep(url, [formed_policy()], datamap)
        found = Formed(server, url, datamap, admin, {})
        yield found
        for session in found.sessions.values():
            session.close()


def test_a_masked_value_shows_its_end(formed: Formed):
    seen = rows(formed.using("look"), "SELECT name, email FROM contact WHERE account_id = 1")
    assert seen == [("*****a", "*****mple")]


def test_a_predicate_compares_what_is_shown(formed: Formed):
    session = formed.using("look")
    assert rows(session, "SELECT 1 FROM contact WHERE email = 'vera@lakana.example'") == []
    assert len(rows(session, "SELECT 1 FROM contact WHERE email = '*****mple' AND account_id = 1")) == 1
    assert rows(session, "SELECT 1 FROM contact WHERE email LIKE 'vera%'") == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT email::int FROM contact",
        "SELECT 1 FROM contact WHERE email::int = 1",
        "SELECT (email || ' ')::xml FROM contact",
        "SELECT 1 / (length(email) - length(email)) FROM contact",
        "UPDATE contact SET email = email || 'x'",
        "SELECT email FROM public.contact",
        "SELECT public.contact FROM public.contact",
        "INSERT INTO contact (account_id, email) VALUES (1, 'other@lakana.example') RETURNING email",
        "SELECT inner_half FROM houvast.key_1",
        "EXPLAIN (ANALYZE, VERBOSE) SELECT email FROM contact WHERE email::int = 1",
        "SELECT most_common_vals FROM pg_stats WHERE tablename = 'contact' AND attname = 'email' AND 1 / 0 = 1",
    ],
)
def test_no_error_says_what_the_value_was(formed: Formed, text: str):
    for purpose in ("look", "study"):
        with pytest.raises(DatabaseError) as caught:
            rows(formed.using(purpose), text)
        said = " ".join(
            str(part) for part in (caught.value, caught.value.diag.message_detail, caught.value.diag.context)
        )
        assert not re.search("vera|wim|xandra|Vera|Wim", said)


def test_a_leaky_function_gets_what_is_shown(formed: Formed):
    session = formed.using("look")
    said: list[str] = []
    session.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
    leak = "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"
    with pytest.raises(Refused):
        rows(session, leak)
    rows(
        session,
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT email FROM contact LOOP RAISE NOTICE '%', r.email; END LOOP; END $$",
    )
    assert said
    assert all(one.startswith("*****") for one in said)


def test_a_formed_value_is_written_back_and_not_changed(formed: Formed):
    session = formed.using("look")
    assert session.execute("UPDATE contact SET email = email WHERE account_id = 1").rowcount == 1
    with pytest.raises(Refused, match=r'may not change column "email" here \(promise C05\)'):
        rows(session, "UPDATE contact SET email = 'other@lakana.example' WHERE account_id = 1")
    assert value(formed.admin, "SELECT email FROM contact WHERE account_id = 1") == "vera@lakana.example"


def test_pseudonyms_are_the_same_within_a_purpose_and_others_for_another(formed: Formed):
    text = "SELECT a.login, c.email, c.account_id, a.id FROM contact c JOIN account a ON a.id = c.account_id ORDER BY 1"
    study, follow = (rows(formed.using(purpose), text) for purpose in ("study", "follow"))
    assert len(study) == len(follow) == 3  # the account of the fourth is closed
    assert study == rows(formed.using("study"), text)
    first, second = ({one for row in found for one in row} for found in (study, follow))
    assert all(PSEUDONYM.fullmatch(one) for one in first | second)
    assert not first & second


def test_beside_pseudonyms_a_key_is_one_and_a_moment_is_a_day(formed: Formed):
    session = formed.using("study")
    key, made = rows(session, "SELECT id, created_at FROM contact LIMIT 1")[0]
    assert PSEUDONYM.fullmatch(key)
    assert (made.hour, made.minute, made.microsecond) in {(0, 0, 0), (23, 0, 0), (22, 0, 0)}
    with pytest.raises(DatabaseError):
        rows(session, "SELECT 1 FROM contact WHERE id = 1")


def test_beside_pseudonyms_rows_come_in_no_order_of_their_own(formed: Formed):
    session = formed.using("study")
    keys = column(session, "SELECT id FROM purchase")
    assert len(keys) > 5
    assert keys == sorted(keys)
    rows(session, "SELECT set_config('study.seen', '', false)")
    tells = "set_config('study.seen', current_setting('study.seen') || id, false) <> ''"
    rows(session, f"SELECT FROM purchase WHERE {tells}")  # nor does a condition see them before
    assert value(session, "SELECT current_setting('study.seen')") == "".join(keys)


def test_a_shortened_value_shows_its_beginning_and_a_moment_its_month(formed: Formed):
    street, made, number = rows(
        formed.using("study"), "SELECT status, created_at, amount FROM purchase WHERE status = 'do'"
    )[0]
    assert (street, number) == ("do", None)
    assert value(formed.admin, "SELECT date_trunc('month', %s::timestamptz, 'Europe/Amsterdam') = %s", made, made)


def test_the_key_is_out_of_reach(formed: Formed):
    number = value(formed.admin, "SELECT number FROM houvast.purpose WHERE name = 'study'")
    assert value(formed.admin, f"SELECT length(inner_half) FROM houvast.key_{number}") == 64
    session = formed.using("study")
    for text in (f"SELECT * FROM houvast.key_{number}", f"COPY houvast.key_{number} TO STDOUT", f"LOCK TABLE houvast.key_{number}",
                 "SET ROLE formed_v_study", f"CREATE VIEW k AS SELECT * FROM houvast.key_{number}"):  # fmt: skip
        with pytest.raises(DatabaseError):
            rows(session, text)
    plan = "\n".join(column(session, "EXPLAIN (ANALYZE, VERBOSE) SELECT email FROM contact"))
    secret = value(formed.admin, f"SELECT encode(inner_half, 'hex') FROM houvast.key_{number}")
    assert "sha256" in plan
    assert secret not in plan


def afresh(formed: Formed) -> Connection:
    """A session for totals, of which none were made or begun."""
    rows(formed.admin, "DELETE FROM houvast.release; ALTER SEQUENCE houvast.tries_tally_buyers RESTART")
    return formed.using("tally")


def test_totals_are_made_once_and_of_groups_that_are_large_enough(formed: Formed):
    session = afresh(formed)
    text = "SELECT status, people FROM buyers"
    assert rows(session, text) == []
    rows(session, "SELECT make_buyers()")
    (found,) = rows(session, text)
    assert found[0] == "new"
    assert abs(found[1] - (PEOPLE - 1 + 2)) <= 10
    rows(formed.admin, "INSERT INTO purchase SELECT 900, 1, 'Laan 1', 5, 'new', now()")
    rows(session, "SELECT make_buyers()")
    rows(formed.admin, "DELETE FROM purchase WHERE id = 900")
    assert rows(session, text) == [found]
    for other in ("SELECT FROM purchase", "SELECT FROM public.purchase", "SELECT FROM houvast.release"):
        with pytest.raises(DatabaseError):
            rows(session, other)


def test_totals_that_are_taken_back_tell_nothing_and_are_begun_once(formed: Formed):
    session = afresh(formed)
    refused: list[str] = []
    inserted = "SELECT n_tup_ins FROM pg_stat_xact_all_tables WHERE relname = 'release'"
    for _ in range(4):
        rows(session, "BEGIN")
        try:
            before = sum(column(session, inserted))
            rows(session, "SELECT make_buyers()")
            assert rows(session, "SELECT people FROM buyers") == []
            assert sum(column(session, inserted)) == before + 1  # one row, however many groups there are
        except Refused as one:
            refused.append(str(one))
        finally:
            rows(session, "ROLLBACK")
    assert len(refused) == 3
    assert "begun and taken back (promise C07)" in refused[0]


def test_totals_ask_for_a_use(formed: Formed):
    with connect(formed.server.url("formed", OFFICE)) as other, pytest.raises(DatabaseError):
        rows(other, "SELECT tally.make_buyers()")


def test_explain_says_the_form(formed: Formed):
    def said(purpose: str, table: str, name: str, person: str | None = None) -> str:
        return str(
            explain(
                formed.admin,
                [formed_policy()],
                formed.datamap,
                purpose=purpose,
                table=table,
                column=name,
                person=person,
            )
        )

    assert "partly hidden: only the last 4 characters show" in said("look", "contact", "email")
    assert "partly hidden: only the last 4 characters show" in said("look", "contact", "email", "1")
    assert "a made-up code, another one for each purpose" in said("study", "contact", "email")
    assert "only as totals: of 10 people or more, once a day" in said("tally", "purchase", "status")


def test_a_form_that_shows_more_needs_weaken(formed: Formed):
    more = formed_policy()
    for use in (
        replace(small.use_of(more, "U5"), form=Form.FULL, keep=0),
        replace(small.use_of(more, "U5"), keep=8),
        replace(small.use_of(more, "U9"), group=5),
    ):
        with pytest.raises(Exception, match="weaken"):
            keep(formed.url, [small.with_use(more, use)], formed.datamap)


def test_drift_names_a_key_that_is_given_away_and_a_view_that_shows_more(formed: Formed):
    number = value(formed.admin, "SELECT number FROM houvast.purpose WHERE name = 'study'")
    for change, named in (
        (f"GRANT SELECT ON houvast.key_{number} TO {NEWS}", f"table key_{number}"),
        (
            "CREATE OR REPLACE VIEW look.contact AS SELECT id, account_id, name, email, created_at FROM public.contact",
            "view look.contact",
        ),
        ("ALTER FUNCTION tally.make_buyers() RESET search_path", "function tally.make_buyers"),
        ("GRANT SELECT ON houvast.release TO PUBLIC", "table release"),
    ):
        rows(formed.admin, "BEGIN")
        rows(formed.admin, change)
        assert named in {one.piece for one in drift(formed.admin, rows=False)}
        rows(formed.admin, "ROLLBACK")
