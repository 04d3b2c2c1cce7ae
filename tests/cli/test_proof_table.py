"""The table that `houvast prove` prints."""

from __future__ import annotations

from rich.console import Console

from houvast.cli.proof_table import proof_table
from houvast.proof import Attempt, Outcome, Proof, Report
from houvast.proof.report import Residual


def attempt(number: int, seen: str) -> Attempt:
    return Attempt(f"way {number}", "support", "SELECT 1", False, "not seen", seen)


def printed(*proofs: Proof) -> str:
    console = Console(width=140)
    with console.capture() as said:
        console.print(proof_table(Report(proofs)))
    return said.get()


def proof(outcome: Outcome, missing: str = "", *attempts: Attempt) -> Proof:
    return Proof("C10", {"en": "Answering"}, outcome, "a row policy", missing, attempts)


def test_what_is_held_says_what_keeps_it_and_how_often_it_was_tried() -> None:
    said = printed(proof(Outcome.HELD, "", *(attempt(n, "not seen") for n in range(4))))
    assert "C10 Answering" in said
    assert "a row policy" in said
    assert "1 held, 0 broken, 0 not yet kept; 4 attempts." in said


def test_what_is_not_yet_kept_says_what_is_still_to_come() -> None:
    said = printed(proof(Outcome.NOT_YET_KEPT, "The gateway."))
    assert "not yet kept" in said
    assert "Still to come: The gateway." in said


def test_what_is_broken_says_what_was_seen_and_where_the_rest_is() -> None:
    said = printed(proof(Outcome.BROKEN, "", attempt(0, "not seen"), *(attempt(n, "seen") for n in range(1, 6))))
    assert "BROKEN" in said
    assert "1 of 6" in said
    assert "support: way 1: expected not seen, seen" in " ".join(said.split())
    assert "2 more: houvast prove C10 --json" in " ".join(said.split())


def test_markup_in_a_name_is_text() -> None:
    assert "[red]" in printed(proof(Outcome.HELD, "[red]"))


def test_an_attempt_that_counts_for_two_promises_is_counted_once() -> None:
    shared = attempt(1, "not seen")
    said = printed(proof(Outcome.HELD, "", shared), proof(Outcome.HELD, "", shared))
    assert "; 1 attempt." in said


def test_what_postgresql_cannot_close_is_named_with_its_attacks() -> None:
    console = Console(width=140)
    with console.capture() as said:
        console.print(proof_table(Report((), (Residual("a copy", "it stays", "be quick", ("cursor.sql",)),))))
    assert "a copy: it stays. Smaller: be quick. Attacks: cursor.sql." in " ".join(said.get().split())
