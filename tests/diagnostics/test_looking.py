"""The database keeps looking together: nothing without a yes to this session, nothing after its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from houvast.app import desk
from houvast.compiler.looking import accepting, longest
from houvast.database import Connection, connect, run
from houvast.database.connect import DatabaseError
from houvast.diagnostics import looking, store
from houvast.diagnostics.looking import Session
from houvast.diagnostics.model import Refused
from tests.diagnostics.help_desk import HelpDesk

_HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n"
OFFER = f"{_HEAD}a=sendonly\r\na=candidate:1 1 udp 1 192.0.2.7 4000 typ host\r\n"
ANSWER = f"{_HEAD}a=recvonly\r\n"


@dataclass(frozen=True)
class Room:
    """Bob, to whom the problem was granted, and its customer."""

    desk: HelpDesk
    problem: int

    @property
    def db(self) -> Connection:
        """The administrator's connection."""
        return self.desk.db

    def ask(self, by: str = "bob", reason: str = "the error at export", minutes: int = 30) -> tuple[int, str]:
        """A session, and the token of its link."""
        return looking.ask(self.db, self.problem, reason, minutes, by)

    def accepted(self) -> tuple[int, str]:
        """A session to which the customer said yes, and their code."""
        number, token = self.ask()
        code = looking.accept(self.db, token, "en", accepting(self.desk.exchange.policy, "en").sha256)
        assert code
        return number, code

    def running(self) -> tuple[int, str]:
        """A session that runs."""
        number, code = self.accepted()
        looking.move(self.db, code, "begin")
        return number, code

    def refuses(self, *tries: Callable[[], object], match: str = "C40") -> None:
        """The database refuses each."""
        for one in tries:
            with pytest.raises(Refused, match=match):
                one()

    def follow(self, code: str, after: int = 0) -> Session:
        """As the customer sees it."""
        found = looking.follow(self.db, code, after)
        assert found
        return found

    def later(self, number: int, *, minutes: int) -> None:
        """As if so many minutes had gone by."""
        run(self.db, "ALTER TABLE houvast.looking DISABLE TRIGGER hv_keep_looking")
        earlier = f"until = until - interval '{minutes} minutes'"
        run(self.db, f"UPDATE houvast.looking SET {earlier} WHERE id = {number}")
        run(self.db, "ALTER TABLE houvast.looking ENABLE TRIGGER hv_keep_looking")


@pytest.fixture
def room(help_desk: HelpDesk) -> Room:
    """A problem that was granted to Bob."""
    number, _ = help_desk.ask()
    store.grant(help_desk.db, number, "bob", "olaf")
    return Room(help_desk, number)


def test_from_the_question_to_the_end_both_read_what_happened(room: Room) -> None:
    number, token = room.ask()
    seen = looking.asked(room.db, token)
    assert seen
    assert (seen.reason, seen.minutes, seen.role, seen.subcontractor) == ("the error at export", 30, "support", "")
    code = looking.accept(room.db, token, "nl", accepting(room.desk.exchange.policy, "nl").sha256)
    assert code
    for what in ("begin", "pause", "go on"):
        looking.move(room.db, code, what)
    looking.say(room.db, code, OFFER)
    (offer,) = looking.watch(room.db, number, "bob").signals
    assert (offer.kind, offer.body) == ("offer", OFFER)
    looking.reply(room.db, number, "bob", "answer", ANSWER)
    assert [one.kind for one in room.follow(code).signals] == ["answer"]
    assert room.follow(code, room.follow(code).signals[0].id).signals == ()
    looking.leave(room.db, number, "bob")
    steps = [("asked", "specialist"), ("accepted", "customer"), ("began", "customer"), ("paused", "customer"),
             ("went on", "customer"), ("ended", "specialist")]  # fmt: skip
    for log in (room.follow(code).log, looking.watch(room.db, number, "bob").log):
        assert [(one.step, one.by) for one in log] == steps
    for step, by in steps:
        if step != "accepted":
            assert room.desk.told("looking_moved", step=step, by=by) == 1, step
    assert room.desk.told("looking_accepted", language="nl") == 1
    used = "SELECT count(*) FROM houvast.use WHERE \"case\" = %s AND reason = 'the error at export'"
    assert room.desk.value(used, f"exchange {room.problem}") == 1


