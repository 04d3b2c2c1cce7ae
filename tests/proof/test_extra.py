"""Attempts that another room hands in count like those that the proof makes itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from houvast.proof import Attempt, Extra, prove
from tests.proof.scene import Scene


def test_a_failed_attempt_that_was_handed_in_breaks_its_promise_and_others_are_not_asked(scene: Scene) -> None:
    asked: list[str] = []

    def make(promise: str) -> Iterator[Attempt]:
        asked.append(promise)
        yield Attempt("a page", "visitor", "GET /", False, "no cookie", "a cookie", "page")

    extra = [Extra(frozenset({promise}), partial(make, promise)) for promise in ("G17", "G18")]
    report = prove(scene.door, scene.versions, scene.datamap, promises=["C57", "G17"], extra=extra)
    assert [proof.id for proof in report.promises] == ["G17", "C57"]  # in the order of the policy
    assert [(a.name, a.sort) for a in report.of("G17").failed] == [("a page", "page")]
    assert list(report.broken) == [report.of("G17")]
    assert asked == ["G17"]
