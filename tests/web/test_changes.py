"""What a new version of a policy changes is told promise by promise, in plain words, in both languages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from houvast.policy import Policy, load_versions
from houvast.web.changes import ADDED, CHANGED, REMOVED, Change, changes, told_of
from tests.policy.small import FILES, POLICY
from tests.web.asking import Reader
from tests.web.conftest import Kept

SECOND = (
    ("version: 1\neffective: 2018-05-25", "version: 2\neffective: 2020-01-01"),
    ("until: account.closed, plus: P30D", "until: account.closed, plus: P60D"),
    ("rights:\n  erase: {answer: P1M", "rights:\n  erase: {answer: P14D"),
    ("{nl: \"om u te vertellen wat wij maken.\"", "{nl: \"om u te schrijven.\""),
    ("  A01: {kind: must, added: author, label: {nl: Elk gebruik staat in een logboek, en: Each use is logged}}\n",
     "  A02: {kind: must, added: author, label: {nl: Een tweede slot, en: A second lock}}\n"),
    ("log: {promise: A01}", "log: {promise: A02}"),
    ("  address: Voorbeeldstraat 1", "  address: Nieuwestraat 2"),
)  # fmt: skip


def text_of(pairs: tuple[tuple[str, str], ...]) -> str:
    text = POLICY
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def two(tmp_path: Path) -> tuple[Policy, Policy]:
    first = tmp_path / "versions" / "1"
    first.mkdir(parents=True)
    for name, content in FILES.items():
        (first / name).write_text(content, "utf-8")
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "policy.yaml").write_text(text_of(SECOND), "utf-8")
    old, new = load_versions(tmp_path)
    return old, new


def by_promise(found: tuple[Change, ...]) -> dict[str, Change]:
    assert len({one.promise for one in found}) == len(found)
    return {one.promise: one for one in found}


def test_exactly_the_promises_that_changed_are_told(two: tuple[Policy, Policy]) -> None:
    found = by_promise(changes(*two, "nl"))
    kinds = {name: one.kind for name, one in found.items()}
    assert kinds == {"C01": CHANGED, "C04": CHANGED, "G05": CHANGED, "A02": ADDED, "A01": REMOVED}


def test_a_longer_term_shows_as_the_rule_that_ends_and_the_one_that_is_new(two: tuple[Policy, Policy]) -> None:
    found = by_promise(changes(*two, "en"))["C01"]
    assert any("30 days" in rule for rule in found.lost)
    assert any("60 days" in rule for rule in found.gained)
    assert (found.was, found.now) == ("", "")


def test_a_sentence_that_reads_otherwise_shows_both(two: tuple[Policy, Policy]) -> None:
    found = by_promise(changes(*two, "nl"))["C04"]
    assert (found.was, found.now) == ("om u te vertellen wat wij maken.", "om u te schrijven.")
    assert "C04" not in by_promise(changes(*two, "en"))


def test_a_parameter_shows_before_and_after_in_words(two: tuple[Policy, Policy]) -> None:
    (one,) = by_promise(changes(*two, "nl"))["G05"].otherwise
    assert one[1:] == ("1 maand", "14 dagen")


def test_who_is_responsible_is_told_when_it_changes(two: tuple[Policy, Policy]) -> None:
    (one,) = told_of(*two)
    assert (one[0], one[1].split(",")[0], one[2].split(",")[0]) == ("address", "Voorbeeldstraat 1", "Nieuwestraat 2")


def test_the_same_twice_is_no_change(two: tuple[Policy, Policy]) -> None:
    assert changes(two[0], two[0], "nl") == ()
    assert told_of(two[0], two[0]) == ()


def test_what_has_no_words_is_told_as_a_detail(two: tuple[Policy, Policy], tmp_path: Path) -> None:
    quieter = POLICY.replace("purposes:\n  answer: {", "purposes:\n  answer: {compelling: yes, ")
    (tmp_path / "versions" / "1" / "policy.yaml").write_text(quieter, "utf-8")
    other = load_versions(tmp_path)[0]
    (one,) = changes(two[0], other, "nl")
    assert (one.promise, one.details) == ("C02", True)


@pytest.fixture
def second(kept: Kept) -> Iterator[None]:
    """The site's policy has a second version, in force since long."""
    folder, first = kept.site.folder, kept.site.folder / "versions" / "1"
    right = (folder / "policy.yaml").read_text("utf-8")
    first.mkdir(parents=True)
    for file in ("policy.yaml", "text.nl.md", "text.en.md"):
        shutil.copy(folder / file, first / file)
    made = right.replace("version: 1\neffective: 2018", "version: 2\neffective: 2019", 1).replace(
        "{data: contact, until: account.closed, plus: P30D", "{data: contact, until: account.closed, plus: P45D", 1
    )
    (folder / "policy.yaml").write_text(made, "utf-8")
    try:
        yield
    finally:
        (folder / "policy.yaml").write_text(right, "utf-8")
        shutil.rmtree(folder / "versions")


@pytest.mark.parametrize(
    ("path", "said"),
    [("/versions/", ("Anders", "Deze regels vervallen:", "30 dagen", "45 dagen", "Geldt nu")),
     ("/en/versions/", ("Changed", "These rules end:", "30 days", "45 days", "In force"))],
)  # fmt: skip
def test_the_page_of_versions_shows_what_changed(
    reader: Reader, second: None, path: str, said: tuple[str, ...]
) -> None:
    page = reader.get(path).text
    for words in said:
        assert words in page, words
    assert page.count('<ul class="changes">') == 1


def test_the_page_of_one_version_says_that_it_is_the_first(reader: Reader) -> None:
    page = reader.get("/versions/").text
    assert "Dit is de eerste versie." in page
    assert '<ul class="changes">' not in page
