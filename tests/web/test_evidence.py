"""The log on the pages: what an officer finds and hands out, and what the pages' login cannot read."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from houvast.app import desk
from houvast.app.evidence import Log
from houvast.app.handing_out import receipts
from houvast.database import Connection, DatabaseError, connect, run
from houvast.evidence import Signer
from houvast.evidence import rows as events
from houvast.evidence.checkpoint import opened
from houvast.evidence.kinds import KINDS, Sort
from houvast.evidence.note import COSIGNATURE
from houvast.evidence.timestamping import stamp
from houvast.evidence.verify import Invalid, verify_file
from houvast.web.evidence import published, rows
from houvast.web.evidence.shape import Step, frontier, picture, way
from houvast.web.evidence.words import key_of
from houvast.web.words import wording
from tests.evidence import authority
from tests.web.asking import Answer, Reader
from tests.web.browsing import NEEDS_CHROMIUM
from tests.web.conftest import SOMEBODY, Enter, Kept, Visit
from tests.web.test_words import _holes  # pyright: ignore[reportPrivateUsage]

READABLE = {
    f"houvast.public_{name}"
    for name in ("entry", "log", "case", "breach", "step", "incoming", "flagged", "control", "access", "access_review")
}
VERDICTS = [
    ("", "Dit klopt", "Dit klopt niet"),
    pytest.param("/en", "This is right", "This is not right", marks=pytest.mark.long),
]
CASES = {"complain", "follow_request", "answers_to", "take_request", "move_request", "open_case", "read_case",
         "draft_letter", "approve_letter", "send_letter", "record_breach", "change_breach",
         "attest_control", "access_now", "sign_access"}  # fmt: skip
"""What the pages may do about cases; the database keeps their rules."""
CODES = {"ask_code", "answer_code", "session_now", "end_session", "stop_check", "opt_out", "not_me", "answer_case_code",
         "settle_case_code", "asked_mandate", "answer_mandate", "begin_passkey", "answer_passkey",
         "oidc_place", "begin_oidc", "take_oidc", "answer_oidc"}  # fmt: skip
"""What they may do for somebody who is not known yet; none says anything of anybody."""
API = {"api_caller", "api_use", "api_stands", "api_may_send", "api_recipients", "api_sent", "api_request", "api_holds",
       "api_place_hold", "api_lift_hold", "api_draft", "api_decide", "api_explain", "api_agent",
       "api_agent_key", "api_agent_token", "api_agent_exercise", "api_agent_status", "api_agent_revoke"}  # fmt: skip
"""What they may hand on for a program, with its token."""
MAILS = {"open_mail", "read_mail", "accept_mail", "dismiss_mail", "open_flagged", "read_flagged", "decide_flagged"}
"""What they may do about mail that came in, and about text that is hidden."""
EXCHANGE = {"exchange_approve", "exchange_ask", "exchange_asked", "exchange_begin", "exchange_choose",
            "exchange_close", "exchange_confirm", "exchange_decide", "exchange_end", "exchange_follow",
            "exchange_grant", "exchange_incident", "exchange_judge", "exchange_learn", "exchange_link", "exchange_look",
            "exchange_looked", "exchange_mine", "exchange_open", "exchange_part", "exchange_read", "exchange_record",
            "exchange_register", "exchange_return", "exchange_send", "exchange_stands", "exchange_state"}  # fmt: skip
"""What they may do about diagnostic data, by a customer's code or in the name of one of the staff."""
LOOKING = {"looking_answer", "looking_ask", "looking_asked", "looking_follow", "looking_leave", "looking_mine",
           "looking_move", "looking_reply", "looking_say", "looking_watch"}  # fmt: skip
"""What they may do about looking together, by a customer's code or in the name of the one who was named."""
SHOWN = {"ask_trends", "ask_shown", "shown_stands", "read_shown", "read_judged", "take_out", "let_stand", "take_back"}
"""What they may do about a copy that one of the staff looks at before it goes out; and what is asked about visits."""
REPORTS = {"report_budget", "report_left", "report_list", "report_pay", "report_publish", "report_read"}
"""What they may do about reports of visits; paying takes an officer's code."""
CALLABLE = {"tell_sign_in", "tell_export", "take_hook", *CASES, *CODES, *API, *MAILS, *SHOWN, *EXCHANGE, *LOOKING,
            *REPORTS}  # fmt: skip


