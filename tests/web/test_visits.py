"""Trends for the staff: numbers of groups, each question recorded; nothing of one visitor by any address."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from houvast.app import trends
from houvast.database import Connection, DatabaseError, connect
from tests.cli.calling import Shell
from tests.compiler.staffing import enrolled
from tests.visits.trends.making import put, visits
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM
from tests.web.conftest import Enter, Kept, Staff

PATH = "/en/desk/visits/"
USES = """SELECT u.reason, u.staff, u.login, p.name FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose
WHERE u.reason LIKE '%%groups of %% or more' AND u.id > %s ORDER BY u.id"""


@pytest.fixture(scope="module")
def stored(kept: Kept) -> Generator[Path]:
    """Four weeks of visits to one of the sites, before the worker or anybody else counted any."""
    folder = kept.site.folder.parent / "visits"
    since, until = trends.weeks()
    for number in range((until - since).days + 1):
        day = since + timedelta(days=number)
        put(folder, day, visits(day, 250 + 20 * number))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    with connect(kept.target.url) as found:
        yield found


def last(admin: Connection) -> int:
    row = admin.execute("SELECT coalesce(max(id), 0) FROM houvast.use").fetchone()
    assert row
    return int(row[0])


def test_staff_see_numbers_of_groups_and_each_question_is_recorded(
    enter: Enter, admin: Connection, stored: Path
) -> None:
    support, before = enter("trends-support", "support"), last(admin)
    shown = support.get(PATH)
    assert shown.status == 200
    assert "Where people come from" in shown.text
    assert "search.example" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    uses = admin.execute(USES, (before,)).fetchall()
    assert len(uses) == 6
    assert {use[3] for use in uses} == {"understand"}
    assert {use[2] for use in uses} == {"houvast_web"}
    assert all(re.fullmatch(r"support \d+", use[1]) for use in uses)
    since, until = trends.weeks()
    assert uses[1][0] == f"visitor-days at www by page, {since} to {until}; groups of 10 or more"
    told = admin.execute(
        "SELECT count(*) FROM houvast.event WHERE kind = 'use_opened' AND (sealed ->> 'use')::bigint > %s", (before,)
    )
    assert told.fetchone() == (6,)


def test_a_number_is_the_same_each_time_and_in_both_languages(enter: Enter, stored: Path) -> None:
    officer = enter("trends-same", "officer")
    numbers = [re.findall(r'about">([0-9.,]+)<', officer.get(path).text)
               for path in (PATH, PATH, "/desk/visits/")]  # fmt: skip
    assert len(numbers[0]) > 20
    assert numbers[0] == numbers[1] == [one.replace(".", ",") for one in numbers[2]]


def test_a_question_of_ones_own_and_one_that_is_declared(enter: Enter, admin: Connection, stored: Path) -> None:
    officer, before = enter("trends-own", "officer"), last(admin)
    own = officer.get(f"{PATH}?by=page&and=language&counted=visits&for=improve&weeks=4").text
    assert "Your question" in own
    assert "home, Dutch" in own
    uses = admin.execute(USES, (before,)).fetchall()
    assert (len(uses), {use[3] for use in uses}) == (7, {"improve"})
    assert uses[-1][0].startswith("visits at www by page, language, ")
    assert "Which pages in which language" in officer.get(f"{PATH}?question=manuals_language").text
    assert "Welke pagina&#x27;s in welke taal" in officer.get("/desk/visits/?question=manuals_language").text


REFUSED = [
    ("by=visitor", "grouped by page, referrer", "gegroepeerd per page"),
    ("where=visitor&is=4242", "grouped by page, referrer", "gegroepeerd per page"),
    ("by=page&and=browser&where=language&is=nl", "two columns at most", "hoogstens twee kolommen"),
    ("by=page&where=referrer&is=noor@mail.example", "no value of referrer", "geen waarde van referrer"),
    ("from=2026-02-31&to=2026-03-01", "This is not a day", "Dit is geen dag"),
    ("from=2999-01-01&to=2999-01-02", "days that are over", "dagen die voorbij zijn"),
    ("site=elsewhere", "This site is not declared", "Deze site is niet genoemd"),
    ("by=page&counted=people", "counted as visitor-days or as visits", "bezoekersdagen of als bezoeken"),
    ("for=marketing", "what the policy counts visits for", "waar het beleid bezoek voor telt"),
]


@pytest.mark.parametrize(("query", "english", "dutch"), REFUSED)
def test_what_is_not_answered_is_not_recorded_and_says_why(
    enter: Enter, admin: Connection, stored: Path, query: str, english: str, dutch: str
) -> None:
    officer, before = enter(f"trends-refused-{REFUSED.index((query, english, dutch))}", "officer"), last(admin)
    for path, said in ((PATH, english), ("/desk/visits/", dutch)):
        shown = officer.get(f"{path}?{query}").text
        assert said in shown
        assert 'role="alert"' in shown
        assert "4242" not in re.sub(r'value="[^"]*"', "", shown)
    assert admin.execute(USES, (before,)).fetchall() == []


def test_a_site_that_nobody_counted_says_what_to_do_next(enter: Enter, stored: Path) -> None:
    officer = enter("trends-empty", "officer")
    shown = officer.get(f"{PATH}?site=docs").text
    assert "There is nothing to show" in shown
    assert "houvast visits ingest" in shown


def test_a_project_without_visits_says_what_to_declare(kept: Kept, enter: Enter, stored: Path) -> None:
    officer, file = enter("trends-none", "officer"), kept.site.folder / "visits.yaml"
    text = file.read_text()
    file.unlink()
    try:
        assert "Visits are not counted here." in officer.get(PATH).text
        assert "Visits are not counted here." in officer.get(f"{PATH}reports/").text
        assert officer.get("/en/reports/").status == 200
    finally:
        file.write_text(text)


def test_only_our_own_staff_see_trends(enter: Enter, stored: Path) -> None:
    assert enter("trends-helper", "subcontractor").get(PATH).status == 403


def test_the_database_records_only_what_the_policy_allows(kept: Kept, admin: Connection) -> None:
    enrolled(admin, "trends-asks", "auditor")
    asked = "SELECT houvast.ask_trends(%s, %s, %s, %s)"
    good = ["visitor-days at www by page, 2026-11-02 to 2026-11-08"]
    with connect(kept.target.url_of("houvast_web")) as web:
        row = web.execute(asked, ("understand", good * 2, 10, "trends-asks")).fetchone()
        assert row and len(row[0]) == 2  # noqa: PT018 - one answer
        refused: tuple[tuple[tuple[object, ...], str], ...] = (
            (("understand", good, 9, "trends-asks"), "as small as that"),
            (("understand", good, None, "trends-asks"), "as small as that"),
            (("security", good, 10, "trends-asks"), "what the policy counts visits for"),
            (("answer", good, 10, "trends-asks"), "what the policy counts visits for"),
            ((None, good, 10, "trends-asks"), "what the policy counts visits for"),
            (("understand", ["noor@mail.example"], 10, "trends-asks"), "plain words"),
            (("understand", [None], 10, "trends-asks"), "plain words"),
            (("understand", ["x" * 301], 10, "trends-asks"), "plain words"),
            (("understand", [], 10, "trends-asks"), "plain words"),
            (("understand", good, 10, "nobody-here"), "nobody of this name"),
            (("understand", good, 10, None), "nobody of the staff"),
        )
        for values, why in refused:
            with pytest.raises(DatabaseError, match=why):
                web.execute(asked, values)
        with pytest.raises(DatabaseError, match="permission denied"):
            web.execute("INSERT INTO houvast.use (login, purpose, reason, until) SELECT 'x', 1, 'x', now()")


def test_the_command_gives_the_numbers_of_the_page_and_is_recorded(
    kept: Kept, enter: Enter, admin: Connection, stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    houvast, before = Shell(capsys), last(admin)
    where = ("--project", str(kept.site.folder), "--database", kept.target.url)
    said = houvast("visits", "trends", "--by", "page", "--json", *where)
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert found["smallest_group"] == 10
    assert {one["page"] for one in found["groups"]} >= {"home", "products"}
    ((reason, who, login, purpose),) = admin.execute(USES, (before,)).fetchall()
    assert (who, purpose) == ("", "understand")
    assert login != "houvast_web"
    assert reason.endswith("; groups of 10 or more")
    page = enter("trends-command", "officer").get(PATH).text
    for one in found["groups"]:
        assert f'about">{one["count"]:,}<' in page
    plain = houvast("visits", "trends", "--by", "week", "--by", "language", *where)
    assert plain.code == 0
    assert "each number is of 10 visitors or more" in plain.out
    refused = houvast("visits", "trends", "--where", "visitor=4242", *where)
    assert (refused.code, "and by nothing else" in refused.err, "4242" in refused.err) == (2, True, False)
    assert houvast("visits", "trends", "--for", "marketing", *where).code == 1


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_the_page_is_clean_with_everything_on_it(
    staff: Staff, stored: Path, tmp_path: Path, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    officer = staff(f"trends-{scheme}", viewport=viewport, scheme=scheme)
    page = officer.page
    for path in ("/desk/visits/?by=page&and=browser", "/desk/visits/?site=docs", "/desk/visits/?by=visitor"):
        officer.go(prefix + path)
        assert (path, officer.faults()) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    officer.go(f"{prefix}/desk/visits/")
    officer.shot(f"visits-{scheme}")
    assert page.locator("main svg").count() > 10
    page.select_option("#by", "browser")
    page.keyboard.press("Tab")
    page.select_option("#for", "improve")
    page.locator("form.asks button").press("Enter")
    assert page.locator("#own").count() == 1
