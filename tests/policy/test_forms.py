"""What a policy file may say of forms, and what is found when it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from houvast.policy import load_versions
from houvast.policy.model import Form, Look
from houvast.policy.words import words
from tests.policy.small import findings, write

BILLING = "{id: U2, use: contact, for: billing, basis: contract,"


@pytest.mark.parametrize(
    ("said", "look"),
    [
        ("form: masked, keep: 4,", Look(Form.MASKED, keep=4)),
        ("form: truncated, to: [month, /24, 4],", Look(Form.TRUNCATED, to=("/24", "4", "month"))),
        ("form: pseudonymised,", Look(Form.PSEUDONYMISED)),
        ("form: aggregate,", Look(Form.AGGREGATE, group=10, every="month")),
        ("form: aggregate, group: 25, every: week,", Look(Form.AGGREGATE, group=25, every="week")),
    ],
)
def test_a_form_is_read_with_what_belongs_to_it(tmp_path: Path, said: str, look: Look) -> None:
    write(tmp_path, old=BILLING, new=f"{BILLING} {said}")
    (policy,) = load_versions(tmp_path)
    use = policy.use("contact", "billing")
    assert use is not None
    assert use.look == look
    assert findings(tmp_path) == ()


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ("form: mask,", "word-unknown", "`masked`"),
        ("keep: 4,", "form-without-meaning", "`form: masked`"),
        ("form: masked, to: month,", "form-without-meaning", "`form: truncated`"),
        ("form: masked, keep: four,", "number-unclear", "`keep: 4`"),
        ("form: truncated,", "key-missing", "`to: month`"),
        ("form: truncated, to: mont,", "word-unknown", "`month`"),
        ("form: truncated, to: /129,", "word-unknown", "/24"),
        ("form: truncated, to: [day, month],", "form-twice", "one of them"),
        ("form: aggregate, every: monthly,", "word-unknown", "`month`"),
        ("form: aggregate, group: 4,", "group-small", "`group: 5`"),
        ("form: masked, actions: [read, update],", "form-written", "of its own"),
        ("form: aggregate, actions: [read, delete],", "form-written", "of its own"),
    ],
)
def test_what_is_no_form_is_told_with_what_to_write(tmp_path: Path, said: str, code: str, told: str) -> None:
    write(tmp_path, old=BILLING, new=f"{BILLING} {said}")
    found = {one.code: one.todo for one in findings(tmp_path)}
    assert told in found[code]


def test_the_notice_says_a_form_in_both_languages() -> None:
    cut = Look(Form.TRUNCATED, to=("/24", "month"))
    assert words("en").form(Look(Form.MASKED, keep=4)) == "partly hidden: only the last 4 characters show"
    assert words("nl").form(Look(Form.MASKED)) == "deels onzichtbaar: we zien alleen dat er iets staat"
    assert words("nl").form(cut).startswith("ingekort: van een internetadres is alleen het netwerk te zien (/24)")
    assert words("nl").form(Look(Form.AGGREGATE, group=10, every="week")).endswith("mensen of meer, één keer per week")
