"""What `prove` says of the sample company: 77 promises, each tried or honestly not yet kept."""

from __future__ import annotations

import json
import re

import pytest

from houvast.errors import UsageError
from houvast.proof import Outcome, Report
from tests.proof.scene import Scene

HELD = ("C01", "C02", "C05", "C07", "C08", "C10", "C11", "C12", "C14", "C15", "C16", "C18", "C23", "C32", "C33", "C35",
        "C36", "C37", "C38", "C39", "C40", "C41", "C42", "C43", "C44", "C45", "C46", "C47", "C48", "C53", "C57", "G01",
        "G02", "G05", "G06", "G07", "G09", "G10", "G11", "G12", "G14", "G16", "G18")  # fmt: skip
SORTS = (
    *("which no use declares", "with letters of another alphabet", "the circumstance has ended"),
    *("has objected", "asked for restriction", "the term of the row has passed", "given for beta"),
    *("the unlisted column", "base table", "changes contact", "counts from tomorrow", "with a use for"),
    *("before the use is committed", "after the use was rolled back", "ON CONFLICT", "MERGE", "RETURNING"),
    *("ON of an outer join", "COPY TO", "SET backtrace_functions by hand", "the guard", "TRUNCATE"),
    *("writing the guard", "the application's view", "the application's function", "LOCK TABLE"),
    *("everything discarded", "calling houvast.set_token", "membership for itself", "a temporary table"),
)
LATER = ("C03", "C09", "C13", "C17", "C28", "C31", "C34", "C54")


def test_all_77_promises_of_text_and_law_are_in_it_in_the_order_of_the_policy(scene: Scene, report: Report) -> None:
    wanted = [p.id for p in scene.versions[-1].promises.values() if not p.added]
    assert [proof.id for proof in report.promises] == wanted
    assert len(wanted) == 77
    assert {f"C{n:02}" for n in range(1, 59)} | {f"G{n:02}" for n in range(1, 20)} == set(wanted)


@pytest.mark.parametrize("promise", HELD)
def test_what_is_wholly_in_place_is_held(report: Report, promise: str) -> None:
    proof = report.of(promise)
    assert [(a.name, a.expected, a.seen) for a in proof.failed] == []
    assert (proof.outcome, proof.missing) == (Outcome.HELD, "")


@pytest.mark.parametrize("promise", LATER)
def test_what_lacks_a_later_part_passes_its_attempts_and_names_the_part(report: Report, promise: str) -> None:
    proof = report.of(promise)
    assert [(a.name, a.expected, a.seen) for a in proof.failed] == []
    assert proof.outcome is Outcome.NOT_YET_KEPT
    assert len(proof.missing) > 20


@pytest.mark.parametrize("promise", [*HELD, *LATER])
def test_each_of_them_has_attempts_and_a_control_that_must_succeed(report: Report, promise: str) -> None:
    attempts = report.of(promise).attempts
    assert sum(not a.control for a in attempts) >= 3
    assert any(a.control and a.passed for a in attempts)


def test_every_other_promise_is_not_yet_kept_and_says_what_is_missing(report: Report) -> None:
    for proof in report.promises:
        assert proof.mechanism.endswith(".")
        if proof.id not in (*HELD, *LATER):
            assert [(a.name, a.expected, a.seen) for a in proof.failed] == []
            assert proof.outcome is Outcome.NOT_YET_KEPT, proof.id
            assert proof.missing.endswith(".")


def test_the_json_has_the_keys_that_were_agreed(report: Report) -> None:
    listed = json.loads(json.dumps(report.to_json()))["promises"]
    assert len(listed) == 77
    assert {tuple(proof) for proof in listed} == {("id", "outcome", "mechanism", "missing", "attempts")}
    attempts = [attempt for proof in listed for attempt in proof["attempts"]]
    assert {tuple(a) for a in attempts} == {("name", "login", "sql", "control", "expected", "seen", "passed")}
    assert all(a["passed"] == (a["seen"] == a["expected"]) for a in attempts)


def test_attacks_of_the_corpus_are_tried_and_what_is_let_through_is_named(report: Report) -> None:
    tried = {a.name for proof in report.promises for a in proof.attempts if ".sql)" in a.name}
    files = {name.partition(" (")[2].partition(".sql")[0] for name in tried}
    assert len(files) > 180
    assert {"difference-side-effect-without-a-use", "prepared-across-an-objection", "copy-query"} <= files
    named = {one["name"]: one for one in json.loads(json.dumps(report.to_json()))["residuals"]}
    assert {"a copy", "an older snapshot", "what a plan counts", "a login in a pool"} <= set(named)
    assert all(one["smaller"] and one["attacks"] for one in named.values())


def test_what_is_seen_is_said_in_a_few_words_without_data(report: Report) -> None:
    said = {a.seen for p in report.promises for a in p.attempts}
    assert [one for one in said if not re.fullmatch(r"[a-z, ]+|refused: [0-9A-Z]{5}|error: [0-9A-Z]{5}", one)] == []


def test_every_sort_of_attempt_of_the_list_is_made(report: Report) -> None:
    names = " / ".join(a.name for p in report.promises for a in p.attempts)
    assert [words for words in SORTS if words not in names] == []


def test_a_promise_that_the_policy_does_not_have_is_refused_with_what_there_is(scene: Scene) -> None:
    with pytest.raises(UsageError, match="no promise C99") as caught:
        scene.prove("C99")
    assert "C05" in str(caught.value)
