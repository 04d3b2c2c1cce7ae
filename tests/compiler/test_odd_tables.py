"""Tables of every kind that PostgreSQL has: what can be guarded is, and the rest is refused with one clear finding."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from houvast.compiler.apply import unapply
from houvast.compiler.drift import drift
from houvast.database import connect
from houvast.database.server import Server
from houvast.datamap.model import DataMap, Table
from tests.compiler import small
from tests.compiler.asking import Refused, dump, keep, make_small, name_of, open_use, rows, value
from tests.compiler.conftest import Standing
from tests.compiler.refusing import POLICY, mapped, one_finding, refused
from tests.compiler.small import MINE, columns

PARTS = "\n".join(
    f"CREATE TABLE {t}_low PARTITION OF {t} FOR VALUES FROM (MINVALUE) TO (3);\n"
    f"CREATE TABLE {t}_high PARTITION OF {t} FOR VALUES FROM (3) TO (MAXVALUE) PARTITION BY RANGE (id);\n"
    f"CREATE TABLE {t}_all PARTITION OF {t}_high DEFAULT;"
    for t in small.TABLES
)
GUARDS = """SELECT * FROM (
    SELECT 'account' AS t, id, hv_guard FROM account UNION ALL SELECT 'contact', id, hv_guard FROM contact UNION ALL
    SELECT 'ticket', id, hv_guard FROM ticket UNION ALL SELECT 'purchase', id, hv_guard FROM purchase UNION ALL
    SELECT 'open', case_key, person FROM houvast.c_ticket_open UNION ALL SELECT 'order', case_key, person FROM houvast.c_order_open UNION ALL
    SELECT 'stand', key::int, 0 FROM houvast.stand UNION ALL SELECT 'person', key::int, guard FROM houvast.person) x ORDER BY 1, 2, 3"""


def _in_partitions(url: str) -> DataMap:
    """The small company with each of its tables cut in two, one of them once more."""
    ddl = re.sub(r"(CREATE TABLE \w+ \((?:[^;]*)\));", r"\1 PARTITION BY RANGE (id);", small.DDL)
    with connect(url) as admin:
        rows(admin, small.ROLES + ddl.replace("COMMENT ON", f"{PARTS}\nCOMMENT ON", 1) + small.ROWS)
    return mapped(url)


def test_partitioned_tables_are_guarded_as_others_are(
    server: Server, fresh_database: Callable[[], str], standing: Standing
) -> None:
    url = fresh_database()
    datamap = _in_partitions(url)
    before = dump(server, url)
    keep(url, [POLICY], datamap)
    with connect(url) as admin, connect(standing.url) as plain:
        assert rows(admin, GUARDS) == rows(plain, GUARDS)
        assert drift(admin) == ()
        rows(
            admin,
            "CREATE TABLE contact_more PARTITION OF contact_high FOR VALUES FROM (500) TO (600); ALTER TABLE contact_more OWNER TO small_owner",
        )
        rows(admin, "INSERT INTO contact (id, account_id, name) VALUES (510, 1, 'Vera again'), (511, 2, 'Wim again')")
        rows(admin, "UPDATE contact SET id = 512 WHERE id = 4")  # from one partition to another
        assert not [one for one in drift(admin) if one.change == "wrong"]
    with connect(server.url(name_of(url), small.SUPPORT)) as support:
        open_use(support, "answer")
        assert [name for (name,) in rows(support, "SELECT name FROM contact ORDER BY id")] == ["Vera", "Vera again"]
        for part in ("contact_low", "contact_more"):
            with pytest.raises(Refused):
                rows(support, f"SELECT FROM public.{part}")
    with connect(url) as admin:
        rows(admin, "DROP TABLE contact_more")
        unapply(admin, losing_events=True)
    assert dump(server, url) == before


INHERITING = {
    "a child of what is personal": "CREATE TABLE more () INHERITS (contact)",
    "a parent of what is personal": "CREATE TABLE less (name text); ALTER TABLE contact INHERIT less",
    "a child that nobody classified": "CREATE TABLE more () INHERITS (mailing)",
}


@pytest.mark.parametrize("kind", INHERITING)
def test_what_shows_the_rows_of_another_table_is_refused(small_url: str, kind: str) -> None:
    with connect(small_url) as admin:
        rows(admin, f"SET ROLE small_owner; {INHERITING[kind]}")
    tables = {**small.MAPPED, "less": Table("less", personal=False)} if "less" in INHERITING[kind] else small.MAPPED
    found = one_finding(refused(small_url, mapped(small_url, tables=tables)))
    assert found.startswith("inherits: Table ")
    assert "shows its rows past its rules" in found


def test_tables_that_inherit_and_hold_no_personal_data_are_let_be(small_url: str) -> None:
    with connect(small_url) as admin:
        rows(admin, "SET ROLE small_owner; CREATE TABLE more () INHERITS (mailing)")
    keep(small_url, [POLICY], mapped(small_url, tables={**small.MAPPED, "more": Table("more", personal=False)}))
    with connect(small_url) as admin:
        assert drift(admin) == ()
        assert rows(admin, "SELECT FROM pg_policy WHERE polrelid = 'more'::regclass") == []


def test_a_partition_is_not_mapped_apart_from_its_table(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    datamap = _in_partitions(url)
    tables = {**datamap.tables, "contact_low": Table("contact_low", personal=False)}
    found = one_finding(refused(url, replace(datamap, tables=tables)))
    assert found.startswith("partition: Table `contact_low` is a partition of `contact`. take it out of the map")


def test_a_table_without_a_key_with_domains_lists_documents_and_what_follows_from_them(small_url: str) -> None:
    with connect(small_url) as admin:
        rows(
            admin,
            """SET ROLE small_owner; CREATE DOMAIN address AS text CHECK (VALUE LIKE '%_@_%');
            CREATE TABLE visit (account_id int REFERENCES account, mail address, friends text[], told jsonb, kept address[],
                upper_mail text GENERATED ALWAYS AS (upper(mail)) STORED, size int GENERATED ALWAYS AS (account_id * 2) VIRTUAL,
                made_at timestamptz DEFAULT now());
            INSERT INTO visit VALUES (1, 'a@lakana.example', '{b@lakana.example}', '{"name": "Vera"}', '{c@lakana.example}'),
                (2, 'd@lakana.example', '{}', '{}', NULL), (NULL, 'e@lakana.example', NULL, NULL, NULL)""",
        )
    personal = columns(
        mail="contact", friends="contact", told="contact", kept="contact", upper_mail="contact", size="contact"
    )
    visit = Table(
        "visit",
        columns={**personal, **columns(account_id="", made_at="")},
        owners=MINE,
        events={"collected": ("made_at",)},
    )
    keep(small_url, [POLICY], mapped(small_url, tables={**small.MAPPED, "visit": visit}))
    seen = "SELECT mail, friends, told, kept::text[], upper_mail, size FROM visit"
    hers = [("a@lakana.example", ["b@lakana.example"], {"name": "Vera"}, ["c@lakana.example"], "A@LAKANA.EXAMPLE", 2)]
    with connect(small_url) as admin:
        assert drift(admin) == ()
        assert _as(small_url, small.SUPPORT, "answer", seen) == hers
        rows(admin, "UPDATE ticket SET closed_at = now()")
        assert _as(small_url, small.SUPPORT, "answer", seen) == []
    with connect(small_url) as admin:
        unapply(admin, losing_events=True)


def _as(url: str, login: str, purpose: str, text: str) -> list[tuple[Any, ...]]:
    with connect(f"{url}&user={login}") as session:
        open_use(session, purpose)
        return rows(session, text)


@pytest.mark.parametrize("name", ["a.b", "a{low}", "a $hv$ b", "a\nb", "a\u200bb"])
def test_a_name_that_no_map_can_hold_is_refused(small_url: str, name: str) -> None:
    with connect(small_url) as admin:
        rows(admin, f'ALTER TABLE contact RENAME COLUMN remark TO "{name}"')
    contact = small.MAPPED["contact"]
    listed = {**contact.columns, name: replace(contact.columns["email"], name=name)}
    tables = {**small.MAPPED, "contact": replace(contact, columns=listed)}
    assert one_finding(refused(small_url, mapped(small_url, tables=tables))).startswith(
        f"unwritable: The name {name!r} holds"
    )


@pytest.mark.parametrize("other", ["contact", "more_visit"])
def test_two_tables_of_which_one_would_be_taken_for_the_other_are_refused(small_url: str, other: str) -> None:
    name = "more.contact" if other == "contact" else "more.visit"
    with connect(small_url) as admin:
        rows(admin, "CREATE SCHEMA more; GRANT ALL ON SCHEMA more TO small_owner; SET ROLE small_owner")
        for table in dict.fromkeys((name, "more_visit")):
            rows(admin, f"CREATE TABLE {table} (account_id int, name text)")
    made = {
        one: Table(one, columns=columns(account_id="", name="contact"), owners=MINE) for one in (name, "more_visit")
    }
    tables = {**small.MAPPED, name: made[name], other: small.MAPPED.get(other, made["more_visit"])}
    found = one_finding(refused(small_url, mapped(small_url, tables=tables)))
    assert re.match(f"alike: Tables `({name}|{other})` and `({name}|{other})` are called alike", found)


def test_a_table_without_room_for_houvasts_columns_is_refused(small_url: str) -> None:
    with connect(small_url) as admin:
        rows(admin, f"ALTER TABLE contact {', '.join(f'ADD COLUMN c{n} int' for n in range(1594))}")
    found = one_finding(refused(small_url, mapped(small_url)))
    assert found.startswith("too-wide: Table `contact` has 1600 columns")


def test_a_table_that_is_made_while_apply_runs_is_closed_before_it_ends(server: Server, small_url: str) -> None:
    made: list[str] = []

    def migrate(what: str, done: int, total: int) -> None:
        if done > total / 2 and not made:
            made.append(what)
            with connect(small_url) as owner:
                rows(
                    owner,
                    "CREATE TABLE diary (account_id int, page text); GRANT SELECT ON diary TO small_support",
                )

    keep(small_url, [POLICY], mapped(small_url), progress=migrate)
    assert made
    with connect(server.url(name_of(small_url), small.SUPPORT)) as support, pytest.raises(Refused):
        rows(support, "SELECT FROM diary")
    with connect(small_url) as admin:
        assert drift(admin) == ()
        assert keep(small_url, [POLICY], mapped(small_url)).steps == ()


def test_an_apply_that_is_never_let_alone_ends_and_says_so(small_url: str) -> None:
    def migrate(what: str, done: int, _total: int) -> None:
        if done == 0:
            with connect(small_url) as owner:
                number = value(owner, "SELECT count(*) FROM pg_class WHERE relname LIKE 'page_%%'")
                rows(
                    owner,
                    f"CREATE TABLE page_{number} (id int); GRANT SELECT ON page_{number} TO small_support",
                )

    with pytest.raises(Exception, match="Others make tables, or open them, all the time"):
        keep(small_url, [POLICY], mapped(small_url), progress=migrate)
    with connect(small_url) as admin:
        assert any(one.identity == "setting unfinished" for one in drift(admin, rows=False))
    keep(small_url, [POLICY], mapped(small_url))


def test_a_purpose_is_dropped_while_somebody_uses_it(server: Server, small_url: str) -> None:
    keep(small_url, [POLICY], mapped(small_url))
    without = replace(
        POLICY,
        uses=tuple(u for u in POLICY.uses if u.id != "U4"),
        purposes={n: p for n, p in POLICY.purposes.items() if n != "marketing"},
    )
    base = mapped(small_url)
    logins = {
        n: replace(one, purposes=tuple(p for p in one.purposes if p != "marketing")) for n, one in base.logins.items()
    }
    with connect(server.url(name_of(small_url), small.NEWS)) as news:
        open_use(news, "marketing")
        assert [name for (name,) in rows(news, "SELECT name FROM contact")] == ["Xandra"]
        keep(small_url, [without], replace(base, logins=logins, stands=()), weaken=True)
        with pytest.raises(Refused):
            rows(news, "SELECT name FROM contact")
    with connect(server.url(name_of(small_url), small.NEWS)) as news, pytest.raises(Refused, match="purpose"):
        open_use(news, "marketing")


def test_a_role_that_owns_half_of_the_tables_is_named_once(small_url: str) -> None:
    with connect(small_url) as admin:
        rows(
            admin,
            "CREATE ROLE small_half; ALTER TABLE ticket OWNER TO small_half; ALTER TABLE purchase OWNER TO small_half",
        )
    assert "owner: Tables of the map belong to `small_half`" in one_finding(refused(small_url, mapped(small_url)))


MANY, EACH = 7, 1430
"""Ten thousand columns: PostgreSQL lets a table have 1,600 at most."""


def _many(url: str, tables: int, each: int) -> DataMap:
    """Tables of as many columns, each with a row of two people, of whom one has a ticket open."""
    names = [f"c{number}" for number in range(each)]
    make_small(url)
    with connect(url) as admin:
        for number in range(tables):
            texts = ", ".join(f"{name} text" for name in names)
            rows(admin, f"SET ROLE small_owner; CREATE TABLE many_{number} (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, "
                        f"created_at timestamptz NOT NULL DEFAULT now(), {texts}); RESET ROLE")  # fmt: skip
            rows(
                admin,
                f"INSERT INTO many_{number} (id, account_id, c0, {names[-1]}) VALUES (1, 1, 'Vera', 'last'), (2, 2, 'Wim', 'last')",
            )
    found = dict.fromkeys(names, "contact") | {"id": "", "account_id": "", "created_at": ""}
    mapped_ = small.datamap(name_of(url))
    more = {
        f"many_{n}": Table(f"many_{n}", columns=columns(**found), owners=MINE, events=small.COLLECTED)
        for n in range(tables)
    }
    return replace(mapped_, tables={**mapped_.tables, **more})


def _guarded(server: Server, url: str, tables: int, each: int) -> None:
    keep(url, [POLICY], _many(url, tables, each))
    with connect(server.url(name_of(url), small.SUPPORT)) as support:
        for number in range(tables):
            with pytest.raises(Refused):
                rows(support, f"SELECT c0 FROM many_{number}")
        open_use(support, "answer")
        for number in range(tables):
            assert rows(support, f"SELECT id, c0, c{each - 1} FROM many_{number}") == [(1, "Vera", "last")]
    with connect(url) as admin:
        assert drift(admin) == ()


def test_a_table_of_many_columns_is_guarded(server: Server, fresh_database: Callable[[], str]) -> None:
    _guarded(server, fresh_database(), 1, 300)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_thousand_columns_are_guarded(server: Server, fresh_database: Callable[[], str]) -> None:
    _guarded(server, fresh_database(), MANY, EACH)
