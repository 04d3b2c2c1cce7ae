"""The form of an attack's file is strict, and every residual is named where people read, and shown by an attack."""

from __future__ import annotations

from pathlib import Path

import pytest

from houvast.document import Findings
from houvast.proof.attack import OBJECTION, Login, Must, read_attack, read_attacks
from houvast.proof.corpus import residuals

ROOT = Path(__file__).parents[2]
FINE = """-- attack: A cursor
-- tries: It reads on.
-- family: cursors
-- promises: C01 C13
-- as: use
-- must: show nothing
-- refusals: 34000
-- control: a read
-- prepare
CREATE SCHEMA attic;
-- session a
DO $$ BEGIN
PERFORM 1;
END $$;
SELECT @cell@ FROM @table@ WHERE @row@;
-- the person objects
-- session b, meanwhile
FETCH ALL FROM c;
-- clean
DROP SCHEMA attic;
"""


def test_a_file_says_who_does_what() -> None:
    findings = Findings()
    found = read_attack("fine.sql", FINE, findings)
    assert findings.all() == ()
    assert found is not None
    assert [(s.session, s.meanwhile) for s in found.steps] == [
        ("a", False),
        ("a", False),
        (OBJECTION, False),
        ("b", True),
    ]
    assert found.steps[0].text == "DO $$ BEGIN\nPERFORM 1;\nEND $$"
    assert (found.logins, found.must, found.refusals) == ((Login.USE,), Must.NOTHING, {"34000"})
    assert (found.prepare, found.clean) == (("CREATE SCHEMA attic",), ("DROP SCHEMA attic",))
    assert found.objects
    assert not found.quiet


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("-- family: cursors\n", "", "The header is not whole"),
        ("-- tries: It reads on.\n", "-- tries: It reads on.\n-- tries: Twice.\n", "stands there twice"),
        ("family: cursors", "family: unheard of", "`family: unheard of` is not known"),
        ("as: use", "as: anybody", "`as: anybody` is not known"),
        ("must: show nothing", "must: hold", "`must: hold` is not known"),
        ("must: show nothing", "must: show it", "must name its residual"),
        ("refusals: 34000", "refusals: some", "`refusals: some` is not known"),
        ("control: a read", "control: below", "The control is `below`"),
        ("@cell@", "@secrets@", "Nothing is filled in for @secrets@"),
        ("-- session a\n", "-- session z\n", "Neither a statement"),
        ("DROP SCHEMA attic;", "DROP SCHEMA attic", "does not end with a semicolon"),
        ("-- session b, meanwhile\n", "-- session b, later\n", "Neither a statement"),
    ],
)
def test_whatever_is_not_in_the_form_is_told(before: str, after: str, said: str) -> None:
    findings = Findings()
    assert read_attack("bad.sql", FINE.replace(before, after), findings) is None
    assert any(said in finding.message for finding in findings.all()), findings.all()


def test_every_residual_is_in_the_docs_word_for_word_and_shown_by_an_attack() -> None:
    page = (ROOT / "docs" / "residuals.md").read_text()
    for one in residuals():
        assert f"| {one.name} | {one.what} | {one.smaller} |" in page
        assert one.attacks, one.name


def test_every_attack_that_is_let_through_names_a_residual_of_the_list() -> None:
    named = {attack.residual for attack in read_attacks()} - {""}
    assert named == {one.name for one in residuals()}
