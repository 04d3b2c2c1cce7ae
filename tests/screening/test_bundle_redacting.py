"""Bundles with stand-ins: nothing of the values is left, and the files stay what they were."""

from __future__ import annotations

import base64
import io
import ipaddress
import json
import random
import sqlite3
import string
import tarfile
import zipfile
from urllib.parse import quote, unquote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from houvast.screening import Kind
from houvast.screening.bundle import Pseudonyms, Report, redact
from houvast.screening.bundle.runs import decoded
from houvast.screening.bundle.stand_ins import is_stand_in
from houvast.screening.checks import is_bsn, is_card, is_iban
from tests.screening.bundles import (
    ENCODINGS,
    LINE,
    PACKINGS,
    SCREENER,
    UNWRITTEN,
    VALUE,
    database,
    looked,
    tar,
    zipped,
)

KEY = bytes(range(32))


def redacted(data: bytes, name: str = "bundle", key: bytes = KEY) -> tuple[bytes, Report]:
    out = io.BytesIO()
    report = redact(io.BytesIO(data), out, name, SCREENER, Pseudonyms(key))
    return out.getvalue(), report


def left(data: bytes) -> list[object]:
    return [(one.path, dict(one.counts), one.not_screened) for one in looked(data) if one.total or one.not_screened]


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_bundle_comes_out_as_it_was_packed_without_the_value(packing: str) -> None:
    data, report = redacted(PACKINGS[packing](LINE.encode() * 3))
    assert report.fit
    assert report.kinds == {Kind.EMAIL: 3}
    assert left(data) == []
    assert [one.path for one in looked(data)] == [one.path for one in looked(PACKINGS[packing](b"x"))]


@pytest.mark.parametrize("way", ENCODINGS)
def test_nothing_of_a_value_is_left_however_it_was_written(way: str) -> None:
    data, report = redacted(ENCODINGS[way](LINE))
    assert report.fit, report.left_out
    assert left(data) == []
    assert b"voorbeeldbedrijf" not in data.replace(b"\0", b"")


