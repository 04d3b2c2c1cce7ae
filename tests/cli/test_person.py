"""`houvast person uses`: who used somebody's data, on a small sample company."""

from __future__ import annotations

import json

import pytest

from houvast.app import Demo
from houvast.database import DatabaseError, connect, run
from tests.cli.calling import Shell

SILENT = """
SELECT p.key FROM houvast.person p WHERE p.kind = 'customer' AND p.closed_at IS NULL
AND NOT EXISTS (SELECT FROM houvast.stand s WHERE s.kind = p.kind AND s.key = p.key) ORDER BY p.key LIMIT 1"""


def _opens(demo: Demo, login: str, call: str) -> None:
    with connect(demo.url(login)) as session:
        run(session, f"SELECT houvast.open_use({call})")


def test_a_person_learns_who_used_their_data(houvast: Shell, kept: Demo) -> None:
    with connect(kept.url()) as admin:
        ((key,),) = admin.execute(SILENT).fetchall()
        run(admin, "UPDATE houvast.use SET ended_at = clock_timestamp() WHERE ended_at IS NULL")  # of other tests
        said = f"INSERT INTO houvast.stand (kind, key, stand, about) VALUES ('customer', '{key}', "
        run(admin, said + "'consented', 'marketing')")
        _opens(kept, "newsletter", "'marketing', 'newsletter of november'")
        run(admin, "UPDATE houvast.use SET ended_at = clock_timestamp() WHERE ended_at IS NULL")
        run(admin, said + "'objected', 'marketing')")
        _opens(kept, "newsletter", "'marketing', 'newsletter of december'")
    _opens(kept, "account_desk", f"'account', 'ticket 51', person => '{key}'")
    _opens(kept, "account_desk", f"'account', 'ticket 52', person => '1{key}'")
    with pytest.raises(DatabaseError, match="may not use data"):
        _opens(kept, "support", f"'billing', 'just curious', person => '{key}'")
    found = json.loads(houvast("person", "uses", key, "--json").out)
    ours = [(one["purpose"], one["reason"]) for one in found["one_person_uses"]]
    assert ours == [("account", "ticket 51"), ("rights", "houvast person uses")]
    assert [(one["purpose"], one["role"], one["why"]) for one in found["refused_calls"]] == [
        ("billing", "support", "purpose not granted")
    ]
    marketing = [one for one in found["open_while_visible"] if one["purpose"] == "marketing"]
    assert [(one["role"], one["times"], one["categories"]) for one in marketing] == [("newsletter", 1, ["contact"])]
    told = houvast("person", "uses", f"customer:{key}", "--lang", "nl")
    assert told.code == 0
    assert "Gebruik voor u alleen (3):" in told.out
    assert "nog open  account_desk, uw account bijhouden: ticket 51" in told.out
    assert "dat doel heeft deze inlog niet" in told.out
    assert "ticket 52" not in told.out
    before = json.loads(houvast("person", "uses", key, "--to", "2020-01-01", "--json").out)
    assert [before[name] for name in ("one_person_uses", "open_while_visible", "refused_calls")] == [[], [], []]


def test_who_is_not_known_is_a_refusal_and_a_strange_kind_wrong_usage(houvast: Shell, kept: Demo) -> None:
    assert houvast("person", "uses", "99999999").code == 1
    assert houvast("person", "uses", "99999999").code == 1  # looking makes nobody known
    wrong = houvast("person", "uses", "custommer:17")
    assert (wrong.code, "custommer" in wrong.err) == (2, True)


def test_somebody_who_is_no_longer_known_learns_of_uses_that_were(houvast: Shell, kept: Demo) -> None:
    _opens(kept, "account_desk", "'account', 'ticket 61', person => '99999998'")
    found = json.loads(houvast("person", "uses", "99999998", "--json").out)
    assert "ticket 61" in [one["reason"] for one in found["one_person_uses"]]


def test_the_database_and_the_command_tell_the_same(houvast: Shell, kept: Demo) -> None:
    """The command also knows what the person had said when, so that it leaves out uses to which they were hidden."""
    with connect(kept.url()) as admin:
        ((key,),) = admin.execute(SILENT).fetchall()
        run(admin, f"INSERT INTO houvast.request (kind, key, verified_at) VALUES ('customer', '{key}', now())")
        objected = f"'customer', '{key}', 'objected', 'marketing'"
        run(admin, f"INSERT INTO houvast.stand (kind, key, stand, about) VALUES ({objected})")
    for login, call in (("newsletter", "'marketing', 'newsletter'"), ("support", "'answer', 'ticket 71'"),
                        ("account_desk", f"'account', 'ticket 72', person => '{key}'")):  # fmt: skip
        _opens(kept, login, call)
    with pytest.raises(DatabaseError, match="may not use data"):
        _opens(kept, "support", f"'billing', 'just curious', person => '{key}'")
    command = json.loads(houvast("person", "uses", key, "--json").out)
    with connect(kept.url("officer")) as officer:
        run(officer, f"SELECT houvast.open_use('rights', 'request of today', person => '{key}')")
        asked = "SELECT sort, purpose, role, reason, times, categories FROM houvast.uses_of('customer', %s)"
        database = officer.execute(asked, (key,)).fetchall()

    def told(sort: str) -> set[tuple[str, ...]]:
        return {row[1:4] for row in database if row[0] == sort}

    ours = {(one["purpose"], one["role"], one["reason"]) for one in command["one_person_uses"]}
    assert told("one person") == ours | {("rights", "officer", "request of today")}
    assert told("refused") == {(one["purpose"], one["role"], one["why"]) for one in command["refused_calls"]}
    shown = {(row[1], row[2]): (row[4], set(row[5])) for row in database if row[0] == "open"}
    for one in command["open_while_visible"]:
        times, categories = shown[one["purpose"], one["role"]]
        assert (one["times"], set(one["categories"]) <= categories) == (times, True)
    visible = {(one["purpose"], one["role"]) for one in command["open_while_visible"]}
    assert ("answer", "support") in visible
    assert ("marketing", "newsletter") in shown.keys() - visible
