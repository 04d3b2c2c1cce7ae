"""`houvast request`, `complain`, `breach`, `hold` on a small sample company: from what came in to the last letter."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from houvast.app import Demo, desk
from houvast.database import connect, run
from tests.cli.calling import Said, Shell
from tests.compiler.staffing import code_of, enrolled
from tests.web.asking import code_of as of_app


def somebody(demo: Demo) -> str:
    """A customer, as kind:key."""
    with connect(demo.url()) as admin:
        ((key,),) = admin.execute("SELECT min(key::int) FROM houvast.person WHERE kind = 'customer'").fetchall()
    return f"customer:{key}"


def verify(demo: Demo, number: int) -> None:
    """Somebody checked whose request it is."""
    with connect(demo.url()) as admin:
        run(admin, f"UPDATE houvast.request SET verified_at = now(), level = 2 WHERE id = {number}")


def approve(houvast: Shell, demo: Demo, letter: str, by: str = "vera") -> Said:
    """Somebody approves a letter, with the code of their app."""
    with connect(demo.url()) as admin:
        enrolled(admin, by)
        code = code_of(admin, by)
    return houvast("request", "letter", letter, "--approve", "--by", by, "--code", code)


def number_of(said: Said) -> int:
    """The number of what was made."""
    assert said.code == 0, said.err
    return int(json.loads(said.out)["number"])


def test_a_request_goes_from_receipt_to_an_answer_that_another_approved(
    houvast: Shell, kept: Demo, tmp_path: Path
) -> None:
    number = number_of(houvast("request", "add", somebody(kept), "--right", "access", "--lang", "en", "--json"))
    shown = json.loads(houvast("request", "show", str(number), "--json").out)
    assert (shown["state"], shown["drafts"]) == ("acknowledged", 0)
    assert "person" not in shown
    refused = houvast("request", "move", str(number), "searching")
    assert (refused.code, "C35" in refused.err) == (1, True)
    assert "stands still" in houvast("request", "pause", str(number)).out
    assert "level 2" in houvast("request", "verify", str(number), "code").out
    again = houvast("request", "verify", str(number), "in person")
    assert (again.code, "it was done" in again.err) == (1, True)
    assert "goes on" in houvast("request", "resume", str(number)).out
    assert houvast("request", "move", str(number), "review").code == 0
    assert "explanation" in houvast("request", "answer", str(number), "--until", "2026-12-31").err
    drafted = houvast(
        "request", "answer", str(number), "--explain", "It is all in your account.", "--until", "soon", "--by", "anna"
    )
    letter = drafted.out.split()[1]
    own = houvast("request", "letter", letter, "--approve", "--by", "anna")
    assert (own.code, "their own letter" in own.err) == (1, True)
    assert houvast("request", "letter", letter, "--send").code == 1
    assert approve(houvast, kept, letter).code == 0
    early = houvast("request", "letter", letter, "--send")
    assert (early.code, "still waits for mails, newsletter" in early.err) == (1, True)
    made = houvast("person", "access", somebody(kept), "--out", str(tmp_path / "copy.zip"))
    assert made.code == 0, made.err
    sent = houvast("request", "letter", letter, "--send")
    assert sent.code == 0, sent.err
    opened = json.loads(houvast("request", "show", str(number), "--reason", "checking it", "--json").out)
    assert (opened["state"], opened["person"]) == ("answered", somebody(kept))
    assert [one["kind"] for one in opened["letters"]] == ["acknowledgement", "identity", "copy"]
    with connect(kept.url()) as admin:
        asked = (
            "SELECT template, to_key, \"values\" ->> 'subject' FROM houvast.outgoing ORDER BY queued_at DESC LIMIT 3"
        )
        queued = admin.execute(asked).fetchall()
    key = somebody(kept).partition(":")[2]
    assert queued == [("letter", key, one["subject"]) for one in reversed(opened["letters"])]


def test_a_refusal_and_more_time_are_drafted_with_their_reason(houvast: Shell, kept: Demo) -> None:
    number = number_of(houvast("request", "add", somebody(kept), "--right", "erasure", "--lang", "en", "--json"))
    verify(kept, number)
    for state in ("searching", "review"):
        houvast("request", "move", str(number), state)
    late = houvast(
        "request", "extend", str(number), "--reason", "complexity", "--explain", "Five systems.", "--by", "anna"
    )
    letter = late.out.split()[1]
    approve(houvast, kept, letter)
    assert "You will get an answer on" in houvast("request", "letter", letter, "--print").out
    assert json.loads(houvast("request", "show", str(number), "--json").out)["state"] == "delayed"
    houvast("request", "move", str(number), "review")
    no = houvast(
        "request", "refuse", str(number), "--reason", "legally_required", "--explain", "Bills stay.", "--by", "anna"
    )
    letter = no.out.split()[1]
    approve(houvast, kept, letter)
    said = houvast("request", "letter", letter, "--print").out
    assert "Autoriteit Persoonsgegevens" in said
    assert "court. Do that within 6 weeks" in said
    assert "AVG 17(3)(b)" in said
    assert houvast("request", "refuse", str(number), "--reason", "whim").code == 2


def test_an_anonymous_complaint_in_english_has_a_clock_and_the_evidence_of_its_promise(
    houvast: Shell, kept: Demo, tmp_path: Path
) -> None:
    text = tmp_path / "complaint.txt"
    text.write_text("A made-up person says that you gave data to others.")
    held: dict[str, object] = {"id": "C25", "outcome": "held", "mechanism": "", "missing": "", "attempts": []}
    with connect(kept.url()) as admin:
        desk.record(admin, "prove", datetime.now(UTC), "good", {"promises": [held]})
    said = houvast("complain", "--about", "C25", "--lang", "en", "--text", str(text), "--json")
    number = number_of(said)
    assert json.loads(said.out)["code"]
    shown = json.loads(houvast("request", "show", str(number), "--json").out)
    assert (shown["right"], shown["promise"], shown["known"], shown["state"]) == (
        "complaint",
        "C25",
        False,
        "acknowledged",
    )
    assert shown["evidence"]["promise"] == "C25"
    assert "made-up" not in houvast("request", "show", str(number)).out
    assert "made-up" in houvast("request", "show", str(number), "--reason", "answering it").out
    for state in ("searching", "review"):
        houvast("request", "move", str(number), state)
    answer = houvast("request", "answer", str(number), "--explain", "We looked into it.", "--by", "anna")
    approve(houvast, kept, answer.out.split()[1])
    sent = houvast("request", "letter", answer.out.split()[1], "--send")
    assert "is on its way" in sent.out  # it is read by its code
    assert houvast("complain", "--about", "C99", "--text", str(text)).code == 2
    assert houvast("complain", "--about", "C25").code == 2


def test_what_is_overdue_is_at_the_top(houvast: Shell, kept: Demo) -> None:
    long_ago = f"{datetime.now(UTC) - timedelta(days=60):%Y-%m-%d}"
    houvast("request", "add", somebody(kept), "--right", "stop")
    late = number_of(houvast("request", "add", somebody(kept), "--right", "access", "--received", long_ago, "--json"))
    listed = houvast("request", "list").out.splitlines()
    assert listed[1].startswith(str(late))
    assert "late" in listed[1]
    assert "░░░░░░░░░░" in listed[1]
    assert houvast("request", "add", "customer:999999", "--right", "access").code == 1
    assert houvast("request", "add", "--right", "access").code == 1
    assert houvast("request", "show", "999999").code == 1
    unread = houvast("complain", "--text", "/nowhere/complaint.txt")
    assert (unread.code, "no text that can be read" in unread.err) == (2, True)


def test_a_breach_has_its_hours_and_its_letters(houvast: Shell, kept: Demo) -> None:
    aware = f"{datetime.now(UTC) - timedelta(hours=80):%Y-%m-%dT%H:%M:%S+00:00}"
    number = str(number_of(houvast("breach", "add", "A lost laptop", "--aware", aware, "--json")))
    assert "late" in houvast("breach", "list").out
    assert houvast("breach", "close", number).code == 1
    assert houvast("breach", "report", number, "--explain", "More will follow.").code == 2  # nothing was assessed
    assessed = (
        "breach",
        "assess",
        number,
        "--risk",
        "high",
        "--note",
        "Others may read it.",
        "--measures",
        "It was wiped.",
    )
    assert houvast(*assessed, "--people", "3").code == 0
    unsaid = houvast("breach", "report", number, "--explain", "More will follow.")
    assert ("why it is late" in unsaid.err, unsaid.out) == (True, "")
    with connect(kept.url()) as admin:  # what is refused leaves no letters
        assert admin.execute("SELECT count(*) FROM houvast.letter WHERE breach = %s", (number,)).fetchone() == (0,)
    reported = houvast(
        "breach", "report", number, "--explain", "More will follow.", "--late-because", "Found on Saturday."
    )
    letter = reported.out.split()[1]
    assert (houvast("request", "letter", letter, "--print").code, houvast("breach", "close", number).code) == (1, 1)
    assert approve(houvast, kept, letter).code == 0
    assert "Aan de Autoriteit Persoonsgegevens" in houvast("request", "letter", letter, "--print").out
    assert houvast("breach", "close", number).code == 1
    _, english = re.findall(r"Letter ([0-9]+)", houvast("breach", "tell", number, "--explain", "Nothing.").out)
    assert approve(houvast, kept, english).code == 0
    assert "Something went wrong with your data" in houvast("request", "letter", english, "--print").out
    assert houvast("breach", "close", number).code == 0
    assert houvast("breach", "add", "Mail of a@lakana.example").code == 1


def test_a_hold_has_an_owner_and_a_day_to_look_again(houvast: Shell, kept: Demo) -> None:
    assert (
        "1 row of contact"
        in houvast("hold", "place", "D-12", "contact", "1", "--review", "2027-06-01", "--by", "anna").out
    )
    listed = json.loads(houvast("hold", "list", "--json").out)
    assert [(one["case"], one["owner"], one["review"]) for one in listed] == [("D-12", "anna", "2027-06-01")]
    assert houvast("hold", "place", "D-12", "contatc", "1", "--review", "2027-06-01").code == 2
    assert houvast("hold", "lift", "D-12").code == 0
    assert houvast("hold", "lift", "D-12").code == 1


def test_codes_are_given_once_and_approve_in_one_name(houvast: Shell, kept: Demo) -> None:
    number = number_of(houvast("request", "add", somebody(kept), "--right", "stop", "--channel", "mail", "--json"))
    given = json.loads(houvast("staff", "code", "Noor B.", "--json").out)
    assert given["address"].startswith("otpauth://totp/Houvast")
    assert ":noorb?secret=" in given["address"]
    refused = houvast("request", "move", str(number), "withdrawn", "--by", "noor b", "--code", "000000")
    assert (refused.code, "wrong" in refused.err) == (1, True)
    assert houvast("request", "move", str(number), "withdrawn").code == 1
    code = of_app(given["secret"])
    assert houvast("request", "move", str(number), "withdrawn", "--by", "NOOR b.", "--code", code).code == 0
    assert houvast("staff", "code", "n\u043e\u043er").code == 1