@pytest.mark.parametrize("before", [0, 3000, 3900, 4090])
@pytest.mark.parametrize("size", [40, 1100])
def test_a_secret_in_base64_that_holds_more_goes_as_a_whole_wherever_a_long_word_is_cut(before: int, size: int) -> None:
    secret = base64.b64encode(b"jan@voorbeeldbedrijf.nl:" + b"q7X-t2/" * (size // 7))
    text = b'{"pad":"' + b'{"a":1},' * (before // 8) + b'","auths":{"registry":{"auth":"' + secret + b'"}}}'
    for written in (text, quote(text, safe="").encode()):
        data, report = redacted(b"source: data:," + written + b"\n")
        assert report.fit
        assert left(data) == []
        assert secret[40:80] not in unquote(data.decode()).encode()


@pytest.mark.parametrize("way", UNWRITTEN)
def test_what_cannot_be_screened_is_left_out_and_named(way: str) -> None:
    data, report = redacted(tar({"x.bin": UNWRITTEN[way](LINE), "a.log": LINE.encode()}, "w:gz"))
    assert report.fit
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getnames() == ["a.log", "houvast-left-out.txt"]
        notes = archive.extractfile("houvast-left-out.txt")
        assert notes is not None
        assert b"x.bin: it is " in notes.read()
    assert left(data) == []
    alone, report = redacted(UNWRITTEN[way](LINE))
    assert not report.fit
    assert alone == b""


def test_what_base64_holds_and_cannot_be_screened_is_taken_out_of_its_text() -> None:
    picture = base64.b64encode(UNWRITTEN["picture"](LINE))
    made, report = redacted(tar({"a.log": b"before\nimage=" + picture + b"\nafter\n"}))
    assert report.fit
    assert [path for path, _ in report.left_out] == ["a.log"]
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        text = archive.extractfile("a.log").read()  # type: ignore[union-attr]
    assert text == b"before\nimage=" + base64.b64encode(b"left out: not screened") + b"\nafter\n"


@pytest.mark.parametrize("behind", [b"Done", b"after", b"moreWordsThanThat", b"x" * 76, b"key: value"])
@pytest.mark.parametrize("before", [b"", b"  ", b"data: "])
def test_lines_around_base64_stay_as_they_are(before: bytes, behind: bytes) -> None:
    for hidden in (LINE.encode(), LINE.encode() * 5 + b"12"):
        made, report = redacted(b"top\n" + before + base64.b64encode(hidden) + b"\n" + behind + b"\nend\n")
        assert report.kinds[Kind.EMAIL] == hidden.count(b"@")
        top, code, *rest = made.split(b"\n")
        assert (top, rest) == (b"top", [behind, b"end", b""])
        assert base64.b64decode(code.removeprefix(before)).count(b".invalid") == hidden.count(b"@")


def test_the_same_value_has_the_same_stand_in_in_every_file_and_spelling() -> None:
    files = {f"{at}.txt": text.encode() for at, text in enumerate((VALUE, VALUE.upper(), VALUE.replace("@", "%40")))}
    data, _ = redacted(tar(files))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        texts = [archive.extractfile(name).read().replace(b"%40", b"@") for name in archive.getnames()]  # type: ignore[union-attr]
    assert len(set(texts)) == 1
    assert redacted(VALUE.encode())[0] == texts[0]
    assert redacted(VALUE.encode(), key=b"o" * 32)[0] != texts[0]


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_addresses_that_share_a_network_share_it_still(one: int, other: int) -> None:
    def stand_in(number: int) -> int:
        return int(
            ipaddress.IPv4Address(
                Pseudonyms(KEY).of(Kind.IP_ADDRESS, str(ipaddress.IPv4Address(number)).encode()).decode()
            )
        )

    near = one ^ other >> 12
    shared = 32 - (one ^ near).bit_length()
    made = 32 - (stand_in(one) ^ stand_in(near)).bit_length()
    assert made == shared if shared >= 8 else made >= 4
    assert stand_in(one) >> 28 == 0xF


@given(st.integers(2**124, 2**126), st.integers(0, 2**96 - 1))
def test_so_do_those_of_the_newer_kind(one: int, other: int) -> None:
    def stand_in(number: int) -> int:
        return int(
            ipaddress.IPv6Address(
                Pseudonyms(KEY).of(Kind.IP_ADDRESS, str(ipaddress.IPv6Address(number)).encode()).decode()
            )
        )

    near = one ^ other
    assert (stand_in(one) ^ stand_in(near)).bit_length() == (one ^ near).bit_length()
    assert ipaddress.IPv6Address(stand_in(one)) in ipaddress.IPv6Network("3fff::/20")


VALUES = {
    Kind.EMAIL: ["jan@x.nl", "a.b+c@sub.domain.co.uk"],
    Kind.PHONE: ["0612345678", "+31 6 1234 5678", "0031612345678", "(020) 123 45 67", "06-12345678"],
    Kind.BSN: ["123456782", "1234.56.782"],
    Kind.IBAN: ["NL91ABNA0417164300", "NL91 ABNA 0417 1643 00"],
    Kind.CARD: ["4111111111111111", "4111 1111 1111 1111"],
    Kind.MAC_ADDRESS: ["00:1A:2b:3c:4D:5e", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e", "001a2b3c4d5e"],
    Kind.IP_ADDRESS: ["10.1.2.3", "2001:41d0::1", "fe80::1"],
    Kind.HOST_NAME: ["db01.prod.example.com", "server7"],
    Kind.NAME: ["Jan de Vries"],
    Kind.BIRTH_DATE: ["1980-05-12", "19800512"],
    Kind.SECRET: ["hunter2hunter2", "12345678"],
    Kind.COORDINATES: ["52.3702157"],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in VALUES.items() for value in values])
def test_a_stand_in_is_known_as_one_without_the_key_and_a_value_is_not(kind: Kind, value: str) -> None:
    made = Pseudonyms(KEY).of(kind, value.encode())
    assert is_stand_in(kind, made), made
    assert not is_stand_in(kind, value.encode())
    assert made.isascii()
    assert not set(made.decode()) & set("\"'{}[]<>&#\\`|,;\n")
    assert not is_stand_in(kind, made + b" and " + value.encode())


def test_numbers_fail_the_tests_of_their_kinds_and_keep_their_form() -> None:
    stand_ins = Pseudonyms(KEY)
    assert not is_bsn(stand_ins.of(Kind.BSN, b"123456782"))
    assert not is_card(stand_ins.of(Kind.CARD, b"4111111111111111"))
    assert not is_iban(stand_ins.of(Kind.IBAN, b"NL91ABNA0417164300"))
    assert stand_ins.of(Kind.IBAN, b"NL91 ABNA 0417 1643 00").replace(b" ", b"") == stand_ins.of(
        Kind.IBAN, b"NL91ABNA0417164300"
    )
    assert stand_ins.of(Kind.PHONE, b"06-12345678")[-7:] == stand_ins.of(Kind.PHONE, b"+31 612345678")[-7:]
    assert (
        stand_ins.of(Kind.HOST_NAME, b"a.prod.example.nl").split(b".")[1:]
        == stand_ins.of(Kind.HOST_NAME, b"b.prod.example.nl").split(b".")[1:]
    )


WORDS = st.text(string.ascii_lowercase, min_size=3, max_size=9)
EMAILS = st.builds("{}.{}@{}.nl".format, WORDS, WORDS, WORDS)
OTHERS = st.sampled_from(["NL91ABNA0417164300", "10.20.30.40", "00:1a:2b:3c:4d:5e", "+31612345678", "bsn 123456782"])
PLANTED = st.one_of(EMAILS, OTHERS)
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40)


@settings(max_examples=25, deadline=None)
@given(st.lists(PLANTED, min_size=1, max_size=6), TEXT, st.sampled_from(sorted(PACKINGS)), st.data())
def test_no_planted_value_survives_in_any_encoding(
    planted: list[str], text: str, packing: str, data: st.DataObject
) -> None:
    way = data.draw(st.sampled_from(sorted(set(ENCODINGS) - {"SQLite", "docx", "xlsx"})))
    plain = text.replace("\0", "").encode("utf-8", "replace").decode()
    body = "\n".join(f"{plain} {value} ok" for value in planted)
    made, report = redacted(PACKINGS[packing](b"ok\n" + ENCODINGS["UTF-8"](body) + b"\n" + b"x\n"))
    assert report.fit, report.left_out
    assert left(made) == []
    hidden, report = redacted(ENCODINGS[way]("started by " + planted[0] + "\n"))
    assert report.fit, report.left_out
    assert left(hidden) == []
    bare = planted[0].split()[-1].encode()
    assert bare not in made
    assert bare not in hidden


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), PLANTED, st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(WORDS, PLANTED), inner, max_size=4)),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(JSON, st.booleans())
def test_json_still_parses_and_keeps_its_lines(value: object, ascii_only: bool) -> None:
    text = json.dumps({"log": value, "again": json.dumps(value)}, ensure_ascii=ascii_only, indent=1)
    made, report = redacted(text.encode("utf-8", "surrogatepass"))
    assert report.fit
    json.loads(made)
    assert made.count(b"\n") == text.count("\n")
    assert left(made) == []


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_yaml_still_parses(value: object) -> None:
    text = yaml.safe_dump({"log": value}, allow_unicode=True)
    made, _ = redacted(text.encode())
    yaml.safe_load(made)
    assert left(made) == []