@pytest.fixture
def web(kept: Kept) -> Generator[Connection]:
    with connect(kept.target.url_of(desk.WEB_LOGIN)) as found:
        yield found


@pytest.fixture
def officer(enter: Enter, request: pytest.FixtureRequest) -> Reader:
    return enter(f"log-{hashlib.sha256(request.node.name.encode()).hexdigest()[:20]}", "officer")


def _rows(connection: Connection, query: Any, *values: object) -> list[tuple[Any, ...]]:
    return connection.execute(query, values or None).fetchall()


def test_the_login_of_the_pages_reads_what_names_nobody_and_nothing_else(web: Connection) -> None:
    found = _rows(web, """
        SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname <> 'houvast_desk' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          AND (has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
               OR has_table_privilege(c.oid, 'DELETE, TRUNCATE, TRIGGER'))
    """)  # fmt: skip
    assert {row[0] for row in found} == READABLE
    for view in READABLE:
        assert _rows(web, "SELECT has_table_privilege(%s, 'INSERT, UPDATE, DELETE')", view) == [(False,)]
    columns = _rows(web, "SELECT attname FROM pg_attribute WHERE attrelid = 'houvast.public_entry'::regclass")
    assert {row[0] for row in columns} == {"index", "minute", "kind", "promise", "body", "leaf"}


