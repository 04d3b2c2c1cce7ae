"""`houvast person find, state, object ...`: people found and moved, on a small sample company."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from houvast.app import Demo
from houvast.database import Connection, connect, run
from tests.cli.calling import Shell
from tests.compiler.staffing import approved

MAILED = """
SELECT s.key FROM houvast.stand s JOIN houvast.person p USING (kind, key) JOIN contact c ON c.account_id::text = s.key
WHERE s.stand = 'consented' AND s.about = 'marketing' AND p.closed_at IS NULL AND NOT EXISTS (
    SELECT FROM houvast.stand o WHERE o.key = s.key AND o.stand IN ('objected', 'restricted', 'stopped'))
ORDER BY length(s.key), s.key LIMIT 1"""


@pytest.fixture
def demo(kept: Demo) -> Demo:
    """The demo with its policy; each test takes somebody else."""
    return kept


@pytest.fixture
def key(demo: Demo) -> str:
    """Somebody who may be mailed and has said nothing else, and of whom it was checked that they ask something."""
    with connect(demo.url()) as admin:
        ((found,),) = admin.execute(MAILED).fetchall()
        admin.execute(
            "INSERT INTO houvast.request (kind, key, verified_at, level) VALUES ('customer', %s, now(), 2)", (found,)
        )
    return found


@pytest.fixture
def doing(houvast: Shell, key: str) -> Callable[..., dict[str, Any]]:
    """What a command about that person says, as JSON."""

    def do(name: str, *more: str) -> dict[str, Any]:
        called = houvast("person", name, f"customer:{key}", *more, "--json")
        assert called.code == 0, called.err
        return json.loads(called.out)

    return do


def _address(admin: Connection, key: str) -> str:
    ((found,),) = admin.execute("SELECT email FROM contact WHERE account_id = %s", (int(key),)).fetchall()
    return found


def test_a_person_is_found_by_what_is_on_file_and_nothing_else_is_told(
    houvast: Shell, demo: Demo, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(demo.url()) as admin:
        address = _address(admin, key)
    monkeypatch.setattr("sys.stdin", io.StringIO(f" {address.upper()} \n"))
    found = houvast("person", "find", "--email", "-")
    assert (found.code, found.out.split()[0]) == (0, f"customer:{key}")
    assert address.lower() not in found.out.lower()
    assert houvast("person", "find", f"customer:{key}").code == 0
    nobody = houvast("person", "find", "--phone", "+31 6 00000000")
    assert (nobody.code, "Nobody" in nobody.err, "0000" in nobody.err + nobody.out) == (1, True, False)
    assert houvast("person", "find", "customer:99999999").code == 1
    for wrong in ((), ("--email", " "), ("--email", "x", "--phone", "y"), ("custommer:1",), ("--shoe", "44")):
        assert houvast("person", "find", *wrong).code == 2


def test_two_who_share_an_address_are_both_named_and_nothing_is_done(houvast: Shell, demo: Demo, key: str) -> None:
    with connect(demo.url()) as admin:
        run(admin, "CREATE TEMP TABLE was AS SELECT id, email FROM business_contact WHERE id = 1")
        admin.execute("UPDATE business_contact SET email = %s WHERE id = 1", (_address(admin, key),))
        try:
            found = houvast("person", "find", "--email", _address(admin, key), "--json")
        finally:
            run(admin, "UPDATE business_contact b SET email = w.email FROM was w WHERE w.id = b.id")
    assert found.code == 1
    assert {one["person"] for one in json.loads(found.out)["persons"]} == {f"customer:{key}", "business_contact:1"}


def test_an_objection_shows_what_it_closes_and_a_second_one_nothing(doing: Callable[..., dict[str, Any]]) -> None:
    first = doing("object", "--purpose", "marketing")
    assert (first["changed"], first["closed"], first["opened"]) == (True, {"marketing": ["contact"]}, {})
    again = doing("object", "--purpose", "marketing")
    assert (again["changed"], again["closed"]) == (False, {})
    assert "marketing" not in doing("state")["seen_by"]


def test_an_objection_in_general_is_told_a_line_for_each_purpose(houvast: Shell, key: str) -> None:
    said = houvast("person", "object", f"customer:{key}").out.splitlines()
    assert "  marketing holds at once and for ever." in said
    assert any(line.startswith("  enforce pauses") for line in said)
    assert max(map(len, said)) <= 100


def test_an_objection_to_a_contract_is_answered_and_changes_nothing(doing: Callable[..., dict[str, Any]]) -> None:
    done = doing("object", "--purpose", "billing")
    assert (done["changed"], done["closed"]) == (False, {})
    assert "answer the person" in done["note"]
    general = doing("object")
    assert "marketing" in general["about"]
    assert not {"billing", "business"} & set(general["about"].split(", "))
    assert "marketing" in general["closed"]


def test_who_objected_to_marketing_says_yes_only_by_themselves(
    houvast: Shell, key: str, doing: Callable[..., dict[str, Any]]
) -> None:
    assert doing("withdraw", "marketing")["closed"] == {"marketing": ["contact"]}
    refused = houvast("person", "consent", f"customer:{key}", "marketing")
    assert (refused.code, "C13" in refused.err, "--again" in refused.err) == (1, True, True)
    assert doing("consent", "marketing", "--again")["opened"] == {"marketing": ["contact"]}


def test_a_restriction_is_lifted_only_after_notice(
    houvast: Shell, demo: Demo, key: str, doing: Callable[..., dict[str, Any]]
) -> None:
    closed = doing("restrict")["closed"]
    assert {"marketing", "order"} <= set(closed)
    refused = houvast("person", "lift", f"customer:{key}")
    assert (refused.code, "G06" in refused.err) == (1, True)
    with connect(demo.url()) as admin:
        ((number,),) = admin.execute("SELECT max(id) FROM houvast.request WHERE key = %s", (key,)).fetchall()
    drafted = houvast(
        "request", "lifting", str(number), "--until", "soon", "--explain", "It was settled.", "--by", "anna"
    )
    letter = drafted.out.split()[1]
    assert houvast("person", "lift", f"customer:{key}").code == 1
    with connect(demo.url()) as admin:
        approved(admin, int(letter), "vera")
    assert "soon" in houvast("request", "letter", letter, "--print").out
    assert doing("lift")["opened"] == closed
    assert [
        one["stand"] for one in doing("state")["stands"] if one["until"] is None and one["stand"] == "restricted"
    ] == []


def test_nothing_is_done_by_hand_before_it_was_checked_who_asks_but_what_an_officer_doubts(
    houvast: Shell, demo: Demo, key: str
) -> None:
    with connect(demo.url()) as admin:
        admin.execute("DELETE FROM houvast.request WHERE key = %s", (key,))
    whom = f"customer:{key}"
    for call in (("object",), ("withdraw", "community"), ("consent", "community"), ("restrict",), ("stop",), ("close",),
                 ("contest", "contact.email")):  # fmt: skip
        refused = houvast("person", call[0], whom, *call[1:])
        assert (refused.code, "C35" in refused.err) == (1, True), call
    assert houvast("person", "stop", whom, "--own-doubt").code == 0
    assert houvast("person", "consent", whom, "community", "--own-doubt").code == 2


def test_stopping_and_closing_are_at_once(doing: Callable[..., dict[str, Any]]) -> None:
    assert "service" in doing("stop")["closed"]
    assert doing("stop")["changed"] is False


def test_an_account_closes_in_the_application(
    houvast: Shell, demo: Demo, key: str, doing: Callable[..., dict[str, Any]]
) -> None:
    try:
        assert "marketing" in doing("close")["closed"]
        assert doing("close")["changed"] is False
        assert doing("state")["closed_at"]
    finally:
        with connect(demo.url()) as admin:
            admin.execute("UPDATE account SET closed_at = NULL WHERE id = %s", (int(key),))
    assert houvast("person", "close", "business_contact:1").code == 2


def test_a_value_is_contested_and_settled_and_counted(
    houvast: Shell, key: str, doing: Callable[..., dict[str, Any]]
) -> None:
    assert doing("contest", "contact.email")["changed"]
    assert doing("contest", "contact.email")["changed"] is False
    [doubt] = json.loads(houvast("person", "doubts", "--json").out)
    assert (doubt["place"], doubt["source"], doubt["people"]) == ("contact.email", "contested", 1)
    assert "1 person  contested contact.email" in houvast("person", "doubts").out
    assert doing("settle", "contact.email")["changed"]
    for nothing in ("contact.shoe", "email", "post.body"):
        wrong = houvast("person", "contest", f"customer:{key}", nothing)
        assert (wrong.code, "contestable" in wrong.err) == (1, True)
    assert [doing("bounced")["note"].split(";")[0] for _ in range(3)] == ["1 time", "2 times", "3 times"]
    assert [one["source"] for one in json.loads(houvast("person", "doubts", "--json").out)] == ["bounced"]
    assert doing("settle", "contact.email")["changed"]


def test_weighing_is_in_writing_and_never_of_marketing(
    houvast: Shell, key: str, doing: Callable[..., dict[str, Any]]
) -> None:
    assert doing("object", "--purpose", "enforce")["changed"]
    short = houvast("person", "weigh", f"customer:{key}", "enforce", "--reason", "no")
    assert (short.code, "in writing" in short.err) == (1, True)
    assert doing("weigh", "enforce", "--reason", "an unpaid bill is before the court")["changed"]
    doing("object", "--purpose", "marketing")
    never = houvast("person", "weigh", f"customer:{key}", "marketing", "--reason", "an unpaid bill is before the court")
    assert (never.code, "for ever" in never.err) == (1, True)


def test_two_are_linked_on_proof_alone(
    houvast: Shell, demo: Demo, key: str, doing: Callable[..., dict[str, Any]]
) -> None:
    refused = houvast("person", "link", f"customer:{key}", "business_contact:1")
    assert (refused.code, "C35" in refused.err) == (1, True)
    with connect(demo.url()) as admin:
        admin.execute(
            "INSERT INTO houvast.request (kind, key, verified_at, level) VALUES ('customer', %s, now(), 2),"
            " ('business_contact', '1', now(), 2)",
            (key,),
        )
    assert doing("link", "business_contact:1")["changed"]
    assert doing("state")["same_person"] == ["business_contact:1"]
    assert doing("link", "business_contact:1", "--not")["changed"]


@pytest.mark.parametrize(
    "call",
    [("state",), ("object",), ("weigh", "enforce", "--reason", "long enough a reason"), ("withdraw", "community"),
     ("consent", "community"), ("restrict",), ("lift",), ("stop",), ("close",), ("contest", "contact.email"),
     ("settle", "contact.email"), ("bounced",), ("link", "customer:1")],
)  # fmt: skip
def test_an_unknown_person_is_one_clear_refusal(houvast: Shell, key: str, call: tuple[str, ...]) -> None:
    del key  # a policy is applied
    unknown = houvast("person", call[0], "customer:99999999", *call[1:])
    assert (unknown.code, unknown.err.count("Nobody is known"), "99999999" in unknown.err) == (1, 1, False)


def test_an_unknown_purpose_is_wrong_usage(houvast: Shell, key: str) -> None:
    wrong = houvast("person", "withdraw", f"customer:{key}", "marketting")
    assert (wrong.code, "Did you mean `marketing`?" in wrong.err) == (2, True)