def test_numbers_in_json_stay_numbers() -> None:
    made, _ = redacted(b'{"bsn": 123456782, "telefoon": 31612345678, "birth_date": 19800512, "email": "a@b.nl"}')
    assert all(isinstance(one, int) for one in list(json.loads(made).values())[:2])
    assert left(made) == []


def test_a_database_is_rewritten_row_by_row_and_refused_when_it_cannot_be() -> None:
    made, report = redacted(tar({"a.db": database(LINE)}))
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        rows = sqlite3.connect(":memory:")
        rows.deserialize(archive.extractfile("a.db").read())  # type: ignore[union-attr]
    assert report.left_out == []
    assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [size for (size,) in rows.execute("SELECT size FROM event ORDER BY id")] == [1, 2, 3]
    assert ".invalid" in rows.execute("SELECT line FROM event WHERE id = 2").fetchone()[0]
    odd = sqlite3.connect(":memory:")
    odd.executescript(
        "CREATE TABLE t (a TEXT); CREATE TRIGGER g AFTER UPDATE ON t BEGIN INSERT INTO t VALUES (old.a); END;"
    )
    odd.execute("INSERT INTO t VALUES (?)", (VALUE,))
    odd.commit()
    _, report = redacted(tar({"a.db": bytes(odd.serialize())}))
    assert [path for path, _ in report.left_out] == ["a.db"]


