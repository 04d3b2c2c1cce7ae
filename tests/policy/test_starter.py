"""A first policy, whatever is answered: it passes every check, and each rule is bound in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from houvast.policy import check, load_versions, notice
from houvast.policy.model import Necessity
from houvast.policy.notices import as_html, as_markdown
from houvast.policy.plain import plainness
from houvast.policy.starter import Answers, Recipient, blocks, compose, mistakes, tasks
from tests.sampling import mostly_long

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CLUB = Answers(
    name="Ruitersport Zonnedauw",
    address="Voorbeeldstraat 2, 1234 AB Voorbeeldstad",
    register="KvK 00000000",
    contact="privacy@zonnedauw.example",
    officer="none",
    data=("contact", "membership", "question"),
)


def written(folder: Path, answers: Answers) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in compose(answers, NOW).items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("number", mostly_long(range(1, len(blocks().data) + 1), 3, 4))
def test_every_choice_of_data_makes_a_policy_without_findings(tmp_path: Path, number: int) -> None:
    for data in combinations(blocks().data, number):
        answers = replace(CLUB, data=data, minors=number % 2 == 0)
        assert mistakes(answers) == ()
        (policy,) = load_versions(written(tmp_path, answers))
        assert check(policy) == ()
        assert all(promise.says.keys() == {"nl", "en"} for promise in policy.promises.values())


def test_every_purpose_alone_makes_a_policy_without_findings(tmp_path: Path) -> None:
    for name, reason in blocks().purposes.items():
        answers = replace(CLUB, data=tuple(reason.uses), purposes=(name,))
        assert mistakes(answers) == ()
        (policy,) = load_versions(written(tmp_path, answers))
        assert check(policy) == ()
        assert name in policy.purposes


def test_what_is_required_says_what_happens_without_it(tmp_path: Path) -> None:
    (policy,) = load_versions(written(tmp_path, replace(CLUB, data=tuple(blocks().data), minors=True)))
    for category in policy.categories.values():
        needs = {category.need(name) for name in category.fields}
        assert None not in needs
        assert (Necessity.REQUIRED in needs) == bool(category.without)
    assert policy.people["member"].minors


def test_all_duties_of_the_law_are_answered(tmp_path: Path) -> None:
    (policy,) = load_versions(written(tmp_path, CLUB))
    assert {f"G{number:02}" for number in range(1, 20)} <= policy.promises.keys()


def test_the_notice_is_made_in_both_languages(tmp_path: Path) -> None:
    (policy,) = load_versions(written(tmp_path, CLUB))
    assert "Ruitersport Zonnedauw" in as_markdown(notice(policy, "nl"))
    assert "looking after your membership" in as_markdown(notice(policy, "en"))


def test_without_a_date_the_policy_is_in_force_since_this_morning_here(tmp_path: Path) -> None:
    (policy,) = load_versions(written(tmp_path, CLUB))
    assert policy.effective.isoformat() == "2026-11-25T00:00:00+01:00"
    assert policy.effective.utcoffset() == timedelta(hours=1)


def test_terms_and_recipients_stand_in_rule_and_sentence(tmp_path: Path) -> None:
    host = Recipient("Wolkhuis B.V.", "NL", {"nl": "bewaart onze database", "en": "stores our database"})
    answers = replace(CLUB, keep={"question": "18 maanden"}, recipients=(host,))
    (policy,) = load_versions(written(tmp_path, answers))
    assert check(policy) == ()
    assert str(next(term.plus for term in policy.terms if term.category == "question")) == "P18M"
    assert "18 maanden na het afsluiten van uw vraag" in policy.texts["nl"]
    assert "Wolkhuis B.V. (NL): stores our database." in policy.texts["en"]
    assert any(duty.name == "wolkhuis_b_v" and duty.section == "recipients" for duty in policy.duties)


@pytest.mark.parametrize(
    ("change", "about", "todo"),
    [
        ({"name": " "}, "name", "legal name"),
        ({"register": "123"}, "register", "8 figures"),
        ({"contact": "none"}, "contact", "address of a role"),
        ({"contact": "privacy"}, "contact", "address of a role"),
        ({"officer": "Jan"}, "officer", "none"),
        ({"address": "a\nb"}, "address", "one line"),
        ({"data": ()}, "data", "contact, question"),
        ({"data": ("contacts",)}, "data", "Did you mean `contact`?"),
        ({"purposes": ("billing",)}, "purposes", "Add it to the data"),
        ({"purposes": ("answers",)}, "purposes", "Did you mean `answer`?"),
        ({"purposes": ("answer",)}, "data", "membership"),
        ({"people": "klanten"}, "people", "customer"),
        ({"keep": {"question": "as long as needed"}}, "keep", "2 years"),
        ({"keep": {"order": "1 year"}}, "keep", "contact"),
        ({"recipients": (Recipient("X", "Nederland", {}),)}, "recipients", "NL"),
        ({"policy": "a b"}, "policy", "letters"),
        ({"effective": "soon"}, "effective", "2026-12-01"),
    ],
)
def test_an_answer_that_cannot_be_meant_says_what_to_write(change: dict[str, object], about: str, todo: str) -> None:
    found = mistakes(replace(CLUB, **change))  # type: ignore[arg-type]
    assert any(one.code == about and todo in f"{one.message} {one.todo}" for one in found)


@pytest.mark.parametrize(
    "name", ['De "Gouden" Tak', "a: b # c", "{name}", "- lijst", "# kop", "<script>alert(1)</script>", "Łódź 7", "4711"]
)
def test_strange_names_stay_what_they_are(tmp_path: Path, name: str) -> None:
    (policy,) = load_versions(written(tmp_path, replace(CLUB, name=name)))
    assert check(policy) == ()
    assert policy.controller["name"] == name
    assert "<script>" not in as_html(notice(policy, "nl"))


def test_what_people_must_see_to_is_named_with_its_promise() -> None:
    assert {promise for promise, _ in tasks(CLUB)} >= {"G11", "G14", "G17"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_text_is_plain(language: str) -> None:
    answers = replace(CLUB, data=tuple(blocks().data), purposes=tuple(blocks().purposes))
    found = plainness(compose(answers, NOW)[f"text.{language}.md"], language, "text")
    assert found.missed == ()
    assert len(found.hard) <= 0.1 * found.sentences
