"""Ways in which a value was once hidden from the screener: each is found, or the file is called not screened."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import re
import sqlite3
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houvast.screening import Kind, Screener
from houvast.screening.bundle import Pseudonyms
from houvast.screening.bundle.limits import MIB
from houvast.screening.bundle.stand_ins import is_stand_in
from tests.screening.bundles import LINE, SCREENER, VALUE, looked, zipped
from tests.screening.seeing import KEY, closed, kinds, redacted

PLANTED = {
    Kind.EMAIL: VALUE, Kind.IBAN: "NL91ABNA0417164300", Kind.CARD: "4111111111111111", Kind.PHONE: "0612345678",
    Kind.IP_ADDRESS: "203.0.113.9", Kind.MAC_ADDRESS: "00:1b:44:11:3a:b7", Kind.HOST_NAME: "db01.voorbeeld.internal",
    Kind.NUMBER_PLATE: "XK-495-V", Kind.VAT_NUMBER: "NL123456789B01", Kind.NAME: "Elodie Weylant",
    Kind.SECRET: "ghp_" + "a1B2" * 9,
}  # fmt: skip


BEFORE = (
    "_",
    "x_",
    "\\n",
    "\\t",
    "\\r",
    "a\\n",
    "\\u001b[31m",
    "\x1b[31m",
    "\x1b[1;32m",
    "\x1b(B",
    "\\x1b[0m",
    "\u200b",
    "\u00a0",
)
BEHIND = ("", "_", "_x", "\x1b[0m", "\\n", "\\nmore", "\u00a0", " ")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from(sorted(PLANTED)),
    st.sampled_from(BEFORE),
    st.sampled_from(BEHIND),
    st.sampled_from(["", "ok ", "a=1, "]),
)
def test_a_value_is_found_whatever_stands_directly_beside_it(kind: Kind, before: str, behind: str, text: str) -> None:
    data = f"first\n{text}{before}{PLANTED[kind]}{behind}\nlast\n".encode()
    assert kind in kinds(data), data
    assert PLANTED[kind].encode() not in redacted(data)


def test_colours_and_steps_back_in_the_midst_of_a_value_hide_nothing() -> None:
    for made in (
        VALUE.replace("@", "\x1b[1m@\x1b[0m"), VALUE.replace("@", "\u200b@"), "".join(f"{one}\b{one}" for one in VALUE),
        "".join(f"_\b{one}" for one in VALUE), VALUE.replace("@", "\uff20"), VALUE.replace("@", "\\100"), VALUE.replace("@", "\\u{40}"),
    ):  # fmt: skip
        assert Kind.EMAIL in kinds(f"a {made} b\n".encode())
        assert "bakker" not in re.sub(r"\x1b\[\d*m|.\x08", "", redacted(f"a {made} b\n".encode()).decode())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]), st.booleans(), st.integers(0, 9),
    st.sampled_from([VALUE, "bsn 123456782", "password=hunter2222", base64.b64encode(LINE.encode()).decode()]),
)  # fmt: skip
def test_a_text_that_lies_about_its_letters_is_never_clean(encoding: str, mark: bool, shifted: int, value: str) -> None:
    true = ("\ufeff" if mark else "") + "nothing of anybody, and much of it. " * 200
    for hidden in (
        value.encode() + b"\n",
        b"\n" * shifted + value.encode("utf-16-le"),
        b"\n" * shifted + value.encode("utf-16-be"),
    ):
        data = true.encode(encoding) + hidden
        assert kinds(data) or closed(data), (encoding, hidden)
    assert not kinds(true.encode(encoding))
    assert not closed(true.encode(encoding))
    assert kinds("\ufeff".encode(encoding) + value.encode()) or closed("\ufeff".encode(encoding) + value.encode())


@pytest.mark.parametrize("text", [
    'token="abc1 piet@voorbeeld.example xyz9"', "//crmjan:geheim12@db01.voorbeeld.example/x", 'secret="10.20.30.40 and more1"',
    "postgresql://crm:4xw53wxWwbJN@db01.kantoor.example:5432/app", "wachtwoord=jan@firma.nl!x9",
])  # fmt: skip
def test_what_is_found_as_a_whole_leaves_nothing_of_itself_or_beside_it(text: str) -> None:
    made = redacted(text.encode()).decode()
    for word in re.findall(r"[A-Za-z0-9]{4,}", text):
        assert word not in made or word in {"token", "secret", "postgresql", "wachtwoord", "5432"}


@pytest.mark.parametrize(("kind", "value"), [
    (Kind.PHONE, "0991234567"), (Kind.PHONE, "+99912345678"), (Kind.PHONE, "9991234567"), (Kind.SECRET, "f3a1b2c3d4e5"), (Kind.SECRET, "245.1.2.3"),
    (Kind.EMAIL, "jan@firma.invalid"), (Kind.EMAIL, "jan.de.vries@x.habcdefgh.invalid"), (Kind.IBAN, "f3a1b2c3d4e5"), (Kind.USERNAME, "f3.aa.bb.cc.dd.ee"),
])  # fmt: skip
def test_a_real_value_is_no_stand_in_whatever_it_looks_like(kind: Kind, value: str) -> None:
    assert not is_stand_in(kind, value.encode())


@settings(max_examples=300)
@given(st.from_regex(r"\A(?:06|0[1-7][0-9]|\+31 6 |0031 )[1-9][0-9]{7}\Z"))
def test_the_stand_in_of_a_phone_number_is_known_and_few_others_are(value: str) -> None:
    made = Pseudonyms(KEY).of(Kind.PHONE, value.encode())
    assert is_stand_in(Kind.PHONE, made)
    wrong = made[:-1] + b"%d" % ((int(made[-1:]) + 1) % 10)
    assert not is_stand_in(Kind.PHONE, wrong)


def test_real_numbers_that_begin_as_stand_ins_do_are_found() -> None:
    assert Kind.PHONE in kinds(b"telefoon: 0991234567\n")
    assert Kind.SECRET in kinds(b"password=f3a1b2c3d4e5\n")
    assert Kind.EMAIL in kinds(b"mail jan@firma.invalid now\n")


PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "zlib": zlib.compress, "zlib, best": lambda data: zlib.compress(data, 9), "zip": lambda data: zipped({"a": data}),
    "bzip2": bz2.compress, "xz": lzma.compress,
}  # fmt: skip


@pytest.mark.parametrize("way", PACKED)
def test_what_is_packed_in_the_midst_of_a_text_is_never_clean(way: str) -> None:
    packed = PACKED[way](LINE.encode())
    assert kinds(packed) == {Kind.EMAIL}
    for data in (
        b"a line\n" * 90 + packed + b"\nanother\n" * 9000,
        b"u=" + b"".join(b"%%%02x" % one for one in packed),
    ):
        assert closed(data)
    assert Kind.EMAIL in kinds(b"x: " + base64.b64encode(packed) + b"\n")


def test_bytes_that_no_one_types_may_not_hide_in_much_that_is_typed() -> None:
    raw = zlib.compress(b" ".join(b"%d" % (one * one) for one in range(900)) + LINE.encode())[2:]
    assert "no text" in closed(b"words that mean nothing\n" * 9000 + raw + b"\nmore\n" * 50_000)


def test_cells_of_a_database_are_opened() -> None:
    def database(*cells: object) -> bytes:
        made = sqlite3.connect(":memory:")
        made.execute("CREATE TABLE t (a BLOB)")
        made.executemany("INSERT INTO t VALUES (?)", [(one,) for one in cells])
        made.commit()
        return bytes(made.serialize())

    for cell in (
        gzip.compress(LINE.encode()),
        zlib.compress(LINE.encode()),
        zipped({"a": LINE.encode()}),
        LINE.encode("utf-16"),
    ):
        data = database("nothing", cell, b"\x01\x02\x03" * 9)
        assert (kinds(data), closed(data)) == ({Kind.EMAIL}, "")
        assert b"bakker" not in redacted(data)
    assert closed(database(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9))
    assert not closed(database(bytes(range(32))))
    gone = sqlite3.connect(":memory:")
    gone.executescript("PRAGMA secure_delete = OFF; CREATE TABLE t (a BLOB); INSERT INTO t VALUES ('stays');")
    gone.execute("INSERT INTO t VALUES (?)", (gzip.compress(LINE.encode() * 40),))
    gone.commit()
    gone.execute("DELETE FROM t WHERE a != 'stays'")
    gone.commit()
    assert closed(bytes(gone.serialize()))


@pytest.mark.parametrize(
    "text",
    [
        "%25" * 14,
        "%" + "25" * 21,
        "\\u005c" * 7 + "u0041",
        "=3D" * 14,
        "&#38;" * 8,
        "%2525" * 8 + "\\x5c",
        "&amp;#37;25" * 4,
    ],
)
def test_a_few_bytes_do_not_take_long(text: str) -> None:
    begun = time.process_time()
    looked(text.encode() * 2)
    assert time.process_time() - begun < 2


def test_what_is_hidden_more_often_than_is_looked_through_is_not_screened() -> None:
    text = VALUE
    for _ in range(14):
        text = base64.b64encode(text.encode()).decode()
    assert kinds(text.encode()) or "more often" in closed(text.encode())


PASSWORDS = (
    "pa,ss;w&rd9", "q'uo\"te9x", "a<b>c9d", "back\\slash9", "x;y;z;9q", "100%zeker", "&begin12", "kom,ma", "hek#9werk", "pa&s=s9", "a|b|c9", "é,ß9<",
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from(PASSWORDS)
    | st.text("abcXYZ123,;&<>\\'\"%#|!", min_size=6, max_size=14).map(lambda one: "Q7" + one + "z")
)
def test_a_password_is_found_whole_whatever_is_in_it(password: str) -> None:
    words = [one for one in re.findall(r"[A-Za-z0-9]{3,}", password) if one not in {"nbsp", "amp"}]
    texts = (
        json.dumps({"user": 1, "password": password, "x": 2}), json.dumps({"log": f"password: {password} done"}),
        f"db_password={password}\nnext=1\n", f"--password {password} -h x\n", f"password: {password}\nuser: 1\n",
    )  # fmt: skip
    for text in texts:
        if re.search(r"[,;&|][\"']?[\w.-]+[\"'\\]{0,4}[=:]|<[A-Za-z/!?]|[\"'][,;:&|>\\/<}]|[\"']\Z", password):
            continue  # it looks like what parts it from the next
        made = redacted(text.encode()).decode("utf-8", "replace")
        assert not [one for one in words if one in made], (text, made)


@pytest.mark.parametrize("text", [
    '<property name="password" value="hunter2222"/>', '<add value="hunter2222" key="password"/>', '<password type="plain">hunter2222</password>',
    "<password>\n  hunter2222\n</password>", '<entry key="password">hunter2222</entry>', "password:\n  hunter2222\n", "password: |\n  hunter2222\nx: 1\n",
    '{"value":"hunter2222","name":"DB_PASSWORD"}', 'password="hunter2222', "password='it''s hunter2222'", '"password":["hunter2222"]',
    "identified by 'hunter;2222'", '<x password="hun&lt;ter2222"/>',
])  # fmt: skip
def test_passwords_are_found_in_every_form_of_a_file(text: str) -> None:
    assert Kind.SECRET in kinds(text.encode())
    assert "2222" not in redacted(text.encode()).decode()


@pytest.mark.parametrize("text", [
    'password: ""', "password=${PW}", "password: {{ pw }}", "password:\n  secretKeyRef:\n    name: x\n", "Password:\nLast login: Mon", "password=<redacted>",
    "password=&user=x", "<password></password>", "password: %s", '{"password": null, "x": 1}', "password=%(pw)s", "Enter the password and press return",
])  # fmt: skip
def test_what_stands_in_the_place_of_a_password_is_none(text: str) -> None:
    assert Kind.SECRET not in kinds(text.encode())


def test_what_people_write_a_little_otherwise_is_found() -> None:
    for kind, text in (
        (Kind.IBAN, "naar nl91abna0417164300 graag"), (Kind.IBAN, "nl91 abna 0417 1643 00"), (Kind.BSN, "bsn:\n  123456782\n"), (Kind.BSN, "-bsn 123456782-"),
        (Kind.SECRET, "<tr><td>Password</td><td>hunter2222</td></tr>"),
        (Kind.EMAIL, "\n".join(base64.b64encode(b"some words " + VALUE.encode() + b" and more of it").decode()[at : at + 32] for at in range(0, 80, 32))),
    ):  # fmt: skip
        assert kind in kinds(text.encode()), text
    assert kinds(
        b"a line before\n" + b"\0".join(b"%c" % one for one in b"NL91ABNA0417164300") + b"\na line behind\n"
    ) or closed(b"a line before\n" + b"\0".join(b"%c" % one for one in b"NL91ABNA0417164300") + b"\na line behind\n")


def test_cards_between_commas_and_in_columns_are_found() -> None:
    assert kinds(b"12,4111111111111111,05\n") == {Kind.CARD}
    assert Kind.CARD in kinds(b"[4111111111111111,5500000000000004]")
    assert Kind.CARD in kinds(b"id;kaartnummer\n1;99 8877\n2;12 4455\n")
    assert Kind.CARD not in kinds(b"0.4111111111111111 of it\n")


def test_a_table_is_found_wherever_it_begins() -> None:
    table = "id;voornaam;geboortedatum;bedrag\n1;Xq;1980-01-02;12\n2;Zw;1981-01-02;13\n"
    for before in ("# export of today\n", "Report\n\n", "a,b\n1,2\n\n", "x\n" * 70_000):
        assert looked((before + table).encode())[0].counts[Kind.NAME] == 2, before[:9]
    dump = "SELECT 1;\nCOPY public.klant (id, voornaam, bsn) FROM stdin;\n1\tXq\t12\n2\tZw\t13\n\\.\n"
    assert looked(dump.encode())[0].counts == {Kind.NAME: 2, Kind.BSN: 2}
    held = looked(b'id,adres,voornaam\n1,"Achter 3\n1234 AB Assen",Xq\n2,email,Zw\n3,b,Yk\n')[0].counts
    assert held[Kind.NAME] == 3
    assert held[Kind.ADDRESS] >= 2


def test_what_archives_say_beside_their_files_is_looked_through(tmp_path: Path) -> None:
    folder = tarfile.TarInfo(f"home/{VALUE}/")
    folder.type = tarfile.DIRTYPE
    plain = tarfile.TarInfo("a")
    linked = tarfile.TarInfo("a")
    linked.linkname = VALUE
    twice = b"".join(b"%d comment=%s\n" % (len(one) + 12, one) for one in (VALUE.encode(), b"x" * len(VALUE)))
    pax = tarfile.TarInfo("p")
    pax.type, pax.size = tarfile.XHDTYPE, len(twice)
    filled = tarfile.TarInfo("f")
    filled.size = 1
    for data in (
        folder.tobuf(), linked.tobuf(tarfile.USTAR_FORMAT), filled.tobuf() + b"x" + VALUE.encode().ljust(511, b"\0"),
        pax.tobuf(tarfile.USTAR_FORMAT) + twice.ljust(512, b"\0") + plain.tobuf(),
    ):  # fmt: skip
        assert kinds(data + bytes(1024)) == {Kind.EMAIL}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"home/{VALUE}/", b"")
    assert kinds(out.getvalue()) == {Kind.EMAIL}
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive_7z:
        archive_7z.writestr(b"x", "a")
        archive_7z.write(tmp_path, f"home {VALUE}")
    assert kinds(out.getvalue()) == {Kind.EMAIL}
    info = zipfile.ZipInfo("a")
    info.extra = struct.pack("<HH", 0x6375, len(VALUE)) + VALUE.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, b"x")
    assert kinds(out.getvalue()) == {Kind.EMAIL}
    head = gzip.compress(b"x")
    extra = (
        bytes([*head[:3], head[3] | 4 | 8, *head[4:10]])
        + struct.pack("<H", 9000)
        + bytes(8000)
        + VALUE.encode().ljust(1000)
        + b"n\0"
        + head[10:]
    )
    assert (kinds(extra), closed(extra)) == ({Kind.EMAIL}, "")


def test_a_folder_of_a_zip_that_holds_something_is_a_file() -> None:
    name, packed = b"folder/", zlib.compress(LINE.encode())[2:-4]
    crc = zlib.crc32(LINE.encode())
    local = b"PK\x03\x04" + struct.pack("<HHHIIIIHH", 20, 8, 8, 0, 0, 0, 0, len(name), 0) + name + packed
    local += b"PK\x07\x08" + struct.pack("<III", crc, len(packed), len(LINE))
    listed = (
        b"PK\x01\x02"
        + struct.pack("<HHHHIIIIHHHHHII", 20, 20, 8, 8, 0, crc, len(packed), len(LINE), len(name), 0, 0, 0, 0, 0, 0)
        + name
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed), len(local), 0)
    assert kinds(local + listed + end) == {Kind.EMAIL}


def test_what_is_said_of_all_files_is_looked_through_once_and_may_not_be_without_end() -> None:
    def said(count: int) -> bytes:
        records = b"".join(b"%d k%06d=%s\n" % (len(VALUE) + 12, one, VALUE.encode()) for one in range(count))
        info = tarfile.TarInfo("g")
        info.type, info.size = tarfile.XGLTYPE, len(records)
        return info.tobuf(tarfile.USTAR_FORMAT) + records + bytes(-len(records) % 512)

    data = said(3) + b"".join(tarfile.TarInfo(str(one)).tobuf() for one in range(50)) + bytes(1024)
    assert sum(one.counts.get(Kind.EMAIL, 0) for one in looked(data)) == 3
    assert closed(said(1200) + tarfile.TarInfo("a").tobuf() + bytes(1024))


def test_deleted_text_of_a_document_is_found() -> None:
    half = len(VALUE) // 2
    body = f"<w:p><w:del><w:r><w:delText>{VALUE[:half]}</w:delText></w:r><w:r><w:delText>{VALUE[half:]}</w:delText></w:r></w:del></w:p>"
    assert kinds(zipped({"word/document.xml": f"<w:document>{body}</w:document>".encode()})) == {Kind.EMAIL}


def test_labels_take_no_memory() -> None:
    import tracemalloc

    member = gzip.compress(b"x")
    named = bytes([*member[:3], 16, *member[4:10]]) + b"c" * 60_000 + b"\0" + member[10:]
    data = named * 300
    tracemalloc.start()
    looked(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * MIB


def test_a_line_shown_to_its_owner_never_has_another_value_of_that_line() -> None:
    from houvast.screening.bundle import walk

    line = " ".join(f"{'w' * (one % 90)} {one}{VALUE}" for one in range(40))
    shown = next(walk(io.BytesIO(line.encode()), "a", SCREENER, shown=99)).excerpts
    assert len(shown) > 5
    assert VALUE not in "".join(str(part) for one in shown for part in one.parts)


@pytest.mark.parametrize("bait", [
    b"cookie: " + b"a" * 4000 + b"\n", b"PID|1|" + b"|" * 4000, b"password=" + b"," * 60_000, b'password="' + b"\\" * 60_000, b"x^" * 200_000,
    b"x\x9c" * 100_000, b"token='a" * 20_000, b"<a password x=" * 20_000, b"\x1b[1m" * 60_000, b"a\x08" * 100_000, b"\\n1" * 100_000,
    b"voornaam,achternaam\n" * 20_000, b"\xc2\xa0a" * 60_000, b"A" * 41 + b"\n" + (b"B" * 41 + b"\n") * 5000, b"YWFhYWFhYWFh " * 20_000,
])  # fmt: skip
def test_bait_for_what_looks_through_takes_no_time(bait: bytes) -> None:
    begun = time.process_time()
    looked((bait * (300_000 // len(bait) + 1))[:400_000])
    assert time.process_time() - begun < 6


def test_an_address_is_one_whatever_stands_around_it() -> None:
    for text in (
        "jan@firma.nl.log",
        "jan@firma.nl@host",
        "jan@firma.nl-2",
        '"jan jansen"@firma.nl',
        "jan!@firma.nl",
        "jan@firma.nl_x",
        "jan@\u043f\u0440.\u0440\u0444",
    ):
        assert Kind.EMAIL in {one.kind for one in Screener().find(text.encode())}, text
    assert Screener().find(b"getty@tty1.service and git@github.com") == []
