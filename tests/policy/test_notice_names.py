"""What the law has a notice, a refusal and a marketing message say: read from the regime, held against the policy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from houvast.errors import Finding
from houvast.policy import Policy, check, load_versions
from houvast.policy.law import Dated, Law
from houvast.policy.notices.details import details
from houvast.policy.notices.model import Paragraph
from houvast.policy.notices.names import Names
from houvast.policy.regime import regime
from tests.policy.small import findings, write

OURS = regime("nl-avg")
LATER = date(2030, 1, 1)
THEN = datetime(2030, 1, 2, tzinfo=UTC)
SILENT = {
    "G11": ("    fields: [name, email]\n    necessity: optional\n", "    fields: [name, email]\n"),
    "G13": ("from_others: {within: P1M, promise: G13}", "from_others: {within: P1M, promise: C01}"),
}
NAMES = {"G11": {"necessity"}, "G13": {"categories", "source"}}
ARTICLE = {"G11": "AVG 13(2)(e)", "G13": "AVG 14"}


def incomplete(found: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in found if one.code == "notice-incomplete"]


def silent(folder: Path, duty: str) -> Policy:
    old, new = SILENT[duty]
    write(folder, old=old, new=new)
    return load_versions(folder)[-1]


@pytest.mark.parametrize("duty", SILENT)
def test_what_a_notice_must_tell_and_does_not_is_found_with_its_article(tmp_path: Path, duty: str) -> None:
    silent(tmp_path, duty)
    found = incomplete(findings(tmp_path))
    assert {one.message.split("`")[1] for one in found} == NAMES[duty]
    assert all(ARTICLE[duty] in one.message and one.todo and one.place.line > 1 for one in found)


def test_recipients_who_are_not_told_of_are_found(tmp_path: Path) -> None:
    write(
        tmp_path,
        old="rights:\n",
        new="recipients:\n  printer: {may: [contact], role: processor, promise: C01}\nrights:\n",
    )
    found = incomplete(findings(tmp_path))
    assert {one.message.split("`")[1] for one in found} == {"recipients", "transfers"}
    assert all("AVG 13(1)(e), AVG 13(1)(f)" in one.message for one in found)


def test_a_law_that_no_longer_asks_it_ends_the_finding_on_its_day(tmp_path: Path) -> None:
    policy = silent(tmp_path, "G11")
    fewer = OURS.changed("notice_names", Dated(LATER, ("controller", "purposes"), ("New 13",), "AVG"))
    assert incomplete(check(policy, datetime(2029, 12, 30, tzinfo=UTC), fewer))
    assert not incomplete(check(policy, THEN, fewer))


def test_a_marketing_message_carries_what_the_law_names(tmp_path: Path) -> None:
    write(tmp_path, old="carries: [sender, address, opt-out]", new="carries: [sender]")
    (found,) = findings(tmp_path)
    assert found.code == "marketing-message-incomplete"
    assert "address, opt-out" in found.message
    assert "Tw 11.7(4)" in found.todo


def test_a_law_that_asks_more_of_a_message_asks_it_from_its_day(tmp_path: Path) -> None:
    write(tmp_path)
    policy = load_versions(tmp_path)[-1]
    more = OURS.changed(
        "marketing_message", Dated(LATER, ("sender", "address", "opt-out", "why you"), ("New 1",), "Tw")
    )
    assert not check(policy, datetime(2029, 12, 30, tzinfo=UTC), more)
    assert [one.message.rpartition(": ")[2] for one in check(policy, THEN, more)] == ["why you."]


def complaint(law: Law, folder: Path, language: str) -> str:
    write(folder)
    names = Names(load_versions(folder)[-1], language, {}, law)
    (section,) = (one for one in details(names) if one.anchor == "rules-complaint")
    return " ".join(said.text for block in section.blocks if isinstance(block, Paragraph) for said in block.sentences)


SAYS = {
    "nl": {"reason": "Dan leggen we uit waarom.", "authority": "Autoriteit Persoonsgegevens",
           "court": "naar de rechter", "court_term": "binnen 6 weken"},
    "en": {"reason": "Then we explain why.", "authority": "Autoriteit Persoonsgegevens",
           "court": "go to court", "court_term": "within 6 weeks"},
}  # fmt: skip


@pytest.mark.parametrize("language", SAYS)
def test_the_notice_says_what_each_refusal_names(tmp_path: Path, language: str) -> None:
    said = complaint(OURS.at(THEN), tmp_path, language)
    assert set(OURS.at(THEN).texts("refusal_names")) == set(SAYS[language])
    for name, words in SAYS[language].items():
        assert words in said, name


def test_what_the_law_drops_from_a_refusal_is_no_longer_said(tmp_path: Path) -> None:
    changed = OURS.changed("refusal_names", Dated(LATER, ("reason", "authority"), ("New 12",), "AVG"))
    said = complaint(changed.at(THEN), tmp_path, "en")
    assert "go to court" not in said
    assert "Then we explain why." in said
    assert "go to court" in complaint(changed.at(datetime(2029, 12, 30, tzinfo=UTC)), tmp_path, "en")


def test_every_name_that_the_law_has_a_notice_tell_is_told_by_a_duty() -> None:
    law = OURS.at(THEN)
    told = {name for duty in law.duties.values() for name in duty.tells}
    assert set(law.notice_names) <= told