def test_what_was_deleted_from_a_database_is_found_and_does_not_come_along() -> None:
    before = sqlite3.connect(":memory:")
    before.execute("PRAGMA secure_delete = OFF")
    before.execute("CREATE TABLE event (line TEXT)")
    before.executemany("INSERT INTO event VALUES (?)", [(LINE,), ("other",)])
    before.commit()
    before.execute("DELETE FROM event WHERE line != 'other'")
    before.commit()
    data = bytes(before.serialize())
    assert VALUE.encode() in data
    assert looked(data)[0].counts[Kind.EMAIL] == 1
    made, report = redacted(data)
    assert report.fit
    assert VALUE.encode() not in made


def test_links_and_owners_do_not_come_along_but_links_inside_do() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.log")
        info.uname, info.uid, info.size, info.mtime = "piet", 1000, 2, 1_700_000_000
        archive.addfile(info, io.BytesIO(b"ok"))
        for name, target in (("latest", "a.log"), ("out", "../../etc/passwd"), ("abs", "/etc/passwd")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
    made, report = redacted(out.getvalue())
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        assert archive.getnames() == ["a.log", "latest", "houvast-left-out.txt"]
        kept = archive.getmember("a.log")
        assert (kept.uname, kept.uid, kept.mtime) == ("", 0, 1_700_000_000)
    assert sorted(path for path, _ in report.left_out) == ["abs", "out"]


def test_a_zip_comes_out_without_its_comment() -> None:
    made, _ = redacted(zipped({f"{VALUE}.log": b"ok"}, comment=VALUE.encode()))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.comment == b""
        assert archive.testzip() is None
        assert archive.namelist()[0].endswith(".invalid.log")


def test_a_bundle_that_is_cut_off_comes_out_with_what_could_be_read() -> None:
    data = tar({"a.log": LINE.encode(), "b.log": LINE.encode() * 99})
    made, report = redacted(data[:4096])
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        assert archive.getnames() == ["a.log", "houvast-left-out.txt"]
    assert any("cut off" in why for _, why in report.left_out)


def _letters(*values: str, width: int = 64) -> bytes:
    """Base64 of bytes that are no text; each value begins at a letter of its own, as each way to read them has it."""
    noise = random.Random(5)
    parts = [b"MIIF" + base64.b64encode(noise.randbytes(60))]
    for shift, value in enumerate(values):
        parts += [b"QUJD"[:shift], base64.b64encode(b"\x0c\x0f" + value.encode() + b"\x06\x03\x55")]
        parts.append(base64.b64encode(noise.randbytes(93)))
    letters = b"".join(part.rstrip(b"=") for part in parts)
    return b"\n".join(letters[at : at + width] for at in range(0, len(letters), width))


@pytest.mark.parametrize("indent", [b"", b"      "])
def test_bytes_in_base64_are_looked_through_again_until_nothing_is_left_in_them(indent: bytes) -> None:
    body = _letters("anna@voorbeeldbedrijf.nl", "bert@voorbeeldbedrijf.nl", "carl@voorbeeldbedrijf.nl")
    lines = b"-----BEGIN CERTIFICATE-----\n" + body + b"\n-----END CERTIFICATE-----\n"
    text = b"".join(indent + line for line in lines.splitlines(keepends=True))
    found = SCREENER.find(b" ".join(decoded(body[at:]) for at in range(4)))
    assert sum(one.kind is Kind.EMAIL for one in found) >= 3
    data, report = redacted(b"ca: |\n" + text + b"end: 1\n")
    assert report.fit
    assert left(data) == []
    assert data.startswith(b"ca: |\n" + indent + b"-----BEGIN CERTIFICATE-----\n" + indent + b"MIIF")
    assert data.endswith(indent + b"-----END CERTIFICATE-----\nend: 1\n")
    assert data.count(b"\n") == text.count(b"\n") + 2  # a line is as wide as it takes for that
    assert len({len(line) for line in data.splitlines()[2:-3]}) == 1
