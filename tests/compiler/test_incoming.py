"""Mail that came in, in the database: taken once, with its clock; answered within limits; made a request, or set aside."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from houvast.database.connect import DatabaseError
from tests.compiler.company import Company
from tests.compiler.test_cases import refused, told

_numbers = count()
SENDER = "zelf@example.org"


def take(company: Company, sender: str = SENDER, *, rights: str = "{erasure}", sort: str = "mail", ago: int = 0, language: str = "nl",
         answerable: bool = True, bounced: str = "{}", what: str | None = None) -> int | None:  # fmt: skip
    """Take a mail in that came so many days ago; its number."""
    digest = hashlib.sha256((what or f"mail {next(_numbers)}").encode()).hexdigest()
    received = datetime.now(UTC) - timedelta(days=ago)
    return company.do(
        "SELECT houvast.take_mail(%s, %s, %s, %s, %s, '{}', '{}', '', %s, 'Wissen', 'Wis al mijn gegevens.', %s, %s)",
        digest, received, sort, language, rights, sender, answerable, bounced,
    )[0][0]  # fmt: skip


def answers(company: Company) -> list[str]:
    """The addresses that are told that their mail came in."""
    return [
        row[0]
        for row in company.do("SELECT address FROM houvast.outgoing WHERE template ^@ 'mail_received' ORDER BY 1")
    ]


def accept(
    company: Company, number: int | None, rights: str = "{erasure}", who: str | None = "customer:1"
) -> list[int]:
    """Make requests of it."""
    return [row[0] for row in company.do("SELECT id FROM houvast.accept_mail(%s, %s, %s)", number, rights, who)]


def test_a_mail_is_taken_once_and_told_without_a_word_of_it(company: Company) -> None:
    assert take(company, what="one")
    assert take(company, what="one") is None
    assert answers(company) == [SENDER]
    assert told(company, "mail_received") == [{"sort": "mail", "language": "nl", "asks": 1, "answered": "yes"}]
    ((said,),) = company.do(
        "SELECT string_agg(body::text || sealed::text, ' ') FROM houvast.event WHERE kind = 'mail_received'"
    )
    assert SENDER not in said
    assert "Wis" not in said


def test_its_clock_is_that_of_a_request_and_nobody_moves_it(company: Company) -> None:
    number = take(company, ago=9)
    ((same,),) = company.do(
        "SELECT due_on = houvast.due_on(received_at, false, 0) FROM houvast.public_incoming WHERE id = %s", number
    )
    assert same
    assert "stay as they were" in refused(company, "UPDATE houvast.incoming SET due_on = due_on + 9")
    assert "stay as they were" in refused(company, "UPDATE houvast.incoming SET received_at = now()")
    assert "nobody has said" in refused(company, "DELETE FROM houvast.incoming")
    assert "what a mail says stays" in refused(company, "UPDATE houvast.incoming SET body = NULL")
    take(company, ago=-9)
    assert company.do("SELECT max(received_at) <= clock_timestamp() FROM houvast.incoming") == [(True,)]


def test_who_is_known_and_who_is_not_get_the_same_answer(company: Company) -> None:
    ((known,),) = company.do("SELECT email FROM contact WHERE account_id = 1")
    take(company, known)
    take(company, "nobody@example.net")
    rows = company.do("SELECT template, language, \"values\", to_key FROM houvast.outgoing WHERE template ^@ 'mail'")
    assert rows == [("mail_received", "nl", {}, None)] * 2


def test_german_is_answered_in_two_languages(company: Company) -> None:
    take(company, language="de")
    assert company.do("SELECT template FROM houvast.outgoing WHERE address = %s", SENDER) == [("mail_received_both",)]


def test_a_sender_is_answered_three_times_a_day_and_all_together_a_hundred_times_an_hour(company: Company) -> None:
    for _ in range(5):
        take(company)
    assert answers(company) == [SENDER] * 3
    for number in range(110):
        take(company, f"somebody{number}@example.org")
    assert len(answers(company)) == 100
    assert company.do("SELECT count(*) FROM houvast.incoming") == [(115,)]  # none is lost for that


def test_a_machine_is_not_answered_and_set_aside_unless_it_seems_to_ask_something(company: Company) -> None:
    take(company, sort="auto", rights="{}", answerable=False)
    take(company, sort="auto", answerable=False)
    assert answers(company) == []
    assert company.do("SELECT state, why FROM houvast.incoming ORDER BY id") == [("aside", "automatic"), ("new", "")]


def test_a_mail_becomes_requests_whose_clock_runs_since_it_came_and_of_which_nothing_is_verified(
    company: Company,
) -> None:
    number = take(company, ago=5)
    first, second = accept(company, number, "{erasure,access}")
    rows = company.do(
        'SELECT q."right", q.channel, q.verified_at, q.level, q.received_at = i.received_at, q.due_on = i.due_on'
        " FROM houvast.request q, houvast.incoming i WHERE q.id = ANY (i.requests) ORDER BY q.id"
    )
    assert rows == [("access", "mail", None, 0, True, True), ("erasure", "mail", None, 0, True, True)]
    texts = company.do("SELECT body, reply_to FROM houvast.request_text WHERE request IN (%s, %s)", first, second)
    assert texts == [(f"{SENDER}\nWissen\n\nWis al mijn gegevens.", None)] * 2
    assert company.do("SELECT sender, subject, body, state FROM houvast.incoming") == [(None, None, None, "accepted")]
    assert told(company, "mail_decided") == [{"to": "accepted", "why": "", "requests": 2, "in_time": "yes"}]
    assert "it was decided" in refused(company, "SELECT houvast.accept_mail(%s, '{access}', 'customer:1')", number)
    assert "it was decided" in refused(company, "SELECT houvast.dismiss_mail(%s, 'spam')", number)
    assert "request was made" in refused(company, "UPDATE houvast.incoming SET state = 'new', decided_at = NULL")


def test_data_are_asked_by_somebody_and_a_question_by_anybody_who_gets_its_answer_by_mail(company: Company) -> None:
    number = take(company)
    assert "of somebody" in refused(company, "SELECT houvast.accept_mail(%s, '{access}', NULL)", number)
    assert "nobody is known" in refused(
        company, "SELECT houvast.accept_mail(%s, '{access}', 'customer:999999')", number
    )
    (made,) = accept(company, number, "{question}", None)
    ((letter,),) = company.do(
        "SELECT houvast.draft_letter(%s, NULL, 'acknowledgement', 'nl', s.subject, s.body, '', 'x')"
        " FROM houvast.standard_letter(%s, 'acknowledgement', 'nl') s",
        made, made,
    )  # fmt: skip
    company.do("SELECT houvast.send_letter(%s)", letter)
    assert company.do("SELECT address FROM houvast.outgoing WHERE template = 'letter'") == [(SENDER,)]


def test_what_is_no_request_needs_a_reason_can_be_taken_back_and_goes_after_thirty_days(company: Company) -> None:
    number = take(company)
    assert "for a reason" in refused(company, "SELECT houvast.dismiss_mail(%s, 'a whim')", number)
    company.do("SELECT houvast.dismiss_mail(%s, 'spam')", number)
    assert accept(company, number)
    other = take(company)
    company.do("SELECT houvast.dismiss_mail(%s, 'not_request')", other)
    assert company.do("SELECT houvast.forget_mail()") == [(0,)]
    company.do(
        "UPDATE houvast.incoming SET decided_at = now() - interval '31 days', taken_at = now() - interval '31 days'"
    )
    assert company.do("SELECT houvast.forget_mail()") == [(1,)]
    assert company.do("SELECT sender, subject, body, sender_hash FROM houvast.incoming WHERE id = %s", other) == [
        (None,) * 4
    ]
    assert "it was decided" in refused(company, "SELECT houvast.accept_mail(%s, '{access}', 'customer:1')", other)
    company.do("UPDATE houvast.incoming SET decided_at = now() - interval '6 years'")
    company.do("SELECT houvast.forget_mail()")
    assert company.do("SELECT count(*) FROM houvast.incoming") == [(0,)]


def test_what_a_mail_says_is_read_after_the_look_was_recorded(company: Company) -> None:
    ((address,),) = company.do("SELECT email FROM contact WHERE account_id = 1")
    number = take(company, address)
    assert "needs a reason" in refused(company, "SELECT houvast.open_mail(%s, '')", number)
    ((use,),) = company.do("SELECT houvast.open_mail(%s, 'reading the post')", number)
    assert company.do("SELECT sender, persons FROM houvast.read_mail(%s)", use) == [(address, ["customer:1"])]
    with company.session("postgres", autocommit=False) as session:
        row = session.execute("SELECT houvast.open_mail(%s, 'reading the post')", (number,)).fetchone()
        with pytest.raises(DatabaseError, match="nothing records"):
            session.execute("SELECT houvast.read_mail(%s)", row)


def test_mail_of_ours_that_comes_back_counts_once_for_whoever_still_has_the_address(company: Company) -> None:
    def sent() -> str:
        ((number,),) = company.do(
            "INSERT INTO houvast.outgoing (to_kind, to_key, template, sent_at) VALUES ('customer', '1', 'letter', now()) RETURNING id"
        )
        return str(number)

    def bounces() -> int:
        return company.do("SELECT count(*) FROM houvast.bounce")[0][0]

    first = sent()
    take(company, sort="bounce", rights="{}", answerable=False, bounced=f"{{{first}}}")
    take(company, sort="bounce", rights="{}", answerable=False, bounced=f"{{{first}}}")
    assert bounces() == 1
    take(company, sort="bounce", bounced="{00000000-0000-0000-0000-000000000000}")
    assert bounces() == 1
    for _ in range(2):
        take(company, sort="bounce", rights="{}", answerable=False, bounced=f"{{{sent()}}}")
    assert company.do("SELECT source FROM houvast.stand WHERE key = '1' AND stand = 'contested'") == [("bounce",)]
    old = sent()
    company.do("UPDATE contact SET email = 'nieuw@example.org' WHERE account_id = 1")
    take(company, sort="bounce", rights="{}", answerable=False, bounced=f"{{{old}}}")
    assert bounces() == 0
