"""Diagnostic data by link: uploads that go on where they stopped, by a real tus client; who does what on the pages."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import base64
import hashlib
import io
import re
import socket
import threading
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import requests
from tusclient.client import TusClient

from houvast.app.custody import Custody
from houvast.app.exchange import Exchange
from houvast.app.staffing import enrol
from houvast.database import Connection, connect
from houvast.diagnostics import store
from houvast.diagnostics.sealing import LEAST, PIECE
from tests.diagnostics.help_desk import whole_round
from tests.diagnostics.test_vault import FullStore
from tests.web.asking import Reader
from tests.web.conftest import Enter, Kept
from tests.web.test_cases import _post  # pyright: ignore[reportPrivateUsage]

DATA = bytes(n * 7 % 253 for n in range(2 * PIECE + 1000))
TUS = {"Tus-Resumable": "1.0.0"}
PATCH = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    with connect(kept.target.url) as found:
        for name, role in (("anna", "support"), ("olaf", "officer")):
            enrol(found, name, role)
        yield found


@pytest.fixture
def exchange(kept: Kept) -> Exchange:
    return Exchange.of_project(kept.target.project)


@pytest.fixture
def worker(exchange: Exchange) -> Custody:
    """The worker, which looks with `houvast scan` as a child with limits."""
    return Custody(exchange)


Ask = Callable[[], tuple[int, str]]


@pytest.fixture
def ask(admin: Connection, exchange: Exchange) -> Generator[Ask]:
    """A customer was asked, used the link and stated that they may: the number and their code."""

    def make() -> tuple[int, str]:
        until = datetime.now(UTC) + timedelta(days=7)
        number, token = store.ask(admin, "2231", "the log", "it stops", until, purpose="fix", by="anna")
        follow = store.begin(admin, token)
        assert follow
        exchange.state(admin, follow, "en")
        return number, follow

    yield make
    admin.execute("UPDATE houvast.bundle SET state = 'withdrawn' WHERE ended_at IS NULL")


def files(served: str, follow: str) -> str:
    """Where a customer's uploads begin."""
    return f"{served}/exchange/case/{follow}/files/"


def begun(served: str, follow: str, size: int) -> str:
    """An upload that began; its address."""
    answer = requests.post(files(served, follow), headers={**TUS, "Upload-Length": str(size)}, timeout=60)
    assert answer.status_code == 201, answer.text
    return served + urlsplit(answer.headers["Location"]).path


def sent(place: str, at: int, data: bytes, **more: str) -> requests.Response:
    """A piece of it."""
    return requests.patch(place, data, headers={**PATCH, "Upload-Offset": str(at), **more}, timeout=60)


def code_of(place: str) -> UUID:
    return UUID(place.rpartition("/")[2])


def content(admin: Connection, exchange: Exchange, place: str) -> bytes:
    """What lies in the store, as the worker reads it."""
    asked = "SELECT id, code, state, format, size, tries FROM houvast.bundle WHERE code = %s"
    row = admin.execute(asked, (code_of(place),)).fetchone()
    assert row
    return b"".join(exchange.read(store.content(admin, store.Job(*row))))


def test_a_tus_client_sends_stops_and_goes_on(served: str, ask: Ask, admin: Connection, exchange: Exchange) -> None:
    _, follow = ask()
    client = TusClient(files(served, follow))
    with io.BytesIO(DATA) as file:
        named = {"filename": "jan@example.org.tar.gz"}
        first = client.uploader(file_stream=file, chunk_size=PIECE, metadata=named, upload_checksum=True)
        first.upload_chunk()
        assert first.offset == PIECE
        again = client.uploader(file_stream=file, chunk_size=PIECE, url=first.url)
        assert again.offset == PIECE
        again.upload()
    assert first.url
    assert content(admin, exchange, first.url) == DATA
    asked = "SELECT state, format, b::text FROM houvast.bundle b WHERE code = %s"
    row = admin.execute(asked, (code_of(first.url),)).fetchone()
    assert row
    assert (row[0], row[1], "example" in row[2]) == ("quarantined", "tar.gz", False)


