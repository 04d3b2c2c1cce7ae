"""`systems.yaml`: every mistake is told with its place, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from houvast.app.places import sample_project
from houvast.app.project import load_project
from houvast.errors import FileErrors
from houvast.systems.load import check, load_systems
from tests.systems.conftest import SYSTEMS, systems_in

GOOD = SYSTEMS.format(url="sqlite:///x.db")
SERVICE = "systems:\n  desk:\n    label: {{nl: a, en: a}}\n    sort: service\n    holds: contact\n    secret_from: S\n    url: {url}\n"
WRONG = {
    "a password in it": (GOOD.replace("sqlite:///x.db", "mysql://a:b@db.example/x"), "holds a password"),
    "a misspelt key": (GOOD.replace("erasure:", "erasur:"), "Did you mean `erasure`?"),
    "nowhere to be": (GOOD.replace("    url: sqlite:///x.db\n", ""), "says nowhere where it is"),
    "keeps without a law": (GOOD.replace("        because: AWR 52(4)\n", ""), "names no law"),
    "a way that is none": (GOOD.replace("email: address", "mail: address"), "Did you mean `email`?"),
    "nobody's rows": (GOOD.replace("        person: {key: customer}\n", ""), "does not say whose"),
    "anonymises nothing": (GOOD.replace("erasure: keep", "erasure: anonymise"), "go together"),
    "a name that is none": (GOOD.replace("newsletter:", "News-letter:"), "cannot be a name"),
    "a key of another sort": (GOOD.replace("closed: topic", "form: mbox"), "is not for `sort: database`"),
    "http to elsewhere": (SERVICE.format(url="http://desk.example/x"), "asked by https alone"),
    "a name before the host": (SERVICE.format(url="https://me@desk.example/x"), "holds a name"),
    "a file": (SERVICE.format(url="file:///etc/passwd"), "none of HTTP"),
    "an address in the clear": (SERVICE.format(url="http://127.0.0.1.desk.example/"), "asked by https alone"),
    "nothing to sign with": (
        SERVICE.format(url="https://desk.example/").replace("    secret_from: S\n", ""),
        "nothing to sign with",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, what: str) -> None:
    text, said = WRONG[what]
    with pytest.raises(FileErrors) as caught:
        systems_in(tmp_path, text)
    assert said in str(caught.value)
    assert "systems.yaml:" in str(caught.value)


def test_what_names_nothing_in_policy_or_map_is_told(tmp_path: Path) -> None:
    project = load_project(sample_project())
    text = GOOD.replace("name: contact", "name: contacts").replace("people: customer", "people: [customer, customers]")
    found = [str(one) for one in check(systems_in(tmp_path, text), project.versions, project.datamap)]
    assert any("`contacts`" in one and "Did you mean `contact`?" in one for one in found)
    assert any("`customers`" in one and "Did you mean `customer`?" in one for one in found)
    assert any("of which one kind" in one for one in found)


def test_where_there_is_no_file_nothing_else_holds_data(tmp_path: Path) -> None:
    assert not load_systems(tmp_path).systems


def test_the_sample_company_has_two_systems_and_a_recipient() -> None:
    found = load_project(sample_project()).systems
    assert (tuple(found.systems), tuple(found.recipients)) == (("newsletter", "mails"), ("postduif",))
