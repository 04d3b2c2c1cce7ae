# ruff: noqa: S608 - values pass through literal
"""The register of controls, reviews of access and backups, tried: nothing is red, all is in the log, nobody writes what is not so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from houvast.backups.store import there as written_down
from houvast.compiler.words import literal
from houvast.controls import access, store
from houvast.database import Connection, queries
from houvast.database.connect import DatabaseError
from houvast.datamap.model import DataMap
from houvast.policy.model import PurposeKind
from houvast.proof.door import Door
from houvast.proof.handling import CODE, KEY, REFUSED, Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.probe import REFUSED as CLOSED
from houvast.proof.report import Attempt

SORT, ACCESS, EMERGENCY = "safeguard", "access", "emergency"
MADE_UP = "hv_made_up"
"""The control with which is tried; it is never committed."""
_SQL = queries("houvast.proof", "safeguards.sql")
_WHO = "administrator"
_FINE, _WORDS = "not red", {"failed": "failed", "overdue": "not tested in time"}
_SAME, _OTHER = "as signed", "not as signed"
_ALL, _SOME = "in the log", "not in the log"


def safeguards(connection: Connection, door: Door, h: Handling, login: str) -> Iterator[Attempt]:
    """Every such attempt; none where no register is kept. `login`: one of an application."""
    if not (store.there(connection) and store.registered(connection)):
        return
    for one in store.standings(connection):
        seen = _WORDS.get(one.stands, _FINE)
        yield Attempt(f"control {one.control.name} stands", _WHO, "houvast controls", False, _FINE, seen, SORT)
    told = connection.execute(_SQL["untold"]).fetchone() == (0,)
    yield Attempt("what was found of every control", _WHO, _SQL["untold"], False, _ALL, _ALL if told else _SOME, SORT)
    yield from _standing(h)
    yield from _attested(h)
    if login:
        yield from _by_login(door, login)


def _made(since: str = "0 days", test: str = "attested", owner: str = "support") -> str:
    return (f"INSERT INTO houvast.control (name, sort, owner, test, days, promise, label_nl, label_en, since) VALUES ({literal(MADE_UP)},"
            f" 'physical', {literal(owner)}, {literal(test)}, 30, 'C36', 'verzonnen', 'made up', clock_timestamp() - interval {literal(since)})")  # fmt: skip


def _measured(found: str = "[]") -> str:
    return (f"INSERT INTO houvast.control_result (control, passed, how, who, found) VALUES ({literal(MADE_UP)}, {literal(found)} = '[]',"
            f" 'measured', '', {literal(found)})")  # fmt: skip


def _staff(role: str) -> str:
    return (f"INSERT INTO houvast.staff (name, role, secret) VALUES ('madeupbyaproof', {literal(role)}, {KEY})"
            " ON CONFLICT (name) DO UPDATE SET role = excluded.role, secret = excluded.secret, last_step = 0, ended_at = NULL")  # fmt: skip


def _attest(code: str = CODE, note: str = "looked at it", passed: str = "true") -> str:
    return f"SELECT houvast.attest_control({literal(MADE_UP)}, 'madeupbyaproof', {code}, {passed}, {literal(note)})"


def _standing(h: Handling) -> Iterator[Attempt]:
    """What is red, and what is not."""
    question = f"SELECT stands FROM houvast.public_control WHERE name = {literal(MADE_UP)}"
    probe = (_made("31 days", "clock"), _measured())
    for name, steps, wanted in (
        ("a control that was never tested within its period is red", (_made("31 days"),), "overdue"),
        ("a control of today waits for its first test", (_made(),), "waiting"),
        ("a control that was measured just now is good", probe, "good"),
        ("a control in which something wrong was measured is red", (*probe, _measured('[["clock_off", "9"]]')), "failed"),
        ("a control that was attested just now is good", (_made("31 days"), _staff("support"), _attest()), "good"),
        ("a control that was attested as not in order is red", (_made(), _staff("support"), _attest(passed="false")), "failed"),
    ):  # fmt: skip
        yield h.asked(name, steps, question, wanted, SORT)
    told = (
        f"SELECT count(*) FROM houvast.event WHERE kind = 'control_tested' AND body ->> 'control' = {literal(MADE_UP)}"
    )
    yield h.asked("what is measured is told in the same transaction", probe, told, "1", SORT)


def _attested(h: Handling) -> Iterator[Attempt]:
    """What a person says: only with a code of theirs, in their role, without naming anybody; and it stays."""
    ready = (_made(), _staff("support"))
    written = (f"INSERT INTO houvast.control_result (control, passed, how, who, note) VALUES ({literal(MADE_UP)}, true, 'attested',"
               " 'officer 1', 'looked at it')")  # fmt: skip
    result = f"WHERE control = {literal(MADE_UP)}"
    tried: Sequence[tuple[str, Sequence[str], str]] = (
        ("who answers for a control attests it with a code", (*ready, _attest()), ALLOWED),
        ("an officer attests it with a code", (_made(), _staff("officer"), _attest()), ALLOWED),
        ("a control is attested without a code", (*ready, _attest("''")), REFUSED),
        ("an attestation is written past the function that asks a code", (*ready, written), REFUSED),
        ("a control is attested by somebody of another role", (_made(), _staff("finance"), _attest()), REFUSED),
        ("an attestation says nothing", (*ready, _attest(note=" ")), REFUSED),
        ("an attestation names somebody", (*ready, _attest(note=f"looked at it with {h.marker}@canary.example")), REFUSED),
        ("what a program measures is attested", (_made(test="clock"), _staff("officer"), _attest()), REFUSED),
        ("what people attest is measured", (_made(), _measured()), REFUSED),
        ("what was found is changed", (*ready, _attest(passed="false"), f"UPDATE houvast.control_result SET passed = true {result}"), REFUSED),
        ("what was found is taken away", (*ready, _attest(passed="false"), f"DELETE FROM houvast.control_result {result}"), REFUSED),
        ("all that was found is taken away", ("TRUNCATE houvast.control_result",), REFUSED),
    )  # fmt: skip
    for name, steps, expected in tried:
        yield h.attempt(name, steps, SORT, expected)
    late = f"SELECT count(*) FROM houvast.control_result {result} AND at < clock_timestamp() - interval '1 day'"
    dated = f"INSERT INTO houvast.control_result (control, at, passed, how, who) VALUES ({literal(MADE_UP)}, '2001-01-01', true, 'measured', '')"
    yield h.asked(
        "what was measured counts from now, whatever date it is given", (_made(test="clock"), dated), late, "0", SORT
    )


def _by_login(door: Door, login: str) -> Iterator[Attempt]:
    """An application writes nothing in the register."""
    with door.session(login) as session:
        for name, step in (
            ("writes that a control passed", _measured()),
            ("gives every control two years", "UPDATE houvast.control SET days = 800"),
            ("takes a control out of the register", "UPDATE houvast.control SET ended_at = now()"),
            ("attests a control", _attest()),
        ):
            try:
                session.execute(step.encode())
                seen = ALLOWED
            except DatabaseError as error:
                seen = f"refused: {error.sqlstate}"
            yield Attempt(f"{login} {name}", login, step, False, CLOSED, seen, SORT)


def reviews(h: Handling) -> Iterator[Attempt]:
    """Reviews of who can do what: signed with a code, of what is so now, and seen to be old when anything changes (C38)."""
    if not access.there(h.connection):
        return
    signed = access.last(h.connection)
    if signed:
        seen = _SAME if signed.same else _OTHER
        yield Attempt("who can do what is as it was signed", _WHO, "houvast access", False, _SAME, seen, ACCESS)
    seen_now = "(SELECT sha256 FROM houvast.access_now())"
    sign = f"SELECT houvast.sign_access({seen_now}, 'madeupbyaproof', {CODE})"
    other = f"SELECT houvast.sign_access({literal('0' * 64)}, 'madeupbyaproof', {CODE})"
    uncoded = f"SELECT houvast.sign_access({seen_now}, 'madeupbyaproof', '')"
    written = "INSERT INTO houvast.access_review (sha256, lines, who) SELECT sha256, lines, 'officer 1' FROM houvast.access_now()"
    tried: Sequence[tuple[str, Sequence[str], str]] = (
        ("an officer signs who can do what, with a code", (_staff("officer"), sign), ALLOWED),
        ("a review of access is signed without a code", (_staff("officer"), uncoded), REFUSED),
        ("a review of access is written past the function that asks a code", (_staff("officer"), written), REFUSED),
        ("support signs a review of access", (_staff("support"), sign), REFUSED),
        ("something else than what is so is signed", (_staff("officer"), other), REFUSED),
        ("a review of access is changed", (_staff("officer"), sign, "UPDATE houvast.access_review SET sha256 = sha256"), REFUSED),
        ("a review of access is taken away", (_staff("officer"), sign, "DELETE FROM houvast.access_review"), REFUSED),
        ("all reviews of access are taken away", ("TRUNCATE houvast.access_review",), REFUSED),
    )  # fmt: skip
    for name, steps, expected in tried:
        yield h.attempt(name, steps, ACCESS, expected)
    stands = "SELECT same FROM houvast.public_access_review ORDER BY id DESC LIMIT 1"
    yield h.asked("what was signed just now is still so", (_staff("officer"), sign), stands, "True", ACCESS)
    for name, change in (
        ("a role is made that reads everything", "CREATE ROLE hv_made_up LOGIN BYPASSRLS"),
        ("everybody may read a table", "CREATE TABLE hv_made_up (n int); GRANT SELECT ON hv_made_up TO PUBLIC"),
        ("somebody of the staff came", "INSERT INTO houvast.staff (name) VALUES ('madeupafterwards')"),
    ):
        steps = (_staff("officer"), sign, change)
        yield h.asked(
            f"{name} after a review of access: what was signed is not so any more", steps, stands, "False", ACCESS
        )


def backups(h: Handling) -> Iterator[Attempt]:
    """What was written down of backups stays, is told, and counts from its moment (C38)."""
    if not written_down(h.connection):
        return
    digest = literal("a" * 64)
    make = f"INSERT INTO houvast.backup (what, sha256, bytes, at) VALUES ('made', {digest}, 1, '2001-01-01')"
    yield h.attempt("a backup that was made is written down", (make,), ACCESS, ALLOWED)
    yield h.attempt(
        "what was written down of a backup is changed", (make, "UPDATE houvast.backup SET what = 'tried'"), ACCESS
    )
    yield h.attempt("what was written down of a backup is taken away", (make, "DELETE FROM houvast.backup"), ACCESS)
    told = f"SELECT count(*) FROM houvast.event WHERE kind = 'backup_made' AND body ->> 'backup_sha256' = {digest}"
    yield h.asked("a backup is told in the same transaction", (make,), told, "1", ACCESS)
    late = f"SELECT count(*) FROM houvast.backup WHERE sha256 = {digest} AND at < clock_timestamp() - interval '1 day'"
    yield h.asked("a backup counts from now, whatever date it is given", (make,), late, "0", ACCESS)


def emergencies(h: Handling, datamap: DataMap) -> Iterator[Attempt]:
    """The emergency entrance: an officer with a code, a reason and an end, and another one who looks (C38)."""
    found = h.connection.execute(_SQL["emergencies"]).fetchone() == (True,)
    purposes = [one for one in h.policy.purposes.values() if one.kind is PurposeKind.ORDINARY]
    pair = next(((one.name, p.name) for one in datamap.logins.values() for p in purposes
                 if one.purposes and p.name not in one.purposes), None)  # fmt: skip
    if not found or pair is None:
        return
    yield from _entered(h, *pair)
    yield from _bounded(h, *pair)
    late = h.connection.execute(_SQL["late"]).fetchone() == (0,)
    seen = _FINE if late else "too long"
    yield Attempt("no emergency is open after its time", _WHO, _SQL["late"], False, _FINE, seen, EMERGENCY)


def opened_emergency(
    login: str, purpose: str, *, code: str = CODE, reason: str = "the office burnt down", minutes: int = 30
) -> str:
    """SQL by which the made-up officer opens an emergency."""
    values = f"{literal(purpose)}, {literal(login)}, 'madeupbyaproof', {code}, {literal(reason)}, {minutes}"
    return f"SELECT houvast.open_emergency({values})"


_OTHER_OFFICER = f"INSERT INTO houvast.staff (name, secret) VALUES ('anotherbyaproof', {KEY})"


def officers() -> tuple[str, str]:
    """Two officers with codes: who opens an emergency, and who could look at it."""
    return _staff("officer"), _OTHER_OFFICER


_NEWEST = "(SELECT max(id) FROM houvast.emergency)"


def _entered(h: Handling, login: str, purpose: str) -> Iterator[Attempt]:
    ready, opened = officers(), opened_emergency(login, purpose)
    alone = "UPDATE houvast.staff SET ended_at = now() WHERE name <> 'madeupbyaproof'"
    migration = next((one.name for one in h.policy.purposes.values() if one.kind is PurposeKind.MIGRATION), "none")
    written = ("INSERT INTO houvast.emergency (purpose, login, reason, minutes, who, until) VALUES"
               f" ({literal(purpose)}, {literal(login)}, 'the office burnt down', 30, 'officer 1', now() + interval '9 days')")  # fmt: skip
    change = "UPDATE houvast.emergency SET {} WHERE id = " + _NEWEST
    ended = change.format("ended_at = now()")
    given = (f"DO $$ BEGIN EXECUTE format('GRANT %I TO %I', (SELECT role FROM houvast.purpose WHERE name = {literal(purpose)}), {literal(login)});"
             " END $$")  # fmt: skip
    own = f"SELECT houvast.review_emergency({_NEWEST}, 'madeupbyaproof', {CODE})"
    again = "UPDATE houvast.staff SET last_step = 0"
    other = f"SELECT houvast.review_emergency({_NEWEST}, 'anotherbyaproof', {CODE})"
    tried: Sequence[tuple[str, Sequence[str], str]] = (
        ("an officer opens an emergency, with a code and a reason", (*ready, opened), ALLOWED),
        ("another officer looks at an emergency, with a code", (*ready, opened, ended, other), ALLOWED),
        ("an emergency is looked at while it is open", (*ready, opened, other), REFUSED),
        ("an emergency has ended, and the login still has the purpose", (*ready, opened, given, ended), REFUSED),
        ("an emergency is opened without a code", (*ready, opened_emergency(login, purpose, code="''")), REFUSED),
        ("an emergency is opened past the function that asks a code", (*ready, written), REFUSED),
        ("support opens an emergency", (_staff("support"), _OTHER_OFFICER, opened), REFUSED),
        ("an emergency is opened where nobody else could look at it", (*ready, alone, opened), REFUSED),
        ("an emergency has no reason", (*ready, opened_emergency(login, purpose, reason="because")), REFUSED),
        ("the reason of an emergency names somebody", (*ready, opened_emergency(login, purpose, reason=f"{h.marker}@canary.example called")), REFUSED),
        ("an emergency lasts longer than four hours", (*ready, opened_emergency(login, purpose, minutes=241)), REFUSED),
        ("an emergency gives the purpose of migrations", (*ready, opened_emergency(login, migration)), REFUSED),
        ("an emergency gives a login of Houvast a purpose", (*ready, opened_emergency("houvast_web", purpose)), REFUSED),
        ("an emergency is made longer", (*ready, opened, change.format("until = until + interval '1 day'")), REFUSED),
        ("an emergency gets another reason", (*ready, opened, change.format("reason = 'nothing happened at all'")), REFUSED),
        ("an emergency is taken out of the list", (*ready, opened, "DELETE FROM houvast.emergency"), REFUSED),
        ("all emergencies are taken out of the list", ("TRUNCATE houvast.emergency",), REFUSED),
        ("whoever opened an emergency looks at it themselves", (*ready, opened, ended, again, own), REFUSED),
        ("an emergency is written down as looked at", (*ready, opened, ended, change.format("reviewed_at = now(), reviewer = 'officer 2'")), REFUSED),
    )  # fmt: skip
    for name, steps, expected in tried:
        yield h.attempt(name, steps, EMERGENCY, expected)
    told = "SELECT count(*) FROM houvast.event WHERE kind = 'emergency_opened' AND sealed ->> 'reason' = 'the office burnt down'"
    yield h.asked("an emergency is told in the same transaction", (*ready, opened), told, "1", EMERGENCY)


def _bounded(h: Handling, login: str, purpose: str) -> Iterator[Attempt]:
    """Uses under an emergency: none begins after its time, and none lasts longer."""
    ready = (*officers(), opened_emergency(login, purpose))
    use = (f"INSERT INTO houvast.use (login, purpose, reason, until) SELECT {literal(login)}, number, 'made up', now() + interval '12 hours'"
           f" FROM houvast.purpose WHERE name = {literal(purpose)}")  # fmt: skip
    over = ("ALTER TABLE houvast.emergency DISABLE TRIGGER hv_keep_emergency",
            f"UPDATE houvast.emergency SET until = now() - interval '1 minute' WHERE id = {_NEWEST}")  # fmt: skip
    yield h.attempt("a use begins after the time of an emergency", (*ready, *over, use), EMERGENCY, "refused: 42501")
    longest = "SELECT max(until) <= max(opened_at) + interval '31 minutes' FROM houvast.use WHERE reason = 'made up'"
    yield h.asked("a use under an emergency ends with it", (*ready, use), longest, "True", EMERGENCY)
