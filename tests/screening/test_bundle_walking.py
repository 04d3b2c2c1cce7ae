"""Bundles: whatever a value is packed or hidden in, it is found; what cannot be read is named."""

from __future__ import annotations

import base64
import gzip
import io
import resource
import tarfile
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houvast.screening import Kind, Screener
from houvast.screening.bundle import Limits, Member, walk
from houvast.screening.bundle.limits import MIB, Budget
from houvast.screening.bundle.walking import Walk
from tests.sampling import mostly_long
from tests.screening.bundles import (
    ENCODINGS,
    LINE,
    PACKINGS,
    SCREENER,
    UNWRITTEN,
    VALUE,
    capture,
    looked,
    seven_zipped,
    streamed_zip,
    tar,
    zipped,
    zstd,
)


def emails(members: list[Member]) -> int:
    return sum(member.counts.get(Kind.EMAIL, 0) for member in members)


def reasons(members: list[Member]) -> str:
    return " | ".join(f"{one.path}: {one.not_screened}" for one in members if one.not_screened)


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_value_is_found_in_every_package_and_nothing_in_one_without(packing: str) -> None:
    found = looked(PACKINGS[packing](LINE.encode()))
    assert emails(found) == 1
    assert reasons(found) == ""
    clean = looked(PACKINGS[packing](b"nothing of anybody\n"))
    assert [one for one in clean if one.total or one.not_screened] == []


@pytest.mark.parametrize("way", ENCODINGS)
def test_a_value_is_found_however_it_is_written(way: str) -> None:
    found = looked(ENCODINGS[way](LINE))
    assert emails(found) >= 1, found
    assert reasons(found) == ""


@pytest.mark.parametrize("way", UNWRITTEN)
def test_plain_text_is_found_in_what_cannot_be_screened_which_is_never_clean(way: str) -> None:
    found = looked(UNWRITTEN[way](LINE))
    assert emails(found) >= 1
    assert "only its" in reasons(found)


def test_a_finding_says_where_it_stands_in_the_file() -> None:
    plain, wide = looked(LINE.encode()), looked(("\u20ac " + LINE).encode("utf-16-le"))
    url = looked(b"GET /x?u=" + VALUE.replace("@", "%40").encode() + b" ok\n")
    at = LINE.index(VALUE)
    assert [(one.offset, one.length) for one in plain[0].findings] == [(at, len(VALUE))]
    assert [(one.offset, one.length) for one in wide[0].findings] == [(2 * at + 4, 2 * len(VALUE))]
    assert [(one.offset, one.length) for one in url[0].findings] == [(9, len(VALUE) + 2)]


def test_names_comments_and_attributes_are_looked_through_and_names_shown_without_values() -> None:
    named = looked(tar({f"home/{VALUE}.log": b"x"}))
    assert [one.path for one in named][:1] == ["home/[email].log"]
    assert named[0].in_path == {Kind.EMAIL: 1}
    assert emails(looked(zipped({"a": b"x"}, comment=f"made by {VALUE}".encode()))) == 1
    out = io.BytesIO()
    with gzip.GzipFile(f"{VALUE}.log", "wb", fileobj=out) as file:
        file.write(b"x")
    assert emails(looked(out.getvalue())) == 1
    info = tarfile.TarInfo("a")
    info.pax_headers = {"SCHILY.xattr.user.author": VALUE}
    assert emails(looked(info.tobuf(tarfile.PAX_FORMAT) + bytes(1024))) == 1


def test_columns_that_are_called_like_personal_data_hold_it() -> None:
    found = looked(b"id;voornaam;geboortedatum;bedrag\n1;Xq;1980-01-02;12\n2;Zw;;13\n")
    assert found[0].counts == {Kind.NAME: 2, Kind.BIRTH_DATE: 1}
    assert looked(b"id;kleur;bedrag\n1;rood;12\n")[0].counts == {}
    dates = Screener(kinds=frozenset({Kind.BIRTH_DATE}))
    table = b"id;voornaam;geboortedatum\n1;Xq;1980-01-02\n"
    assert next(walk(io.BytesIO(table), "a", dates)).counts == {Kind.BIRTH_DATE: 1}


@pytest.mark.parametrize("size", [400, 40_000])
def test_base64_that_goes_on_over_blocks_is_looked_into_whole(size: int) -> None:
    words = b"".join(b"word%d and others\n" % (one * 7919 % 10_007) for one in range(size))
    inside = words + LINE.encode() + words
    in_lines, in_one = base64.encodebytes(zipped({"a": inside})), base64.b64encode(inside)
    for data in (b"x\n" + in_lines + b"\ny\n", b'{"data": "' + in_one + b'"}', b"x\n" + base64.encodebytes(inside)):
        found = looked(data)
        assert (emails(found), reasons(found)) == (1, "")


