"""A clock that runs out is one alarm, a late one another, and an answered request none, as for mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from houvast.app import clocks, desk, intake
from houvast.cases import Right, State, inbox, store
from houvast.cases.rules import Terms
from houvast.database import connect
from tests.compiler import small
from tests.compiler.asking import keep, make_small


def test_clocks_that_run_out_are_alarms_until_they_are_answered(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    keep(url, [small.policy()], datamap)
    desk.prepare(url)
    now = datetime.now(UTC)
    with connect(url) as admin:
        terms, today = Terms.of(small.policy(), now), now.date()
        close = next(n for n in range(20, 40) if 0 < (terms.due(now - timedelta(days=n)) - today).days < 5)
        late, soon, new = (
            store.take(admin, "customer:1", Right.STOP, received=now - timedelta(days=n)).number for n in (60, close, 0)
        )
        store.record_breach(admin, "A lost laptop", now - timedelta(hours=50), "somebody")
        store.record_breach(admin, "A lost bag", now, "somebody")
        assert clocks.watch(admin) == 3
        assert clocks.watch(admin) == 0
        said = {alarm.kind: alarm.text for alarm in desk.alarms(admin)}
        assert set(said) == {clocks.REQUEST, clocks.BREACH}
        texts = " ".join(alarm.text for alarm in desk.alarms(admin, "nl"))
        assert f"Verzoek {late} is te laat" in texts
        assert f"Verzoek {soon} moet uiterlijk" in texts
        assert f"Verzoek {new} " not in texts
        assert "customer" not in texts
        store.move(admin, late, State.WITHDRAWN)
        assert clocks.watch(admin) == 0
        assert f"Verzoek {late}" not in " ".join(alarm.text for alarm in desk.alarms(admin, "nl"))
        text = b"From: iemand@example.org\r\n\r\nWis al mijn gegevens."
        numbers = [intake.take(admin, text + bytes([65 + n]), received=now - timedelta(days=n)) for n in (0, 2, 60)]
        assert clocks.watch(admin) == 2
        said = " ".join(alarm.text for alarm in desk.alarms(admin) if alarm.kind == clocks.MAIL)
        assert "1 mail to the address for privacy waits for more than 3 days" in said
        assert f"Mail {numbers[2]} must get an answer by" in said
        assert "iemand" not in said
        assert clocks.watch(admin, looked=1) == 0  # the same alarm, with another count
        for number in filter(None, numbers):
            inbox.dismiss(admin, number, "spam")
        clocks.watch(admin)
        assert clocks.MAIL not in {alarm.kind for alarm in desk.alarms(admin)}
        admin.execute("SELECT houvast.count_asking('a', 'a', 'a')")
        assert clocks.watch(admin) == 0
        admin.execute("UPDATE houvast.checked SET count = 1001")
        assert clocks.watch(admin) == 1
        assert clocks.CODES in {alarm.kind for alarm in desk.alarms(admin)}
        admin.execute("DELETE FROM houvast.checked")
        assert clocks.watch(admin) == 0
        assert clocks.CODES not in {alarm.kind for alarm in desk.alarms(admin)}
