"""The emergency entrance: it opens fast, gives what was said and no longer, and nobody opens it unseen."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from houvast.app import Target, desk, emergencies, keep, limits, load_project
from houvast.app.settings import Settings
from houvast.database import Connection, DatabaseError, connect, run
from houvast.errors import DatabaseRefusal
from houvast.worker.controller import Controller
from tests.company import company
from tests.compiler.staffing import code_of, enrolled
from tests.proof.scene import PROJECT

LOGIN, PURPOSE, REASON = "support", "billing", "the billing desk burnt down"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Generator[Target]:
    with company() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUVAST_HOME", str(tmp_path_factory.mktemp("home")))
        found = Target(load_project(PROJECT), server.url("lakana"))
        keep.apply(found)
        desk.prepare(found.url)
        yield found


@pytest.fixture
def admin(target: Target) -> Generator[Connection]:
    """Two officers with codes; no emergency of another test."""
    with connect(target.url) as found:
        for name in ("noor", "vera"):
            enrolled(found, name)
        yield found
        run(found, f"REVOKE hv_{PURPOSE} FROM {LOGIN}; ALTER TABLE houvast.emergency DISABLE TRIGGER ALL;"
                   " DELETE FROM houvast.emergency; ALTER TABLE houvast.emergency ENABLE TRIGGER ALL")  # fmt: skip
        emergencies.follow(found)


def enter(target: Target, admin: Connection, **more: object) -> emergencies.Emergency:
    values = {"by": "noor", "code": code_of(admin, "noor"), "reason": REASON, "minutes": 30, **more}
    return emergencies.enter(target, PURPOSE, LOGIN, **values)  # pyright: ignore[reportArgumentType]


def billed(target: Target) -> int:
    """How many bills the login reads for the purpose. Raises DatabaseError when it may not."""
    with connect(target.url_of(LOGIN)) as session:
        session.execute("SELECT houvast.open_use('billing', 'invoice run of the emergency')")
        ((count,),) = session.execute("SELECT count(*) FROM invoice").fetchall()
        return int(count)


def alarms(admin: Connection) -> list[str]:
    return [one.text for one in desk.alarms(admin) if one.kind == emergencies.ALARM]


def over(admin: Connection) -> None:
    """Its time is over, as the clock would have it."""
    run(admin, "ALTER TABLE houvast.emergency DISABLE TRIGGER ALL")
    run(admin, "UPDATE houvast.emergency SET until = clock_timestamp() - interval '1 second'")
    run(admin, "ALTER TABLE houvast.emergency ENABLE TRIGGER ALL")


def told(admin: Connection) -> list[str]:
    rows = admin.execute("SELECT kind FROM houvast.event WHERE kind ^@ 'emergency' ORDER BY id DESC LIMIT 3").fetchall()
    return [row[0] for row in rows][::-1]


def test_it_gives_what_was_said_until_it_ends_and_somebody_else_looks(target: Target, admin: Connection) -> None:
    with pytest.raises(DatabaseError, match="may not use data for purpose"):
        billed(target)
    made = enter(target, admin)
    assert (made.who.split()[0], made.minutes, made.reviewed_at) == ("officer", 30, None)
    assert billed(target) > 0
    ((until, ends),) = admin.execute(
        "SELECT u.until, e.until FROM houvast.use u, houvast.emergency e"
        " WHERE u.reason = 'invoice run of the emergency' ORDER BY u.id DESC LIMIT 1"
    ).fetchall()
    assert until == ends
    assert f"Emergency {made.number}: login {LOGIN} got purpose {PURPOSE}" in alarms(admin)[0]
    assert REASON not in alarms(admin)[0]
    emergencies.leave(target, made.number)
    with pytest.raises(DatabaseError, match="may not use data for purpose"):
        billed(target)
    enrolled(admin, "noor")
    with pytest.raises(DatabaseRefusal, match="another officer"):
        emergencies.review(target, made.number, by="noor", code=code_of(admin, "noor"))
    emergencies.review(target, made.number, by="vera", code=code_of(admin, "vera"))
    assert alarms(admin) == []
    assert told(admin) == ["emergency_opened", "emergency_ended", "emergency_reviewed"]
    ((body, sealed),) = admin.execute(
        "SELECT body, sealed FROM houvast.event WHERE kind = 'emergency_opened' ORDER BY id DESC LIMIT 1"
    ).fetchall()
    assert body == {"purpose": PURPOSE, "login": LOGIN, "minutes": 30, "role": "officer"}
    assert sealed == {"emergency": made.number, "reason": REASON}


def test_after_its_time_no_use_begins_and_the_worker_takes_the_purpose_away(target: Target, admin: Connection) -> None:
    enter(target, admin)
    with connect(target.url_of(LOGIN)) as session:
        session.execute("SELECT houvast.open_use('billing', 'invoice run of the emergency')")
        assert session.execute("SELECT count(*) > 0 FROM invoice").fetchone() == (True,)
        over(admin)
        with pytest.raises(DatabaseError, match="the time of this emergency is over"):
            billed(target)
        assert Controller(target, Settings()).once()
        assert session.execute("SELECT count(*) FROM invoice").fetchone() == (0,)
    with pytest.raises(DatabaseError, match="may not use data for purpose"):
        billed(target)
    assert len(alarms(admin)) == 1  # until somebody looked
    assert emergencies.known(target)[0].ended_at
    assert emergencies.end_due(admin) == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"code": ""}, "confirmed by a code"),
        ({"by": "nobody"}, "has no codes"),
        ({"reason": "because"}, "a reason that names nobody"),
        ({"reason": "noor@mail.example called us"}, "a reason that names nobody"),
        ({"minutes": 241}, "four hours at most"),
        ({"minutes": 0}, "four hours at most"),
        ({"reason": "x" * 501}, "at most 500"),
    ],
)
def test_without_officer_code_reason_or_end_nothing_opens(
    target: Target, admin: Connection, more: dict[str, object], said: str
) -> None:
    with pytest.raises(DatabaseRefusal, match=said):
        enter(target, admin, **more)
    with pytest.raises(DatabaseError, match="may not use data for purpose"):
        billed(target)
    assert emergencies.known(target) == ()


def test_where_nobody_could_look_afterwards_nothing_opens(target: Target, admin: Connection) -> None:
    run(admin, "UPDATE houvast.staff SET ended_at = now() WHERE name <> 'noor'")
    try:
        with pytest.raises(DatabaseRefusal, match="obody else could look"):
            enter(target, admin)
    finally:
        run(admin, "UPDATE houvast.staff SET ended_at = NULL")


def test_what_was_opened_is_not_opened_twice_and_what_is_held_not_at_all(target: Target, admin: Connection) -> None:
    enter(target, admin)
    enrolled(admin, "noor")
    with pytest.raises(DatabaseRefusal, match="has this purpose already"):
        enter(target, admin)
    enrolled(admin, "noor")
    with pytest.raises(DatabaseRefusal, match="has this purpose already"):
        emergencies.enter(target, "answer", LOGIN, by="noor", code=code_of(admin, "noor"), reason=REASON, minutes=5)


def test_nobody_looks_at_what_is_open_and_one_of_before_that_rule_ends_still(target: Target, admin: Connection) -> None:
    made = enter(target, admin)
    with pytest.raises(DatabaseRefusal, match="after it has ended"):
        emergencies.review(target, made.number, by="vera", code=code_of(admin, "vera"))
    run(admin, "ALTER TABLE houvast.emergency DISABLE TRIGGER ALL")
    run(admin, "UPDATE houvast.emergency SET reviewed_at = clock_timestamp(), reviewer = 'officer 2'")
    over(admin)
    before = emergencies.known(target)[0]
    assert emergencies.end_due(admin) == 1
    with pytest.raises(DatabaseError, match="may not use data for purpose"):
        billed(target)
    after = emergencies.known(target)[0]
    assert after.ended_at
    assert (after.reviewed_at, after.reviewer) == (before.reviewed_at, before.reviewer)


def test_what_the_login_has_by_another_way_has_not_ended_and_stops_nothing_else(
    target: Target, admin: Connection
) -> None:
    made = enter(target, admin)
    run(admin, f"CREATE ROLE detour; GRANT hv_{PURPOSE} TO detour; GRANT detour TO {LOGIN}")
    over(admin)
    try:
        assert Controller(target, Settings()).once()
        assert emergencies.known(target)[0].ended_at is None
        stays = [one for one in desk.alarms(admin) if one.kind == emergencies.STAYS]
        assert f"houvast emergency end {made.number}" in stays[0].text
        with pytest.raises(DatabaseRefusal, match="still has the purpose"):
            emergencies.leave(target, made.number)
    finally:
        run(admin, "DROP ROLE detour")
    assert emergencies.end_due(admin) == 1
    assert [one for one in desk.alarms(admin) if one.kind == emergencies.STAYS] == []


def test_while_it_is_open_drift_names_it_and_afterwards_nothing_is_left(target: Target, admin: Connection) -> None:
    assert keep.drift(target) == ()
    made = enter(target, admin)
    assert [(one.change, one.identity) for one in keep.drift(target)] == [("new", f"hv_{PURPOSE}")]
    emergencies.leave(target, made.number)
    assert keep.drift(target) == ()


DESK, ACCOUNT = "account_desk", "account"


def counted(session: Connection, who: int) -> None:
    """The desk opens somebody for the purpose that has a limit. Raises DatabaseError beyond it."""
    session.execute("SELECT houvast.record_use('account', 'looking after accounts', %s, NULL)", (str(who),))


def test_an_alarm_comes_before_the_limit_and_an_emergency_lifts_it_for_its_time(
    target: Target, admin: Connection
) -> None:
    def near() -> list[str]:
        limits.follow(admin)
        return [one.text for one in desk.alarms(admin) if one.kind == limits.ALARM]

    before = admin.execute("SELECT purpose, version, most, warns FROM houvast.volume").fetchall()
    run(admin, "UPDATE houvast.volume SET most = 3, warns = 2")
    with connect(target.url_of(DESK)) as session:
        counted(session, 1)
        assert near() == []
        counted(session, 2)
        assert Controller(target, Settings()).once()
        assert near() == [
            f"Login {DESK} opened purpose {ACCOUNT} within one day for 2 of the 3 people that are allowed."
            " See in the log whether that is right."
        ]
        counted(session, 3)
        with pytest.raises(DatabaseError, match="the policy allows no more"):
            counted(session, 4)
        made = emergencies.enter(
            target, ACCOUNT, DESK, by="noor", code=code_of(admin, "noor"), reason=REASON, minutes=9
        )
        assert made.lifts
        counted(session, 4)
        assert f"got purpose {ACCOUNT} beyond its limit" in alarms(admin)[0]
        over(admin)
        with pytest.raises(DatabaseError, match="the policy allows no more"):
            counted(session, 5)
        counted(session, 4)
        assert emergencies.end_due(admin) == 1
        counted(session, 3)  # the purpose stays the login's own
        assert "for 4 of the 3 people" in near()[0]
    run(admin, "UPDATE houvast.use SET opened_at = opened_at - interval '2 days'")
    assert near() == []
    for purpose, version, most, warns in before:
        admin.execute(
            "UPDATE houvast.volume SET most = %s, warns = %s WHERE (purpose, version) = (%s, %s)",
            (most, warns, purpose, version),
        )


def test_a_limit_is_not_lifted_twice_at_once(target: Target, admin: Connection) -> None:
    made = emergencies.enter(target, ACCOUNT, DESK, by="vera", code=code_of(admin, "vera"), reason=REASON, minutes=9)
    enrolled(admin, "noor")
    with pytest.raises(DatabaseRefusal, match="has this purpose already"):
        emergencies.enter(target, ACCOUNT, DESK, by="noor", code=code_of(admin, "noor"), reason=REASON, minutes=9)
    emergencies.leave(target, made.number)