def test_what_letters_of_base64_look_like_is_chance_but_a_token_in_them_is_not() -> None:
    row = base64.b64encode(b"words that mean nothing, " * 20)
    at = len(row) // 8 * 4
    looks_like = row[:at] + b"AKIA" + b"QWERTYUIOPASDFGH" + row[at:]
    key = b"k: AKIA" + b"QWERTYUIOPASDFGH\n"
    assert looked(b"data: " + row + b"\n")[0].counts == {}
    assert looked(key)[0].counts[Kind.SECRET] == 1
    assert looked(b"data: " + base64.b64encode(b"words " * 90 + key) + b"\n")[0].counts[Kind.SECRET] == 1
    assert Kind.SECRET not in looked(b"data: " + looks_like + b"\n")[0].counts


def test_addresses_of_a_capture_are_found() -> None:
    counts = looked(capture(b"hello"))[0].counts
    assert counts[Kind.IP_ADDRESS] == 2
    assert counts[Kind.MAC_ADDRESS] == 2


def test_a_wrong_extension_changes_nothing() -> None:
    found = looked(tar({"a.png": LINE.encode(), "b.txt": zipped({"c.exe": LINE.encode()})}), "x.jpg")
    assert emails(found) == 2
    assert reasons(found) == ""


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 3000), min_size=1, max_size=60),
    st.sampled_from(["tar.gz", "zip, streamed", "zip in tar.xz in 7z"]),
)
def test_the_sizes_in_which_a_bundle_comes_change_nothing(sizes: list[int], packing: str) -> None:
    data = PACKINGS[packing]((LINE + "u=%70iet%40x.nl\n").encode() * 30)

    class Slow(io.BytesIO):
        turn = 0

        def read(self, size: int | None = -1) -> bytes:
            self.turn += 1
            return super().read(min(size or 1, sizes[self.turn % len(sizes)]))

    assert list(walk(Slow(data), "bundle", SCREENER)) == looked(data)


def test_a_value_over_the_edge_of_a_block_is_found_once() -> None:
    for before in range(524_288 - 60, 524_288 + 40, 7):
        data = b"x" * (before - 1) + b" " + LINE.encode() + b"y " * 700_000
        assert emails(looked(data)) == 1


BOMBS = {
    "gzip": lambda: gzip.compress(bytes(64 * MIB), 1),
    "zstd": lambda: zstd(bytes(256 * MIB)),
    "zip": lambda: zipped({"a": bytes(64 * MIB)}),
    "gzip in gzip": lambda: gzip.compress(gzip.compress(bytes(256 * MIB), 1)),
    "many that are small": lambda: zipped({f"{one}": bytes(15 * MIB) for one in range(8)}),
    "7z": lambda: seven_zipped({"a": bytes(80 * MIB)}),
}


@pytest.mark.parametrize("kind", mostly_long(BOMBS, "gzip in gzip", "zip", "7z"))
def test_a_bomb_is_refused_soon(kind: str) -> None:
    data = BOMBS[kind]()
    walking = Walk(SCREENER, Limits())
    begun = time.process_time()
    found = looked(data)
    assert time.process_time() - begun < 2
    assert "comes out" in reasons(found)
    assert walking.budget.produced < 100 * MIB


def test_no_more_comes_out_of_a_layer_than_its_share() -> None:
    budget = Budget(Limits())
    from houvast.screening.bundle import _gone_through  # pyright: ignore[reportPrivateUsage]

    walking = Walk(SCREENER, Limits(), budget=budget)
    list(_gone_through(walking, io.BytesIO(gzip.compress(bytes(64 * MIB), 1)), "a"))
    assert budget.produced < 17 * MIB


def test_forty_layers_are_not_screened() -> None:
    data = LINE.encode()
    for _ in range(40):
        data = gzip.compress(data)
    assert "archives in archives" in reasons(looked(data))
    data = LINE.encode()
    for _ in range(12):
        data = zipped({"a.zip": data})
    assert "archives in archives" in reasons(looked(data))


def test_more_files_than_may_be_are_not_screened() -> None:
    data = zipped({str(one): b"" for one in range(1200)})
    assert "more than 1,000 files" in reasons(looked(data, limits=Limits(members=1000)))
    assert reasons(looked(data)) == ""


@pytest.mark.long
@pytest.mark.parametrize("form", ["tar", "zip"])
def test_of_120_000_entries_no_more_are_looked_at_than_may_be_in_bounded_memory(form: str) -> None:
    names = {f"{one}.log": b"" for one in range(120_000)}
    data = tar(names) if form == "tar" else zipped(names, zipfile.ZIP_STORED)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    told = looked(data)
    assert "more than 100,000 files" in reasons(told)
    assert len(told) <= 100_001
    assert time.process_time() - begun < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10


def test_files_of_one_name_are_each_looked_at() -> None:
    data = _entry("a.log", content=b"nothing") + _entry("a.log", content=LINE.encode()) + _entry("a.log") + bytes(1024)
    told = looked(data)
    assert [(one.path, one.total) for one in told if not one.is_archive] == [("a.log", 0), ("a.log", 1), ("a.log", 0)]


def test_looking_ends_when_the_time_is_up() -> None:
    assert "too long" in reasons(looked(tar({"a": b"x"}), limits=Limits(seconds=-1)))