def test_what_a_server_of_tus_must_answer(served: str, ask: Ask, admin: Connection) -> None:
    _, follow = ask()
    _, other = ask()
    first, size = b"x" * LEAST, LEAST + 5
    start, most, strange = files(served, follow), 50 * 2**30, "https://x.example"
    told = requests.options(start, timeout=60)
    assert (told.status_code, told.headers["Tus-Version"], told.headers["Tus-Max-Size"]) == (
        204,
        "1.0.0",
        str(50 * 2**30),
    )
    assert set(told.headers["Tus-Extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    place = begun(served, follow, size)
    stands = requests.head(place, headers=TUS, timeout=60)
    assert (stands.status_code, stands.headers["Upload-Offset"], stands.headers["Upload-Length"]) == (
        200,
        "0",
        str(size),
    )
    assert stands.headers["Cache-Control"] == "no-store"
    assert "Upload-Expires" in stands.headers
    right, wrong = (base64.b64encode(hashlib.sha256(data).digest()).decode() for data in (first, b"54321"))
    statuses = {
        "no version": requests.head(place, timeout=60),
        "no length": requests.post(files(served, follow), headers=TUS, timeout=60),
        "too long": requests.post(start, headers={**TUS, "Upload-Length": str(most + 1)}, timeout=60),
        "another's": requests.head(place.replace(follow, other), headers=TUS, timeout=60),
        "another's piece": sent(place.replace(follow, other), 0, first),
        "nobody's": requests.head(place.replace(follow, "f" * 64), headers=TUS, timeout=60),
        "another site": requests.post(start, headers={**TUS, "Upload-Length": "1", "Origin": strange}, timeout=60),
        "not what comes next": sent(place, 3, first),
        "past the end": sent(place, 0, first + b"123456"),
        "another type": requests.patch(place, b"1", headers={**TUS, "Upload-Offset": "0"}, timeout=60),
        "a piece too long": sent(place, 0, b"x" * (PIECE + 1)),
        "a piece too small": sent(place, 0, first[1:]),
        "a wrong checksum": sent(place, 0, first, **{"Upload-Checksum": f"sha256 {wrong}"}),
        "an unknown checksum": sent(place, 0, first, **{"Upload-Checksum": "crc32 AAAA"}),
        "a right checksum": sent(place, 0, first, **{"Upload-Checksum": f"sha256 {right}"}),
        "the end": requests.delete(place, headers=TUS, timeout=60),
        "after the end": requests.head(place, headers=TUS, timeout=60),
        "a piece after the end": sent(place, LEAST, b"67890"),
    }
    assert {name: answer.status_code for name, answer in statuses.items()} == {
        "no version": 412, "no length": 400, "too long": 413, "another's": 404, "another's piece": 404,
        "nobody's": 404, "another site": 403, "not what comes next": 409, "past the end": 413, "another type": 415,
        "a piece too long": 413, "a piece too small": 400, "a wrong checksum": 460, "an unknown checksum": 400,
        "a right checksum": 204, "the end": 204, "after the end": 410, "a piece after the end": 410,
    }  # fmt: skip
    row = admin.execute("SELECT state, received FROM houvast.bundle WHERE code = %s", (code_of(place),)).fetchone()
    assert row == ("withdrawn", LEAST)


def test_a_connection_lost_at_99_percent_costs_one_piece(
    served: str, ask: Ask, admin: Connection, exchange: Exchange
) -> None:
    _, follow = ask()
    place = begun(served, follow, len(DATA))
    assert sent(place, 0, DATA[:PIECE]).status_code == 204
    where = urlsplit(place)
    headers = {"Host": where.netloc, "Content-Length": PIECE, "Upload-Offset": PIECE, **PATCH}
    lines = [f"PATCH {where.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    head = "\r\n".join(lines)
    with socket.create_connection((where.hostname or "", where.port or 0)) as line:
        line.sendall(head.encode() + DATA[PIECE : PIECE + PIECE * 99 // 100])
    stands = requests.head(place, headers=TUS, timeout=60)
    assert stands.headers["Upload-Offset"] == str(PIECE)
    assert sent(place, PIECE, DATA[PIECE : 2 * PIECE]).status_code == 204
    assert sent(place, 2 * PIECE, DATA[2 * PIECE :]).status_code == 204
    assert content(admin, exchange, place) == DATA


def test_of_two_who_send_the_same_piece_at_once_one_counts(
    served: str, ask: Ask, admin: Connection, exchange: Exchange, kept: Kept
) -> None:
    _, follow = ask()
    place, seen = begun(served, follow, len(DATA)), list[int]()
    ones, twos = DATA[:PIECE], bytes(PIECE)

    def race(data: bytes) -> None:
        seen.append(sent(place, 0, data).status_code)

    racers = [threading.Thread(target=race, args=(data,)) for data in (ones, twos)]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert sorted(seen) in ([204, 409], [204, 413])
    for at in (PIECE, 2 * PIECE):
        assert sent(place, at, DATA[at : at + PIECE]).status_code == 204
    found = content(admin, exchange, place)
    assert found[PIECE:] == DATA[PIECE:]
    assert found[:PIECE] in (ones, twos)
    folder = kept.site.folder.parent / "bundles" / str(code_of(place))
    assert len(list(folder.iterdir())) == 3  # of the one that did not count nothing is left


def test_sixteen_customers_send_at_once(served: str, ask: Ask, admin: Connection, exchange: Exchange) -> None:
    customers = [ask()[1] for _ in range(16)]
    places: dict[str, str] = {}

    def send(follow: str) -> None:
        places[follow] = begun(served, follow, PIECE)
        assert sent(places[follow], 0, follow.encode() * (PIECE // 64)).status_code == 204

    senders = [threading.Thread(target=send, args=(follow,)) for follow in customers]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    for follow, place in places.items():
        assert content(admin, exchange, place) == follow.encode() * (PIECE // 64)
    assert len(places) == 16


def test_a_full_disk_is_said_and_the_upload_goes_on_when_there_is_room(
    reader: Reader, ask: Ask, admin: Connection, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from houvast.web.views import upload

    _, follow = ask()
    code = exchange.begin(admin, follow, 10, "a.log")
    path = f"/exchange/case/{follow}/files/{code}"
    patch = {"HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_OFFSET": "0", "CONTENT_TYPE": PATCH["Content-Type"]}
    full = replace(exchange, vault=replace(exchange.vault, store=FullStore(exchange.vault.store)))
    with monkeypatch.context() as patched:
        patched.setattr(upload, "exchange", lambda: full)
        assert reader._ask("PATCH", path, b"0123456789", patch).status == 507  # pyright: ignore[reportPrivateUsage]
    assert store.stands(admin, follow, code) == store.stands(admin, follow, code)
    assert reader._ask("PATCH", path, b"0123456789", patch).status == 204  # pyright: ignore[reportPrivateUsage]


def test_without_a_script_the_form_sends_a_small_file(served: str, ask: Ask, admin: Connection) -> None:
    _, follow = ask()
    page = f"{served}/en/exchange/case/{follow}/"
    answer = requests.post(page, {"do": "send"}, files={"file": ("export.log", b"export starts\n")}, timeout=60)
    assert answer.status_code == 200, answer.text[answer.text.find("<main") :][:1500]
    assert "Waiting" in answer.text
    assert (
        requests.post(page, {"do": "send"}, files={"file": ("a.log", b"x" * (PIECE + 2**17))}, timeout=60).status_code
        == 413
    )
    row = admin.execute("SELECT count(*), min(size) FROM houvast.bundle b JOIN houvast.exchange x ON x.id = b.exchange"
                        " WHERE x.follow = sha256(convert_to(%s, 'UTF8'))", (follow,)).fetchone()  # fmt: skip
    assert row == (1, 14)


def test_lines_are_shown_to_whoever_sent_them_alone_and_kept_nowhere(
    served: str, ask: Ask, admin: Connection, worker: Custody
) -> None:
    _, follow = ask()
    _, other = ask()
    line = b"export for jan@example.org <b>starts</b>\n"
    place = begun(served, follow, len(line))
    assert sent(place, 0, line).status_code == 204
    found = f"{served}/en/exchange/case/%s/found/{code_of(place)}/%s/"
    early = requests.get(found % (follow, 1), timeout=60)
    whole_round(worker, admin)
    asked = requests.get(found % (follow, 1), timeout=60)
    looks = "SELECT count(*) FROM houvast.bundle_look l JOIN houvast.bundle b ON b.id = l.bundle AND b.code = %s"
    assert admin.execute(looks, (code_of(place),)).fetchone() == (0,)
    shown = requests.post(found % (follow, 1), timeout=60)
    assert (early.status_code, asked.status_code, shown.status_code) == (404, 200, 200)
    assert "export for <mark>e-mail address</mark> &lt;b&gt;starts&lt;/b&gt;" in shown.text
    assert "jan@" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert admin.execute(looks, (code_of(place),)).fetchone() == (1,)
    for who, file in ((other, 1), (follow, 2), ("x" * 64, 1)):
        assert requests.post(found % (who, file), timeout=60).status_code == 404
    strange = {"Origin": "https://x.example"}
    assert requests.post(found % (follow, 1), headers=strange, timeout=60).status_code == 403
    requests.delete(place, headers=TUS, timeout=60)
    assert requests.post(found % (follow, 1), timeout=60).status_code == 404
    assert admin.execute(looks, (code_of(place),)).fetchone() == (1,)


def test_support_asks_and_the_link_works_once(enter: Enter, reader: Reader) -> None:
    support = enter("exchange-support", "support")
    text = _post(support, "/en/desk/exchange/", _asked("2231"))[1]
    (path,) = re.findall(r"http://localhost:8000(/en/exchange/[0-9a-f]{64}/)", text)
    assert "it stops at 40 percent" in reader.get(path).text
    assert "it stops at 40 percent" in reader.get(path).text  # looking changes nothing
    page = reader.post(path, {}).headers["Location"]
    assert re.fullmatch(r"/en/exchange/case/[0-9a-f]{64}/", page)
    assert (reader.post(path, {}).status, reader.get(path).status) == (404, 404)
    shown = reader.get(page)
    assert "Nothing in it lets a person be recognised" in shown.text
    assert shown.cookies == ()
    assert reader.post(page, {"do": "send"}).status == 302
    assert "Send a file" not in reader.get(page).text
    assert reader.post(page, {"do": "state", "entitled": "yes"}).status == 302
    assert "Send a file" in reader.get(page).text
    assert reader.get(page.replace("/case/", "/case/0")).status == 404
    refused = _post(support, "/en/desk/exchange/", {**_asked("2231"), "wants": "the mail of jan@example.org"})[1]
    assert "holds no personal data itself" in refused


def test_a_link_that_support_uses_itself_shows_nothing_that_was_sent(
    reader: Reader, ask: Ask, admin: Connection, exchange: Exchange
) -> None:
    number, follow = ask()
    link = f"/en/exchange/{store.link(admin, number, 'anna')}/"
    code = exchange.begin(admin, follow, 14, "a.log")
    exchange.receive(admin, follow, code, 0, b"export starts\n")
    answer = reader.post(link, {})
    assert (answer.status, "is not given away" in answer.text) == (422, True)
    back = f"/en/exchange/case/{follow}/files/{code}/back"
    assert (reader.get(f"/en/exchange/case/{follow}/").status, reader.get(back).status) == (200, 404)
    store.decide(admin, follow, code, "withdraw")
    assert reader.post(link, {}).status == 302


def _asked(ticket: str) -> dict[str, str]:
    until = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    return {"do": "ask", "ticket": ticket, "wants": "the log of the export", "why": "it stops at 40 percent",
            "until": until, "purpose": "fix", "language": "en", "consumer": "yes"}  # fmt: skip


def test_only_whom_it_was_granted_opens_it_and_a_subcontractor_sees_nothing_else(
    enter: Enter, ask: Ask, admin: Connection, worker: Custody, exchange: Exchange
) -> None:
    number, follow = ask()
    code = exchange.begin(admin, follow, 14, "a.log")
    exchange.receive(admin, follow, code, 0, b"export starts\n")
    whole_round(worker, admin)
    store.decide(admin, follow, code, "submit")
    ((bundle,),) = admin.execute("SELECT id FROM houvast.bundle WHERE code = %s", (code,)).fetchall()
    path = f"/en/desk/exchange/{number}/"
    support, officer = enter("exchange-opens", "support"), enter("exchange-grants", "officer")
    assert "You may not open it" in support.get(path).text
    assert _post(support, path, {"do": "grant", "who": "exchange-opens"})[0] == 403
    assert _post(support, path, {"do": "accept", "bundle": str(bundle)})[0] == 302
    opens = {"do": "open", "bundle": str(bundle), "reason": "to find the cause"}
    assert "only by whom it was granted" in _post(support, path, opens)[1]
    assert _post(officer, path, {"do": "grant", "who": "exchange-opens"})[0] == 302
    assert _post(support, path, opens) == (200, "export starts\n")
    firm = enter("exchange-firm", "subcontractor")
    assert firm.get("/en/desk/exchange/").status == 200
    assert (firm.get(path).status, firm.get("/en/desk/").status, firm.get("/en/desk/requests/").status) == (
        404,
        403,
        403,
    )
    assert firm.get("/en/desk/exchange/subcontractors/").status == 403
    seen = store.follow(admin, follow)
    assert seen
    assert [one.reason for one in seen.openings] == ["to find the cause"]
    finance = enter("exchange-finance", "finance")
    assert finance.get(path).status == 403


def test_an_officer_keeps_the_register_and_another_approves(enter: Enter, admin: Connection) -> None:
    from tests.compiler.staffing import code_of as code_now
    from tests.compiler.staffing import enrolled

    officer = enter("register-one", "officer")
    path = "/en/desk/exchange/subcontractors/"
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    given = {"do": "record", "name": "Register BV", "country": "de", "tool": "eea", "since": str(today),
             "until": str(today + timedelta(days=300)), "announced": str(today)}  # fmt: skip
    assert "does not cover" in _post(officer, path, {**given, "country": "us"})[1]
    assert "is not dated back" in _post(officer, path, {**given, "announced": str(today - timedelta(days=40))})[1]
    assert "yyyy-mm-dd" in _post(officer, path, {**given, "since": "soon"})[1]
    assert _post(officer, path, given)[0] == 302
    ((number,),) = admin.execute("SELECT id FROM houvast.subcontractor WHERE name = 'Register BV'").fetchall()
    enrolled(admin, "registerone", "officer")
    own = {"do": "approve", "number": str(number), "code": code_now(admin, "registerone")}
    assert "by another of the staff" in _post(officer, path, own)[1]
    other = enter("register-two", "officer")
    enrolled(admin, "registertwo", "officer")
    assert _post(other, path, {**own, "code": code_now(admin, "registertwo")})[0] == 302
    assert "Approved, from" in other.get(path).text
    auditor = enter("register-three", "auditor")
    assert auditor.get(path).status == 200
