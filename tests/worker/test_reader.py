"""The mailbox for privacy is read from a real IMAP server: killed anywhere, none is lost and none taken twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from houvast.app import desk, imap
from houvast.app.settings import Inbox
from houvast.database import Connection, connect, run
from houvast.worker.postman import Postman
from houvast.worker.reader import Reader
from tests.worker.conftest import Office
from tests.worker.post_office import PASSWORD, USER, PostOffice, post_office

MAILS = Path(__file__).parents[1] / "cases" / "mails"
STEPS = ("select", "fetch", "take", "commit", "mark", "end")


@pytest.fixture(scope="module")
def server() -> Generator[PostOffice]:
    with post_office() as made:
        yield made


@pytest.fixture
def post(server: PostOffice, admin: Connection) -> PostOffice:
    """A mailbox in which nothing lies, and of which nothing is known."""
    server.empty()
    for table in ("incoming", "mailbox", "outgoing"):
        run(admin, f"TRUNCATE houvast.{table}")  # pyright: ignore[reportArgumentType]
    return server


def mail(number: int = 1, *, text: str = "Wis al mijn gegevens.", sender: str = "iemand@example.org") -> bytes:
    """A mail that asks for erasure."""
    head = f"From: Iemand <{sender}>\r\nTo: privacy@lakana.example\r\nMessage-ID: <{number}@example.org>"
    head += "\r\nSubject: Wissen"
    return f"{head}\r\n\r\n{text}\r\n".encode()


def reader(office: Office, inbox: Inbox) -> Reader:
    """A reader of it."""
    return Reader(office.target, replace(office.settings(), inbox=inbox))


def taken(admin: Connection) -> int:
    """How many mails were taken in."""
    row = admin.execute("SELECT count(*) FROM houvast.incoming").fetchone()
    return int(row[0]) if row else 0


def test_what_is_sent_becomes_a_proposal_with_a_clock_once_and_its_sender_is_told(
    office: Office, admin: Connection, post: PostOffice
) -> None:
    post.deliver(mail())
    reads = reader(office, post.inbox())
    assert [reads.once() for _ in range(3)] == [True] * 3
    rows = admin.execute("SELECT rights, state, days_left > 20, answered FROM houvast.public_incoming").fetchall()
    assert rows == [(["erasure"], "new", True, True)]
    assert [one.get_flags() for one in post.lying()] == ["S"]
    assert Postman(office.target, office.settings()).once()
    (answer,) = desk.mails(admin)
    assert (answer.recipients, answer.subject) == (("iemand@example.org",), "Wij hebben uw mail ontvangen")
    assert "Wis al" not in answer.body
    assert admin.execute("SELECT count(*) FROM houvast.request WHERE channel = 'mail'").fetchone() == (0,)


def test_the_sixty_mails_are_all_there_once_and_no_machine_was_answered(
    office: Office, admin: Connection, post: PostOffice
) -> None:
    files = sorted(MAILS.glob("*.eml"))
    for file in files:
        post.deliver(file.read_bytes())
    assert reader(office, post.inbox()).once()
    assert taken(admin) == len(files) == 60
    assert admin.execute("SELECT count(*) FROM houvast.incoming WHERE sort <> 'mail' AND answered").fetchone() == (0,)
    assert admin.execute("SELECT count(*) FROM houvast.incoming WHERE sort = 'bounce'").fetchone() == (3,)
    queued = admin.execute("SELECT count(*) FROM houvast.outgoing WHERE address ~ 'daemon|postmaster|liste'").fetchone()
    assert queued == (0,)


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls"])
def test_it_is_read_over_tls_and_from_nobody_that_no_certificate_vouches_for(
    office: Office, admin: Connection, post: PostOffice, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    post.deliver(mail())
    assert not reader(office, post.inbox(scheme)).once()
    monkeypatch.setenv("SSL_CERT_FILE", str(post.folder / "cert.pem"))
    assert reader(office, post.inbox(scheme)).once()
    assert taken(admin) == 1


def test_what_keeps_it_from_being_read_is_an_alarm_without_a_word_of_the_server(
    office: Office, admin: Connection, post: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    assert not reader(office, replace(post.inbox(), password="wrong")).once()
    (alarm,) = desk.alarms(admin)
    assert (alarm.kind, alarm.promise) == ("mailbox", "C32")
    assert "refuses the user or the password" in alarm.text
    assert not [word for word in (USER + "@", PASSWORD, "wrong") if word in alarm.text + caplog.text]
    assert not reader(office, post.inbox(mailbox="Nowhere")).once()
    assert not reader(office, replace(post.inbox(), server="imap://privacy@127.0.0.1:1")).once()
    assert reader(office, post.inbox()).once()
    assert desk.alarms(admin) == ()


def test_the_password_is_read_from_a_file_that_nobody_else_reads(
    office: Office, post: PostOffice, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o644)
    inbox = replace(post.inbox(), password="", password_file=str(file))
    assert not reader(office, inbox).once()
    file.chmod(0o600)
    assert reader(office, inbox).once()


def test_of_fifty_megabytes_the_headers_come_over_and_little_more(
    office: Office, admin: Connection, post: PostOffice
) -> None:
    post.deliver(mail(text="Wis al mijn gegevens.\r\n" + ("x" * 998 + "\r\n") * 52_429))
    assert len(post.lying()[0].as_bytes()) > 50_000_000
    tracemalloc.start()
    assert reader(office, post.inbox()).once()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000
    rows = admin.execute("SELECT rights, notes, length(body) FROM houvast.incoming").fetchall()
    assert rows == [(["erasure"], ["rest"], 20_000)]


def test_killed_at_any_step_no_mail_is_lost_and_none_is_taken_twice(
    office: Office, admin: Connection, post: PostOffice
) -> None:
    for number in range(len(STEPS)):
        post.deliver(mail(number))
    script = (
        "import os, signal, sys\n"
        "from houvast.app import imap\n"
        "from houvast.app.settings import Inbox\n"
        "from houvast.database import connect\n"
        "def pause(step):\n"
        "    if step == sys.argv[3]: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"imap.collect(connect(sys.argv[1]), Inbox(sys.argv[2], password={PASSWORD!r}), pause=pause)\n"
    )
    for step in STEPS:
        argv = [sys.executable, "-c", script, office.target.url, post.inbox().server, step]
        assert subprocess.run(argv, check=False, timeout=120).returncode == -signal.SIGKILL, step
    assert reader(office, post.inbox()).once()
    assert taken(admin) == len(STEPS)
    answers = admin.execute("SELECT count(*) FROM houvast.outgoing WHERE template = 'mail_received'").fetchone()
    assert answers == (3,)  # as many as one sender gets in a day
    assert {one.get_flags() for one in post.lying()} == {"S"}


def test_under_another_validity_nothing_is_taken_again(office: Office, admin: Connection, post: PostOffice) -> None:
    post.deliver(mail(1))
    reads = reader(office, post.inbox())
    assert reads.once()
    post.renumber()
    post.deliver(mail(2))
    assert reads.once()
    assert taken(admin) == 2
    row = admin.execute("SELECT count(*), max(uid) FROM houvast.mailbox").fetchone()
    assert row == (1, 2)


def test_what_was_taken_in_is_moved_when_that_is_asked(office: Office, admin: Connection, post: PostOffice) -> None:
    post.deliver(mail(1))
    reads = reader(office, post.inbox(move="Taken"))
    assert reads.once()
    assert (len(post.lying()), len(post.lying("Taken"))) == (0, 1)
    post.deliver(mail(2))
    post.deliver(mail(1))  # delivered once more
    assert reads.once()
    assert (len(post.lying("Taken")), taken(admin)) == (3, 2)


def test_two_readers_at_once_are_one(office: Office, admin: Connection, post: PostOffice) -> None:
    post.deliver(mail())
    with connect(office.target.url) as other:
        imap.collect(other, post.inbox())
        with pytest.raises(imap.MailboxBusy):
            imap.collect(admin, post.inbox())
        assert reader(office, post.inbox()).once()
    assert taken(admin) == 1


def test_a_letter_of_ours_that_comes_back_puts_the_address_in_doubt(
    office: Office, admin: Connection, post: PostOffice
) -> None:
    person = admin.execute(
        "SELECT kind, key FROM houvast.person WHERE kind = 'customer' ORDER BY key LIMIT 1"
    ).fetchone()
    queue = (
        'INSERT INTO houvast.outgoing (to_kind, to_key, template, "values")'
        ' VALUES (%s, %s, \'letter\', \'{"subject": "Hallo", "body": "Hallo."}\') RETURNING id'
    )
    ids = [admin.execute(queue, person).fetchone() for _ in range(3)]
    assert Postman(office.target, office.settings()).once()
    report = (MAILS / "nl-19.eml").read_bytes().decode()
    for row in ids:
        assert row
        post.deliver(report.replace("4711@", f"{row[0]}@").encode(), sender="")
    assert reader(office, post.inbox()).once()
    found = admin.execute(
        "SELECT stand, source FROM houvast.stand WHERE kind = %s AND key = %s AND source = 'bounce'", person
    ).fetchall()
    assert found == [("contested", "bounce")]
    admin.execute("DELETE FROM houvast.stand WHERE source = 'bounce'")
    admin.execute("DELETE FROM houvast.bounce")
