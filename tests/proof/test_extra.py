"""Attempts that another room hands in count like those that the proof makes itself."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.proof import Attempt, Extra, prove
from tests.proof.scene import Scene


def test_a_failed_attempt_that_was_handed_in_breaks_its_promise(scene: Scene) -> None:
    asked: list[str] = []

    def make() -> Iterator[Attempt]:
        asked.append("made")
        yield Attempt("a page", "visitor", "GET /", False, "no cookie", "a cookie", "page")

    extra = Extra(frozenset({"G17"}), make)
    report = prove(scene.door, scene.versions, scene.datamap, promises=["G17"], extra=[extra])
    assert [(a.name, a.sort) for a in report.of("G17").failed] == [("a page", "page")]
    assert report.of("G17") in report.broken
    other = prove(scene.door, scene.versions, scene.datamap, promises=["G18"], extra=[extra])
    assert [proof.id for proof in other.promises] == ["G18"]
    assert asked == ["made"]