@pytest.mark.parametrize("what", ["event", "entry", "secret", "checkpoint", "registered_use"])
def test_what_is_sealed_is_refused_to_the_login_of_the_pages(web: Connection, what: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|does not exist"):
        run(web, f"SELECT * FROM houvast.{what}")  # pyright: ignore[reportArgumentType]


def test_the_pages_call_these_functions_and_no_others(web: Connection) -> None:
    found = _rows(web, """
        SELECT proname FROM pg_proc
        WHERE pronamespace = 'houvast'::regnamespace AND has_function_privilege(oid, 'EXECUTE')
          AND NOT has_function_privilege('public', oid, 'EXECUTE')
    """)  # fmt: skip
    assert {row[0] for row in found} == CALLABLE


def test_times_are_to_the_minute(web: Connection) -> None:
    assert _rows(web, "SELECT count(*) FROM houvast.public_entry WHERE extract(second FROM minute) <> 0") == [(0,)]


def test_an_officer_sees_what_was_signed_and_every_entry_in_words(kept: Kept, officer: Reader) -> None:
    with connect(kept.target.url) as admin:  # the newest, whatever other tests left
        events.tell(admin, "use_closed", {"purpose": "answer", "login": "support"}, promise="C02", person=SOMEBODY)
        Log.of(kept.target).integrate(admin)
    assert Log.of(kept.target).origin in officer.get("/en/desk/evidence/").text
    words = {
        "policy_applied": "The database now keeps policy lakana-privacy",
        "promise_held": "Tried and kept: ",
        "use_closed": "Program support stopped using data. What for: ",
    }
    for kind, sentence in words.items():
        assert sentence in officer.get(f"/en/desk/evidence/?kind={kind}").text
    assert SOMEBODY[1] not in officer.get("/en/desk/evidence/?kind=use_closed").text


def test_a_search_is_by_kind_promise_and_day(officer: Reader) -> None:
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    ways = {"kind=policy_applied": 1, "kind=promise_held&promise=C07": 1, "kind=policy_applied&promise=C10": 0,
            "to=2020-01-01": 0, f"from={yesterday}&kind=policy_applied": 1}  # fmt: skip
    for query, count in ways.items():
        said = officer.get(f"/desk/evidence/?{query}").text
        found = said[said.index('id="find"') : said.index('id="tree"')]
        assert (query, len(re.findall(r'scope="row" class="num"', found))) == (query, count)
        assert ("Niets gevonden." in said) is (count == 0)


@pytest.mark.parametrize("query", ["kind=door_opened", "promise=X99", "before=-1", "before=x", f"before={'9' * 19}"])
def test_a_search_that_no_form_makes_is_not_there(officer: Reader, query: str) -> None:
    assert officer.get(f"/desk/evidence/?{query}").status == 404


@pytest.mark.parametrize(
    ("query", "what"), [("from=yesterday", "Dit is geen datum."), ("from=2026-02-01&to=2026-01-01", "voor de eerste")]
)
def test_days_that_are_none_are_said_at_their_field(officer: Reader, query: str, what: str) -> None:
    said = officer.get(f"/desk/evidence/?{query}").text
    assert said.count(what) == 2  # in the summary and at the field
    assert 'aria-invalid="true"' in said


def test_older_entries_are_on_a_next_page(officer: Reader) -> None:
    seen: list[str] = []
    query = ""
    while True:
        said = officer.get(f"/desk/evidence/?{query}").text
        seen += re.findall(r'href="/desk/evidence/(\d+)/"', said)
        older = re.findall(r'href="\?([^"]*)" rel="next"', said)
        if not older:
            break
        query = older[0].replace("&amp;", "&")
    assert seen == [str(index) for index in range(len(seen) - 1, -1, -1)]
    assert len(seen) > rows.MANY


def test_the_proof_of_an_entry_is_worked_out_and_can_be_taken_along(officer: Reader, tmp_path: Path) -> None:
    said = officer.get("/en/desk/evidence/0/").text
    assert "It agrees with the signed hash." in said
    (tmp_path / "receipt.json").write_text(officer.get("/desk/evidence/0/receipt.json").text)
    found = verify_file(tmp_path / "receipt.json")
    assert (found.kind, found.start, found.opened) == ("receipt", 0, {})


def test_an_entry_that_was_changed_in_the_database_is_told_apart(kept: Kept, officer: Reader) -> None:
    with connect(kept.target.url) as admin:
        leaf = _rows(admin, "SELECT leaf FROM houvast.entry WHERE index = 0")[0][0]
        run(admin, "UPDATE houvast.entry SET leaf = replace(leaf, 'fast', 'slow') WHERE index = 0")
        try:
            said = officer.get("/en/desk/evidence/0/").text
        finally:
            admin.execute("UPDATE houvast.entry SET leaf = %s WHERE index = 0", (leaf,))
    assert "is not the same in the database as in the signed log" in said


def test_an_entry_that_is_not_there_is_not_found(officer: Reader) -> None:
    for path in ("99999", "99999/receipt.json", "9" * 30):
        assert officer.get(f"/desk/evidence/{path}{'' if 'json' in path else '/'}").status == 404


def _taken(officer: Reader, **days: str) -> tuple[Answer, bytes]:
    officer.get("/desk/evidence/")
    parts: list[bytes] = []
    pages = officer.pages

    def keep(environ: Any, begin: Any) -> Any:
        with closing(cast("Any", pages(environ, begin))) as chunks:
            parts.append(b"".join(chunks))
        return parts[-1:]

    answer = Reader(keep, officer.cookies).post("/desk/evidence/export/", days)
    return answer, parts[-1]


def test_an_export_verifies_and_stands_in_the_log(kept: Kept, officer: Reader, tmp_path: Path) -> None:
    answer, data = _taken(officer)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    assert "attachment" in answer.headers["Content-Disposition"]
    (tmp_path / "log.zip").write_bytes(data)
    found = verify_file(tmp_path / "log.zip", Log.of(kept.target).verifier().to_text())
    assert (found.kind, found.start, found.checked_key) == ("export", 0, True)
    assert "evidence_exported" not in found.kinds
    with connect(kept.target.url) as admin:
        Log.of(kept.target).integrate(admin)
        body = _rows(admin, "SELECT body FROM houvast.entry WHERE kind = 'evidence_exported' ORDER BY index DESC")[0][0]
    assert body == {"role": "officer", "first": 0, "last": found.stop - 1}
    name, *_ = [one for one in zipfile.ZipFile(io.BytesIO(data)).namelist() if one.startswith("tile/entries/")]
    (tmp_path / "log.zip").write_bytes(data.replace(name.encode(), name.encode()[::-1]))
    with pytest.raises(Invalid):
        verify_file(tmp_path / "log.zip")


def test_an_export_of_days_with_nothing_says_so_and_tells_nothing(kept: Kept, officer: Reader) -> None:
    def told(admin: Connection) -> int:
        return _rows(admin, "SELECT (SELECT count(*) FROM houvast.event) + (SELECT count(*) FROM houvast.entry)")[0][0]

    with connect(kept.target.url) as admin:
        before = told(admin)
        for days in ({"to": "2020-01-01"}, {"from": "soon"}):
            answer, _ = _taken(officer, **days)
            assert (answer.status, "aria-invalid" in answer.text) == (400, "from" in days)
        assert told(admin) == before


def test_support_and_strangers_see_nothing_of_the_log(reader: Reader, enter: Enter) -> None:
    support = enter("log-support", "support")
    for path in ("/desk/evidence/", "/desk/evidence/0/", "/desk/evidence/0/receipt.json"):
        assert support.get(path).status == 403
        assert reader.get(path).status == 302
    support.get("/sign-out/")
    assert support.post("/desk/evidence/export/", {}).status == 403


def test_an_export_needs_the_token_of_its_form(officer: Reader) -> None:
    officer.get("/desk/evidence/")
    assert officer.post("/desk/evidence/export/", {"csrfmiddlewaretoken": "x"}).status == 403
    assert officer.get("/desk/evidence/export/").status == 405


def test_a_store_that_cannot_be_read_is_said_calmly(
    kept: Kept, officer: Reader, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Path(Log.of(kept.target).where)
    monkeypatch.setattr(published, "FRESH", 0.0)
    away = store.rename(store.with_name("away"))
    store.write_text("this is no folder")
    try:
        said = [officer.get(path) for path in ("/en/desk/evidence/", "/en/desk/evidence/0/")]
        texts = [reader.get(path).status for path in ("/evidence/key", "/evidence/checkpoint")]
        public = reader.get("/en/receipt/")
    finally:
        store.unlink()
        away.rename(store)
    assert [(one.status, "The log cannot be read now." in one.text) for one in said] == [(200, True), (200, True)]
    assert "Program " in said[0].text
    assert texts == [503, 503]
    assert (public.status, "it cannot be read now" in public.text) == (200, True)


def test_a_witness_is_named_with_when_it_cosigned(kept: Kept, officer: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "FRESH", 0.0)
    witness = Signer.generate("witness.example", COSIGNATURE)
    settings, note = kept.site.folder / "settings.yaml", Path(Log.of(kept.target).where, "checkpoint")
    before = {file: file.read_text() for file in (settings, note)}
    seen = f"witnesses: [{{url: 'http://127.0.0.1:9/', key: '{witness.verifier.to_text()}'}}]"
    try:
        settings.write_text(before[settings].replace("{", "{" + seen + ", ", 1))
        without = officer.get("/en/desk/evidence/").text
        note.write_text(before[note] + witness.line(before[note].partition("\n\n")[0] + "\n", 1_795_650_000))
        cosigned = officer.get("/en/desk/evidence/").text
    finally:
        for file, text in before.items():
            file.write_text(text)
    assert "witness.example has not cosigned this yet" in without
    assert "witness.example, on 26 November 2026" in cosigned


def test_a_timestamp_is_named_with_when_and_how_much_of_the_log(kept: Kept, officer: Reader, tmp_path: Path) -> None:
    log = Log.of(kept.target)
    signed = opened(log.note(), log.verifier())
    before = officer.get("/en/desk/evidence/").text
    try:
        with authority.stamping(authority.make(tmp_path / "tsa").parent) as url:
            when = stamp(log.store, url, signed)
        after = officer.get("/en/desk/evidence/").text
    finally:
        log.store.drop("timestamps")
    assert "Nobody from outside has stamped the time of this yet." in before
    day = when.astimezone(ZoneInfo("Europe/Amsterdam")).day
    assert f"the first {signed.size:,} entries, on {day} " in after.replace("\u202f", ",").replace("\xa0", ",")


def test_everybody_gets_key_and_checkpoint_as_text(kept: Kept, reader: Reader) -> None:
    key, note = reader.get("/evidence/key"), reader.get("/evidence/checkpoint")
    assert key.text == f"{Log.of(kept.target).verifier().to_text()}\n"
    assert note.text.startswith(f"{Log.of(kept.target).origin}\n")
    assert [one.headers["Content-Type"] for one in (key, note)] == ["text/plain; charset=utf-8"] * 2
    assert [one.headers["Cache-Control"] for one in (key, note)] == ["public, max-age=300", "public, max-age=5"]


def test_the_page_that_checks_may_send_nothing_to_anybody(reader: Reader) -> None:
    said = reader.get("/receipt/")
    rules = said.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "form-action 'none'" in rules
    assert "connect-src" not in rules
    assert "unsafe" not in rules
    assert said.cookies == ()
    ours = re.findall(r'<script src="(/static/check/[^"]+)" defer></script>', said.text)
    assert said.text.count("<script") == len(ours) == 2
    for script in ours:
        assert reader.get(script).status == 200


def test_what_can_be_saved_is_the_verifier_and_nothing_else(reader: Reader) -> None:
    for name, mark in (("check.html", "<script>"), ("verify.py", "def verify_file")):
        said = reader.get(f"/receipt/{name}")
        assert said.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert mark in said.text
    assert reader.get("/receipt/page.py").status == 404
    assert reader.get("/static/check/page.py").status == 404


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "holds", "fails"), VERDICTS)
def test_a_receipt_is_checked_in_the_browser_and_nothing_is_sent(
    kept: Kept, visit: Visit, tmp_path: Path, prefix: str, holds: str, fails: str
) -> None:
    made, _ = receipts(kept.target, ":".join(SOMEBODY))
    good, bad = tmp_path / "receipt.json", tmp_path / "bad.json"
    good.write_text(made[0].text)
    changed = json.loads(made[0].text)
    bad.write_text(json.dumps({**changed, "entry": changed["entry"].replace("support", "sales")}))
    visitor = visit()
    page = visitor.page
    visitor.go(f"{prefix}/receipt/")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for file, verdict in ((good, holds), (bad, fails)):
        page.set_input_files("#file", file)
        page.fill("#key", Log.of(kept.target).verifier().to_text())
        page.locator("#form button").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#verdict")).to_have_text(verdict)
        assert visitor.faults() == []
    assert asked == []
    assert visitor.errors == []