def _entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", content: bytes = b"") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(content)
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def test_names_that_lead_out_links_and_devices_are_named_and_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(LINE)
    data = (
        _entry("../../etc/cron.d/x", content=LINE.encode()) + _entry("/etc/passwd", content=b"x")
        + _entry("link", tarfile.SYMTYPE, str(secret)) + _entry("dev", tarfile.CHRTYPE) + _entry("fifo", tarfile.FIFOTYPE)
        + _entry("ok", content=b"fine") + bytes(1024)
    )  # fmt: skip
    found = {one.path: one for one in looked(data)}
    assert emails(list(found.values())) == 1
    assert found["../../etc/cron.d/x"].not_screened == found["/etc/passwd"].not_screened
    assert "leads out" in (found["/etc/passwd"].not_screened or "")
    assert found["dev"].not_screened == "it is a device"
    assert found["fifo"].not_screened == "it is a pipe"
    assert found["ok"].not_screened is None


def test_a_zip_that_says_two_things_is_not_screened() -> None:
    whole = zipped({"a": b"one" * 30, "b": b"two"})
    listed = bytearray(whole)
    at = listed.index(b"PK\x01\x02")
    listed[at + 46] = ord("z")
    twice = zipped({"a": b"one", "b": b"two"}).replace(b"b", b"a")
    second = whole.index(b"PK\x01\x02", at + 4)
    overlapping = bytearray(whole)
    overlapping[second + 42 : second + 46] = bytes(4)
    assert "its list says" in reasons(looked(bytes(listed)))
    assert "two files of this name" in reasons(looked(twice))
    assert "its list says" in reasons(looked(bytes(overlapping)))
    assert "behind its end" in reasons(looked(whole + b"more"))
    assert "between its entries" in reasons(looked(whole[:at] + b"hidden" + whole[at:]))


def test_what_is_locked_cut_off_or_damaged_is_not_screened() -> None:
    locked = bytearray(zipped({"a": b"one", "b": LINE.encode()}))
    for at in (locked.index(b"PK\x03\x04") + 6, locked.index(b"PK\x01\x02") + 8):
        locked[at] |= 1
    found = looked(bytes(locked))
    assert "a: it has a password" in reasons(found)
    assert emails(found) == 1
    assert "password" in reasons(looked(seven_zipped({"a": b"x"}, "pass")))
    for packing in ("gzip", "bzip2", "xz", "zstd", "zip", "zip, streamed", "tar", "tar.gz", "7z"):
        data = PACKINGS[packing](bytes(range(256)) * 40 + LINE.encode() * 90)
        assert reasons(looked(data[: len(data) * 2 // 3])) != "", packing
        assert reasons(looked(data[:-1])) != "" or packing == "tar", packing
    wrong = bytearray(zipped({"a": LINE.encode()}, zipfile.ZIP_STORED))
    wrong[40] ^= 1
    assert "sum or its size" in reasons(looked(bytes(wrong)))
    wrong = bytearray(streamed_zip({"a": LINE.encode() * 9}))
    wrong[wrong.index(b"PK\x07\x08") + 4] ^= 1
    assert reasons(looked(bytes(wrong))) != ""
    assert "something else stands behind" in reasons(looked(gzip.compress(b"x") + b"hidden"))


def test_what_asks_for_more_memory_than_there_is_is_not_screened() -> None:
    import lzma

    large = lzma.compress(b"x" * 99, filters=[{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 512 << 20}])
    assert "memory" in reasons(looked(large))
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 900 * MIB
    assert "longer than any name" in reasons(looked(info.tobuf(tarfile.USTAR_FORMAT) + bytes(4096)))


@pytest.mark.parametrize(
    "bait",
    [b"a" * 6_000_000, b"a@" * 1_000_000, b"1-" * 1_000_000, b"%41" * 500_000, b"\\u0041" * 300_000, b"=41" * 500_000,
     b"&#65;" * 300_000, b"a.b-" * 500_000, b"\0" * 2_000_000 + b"x", b"<w:t>" * 300_000, b"A" * 76 + b"\n", b"=?utf-8?B?" * 100_000,
     b"x:" * 800_000, b"(((" * 500_000, b"token=" * 20_000],
)  # fmt: skip
def test_no_text_takes_long(bait: bytes) -> None:
    begun = time.process_time()
    found = looked(LINE.encode() + bait + b"\n" + LINE.encode())
    assert time.process_time() - begun < 10
    assert emails(found) >= 2


def test_a_line_of_six_megabytes_is_looked_through() -> None:
    line = b" ".join(b"word%d" % one for one in range(700_000))
    found = looked(line[: len(line) // 2] + b" " + VALUE.encode() + b" " + line[len(line) // 2 :])
    assert emails(found) == 1


def test_zlib_is_as_good_as_isal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("houvast.screening.bundle.unpacking._zlib", lambda: zlib)
    for packing in ("two gzips", "zip, streamed"):
        assert emails(looked(PACKINGS[packing](LINE.encode()))) == 1
