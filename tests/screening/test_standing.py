"""A value is found in bytes wherever it stands by itself, however they come and whatever hides it; and nowhere else."""

from __future__ import annotations

import base64
import gzip
import io
import quopri
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from houvast.screening import Values, archives, look_into
from houvast.screening.hidden import Hidden
from houvast.screening.standing import alone, in_words
from tests.screening.standing import ONE, stands, texts


@given(texts)
def test_an_address_stands_by_itself_as_people_would_say(text: str) -> None:
    assert bool(in_words(ONE).search(text.lower())) == stands(text, ONE)
    assert bool(alone(ONE).search(text.lower())) == stands(text, ONE)


@settings(deadline=None)
@given(texts, st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]), st.integers(1, 40))
def test_bytes_that_come_in_pieces_say_the_same_as_the_whole(text: str, encoding: str, size: int) -> None:
    run, data = Hidden(Values([ONE])), text.encode(encoding)
    for begin in range(0, len(data), size):
        run.feed(data[begin : begin + size])
    run.feed(b"", last=True)
    assert run.found == stands(text, ONE)


WAYS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()),
    "Base64 of mail": lambda text: base64.encodebytes(text.encode()),
    "Base64 in a word": lambda text: b"Subject: =?utf-8?b?" + base64.b64encode(text.encode()) + b"?=\r\n",
    "gzip": lambda text: gzip.compress(text.encode()),
    "zip": lambda text: _zip({"a/b.csv": text.encode()}),
    "zip in gzip in zip": lambda text: _zip({"a.gz": gzip.compress(_zip({"b.csv": text.encode()}))}),
}  # fmt: skip


def _zip(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


@settings(deadline=None, max_examples=16)
@example("Base64 in a word", 572_636, ONE)
@given(st.sampled_from(sorted(WAYS)), st.integers(0, 600_000), st.sampled_from([ONE, "renée.şimşek@x.example"]))
def test_an_address_is_found_anywhere_in_a_long_file(way: str, at: int, value: str) -> None:
    lines = "".join(f"line {number}: nothing of interest é\n" for number in range(20_000))
    begin = lines.rfind("\n", 0, at) + 1
    for said, expected in (
        (value, True),
        (value.upper(), True),
        (f"ander.{value}", False),
        (f"{value}.example", False),
    ):
        data = WAYS[way](f"{lines[:begin]}to <{said}>\n{lines[begin:]}")
        looked = look_into(io.BytesIO(data), Values([value]))
        assert (looked.found, looked.unread) == (expected, {})


def test_what_json_escapes_is_found() -> None:
    for said in (rf'{{"t": "a\n{ONE}\tb"}}', rf'{{"t": "\u003c{ONE}\u003e"}}', r'{"t": "ren\u00e9e@x.example"}'):
        assert look_into(io.BytesIO(said.encode()), Values([ONE, "renée@x.example"])).found


def test_the_name_of_what_is_packed_counts() -> None:
    assert look_into(io.BytesIO(_zip({f"{ONE}": b""})), Values([ONE])).found


def _damaged(data: bytes) -> bytes:
    return data[: len(data) // 2] + b"\0" * 8 + data[len(data) // 2 + 8 :]


def _locked() -> bytes:
    data = bytearray(_zip({"a.txt": b"hello"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


NOISE = bytes(range(256)) * 40
UNREAD = {
    "a damaged archive": _damaged(gzip.compress(NOISE + f"{ONE}".encode() + NOISE)),
    "an archive with a password": _locked(),
    "archives in archives": gzip.compress(gzip.compress(gzip.compress(gzip.compress(ONE.encode())))),
    "an archive of a kind that is not opened": b"7z\xbc\xaf\x27\x1c" + NOISE,
}


@pytest.mark.parametrize("why", UNREAD)
def test_what_cannot_be_looked_into_is_said(why: str) -> None:
    looked = look_into(io.BytesIO(UNREAD[why]), Values([ONE]))
    assert (looked.found, list(looked.unread)) == (False, [why])


def test_one_damaged_file_of_an_archive_hides_no_other() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.txt", b"first file")
        archive.writestr("b.gz", gzip.compress(ONE.encode()))
    looked = look_into(io.BytesIO(made.getvalue().replace(b"first file", b"f1rst file")), Values([ONE]))
    assert looked.found
    assert "a damaged archive" in looked.unread


def test_what_swells_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "UNPACKED", 1 << 20)
    for data in (gzip.compress(b"\0" * (8 << 20)), _zip({str(number): b"\0" * 300_000 for number in range(9)})):
        looked = look_into(io.BytesIO(data), Values([ONE]))
        assert list(looked.unread) == ["more comes out of it than is looked through"]


def test_pictures_are_named_as_what_nobody_searches() -> None:
    looked = look_into(io.BytesIO(b"\x89PNG\r\n\x1a\n" + NOISE), Values([ONE]))
    assert (looked.found, list(looked.unread), list(looked.closed)) == (False, [], ["pictures"])


class _Long(io.RawIOBase):
    """Very many bytes that are nowhere."""

    def __init__(self, size: int, begin: bytes) -> None:
        self.at, self.size, self.begin = 0, size, begin

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        found = (self.begin + b"a" * size if self.at == 0 else b"a" * size)[: min(size, self.size - self.at)]
        self.at += len(found)
        return found

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.at = offset
        return offset


@pytest.mark.parametrize("begin", [b"", b"\n\nb64 "], ids=["words", "what may be Base64"])
def test_memory_is_bounded_and_one_long_line_holds_nothing_up(begin: bytes) -> None:
    begun = time.process_time()
    tracemalloc.start()
    look_into(_Long(32 << 20, begin), Values([ONE]))  # pyright: ignore[reportArgumentType]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 << 20
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_of_whatever_kind_is_named_and_stops_nothing(method: int) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr("a.txt", b"hello world " * 5000)
    data = bytearray(held.getvalue())
    for place in range(45, 57):  # within what is packed
        data[place] ^= 0xFF
    assert len(look_into(io.BytesIO(bytes(data)), Values([ONE])).unread) == 1
