# ruff: noqa: S608 - values pass through literal
"""Attempts on looking together: without a yes to this session, after its end, by another, with more than a picture (C40).

Each is made by the administrator, who may write any table, in a transaction that is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from houvast.compiler.looking import accepting, longest
from houvast.compiler.words import literal
from houvast.policy.model import Policy
from houvast.proof.exchanging import granted_problem
from houvast.proof.handling import REFUSED, Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt

SORT = "looking"
_L = "(SELECT max(id) FROM houvast.looking)"
_CODE = "'hv made up to look'"
_HASH = f"sha256(convert_to({_CODE}, 'UTF8'))"
_HELPER = "'hvhelper'"
_SDP = "E'v=0\\nm=video 9 UDP/TLS/RTP/SAVPF 96\\na={}\\na=candidate:1 1 udp 1 192.0.2.7 4000 typ host\\n{}'"
_OFFER, _ANSWER = _SDP.format("sendonly", ""), _SDP.format("recvonly", "")


def _set(change: str) -> str:
    return f"UPDATE houvast.looking SET {change} WHERE id = {_L}"


def _ask(minutes: int = 30, who: str = _HELPER, why: str = "the error") -> str:
    return f"SELECT houvast.looking_ask((SELECT max(id) FROM houvast.exchange), {literal(why)}, {minutes}, {who})"


def _move(what: str) -> str:
    return f"SELECT houvast.looking_move({_CODE}, {literal(what)})"


def _say(body: str) -> str:
    return f"SELECT houvast.looking_say({_CODE}, {body})"


def _reply(body: str, kind: str = "answer", who: str = _HELPER) -> str:
    return f"SELECT houvast.looking_reply({_L}, {who}, {literal(kind)}, {body})"


def _later(minutes: int) -> tuple[str, ...]:
    """As if so many minutes had gone by since the last step."""
    return (
        "SET LOCAL session_replication_role = replica",
        _set(f"until = until - interval '{minutes} minutes'"),
        "SET LOCAL session_replication_role = origin",
    )


class _Made:
    """The steps from what is asked to a session that runs, one on the other."""

    def __init__(self, handling: Handling) -> None:
        self.problem = granted_problem(handling)
        self.asked = (*self.problem, _ask())
        self.yes = self.says(accepting(handling.policy, "en").sha256)
        self.accepted = (*self.asked, self.yes)
        self.running = (*self.accepted, _move("begin"))
        self.ended = (*self.running, _move("end"))

    def says(self, words: str, code: str = _HASH) -> str:
        """The customer's yes to words with this SHA-256."""
        return _set(f"state = 'accepted', follow = {code}, language = 'en', statement_sha256 = {literal(words)}")


def looking(h: Handling) -> Iterator[Attempt]:
    """To look without a yes, with an old one, by another, longer, with sound, or after the end (C40)."""
    m = _Made(h)
    for name, steps, expected in (*_yes(m), *_who(m), *_ends(m, h.policy), *_picture(m)):
        yield h.attempt(name, steps, SORT, expected)
    yield from _left(h, m)


_Tries = Sequence[tuple[str, Sequence[str], str]]


def _yes(m: _Made) -> _Tries:
    copied = "state = 'running', accepted_at = o.accepted_at, began_at = o.began_at, use = o.use FROM houvast.looking o"
    reused = f"UPDATE houvast.looking SET {copied} WHERE looking.id = {_L} AND o.id < looking.id"
    return [
        ("a session runs to which the customer said yes", m.running, ALLOWED),
        ("a session begins without a yes", (*m.asked, _set("state = 'running'")), REFUSED),
        ("a yes is given to other words than those of now", (*m.asked, m.says("0" * 64)), REFUSED),
        ("a yes is given without the code of the customer", (*m.asked, m.yes.replace(_HASH, "NULL")), REFUSED),
        ("the yes of a session serves for another", (*m.ended, _ask(), reused), REFUSED),
        ("an ended session begins again by its yes", (*m.ended, _move("begin")), REFUSED),
        ("a session begins by the yes of yesterday", (*m.accepted, *_later(16), _move("begin")), REFUSED),
        ("a session begins with a code that nobody has", (*m.accepted, _move("begin").replace("made up", "other")), REFUSED),
    ]  # fmt: skip


