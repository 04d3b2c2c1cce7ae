"""Free text: what must not lie open is flagged as it is written, and hidden until an officer has decided."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from houvast.compiler import filling
from houvast.database import DatabaseError, connect
from houvast.screening import Detector, Kind
from houvast.screening.special import _OF_SOMEBODY  # pyright: ignore[reportPrivateUsage]
from tests.compiler import whole
from tests.compiler.asking import Refused, column, keep, rows, value
from tests.compiler.company import Company
from tests.compiler.conftest import Standing
from tests.compiler.small import SUPPORT
from tests.compiler.whole import OFFICER

HEALTH = "Ik heb diabetes, en mijn vraag is een andere"
KEY = "sha256('an officer of this test')"
BODY = "SELECT body FROM message WHERE id = %s"


def write(company: Company, text: str, number: int = 50) -> None:
    """A message to the open ticket of the first customer."""
    company.do("INSERT INTO message (id, ticket_id, body, sender) VALUES (%s, 1, %s, 'vera')", number, text)


def flag(company: Company) -> int:
    """The number of the only flag that waits."""
    return value(company.admin, "SELECT id FROM houvast.flagged WHERE state = 'open'")


def officer(company: Company, *, looks: bool = True) -> None:
    """One of the staff with codes, who has looked at the text."""
    company.do(f"INSERT INTO houvast.staff (name, role, secret) VALUES ('noor', 'officer', {KEY})")
    if looks:
        company.do("SELECT houvast.open_flagged(%s, 'a flag', 'noor')", flag(company))


def decide(company: Company, decision: str, ground: str = "") -> None:
    """What an officer decides, with the code of now."""
    code = f"houvast.totp({KEY}, floor(extract(epoch FROM clock_timestamp()) / 30)::bigint)"
    company.do("UPDATE houvast.staff SET last_step = 0")
    company.do(
        f"SELECT houvast.decide_flagged(ARRAY[%s::bigint], %s, %s, 'noor', {code})", flag(company), decision, ground
    )


def test_what_tells_of_health_is_hidden_from_ordinary_purposes_as_it_is_written(either_company: Company) -> None:
    write(either_company, HEALTH)
    session = either_company.using(SUPPORT, "answer")
    assert rows(session, "SELECT id, body FROM message ORDER BY id") == [(1, "Please help"), (50, None)]
    assert column(session, "SELECT id FROM message WHERE body ~ 'diabetes'") == []
    either_company.do("INSERT INTO houvast.request (kind, key, verified_at) VALUES ('customer', '1', now())")
    own = either_company.using(OFFICER, "rights", person=1)
    assert rows(own, BODY, 50) == [(HEALTH,)]
    assert either_company.do('SELECT relation, "column", row_key, kinds, state FROM houvast.flagged') == [
        ("message", "body", "50", ["special"], "open")
    ]


def test_a_hidden_text_is_not_replaced_unseen(company: Company) -> None:
    write(company, HEALTH)
    session = company.using(SUPPORT, "answer")
    with pytest.raises(Refused, match='may not change column "body"'):
        rows(session, "UPDATE message SET body = 'something else' WHERE id = 50")
    assert session.execute("UPDATE message SET body = body WHERE id = 50").rowcount == 0
    assert session.execute("UPDATE message SET body = 'something else' WHERE id = 1").rowcount == 1
    assert company.do(BODY, 50) == [(HEALTH,)]


def test_what_a_purpose_writes_is_taken_and_hidden(company: Company) -> None:
    session = company.using(SUPPORT, "answer")
    rows(session, "INSERT INTO message (id, ticket_id, body) VALUES (51, 1, %s)", HEALTH)
    assert rows(session, BODY, 51) == [(None,)]
    assert company.do(BODY, 51) == [(HEALTH,)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("mijn zoontje van 9 jaar", ["special"]),
        ("bsn 123456782 of rekening NL91ABNA0417164300", ["bsn", "iban"]),
        ("kaart 4111 1111 1111 1111", ["card"]),
        ("wachtwoord: zonnebloem-7", ["secret"]),
        ("geboren op 1 maart 1980", ["birth_date"]),
        ("bel 06 12345678 of mail vera@lakana.example", []),
        ("kaart 4111 1111 1111 1112, order 123456789", []),
    ],
)
def test_what_must_not_lie_open_is_known_by_its_kind(standing: Standing, text: str, kinds: list[str]) -> None:
    with connect(standing.url) as admin:
        assert value(admin, "SELECT houvast.held_in(%s, '{}')", text) == kinds
        assert value(admin, "SELECT houvast.held_in(%s, %s)", text, kinds) == []
        assert value(admin, "SELECT houvast.held_in(houvast.redacted(%s, '{}'), '{}')", text) == []


def test_the_database_and_the_detectors_find_the_same(standing: Standing) -> None:
    detector = Detector()
    somebody = ("", "mijn ", "de klant heeft ", "error in ", "collega: ")
    words = [
        word.replace("(", "").replace("?", "").replace(")", "").split("|")[0].split(":")[-1] for word in _OF_SOMEBODY
    ]
    texts = [f"{who}{word}, en verder niets" for who in somebody for word in (*words, "diabetes", "vakbondslid")]
    texts += [
        f"{who}{age}{jaar}"
        for who in ("ik ben ", "zoon (", "versie ")
        for age in (9, 15, 16, 160)
        for jaar in ("", " jaar", ")")
    ]
    texts += ["sick of my printer", "my doctor string", "ik ben ziek van mijn doctor who", "christian name: mine"]
    with connect(standing.url) as admin:
        ours = dict(rows(admin, "SELECT t, houvast.is_special(t) FROM unnest(%s::text[]) t", texts))
    assert [text for text in texts if ours[text] != (Kind.SPECIAL in detector.kinds_in(text))] == []
    assert sum(ours.values()) > 50


def test_an_officer_who_looked_lets_it_be_read_until_it_is_changed(company: Company) -> None:
    write(company, HEALTH)
    officer(company)
    decide(company, "kept", "consent")
    session = company.using(SUPPORT, "answer")
    assert rows(session, BODY, 50) == [(HEALTH,)]
    rows(session, "UPDATE message SET body = body || ' nu' WHERE id = 50")
    assert rows(session, BODY, 50) == [(None,)]
    assert company.do("SELECT state, ground FROM houvast.flagged") == [("open", "")]


def test_words_are_taken_out_or_the_whole_text(company: Company) -> None:
    write(company, HEALTH)
    officer(company)
    decide(company, "redacted")
    session = company.using(SUPPORT, "answer")
    assert rows(session, BODY, 50) == [("Ik heb [...], en mijn vraag is een andere",)]
    write(company, HEALTH, 51)
    decide(company, "removed")
    assert company.do(BODY, 51) == [(None,)]
    assert company.do("SELECT row_key, state, decided_by FROM houvast.flagged ORDER BY 1") == [
        ("50", "redacted", "officer 1"), ("51", "removed", "officer 1")
    ]  # fmt: skip


def test_nobody_lets_a_text_be_read_who_did_not_look(company: Company) -> None:
    write(company, HEALTH)
    officer(company, looks=False)
    with pytest.raises(DatabaseError, match="nobody lets a text be read who did not look at it"):
        decide(company, "kept", "consent")
    with pytest.raises(DatabaseError, match="on a ground of the law"):
        decide(company, "kept")
    assert company.do("SELECT state FROM houvast.flagged") == [("open",)]


def test_the_text_is_shown_once_the_look_is_recorded(company: Company) -> None:
    write(company, HEALTH)
    officer(company, looks=False)
    made = value(company.admin, "SELECT houvast.open_flagged(%s, 'a flag', 'noor')", flag(company))
    assert value(company.admin, "SELECT houvast.read_flagged(%s)", made) == HEALTH
    assert company.do("SELECT kind, person, reason, staff FROM houvast.use WHERE id = %s", made) == [
        ("customer", "1", "a flag", "officer 1")
    ]


def test_a_flag_goes_with_its_row_and_with_what_was_found(company: Company) -> None:
    write(company, HEALTH)
    company.do("UPDATE message SET body = 'nothing any more' WHERE id = 50")
    assert company.do("SELECT count(*) FROM houvast.flagged") == [(0,)]
    company.do("UPDATE message SET body = %s WHERE id = 50", HEALTH)
    company.do("UPDATE message SET id = 52 WHERE id = 50")
    assert company.do("SELECT row_key FROM houvast.flagged") == [("52",)]
    company.do("DELETE FROM message WHERE id = 52")
    assert company.do("SELECT count(*) FROM houvast.flagged") == [(0,)]


def test_what_an_officer_let_be_read_does_not_open_a_row_that_takes_its_number(company: Company) -> None:
    write(company, HEALTH)
    officer(company)
    decide(company, "kept", "consent")
    write(company, HEALTH, 51)
    session = company.using(SUPPORT, "answer")
    assert (rows(session, BODY, 50), rows(session, BODY, 51)) == ([(HEALTH,)], [(None,)])
    company.do("UPDATE message SET id = CASE id WHEN 50 THEN 100 ELSE 50 END WHERE id IN (50, 51)")
    assert rows(session, BODY, 50) == [(None,)]


def test_sixty_texts_are_looked_at_in_an_hour(company: Company) -> None:
    write(company, HEALTH)
    officer(company, looks=False)
    company.do("SELECT houvast.open_flagged(%s, 'a flag', 'noor') FROM generate_series(1, 60)", flag(company))
    with pytest.raises(DatabaseError, match="sixty flagged texts were looked at this hour"):
        company.do("SELECT houvast.open_flagged(%s, 'a flag', 'noor')", flag(company))


def test_nobody_writes_the_flag_itself(company: Company) -> None:
    write(company, HEALTH)
    company.do("UPDATE message SET hv_flag_body = NULL")
    session = company.using(SUPPORT, "answer")
    assert rows(session, "SELECT id, body FROM message ORDER BY id") == [(1, "Please help"), (50, None)]


def test_texts_that_were_there_before_are_flagged_by_apply(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    whole.make(url)
    with connect(url) as admin:
        rows(admin, "INSERT INTO message VALUES (60, 1, %s, 'vera', now())", HEALTH)
    keep(url, [whole.policy()], whole.datamap(url.partition("?")[0].rpartition("/")[2], "before"))
    with connect(url) as admin:
        assert rows(admin, "SELECT row_key, kinds FROM houvast.flagged") == [("60", ["special"])]
        assert rows(admin, "SELECT id, hv_flag_body FROM message WHERE hv_flag_body IS NOT NULL") == [(60, True)]


def test_texts_of_a_large_table_are_looked_at_by_two_connections_each_once(
    fresh_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_LONG", 1)
    url = fresh_database()
    whole.make(url)
    with connect(url) as admin:
        rows(admin, "INSERT INTO message SELECT n, 1, CASE n %% 7 WHEN 0 THEN %s ELSE repeat('Please help ', 60) END, 'vera', now()"
                    " FROM generate_series(60, 3000) n", HEALTH)  # fmt: skip
    keep(url, [whole.policy()], whole.datamap(url.partition("?")[0].rpartition("/")[2], "large"))
    with connect(url) as admin:
        told = rows(admin, "SELECT id FROM message WHERE id % 7 = 0 AND id >= 60 ORDER BY id")
        assert len(told) == 420
        assert rows(admin, "SELECT id FROM message WHERE hv_flag_body ORDER BY id") == told
        assert rows(admin, "SELECT row_key::int FROM houvast.flagged ORDER BY 1") == told
