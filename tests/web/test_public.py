"""What everybody may read."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from houvast.app import desk
from houvast.app.proving import prove
from houvast.database import connect, run
from houvast.web import state
from tests.web.asking import Reader
from tests.web.conftest import Enter, Kept

PUBLIC = ("/", "/policy/", "/policy/C10/", "/rules/", "/versions/", "/accessibility/")
EVERY = [f"{prefix}{path}" for path in PUBLIC for prefix in ("", "/en")]


@pytest.mark.parametrize("path", EVERY)
def test_a_page_is_in_its_language_without_cookies_and_with_a_strict_policy(reader: Reader, path: str) -> None:
    said = reader.get(path)
    assert said.status == 200
    assert f'<html lang="{"en" if path.startswith("/en/") else "nl"}">' in said.text
    assert said.cookies == ()
    assert "script" not in said.headers["Content-Security-Policy"]
    assert "<script" not in said.text
    assert " style=" not in said.text


def test_a_sentence_opens_how_it_is_kept_with_its_last_proof(reader: Reader) -> None:
    said = reader.get("/en/policy/").text
    item = said[said.index('id="C10"') : said.index('id="C11"')]
    assert "to answer you when you ask something;" in item
    assert "Only while this holds: " in item
    assert 'data-state="kept"' in said[said.index('id="C10"') - 30 :][:60]
    assert "Last time on" in item
    assert re.search(r'<span class="grip"><svg [^>]*><use href="#g-kept"/></svg>Kept</span>', item)


def test_what_was_not_proven_is_not_yet(reader: Reader) -> None:
    said = reader.get("/en/policy/").text
    assert 'data-state="notyet" id="C15"' in said
    assert 'data-state="kept" id="C07"' in said


HELD = ("C03", "C05", "C07", "C10", "C12", "C14", "C15", "C18", "C53", "C57", "G01", "G02", "G11", "G12", "G17", "G19")
"""Which promises of the sample hold; the others have a sentence on what is missing."""
ATTEMPT = {"name": "x", "sort": "control", "passed": True, "control": True}


@pytest.mark.parametrize(
    ("days", "old", "late"), [(0, False, False), (3, False, True), (89, False, True), (92, True, True)]
)
def test_a_proof_counts_as_long_as_the_policy_says_and_an_officer_hears_sooner(
    kept: Kept, enter: Enter, monkeypatch: pytest.MonkeyPatch, days: int, old: bool, late: bool
) -> None:
    then = datetime.now(UTC) + timedelta(days=days)
    officer = enter(f"late-{days}", "officer")
    monkeypatch.setattr(state, "today", lambda: then)
    said = officer.get("/policy/").text
    assert "Een bewijs telt 90 dagen." in said
    assert ('data-state="kept" id="C07"' in said) is not old
    assert ("is te oud om te tellen" in said) is old
    assert ("De worker maakt er elke nacht een" in officer.get("/desk/").text) is late


def _broken(page: str) -> int:
    return int(re.findall(r"(\d+) gebroken", page)[0])


def test_a_dropped_row_policy_and_a_new_proof_change_the_page(reader: Reader, kept: Kept) -> None:
    assert 'data-state="kept" id="C10"' in reader.get("/policy/").text
    with connect(kept.target.url) as admin:
        run(admin, "ALTER TABLE contact DISABLE ROW LEVEL SECURITY")
        prove(kept.target, ("C10",))
        said = reader.get("/policy/").text
        whole = reader.get("/policy/C10/").text
        run(admin, "ALTER TABLE contact ENABLE ROW LEVEL SECURITY")
        run(admin, "DELETE FROM houvast_desk.run WHERE id = (SELECT max(id) FROM houvast_desk.run)")
    assert 'data-state="broken" id="C10"' in said
    assert _broken(said) == _broken(reader.get("/policy/").text) + 1
    assert "kwamen erdoor" in whole
    assert 'data-state="kept" id="C10"' in reader.get("/policy/").text


def test_a_page_that_is_not_there_says_so_without_a_trace(reader: Reader) -> None:
    said = reader.get("/en/nothing-here/")
    assert said.status == 404
    assert "This page is not here" in said.text


def test_the_signal_of_browsers_is_heard(reader: Reader) -> None:
    said = reader.get("/.well-known/gpc.json")
    assert json.loads(said.text) == {"gpc": True, "lastUpdate": "2018-05-25"}


def test_a_page_that_a_browser_has_is_not_sent_again(reader: Reader) -> None:
    tag = reader.get("/policy/").headers["ETag"]
    assert reader.get("/policy/", HTTP_IF_NONE_MATCH=tag).status == 304


def test_a_page_that_is_made_asks_nothing_more(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    made = reader.get("/policy/C10/").text
    for name in ("attempts", "rules", "sorts"):
        monkeypatch.delattr(f"houvast.web.views.public.{name}")  # whoever makes it again misses them
    assert reader.get("/policy/C10/").text == made


def test_the_policy_with_everything_proven_is_less_than_a_hundred_kilobytes(kept: Kept, reader: Reader) -> None:
    now = {name: "held" if name in HELD else "not_yet_kept" for name in kept.target.project.versions[-1].promises}
    found = [
        {"id": name, "outcome": outcome, "mechanism": "", "missing": "", "attempts": [ATTEMPT] * 1_296}
        for name, outcome in now.items()
    ]
    with connect(kept.target.url) as admin:
        number = desk.record(admin, "prove", datetime.now(UTC), "good", {"promises": found})
        try:
            sizes = [len(reader.get(path).text.encode()) for path in ("/policy/", "/en/policy/")]
            assert "1.296 pogingen, alle zoals beloofd" in reader.get("/policy/").text
        finally:
            run(admin, f"DELETE FROM houvast_desk.run WHERE id = {number}")
    assert max(sizes) < 100_000


def test_the_first_page_is_small(kept: Kept, reader: Reader) -> None:
    size = sum(len(reader.get(path).text.encode()) for path in ("/", "/static/houvast.css", "/static/mark.svg"))
    assert size < 100_000