def _who(m: _Made) -> _Tries:
    return [
        ("the one who was named answers what the customer offers", (*m.running, _say(_OFFER), _reply(_ANSWER)), ALLOWED),
        ("another of the staff answers", (*m.running, _reply(_ANSWER, who="'hvsupport'")), REFUSED),
        ("an officer watches the session of another", (*m.running, f"SELECT houvast.looking_watch({_L}, 'hvofficer', 0)"), REFUSED),
        ("somebody asks who has no grant for the problem", (*m.problem, _ask(who="'hvsupport'")), REFUSED),
        ("somebody asks in words that name a person", (*m.problem, _ask(why="the mail of made.up@lakana.example")), REFUSED),
        ("a session is given to another", (*m.accepted, _set("staff = (SELECT id FROM houvast.staff WHERE name = 'hvsupport')")), REFUSED),
        ("the grant is taken back, and a browser answers", (*m.running, "SELECT houvast.exchange_grant((SELECT max(id) FROM houvast.exchange),"
                                                           " 'hvhelper', false, 'hvofficer')", _reply(_ANSWER)), REFUSED),
    ]  # fmt: skip


def _ends(m: _Made, policy: Policy) -> _Tries:
    most = longest(policy)
    return [
        ("the customer pauses and goes on", (*m.running, _move("pause"), _move("go on"), _say(_OFFER)), ALLOWED),
        ("the customer's browser goes on after the end", (*m.ended, _say(_OFFER)), REFUSED),
        ("who looks along goes on after the customer ended it", (*m.ended, _reply("''", "ready")), REFUSED),
        ("an ended session is opened again", (*m.ended, _set("state = 'running', ended_at = NULL, ended_by = NULL")), REFUSED),
        ("a browser answers when the time is over", (*m.running, *_later(31), _reply(_ANSWER)), REFUSED),
        ("a session is asked for longer than the policy says", (*m.problem, _ask(most + 1)), REFUSED),
        ("a session is made longer", (*m.running, _set(f"minutes = {most}, until = until + interval '1 hour'")), REFUSED),
        ("something goes while it is paused", (*m.running, _move("pause"), _say(_OFFER)), REFUSED),
        ("what happened is thrown away", (*m.ended, "DELETE FROM houvast.looking_step"), REFUSED),
        ("a session is thrown away", (*m.ended, f"DELETE FROM houvast.looking WHERE id = {_L}"), REFUSED),
    ]  # fmt: skip


def _picture(m: _Made) -> _Tries:
    both = _SDP.format("sendrecv", "")
    more = {
        "sound": "m=audio 9 UDP/TLS/RTP/SAVPF 111\\na=sendonly",
        "a channel for files": "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a second picture": "m=video 9 UDP/TLS/RTP/SAVPF 97",
    }
    return [
        *((f"{what} goes along", (*m.running, _say(_SDP.format("sendonly", line))), REFUSED) for what, line in more.items()),
        ("a picture goes back", (*m.running, _say(both)), REFUSED),
        ("who looks along answers with a picture", (*m.running, _say(_OFFER), _reply(both)), REFUSED),
        ("a file is sent as a greeting", (*m.running, _reply("'a file of somebody'", "ready")), REFUSED),
    ]  # fmt: skip


def _left(h: Handling, m: _Made) -> Iterator[Attempt]:
    said = (*m.running, _say(_OFFER), _reply(_ANSWER))
    signals = f"SELECT count(*) FROM houvast.looking_signal WHERE looking = {_L}"
    yield h.asked("addresses are there while a session runs", said, signals, "2", SORT)
    yield h.asked("addresses are gone with the end", (*said, _move("end")), signals, "0", SORT)
    tables = "'looking', 'looking_step', 'looking_signal'"
    grants = (f"SELECT count(*) FROM pg_class c, aclexplode(c.relacl) x WHERE c.relnamespace = 'houvast'::regnamespace AND c.relname IN ({tables})"
              " AND x.grantee <> c.relowner")  # fmt: skip
    yield h.asked("nobody but its keeper reads or writes a session", (), grants, "0", SORT)
    unlogged = "SELECT relpersistence::text FROM pg_class WHERE oid = 'houvast.looking_signal'::regclass"
    yield h.asked("addresses are in no log of the database", (), unlogged, "u", SORT)
    log = f"SELECT string_agg(step || ' ' || by, ', ' ORDER BY id) FROM houvast.looking_step WHERE looking = {_L}"
    both = "asked specialist, accepted customer, began customer, ended customer"
    yield h.asked("what happened is written down for both", m.ended, log, both, SORT)
    told = ("SET LOCAL houvast.filling = ''", *m.ended)
    events = ("SELECT count(*) FROM houvast.event WHERE kind IN ('looking_moved', 'looking_accepted')"
              " AND xmin = pg_current_xact_id()::xid")  # fmt: skip
    yield h.asked("each step of a session is told", told, events, "4", SORT)
    uses = f"SELECT count(*) FROM houvast.use u JOIN houvast.looking l ON l.use = u.id WHERE l.id = {_L}"
    yield h.asked("a session is a recorded use", m.running, uses, "1", SORT)


SORTS: dict[str, Callable[[Handling], Iterator[Attempt]]] = {SORT: looking}