def test_a_link_works_once_for_an_hour_and_only_hashes_are_kept(room: Room) -> None:
    number, token = room.ask()
    said = accepting(room.desk.exchange.policy, "en").sha256
    code = looking.accept(room.db, token, "en", said)
    assert code
    assert looking.accept(room.db, token, "en", said) is None
    assert looking.asked(room.db, token) is None
    kept = "SELECT count(*) FROM houvast.looking l WHERE l::text LIKE %s OR l::text LIKE %s"
    assert room.desk.value(kept, f"%{token}%", f"%{code}%") == 0
    looking.leave(room.db, number, "bob")
    number, token = room.ask()
    room.later(number, minutes=61)
    assert looking.asked(room.db, token) is None
    assert looking.accept(room.db, token, "en", said) is None


def test_nothing_begins_without_a_yes_in_the_words_of_now(room: Room) -> None:
    number, token = room.ask()
    for words in ("0" * 64, accepting(room.desk.exchange.policy, "nl").sha256):
        with pytest.raises(Refused, match="C40"):
            looking.accept(room.db, token, "en", words)
    for state in ("running", "paused", "accepted"):
        with pytest.raises(DatabaseError, match="C40"):
            room.db.execute("UPDATE houvast.looking SET state = %s WHERE id = %s", (state, number))
    with pytest.raises(Refused, match="C40"):
        looking.reply(room.db, number, "bob", "ready", "")
    with pytest.raises(Refused, match="C40"):
        looking.move(room.db, token, "begin")
    assert looking.decline(room.db, token)
    assert looking.watch(room.db, number, "bob").ended_by == "customer"


def test_the_end_counts_at_once_and_takes_the_addresses_along(room: Room) -> None:
    number, code = room.running()
    looking.say(room.db, code, OFFER)
    looking.reply(room.db, number, "bob", "answer", ANSWER)
    looking.move(room.db, code, "end")
    looking.move(room.db, code, "end")
    assert room.desk.value("SELECT count(*) FROM houvast.looking_signal") == 0
    assert (looking.watch(room.db, number, "bob").state, looking.watch(room.db, number, "bob").signals) == ("ended", ())
    room.refuses(
        lambda: looking.reply(room.db, number, "bob", "ready", ""),
        lambda: looking.say(room.db, code, OFFER),
        lambda: looking.move(room.db, code, "begin"),
        lambda: looking.move(room.db, code, "go on"),
    )
    with pytest.raises(DatabaseError, match="C40"):
        room.db.execute("UPDATE houvast.looking SET state = 'running' WHERE id = %s", (number,))


def test_yesterdays_yes_serves_no_other_session(room: Room) -> None:
    number, code = room.running()
    looking.move(room.db, code, "end")
    other, _ = room.ask()
    with pytest.raises(Refused, match="C40"):
        looking.move(room.db, code, "begin")
    copied = ("UPDATE houvast.looking SET state = 'running', use = o.use, accepted_at = o.accepted_at"
              " FROM houvast.looking o WHERE o.id = %s AND looking.id = %s")  # fmt: skip
    with pytest.raises(DatabaseError, match="C40"):
        room.db.execute(copied.encode(), (number, other))
    looking.leave(room.db, other, "bob")
    number, code = room.accepted()
    room.later(number, minutes=16)
    with pytest.raises(Refused, match="C40"):
        looking.move(room.db, code, "begin")


def test_when_the_time_is_over_nothing_goes_any_more(room: Room) -> None:
    number, code = room.running()
    looking.say(room.db, code, OFFER)
    room.later(number, minutes=31)
    room.refuses(
        lambda: looking.reply(room.db, number, "bob", "answer", ANSWER),
        lambda: looking.say(room.db, code, OFFER),
        lambda: looking.move(room.db, code, "pause"),
    )
    looking.sweep(room.db)
    assert room.desk.value("SELECT count(*) FROM houvast.looking_signal") == 0
    assert [(one.step, one.by) for one in room.follow(code).log][-1] == ("ended", "time")


def test_time_and_reason_have_their_limits(room: Room) -> None:
    most = longest(room.desk.exchange.policy)
    assert most == 120
    for reason, minutes in (("ask jan@example.org", 30), ("the error", most + 1), ("the error", 4)):
        with pytest.raises(Refused, match="C40"):
            room.ask(reason=reason, minutes=minutes)
    number, _ = room.ask(minutes=most)
    with pytest.raises(Refused, match="C40"):
        room.ask()
    with pytest.raises(DatabaseError, match="C40"):
        room.db.execute("UPDATE houvast.looking SET minutes = 600 WHERE id = %s", (number,))
    with pytest.raises(DatabaseError, match="C40"):
        room.db.execute("DELETE FROM houvast.looking WHERE id = %s", (number,))
    with pytest.raises(DatabaseError, match="C40"):
        room.db.execute("UPDATE houvast.looking_step SET by = 'time' WHERE looking = %s", (number,))