@NEEDS_CHROMIUM
def test_without_scripts_the_page_says_how_else_to_check(visit: Visit) -> None:
    visitor = visit(java_script_enabled=False)
    visitor.go("/en/receipt/")
    assert not visitor.page.locator("#form").is_visible()
    assert "Your browser has JavaScript off." in visitor.page.locator("noscript").inner_text()
    assert visitor.page.get_by_text("houvast evidence verify receipt.json").is_visible()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_kind_and_every_choice_has_words(language: str) -> None:
    said = wording(language)
    for kind in KINDS.values():
        assert kind.name in said["kindnames"]
        assert _holes(said["entrykinds"][kind.name]) <= {field.name for field in kind.body}
        for field in kind.body:
            if field.sort is Sort.CHOICE:
                missing = [one for one in field.choices if key_of(field.name, one) not in said["entryvalues"]]
                assert (kind.name, field.name, missing) == (kind.name, field.name, [])


def test_a_picture_of_millions_has_as_many_rows_as_the_tree_is_high() -> None:
    size = 5_000_011
    assert len(frontier(size)) == size.bit_count()
    assert frontier(size)[-1].stop == size
    assert len(way(size // 2, size)) <= size.bit_length()
    assert sum(step.count for step in way(4_711, size)) == size - 1
    drawn = picture(way(4_711, size), Step("", 4_711, 4_712))
    assert drawn.height < 1_200
    assert frontier(0) == way(0, 1) == ()
