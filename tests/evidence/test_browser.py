"""The page, saved as one file and opened without a network in real Chromium, says what the other verifiers say."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from __future__ import annotations

import base64
import functools
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from houvast.evidence.browser import SCRIPT, part
from houvast.evidence.browser import page as saved
from houvast.evidence.verify import verify_file
from houvast.evidence.words import wording
from tests.evidence import making
from tests.evidence.making import KEY, WITNESS_KEY
from tests.evidence.vector import VECTORS
from tests.web.browsing import DESKTOP, NEEDS_CHROMIUM, PHONE, faults

pytestmark = NEEDS_CHROMIUM
VERDICT = """async ({file, since, key, witnesses}) => {
  const blob = (text) => new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))]);
  try {
    const found = await houvast.verify(blob(file), {key, witnesses, since: since === null ? null : blob(since)});
    const times = Object.entries(found.witnesses).map(([name, when]) => [name, when.toISOString().slice(0, 19) + "Z"]);
    return {...found, witnesses: Object.fromEntries(times)};
  } catch (error) {
    return error instanceof houvast.Invalid ? null : String(error);
  }
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the saved page lies."""
    path = tmp_path_factory.mktemp("saved") / "check.html"
    path.write_text(saved())
    return path.as_uri()


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Page]:
    """Somebody with the saved page and no network; the page may not complain, nor ask for anything."""
    context = browser.new_context(locale="en-GB", viewport={"width": 375, "height": 800}, offline=True)
    page, said, asked = context.new_page(), list[str](), list[str]()
    page.on("console", lambda one: said.append(one.text))
    page.on("request", lambda one: asked.append(one.url))
    page.goto(address)
    yield page
    context.close()
    assert (said, asked) == ([], [address])


@pytest.fixture
def log() -> making.Log:
    return making.log(5, 300)


def given(tmp_path: Path, name: str, text: str) -> Path:
    (path := tmp_path / name).write_text(text)
    return path


def check(page: Page, path: Path, key: str = KEY) -> str:
    """Choose a file and a key; what the page says."""
    page.set_input_files("#file", path)
    page.fill("#key", key)
    page.click("button[type=submit]")
    expect(page.locator("#answer")).to_be_visible()
    expect(page.locator("#answer")).to_be_focused()
    return page.locator("#answer").inner_text()


def test_the_browser_agrees_on_every_vector(reader: Page) -> None:
    said: dict[str, Any] = {}
    for one in VECTORS:
        since = None if one.since is None else base64.b64encode(one.since).decode()
        file = base64.b64encode(one.file).decode()
        found = reader.evaluate(VERDICT, {"file": file, "since": since, "key": one.key, "witnesses": one.witnesses})
        said[one.name] = {name: value for name, value in found.items() if name != "entry"} if found else found
    assert said == {one.name: one.verdict for one in VECTORS}


def test_an_export_that_is_too_large_for_an_old_zip_file_is_read(
    reader: Page, log: making.Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As zip files of more than 4 GiB or 65,535 files are written (zip64), with little in it."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    path = log.export(tmp_path / "large.zip")
    monkeypatch.undo()
    data = bytearray(path.read_bytes())
    assert data[-42:-38] == b"PK\x06\x07"
    data[-14:-2] = b"\xff" * 12
    path.write_bytes(data)
    assert verify_file(path, KEY).stop == 300
    assert check(reader, path).startswith("This is right")


def test_every_changed_byte_of_a_receipt_is_refused(reader: Page) -> None:
    receipt = making.log(3).receipt(1).encode()
    sweep = """async ({file, key}) => {
      const accepted = [];
      const bytes = Uint8Array.from(atob(file), (one) => one.charCodeAt(0));
      for (let place = 0; place < bytes.length; place += 1) {
        const changed = Uint8Array.from(bytes);
        changed[place] ^= 1 << place % 8;
        await houvast.verify(new Blob([changed]), {key}).then(() => accepted.push(place), () => {});
      }
      return accepted;
    }"""
    assert reader.evaluate(sweep, {"file": base64.b64encode(receipt).decode(), "key": KEY}) == []


def test_a_receipt_is_checked_with_what_it_opens(reader: Page, log: making.Log, tmp_path: Path) -> None:
    said = check(reader, given(tmp_path, "receipt.json", log.receipt(7)))
    assert said.startswith("This is right")
    assert f"{wording('en')['kinds']['use_opened']} (use_opened)" in said
    assert f"{wording('en')['fields']['subject']} (subject)\ncustomer:0" in said
    assert "vraag € 7 😀" in said
    assert "Not checked against a key of yours" not in said
    assert faults(reader) == []


def test_without_a_key_the_page_says_so(reader: Page, log: making.Log, tmp_path: Path) -> None:
    said = check(reader, given(tmp_path, "receipt.json", log.receipt(7)), "")
    assert "Not checked against a key of yours" in said
    assert faults(reader) == []


def test_what_is_not_right_is_said_with_the_place(reader: Page, log: making.Log, tmp_path: Path) -> None:
    said = check(reader, given(tmp_path, "receipt.json", log.receipt(7).replace("support", "suppors")))
    assert said.startswith("This is not right")
    assert "This entry does not stand so in the log that was signed." in said
    assert "proof" in said
    assert faults(reader) == []


def test_an_export_is_checked_with_an_older_file_and_a_witness(reader: Page, log: making.Log, tmp_path: Path) -> None:
    path = log.export(tmp_path / "export.zip", note=log.note(cosigned=True))
    reader.click("summary")
    reader.set_input_files("#since", given(tmp_path, "older", log.note(5)))
    reader.fill("#witnesses", f"{WITNESS_KEY}\n")
    said = check(reader, path)
    assert "0 up to 300" in said
    assert f"{wording('en')['kinds']['promise_held']} (promise_held)\n100" in said
    assert "Witness witness.example cosigned at 2026-09-21" in said
    assert "It goes with the log of 5 entries that you had." in said
    assert faults(reader) == []


def test_the_page_speaks_dutch_and_changes_what_it_said(reader: Page, log: making.Log, tmp_path: Path) -> None:
    check(reader, given(tmp_path, "receipt.json", log.receipt(7)), "")
    reader.click("#language")
    assert reader.locator("#answer").inner_text().startswith("Dit klopt\n")
    assert f"{wording('nl')['kinds']['use_opened']} (use_opened)" in reader.locator("#answer").inner_text()
    assert reader.locator("h1").inner_text() == "Controleer een bewijs"
    assert reader.evaluate("document.documentElement.lang") == "nl"
    assert faults(reader) == []


def test_the_page_has_the_same_words_in_both_languages(reader: Page) -> None:
    script = part("page.js")
    codes = set(part("verify.js").split('new Invalid("')[1:])
    dutch, english = script.split("    en: {")
    for code in {one.partition('"')[0] for one in codes}:
        assert f'"{code}": ' in dutch
        assert f'"{code}": ' in english


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_the_page_is_accessible(browser: Browser, address: str, viewport: Any, scheme: Any) -> None:
    context = browser.new_context(locale="nl-NL", viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    assert page.locator("h1").inner_text() == "Controleer een bewijs"
    assert faults(page) == []
    context.close()


def test_the_page_works_by_keyboard(reader: Page, log: making.Log, tmp_path: Path) -> None:
    reader.set_input_files("#file", given(tmp_path, "receipt.json", log.receipt(7)))
    reader.focus("#key")
    reader.keyboard.type(KEY)
    reader.keyboard.press("Tab")
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    expect(reader.locator("#answer")).to_be_focused()
    assert reader.locator("#verdict").inner_text() == "This is right"


def test_the_page_works_where_no_script_may_stand_in_it(browser: Browser, log: making.Log, tmp_path: Path) -> None:
    """As a site serves it, with its parts as files and a policy that allows nothing else."""
    for name in (*SCRIPT, "page.css"):
        (tmp_path / name).write_text(part(name))
    (tmp_path / "index.html").write_text(saved("/"))

    class Served(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'")
            super().end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Served, directory=str(tmp_path))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context(locale="en-GB")
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
        assert check(page, given(tmp_path, "receipt.json", log.receipt(7))).startswith("This is right")
        context.close()
        server.shutdown()


def test_a_part_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no part"):
        part("../verify.py")