def test_nobody_but_the_one_who_was_named_looks_along(room: Room) -> None:
    with pytest.raises(Refused, match="C40"):
        room.ask("anna")
    number, code = room.running()
    store.grant(room.db, room.problem, "anna", "olaf")
    for by in ("anna", "olaf", "nobody"):
        room.refuses(
            partial(looking.watch, room.db, number, by),
            partial(looking.leave, room.db, number, by),
            partial(looking.reply, room.db, number, by, "ready", ""),
            match="C40|C42",
        )
    assert looking.mine(room.db, room.problem, "anna") == ()
    (seen,) = looking.mine(room.db, room.problem, "olaf")
    assert (seen.number, seen.own, seen.signals) == (number, False, ())
    assert looking.follow(room.db, code.swapcase()[::-1]) is None


@pytest.mark.parametrize(
    "body",
    [
        OFFER.replace("sendonly", "sendrecv"),
        OFFER.replace("a=sendonly\r\n", ""),
        f"{OFFER}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n",
        f"{OFFER}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
        f"{OFFER}\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        f"{OFFER}m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=recvonly\r\n",
        OFFER.replace("m=video", "m=audio"),
        "",
    ],
)
def test_only_a_picture_in_one_direction_goes(room: Room, body: str) -> None:
    number, code = room.running()
    with pytest.raises(Refused, match="C40"):
        looking.say(room.db, code, body)
    with pytest.raises(Refused, match="C40"):
        looking.reply(room.db, number, "bob", "answer", body.replace("sendonly", "recvonly") if body != OFFER else body)


def test_what_is_said_is_bounded(room: Room) -> None:
    number, code = room.running()
    with pytest.raises(Refused, match="C40"):
        looking.reply(room.db, number, "bob", "ready", "a file of somebody")
    with pytest.raises(DatabaseError):
        looking.say(room.db, code, f"{OFFER}a={'x' * 20000}\r\n")
    for _ in range(60):
        looking.reply(room.db, number, "bob", "ready", "")
    with pytest.raises(Refused, match="too often"):
        looking.reply(room.db, number, "bob", "ready", "")


@pytest.mark.parametrize("how", ["close", "take", "leave"])
def test_it_ends_with_the_problem_the_grant_and_the_person(room: Room, how: str) -> None:
    number, code = room.running()
    looking.say(room.db, code, OFFER)
    if how == "close":
        store.close(room.db, room.problem, "anna")
    elif how == "take":
        store.grant(room.db, room.problem, "bob", "olaf", gives=False)
    else:
        room.db.execute("UPDATE houvast.staff SET ended_at = clock_timestamp() WHERE name = 'bob'")
    assert (room.follow(code).state, room.follow(code).ended_by) == ("ended", "closing")
    assert room.desk.value("SELECT count(*) FROM houvast.looking_signal WHERE looking = %s", number) == 0


def test_a_subcontractor_looks_along_as_long_as_it_may(room: Room) -> None:
    firm = room.desk.subcontractor()
    store.grant(room.db, room.problem, "sam", "olaf")
    number, token = room.ask("sam")
    seen = looking.asked(room.db, token)
    assert seen
    assert (seen.subcontractor, seen.country) == ("Helpers BV", "DE")
    store.end(room.db, firm, "olaf")
    assert looking.accept(room.db, token, "en", accepting(room.desk.exchange.policy, "en").sha256) is None
    assert looking.watch(room.db, number, "sam").state == "ended"


def test_the_login_of_the_pages_cannot_get_round_it(room: Room) -> None:
    number, code = room.running()
    looking.say(room.db, code, OFFER)
    desk.prepare(room.desk.office.target.url)
    with connect(room.desk.office.target.url_of(desk.WEB_LOGIN)) as pages:
        for statement in (
            "SELECT * FROM houvast.looking",
            "SELECT body FROM houvast.looking_signal",
            "SELECT * FROM houvast.looking_step",
            "UPDATE houvast.looking SET until = 'infinity'",
            "DELETE FROM houvast.looking_step",
            f"INSERT INTO houvast.looking_signal (looking, kind, body) VALUES ({number}, 'ready', '')",
            "SELECT houvast.end_looking()",
            f"SELECT houvast.named_looking({number}, 'bob')",
            "ALTER TABLE houvast.looking DISABLE TRIGGER hv_keep_looking",
        ):
            with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
                pages.execute(statement.encode())
        assert looking.watch(pages, number, "bob").state == "running"
        with pytest.raises(Refused, match="C40"):
            looking.watch(pages, number, "anna")


def test_addresses_are_never_written_to_the_log_of_the_database(room: Room) -> None:
    kept = "SELECT relpersistence::text FROM pg_class WHERE oid = 'houvast.looking_signal'::regclass"
    assert room.desk.value(kept) == "u"
