"""People ask in their own session: what counts at once, what is made for them, and what nobody else gets."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from houvast.app import preparing
from houvast.app.evidence import Log
from houvast.app.settings import load_settings
from houvast.database import Connection, connect
from houvast.evidence.verify import verify_file
from houvast.worker.preparer import Preparer
from tests.web.asking import Reader
from tests.web.conftest import Kept
from tests.web.visiting import Customer, come_in, customer

STANDS = "SELECT string_agg(stand || ':' || about, ' ') FROM houvast.stand WHERE key = %s AND source = 'person'"
MADE = "SELECT count(*) FROM houvast.prepared WHERE key = %s AND what = 'access'"
PAGES = ("/me/requests/", "/me/ask/", "/me/copy/", "/me/receipts/", "/me/ask/rectification/", "/me/ask/restriction/",
         "/me/ask/stop/", "/me/ask/closing/", "/me/ask/erasure/")  # fmt: skip
STALE = "UPDATE houvast.person_session SET seen_at = seen_at - interval '20 minutes'"


@pytest.fixture
def whom(reader: Reader, admin: Connection) -> Customer:
    """Somebody who is in, and has asked nothing yet."""
    found = customer(admin, 3)
    admin.execute("DELETE FROM houvast.request WHERE key = %s", (found.key,))
    admin.execute("DELETE FROM houvast.stand WHERE key = %s AND source = 'person'", (found.key,))
    come_in(reader, admin, found)
    return found


def make(kept: Kept) -> None:
    """What the worker does within a second."""
    with connect(kept.target.url) as admin:
        admin.execute("UPDATE houvast.prepared SET asked_at = asked_at - interval '1 minute'")
        done = preparing.make(kept.target, admin)
        assert (done.failed, done.trouble) == (0, None)


def open_requests(admin: Connection, whom: Customer) -> list[tuple[str, str]]:
    return admin.execute(
        'SELECT "right", state FROM houvast.request WHERE key = %s AND NOT session AND closed_at IS NULL ORDER BY id',
        (whom.key,),
    ).fetchall()  # type: ignore[return-value]


def test_every_page_is_for_whoever_is_in_and_small(reader: Reader, whom: Customer) -> None:
    for path in PAGES:
        for prefix in ("", "/en"):
            said = reader.get(prefix + path)
            assert (path, said.status, said.headers["Cache-Control"]) == (path, 200, "no-store")
            assert len(said.text.encode()) < 100_000
            assert whom.address not in re.findall("<title>.*</title>", said.text)[0]
    for path in PAGES:
        assert Reader(reader.pages).get(path).headers["Location"] == "/me/"
    assert reader.get("/me/ask/objection/").status == 404


def test_people_see_how_far_other_systems_are_and_not_why_something_failed(
    reader: Reader, admin: Connection, whom: Customer
) -> None:
    reader.post("/me/ask/restriction/", {"words": "Eerst nakijken."})
    (number,) = admin.execute("SELECT max(id) FROM houvast.request WHERE key = %s", (whom.key,)).fetchone() or (0,)
    listed = reader.get("/me/requests/").text
    assert "Elders" not in listed
    admin.execute("INSERT INTO houvast.system (name, sort, does, label_nl, label_en) VALUES"
                  " ('post_box', 'files', '{access}', 'De <brievenbus>', 'The post box'),"
                  " ('carrier', 'recipient', '{erasure}', 'De vervoerder', 'The carrier')")  # fmt: skip
    try:
        new = (
            "INSERT INTO houvast.step (request, kind, key, system, what, state)"
            " VALUES (%s, 'customer', %s, %s, 'restriction', 'planned')"
        )
        for system in ("post_box", "carrier", "old_one"):
            admin.execute(new, (number, whom.key, system))
        step = "WHERE request = %s AND system = %s"
        wrong, done = (
            "state = 'waiting', error = 'refused by db.internal.example'",
            "state = 'done', verified_at = now()",
        )
        admin.execute(f"UPDATE houvast.step SET {wrong} {step}", (number, "post_box"))
        admin.execute(f"UPDATE houvast.step SET {done} {step}", (number, "carrier"))
        listed = reader.get("/me/requests/").text
        for said in (
            "<b>De &lt;brievenbus&gt;</b>: nog niet bereikt",
            "<b>De vervoerder</b>: verteld",
            "er is nog niets gevraagd",
        ):
            assert said in listed
        assert "<b>The post box</b>: not reached yet" in reader.get("/en/me/requests/").text
        for hidden in ("db.internal.example", "post_box", "old_one"):
            assert hidden not in listed
    finally:
        (code,) = admin.execute("SELECT code::text FROM houvast.request WHERE id = %s", (number,)).fetchone() or ("",)
        reader.post("/me/requests/", {"code": code})
        admin.execute("DELETE FROM houvast.step WHERE request = %s AND state <> 'done'", (number,))
        admin.execute("DELETE FROM houvast.system WHERE name IN ('post_box', 'carrier')")


def test_a_correction_is_a_request_and_the_value_is_used_no_longer(
    reader: Reader, admin: Connection, whom: Customer
) -> None:
    page = reader.get("/me/ask/rectification/").text
    assert 'value="contact.email"' in page
    assert reader.post("/me/ask/rectification/", {"about": "contact.email", "words": " "}).status == 422
    assert reader.post("/me/ask/rectification/", {"about": "staff.name", "words": "nieuw"}).status == 400
    assert open_requests(admin, whom) == []
    said = reader.post("/me/ask/rectification/", {"about": "contact.email", "words": "Het is nu een ander."})
    assert said.status == 200
    assert "contested:contact.email" in str(admin.execute(STANDS, (whom.key,)).fetchone())
    assert open_requests(admin, whom) == [("rectification", "acknowledged")]
    listed = reader.get("/me/requests/").text
    (code,) = re.findall(r'name="code" value="([0-9a-f-]{36})"', listed)
    assert "Het is nu een ander." not in listed
    assert reader.post("/me/requests/", {"code": code}).status == 302
    assert open_requests(admin, whom) == []
    admin.execute("DELETE FROM houvast.stand WHERE (key, stand) = (%s, 'contested')", (whom.key,))


def test_nobody_withdraws_what_another_asked(reader: Reader, admin: Connection, whom: Customer) -> None:
    reader.post("/me/ask/restriction/", {"words": "Ik heb de gegevens nodig."})
    (code,) = re.findall(r'name="code" value="([0-9a-f-]{36})"', reader.get("/me/requests/").text)
    other = Reader(reader.pages)
    come_in(other, admin, customer(admin, 5))
    other.post("/me/requests/", {"code": code})
    assert open_requests(admin, whom) == [("restriction", "acknowledged")]
    assert code not in other.get("/me/requests/").text
    reader.post("/me/requests/", {"code": code})


def test_an_objection_counts_at_once_is_weighed_and_taken_back(
    reader: Reader, admin: Connection, whom: Customer
) -> None:
    page = reader.get("/me/choices/").text
    apart = page[page.index('aria-labelledby="object"') : page.index('id="consent"')]
    purpose = re.findall(r'value="(\w+):object"', apart)[0]
    assert 'value="marketing:no"' in apart
    assert "business:object" not in page  # it concerns contacts of companies alone
    reader.post("/me/choices/", {"choice": f"{purpose}:object", "why": "Om mijn eigen reden."})
    assert f"objected:{purpose}" in str(admin.execute(STANDS, (whom.key,)).fetchone())
    assert open_requests(admin, whom) == [("objection", "acknowledged")]
    assert "Bezwaar" in reader.get("/me/choices/").text
    reader.post("/me/choices/", {"choice": f"{purpose}:allow"})
    assert f"objected:{purpose}" not in str(admin.execute(STANDS, (whom.key,)).fetchone())
    assert open_requests(admin, whom) == []


def test_a_copy_is_made_by_the_worker_taken_by_its_session_alone_and_told(
    kept: Kept, reader: Reader, admin: Connection, whom: Customer
) -> None:
    assert reader.post("/me/copy/", {"what": "access", "do": "make"}).status == 302
    assert reader.post("/me/copy/", {"what": "access", "do": "make"}).status == 302  # once more changes nothing
    assert admin.execute(
        "SELECT count(*) FROM houvast.prepared WHERE key = %s AND what = 'access'", (whom.key,)
    ).fetchone() == (1,)
    assert open_requests(admin, whom) == [("access", "received")]
    assert 'value="take"' not in reader.get("/me/copy/").text
    make(kept)
    assert 'value="take"' in reader.get("/me/copy/").text
    again = Reader(reader.pages)
    come_in(again, admin, whom_again(admin, whom))
    assert 'value="take"' not in again.get("/me/copy/").text  # another session of the same person
    assert again.post("/me/copy/", {"what": "access", "do": "take"}).headers["Location"] == "/me/copy/"
    said = reader.post("/me/copy/", {"what": "access", "do": "take"})
    assert said.headers["Content-Disposition"] == 'attachment; filename="access.zip"'
    assert open_requests(admin, whom) == []
    told = "SELECT body FROM houvast.event WHERE kind = 'copy_handed_out' AND subject_key = %s"
    assert ({"right": "access"},) in admin.execute(told, (whom.key,)).fetchall()
    content_of = "SELECT content FROM houvast.prepared WHERE key = %s AND what = 'access' AND content IS NOT NULL"
    (content,) = admin.execute(content_of, (whom.key,)).fetchone() or (b"",)
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as file:
        assert {"summary.html", "data.json", "manifest.json"} <= {name.rpartition("/")[2] for name in file.namelist()}
    reader.post("/me/out/", {})
    preparing.sweep(admin)
    assert admin.execute(MADE, (whom.key,)).fetchone() == (0,)


def whom_again(admin: Connection, whom: Customer) -> Customer:
    admin.execute("TRUNCATE houvast.checked, houvast_desk.tried")
    return whom


def test_what_takes_data_along_asks_for_a_code_of_this_moment(
    reader: Reader, admin: Connection, whom: Customer
) -> None:
    reader.get("/me/copy/")
    admin.execute(STALE)
    said = reader.post("/me/copy/", {"what": "access", "do": "make"})
    assert said.status == 403
    assert "/me/code/" in said.text
    assert reader.post("/me/ask/closing/", {}).status == 403
    assert open_requests(admin, whom) == []


def test_a_killed_worker_goes_on_and_what_cannot_be_made_is_said(
    kept: Kept, reader: Reader, admin: Connection, whom: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.post("/me/copy/", {"what": "portability", "do": "make"})

    def killed(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setitem(preparing.MAKERS, "portability", killed)  # pyright: ignore[reportArgumentType]
    with pytest.raises(KeyboardInterrupt), connect(kept.target.url) as worker:
        preparing.make(kept.target, worker)
    monkeypatch.undo()
    make(kept)
    assert 'value="take"' in reader.get("/me/copy/").text

    def broken(*_: object) -> bytes:
        raise OSError

    reader.post("/me/copy/", {"what": "portability", "do": "make"})
    monkeypatch.setitem(preparing.MAKERS, "portability", broken)  # pyright: ignore[reportArgumentType]
    outcomes: list[bool] = []
    for _ in range(3):
        outcomes.append(Preparer(kept.target, load_settings(kept.site.folder)).once())
        admin.execute("UPDATE houvast.prepared SET asked_at = asked_at - interval '1 minute'")
    assert outcomes.count(False) == 1  # it is said once, by an alarm, that it cannot be made
    assert "Dit lukt nu niet" in reader.get("/me/copy/").text
    assert [right for right, _ in open_requests(admin, whom)] == ["portability"]  # it is still to be answered
    monkeypatch.undo()
    reader.post("/me/copy/", {"what": "portability", "do": "make"})
    make(kept)
    reader.post("/me/copy/", {"what": "portability", "do": "take"})
    assert open_requests(admin, whom) == []


def test_what_an_erasure_would_do_is_seen_before_it_is_asked(
    kept: Kept, reader: Reader, admin: Connection, whom: Customer
) -> None:
    assert "<button" not in reader.get("/me/ask/erasure/").text.split("<main")[1]
    assert reader.post("/me/ask/erasure/", {}).status == 200
    assert open_requests(admin, whom) == []
    make(kept)
    page = reader.get("/me/ask/erasure/").text
    assert "Gewist" in page
    assert reader.post("/me/ask/erasure/", {}).status == 200
    assert open_requests(admin, whom) == [("erasure", "acknowledged")]
    reader.post("/me/ask/erasure/", {})
    assert open_requests(admin, whom) == [("erasure", "acknowledged")]  # the same is not asked twice
    (code,) = re.findall(r'name="code" value="([0-9a-f-]{36})"', reader.get("/me/requests/").text)
    reader.post("/me/requests/", {"code": code})


def test_receipts_are_read_and_hold(
    kept: Kept, reader: Reader, admin: Connection, whom: Customer, tmp_path: Path
) -> None:
    Log.of(kept.target).publisher(admin)()
    reader.get("/me/receipts/")
    make(kept)
    page = reader.get("/me/receipts/").text
    index = re.findall(r'name="index" value="(\d+)"', page)[0]
    said = reader.post("/me/receipts/", {"do": "take", "index": index})
    file = tmp_path / "receipt.json"
    file.write_text(said.text)
    assert json.loads(said.text)["opened"]
    assert verify_file(file).kind == "receipt"
    assert reader.post("/me/receipts/", {"do": "take", "index": "0"}).status in (404, 200)


def test_closing_an_account_closes_it_in_the_application_and_ends_the_request(
    reader: Reader, admin: Connection, whom: Customer
) -> None:
    assert reader.post("/me/ask/closing/", {}).status == 200
    closed = "SELECT closed_at IS NOT NULL FROM account WHERE id::text = %s"
    assert admin.execute(closed, (whom.key,)).fetchone() == (True,)
    last = 'SELECT "right", state FROM houvast.request WHERE key = %s AND NOT session ORDER BY id DESC LIMIT 1'
    assert admin.execute(last, (whom.key,)).fetchone() == ("closing", "answered")
    admin.execute("UPDATE account SET closed_at = NULL WHERE id::text = %s", (whom.key,))
