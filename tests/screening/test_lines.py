"""Lines of one file of a bundle for its owner: the same as in a report about all of it, read no further than needed."""

from __future__ import annotations

import io

import pytest

from houvast.screening import Kind
from houvast.screening.bundle import Excerpt, lines_of, walk
from tests.sampling import mostly_long
from tests.screening.bundles import LINE, PACKINGS, SCREENER, VALUE, tar, zipped

MANY = b"nothing\n" * 4 + LINE.encode() * 30_000
INNER = tar({"deep.log": f"one\ntwo {VALUE}\n".encode(), "clean.log": b"nothing\n"}, "w:gz")
FILES = {"first.log": b"nothing\n", "packed.tar.gz": INNER, "many.log": MANY, "wide.log": LINE.encode("utf-16")}
PACKED = (tar(FILES), tar(FILES, "w:gz"), zipped(FILES))


class Counted(io.BytesIO):
    """Tells how much was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


@pytest.mark.parametrize("data", mostly_long(PACKED, PACKED[-1]), ids=["tar", "tar.gz", "zip"])
def test_lines_of_each_file_are_those_of_a_report_about_all(data: bytes) -> None:
    whole = list(walk(io.BytesIO(data), "bundle", SCREENER, shown=3))
    assert [one.total > 0 for one in whole if not one.is_archive] == [False, True, False, True, True]
    for place, member in enumerate(whole):
        shown = lines_of(io.BytesIO(data), "bundle", SCREENER, place, 3)
        assert shown == member.excerpts[:3], member.path
        assert VALUE not in repr(shown)


def test_a_line_has_its_number_and_kinds_in_the_place_of_values() -> None:
    begin, end = LINE.rstrip("\n").split(VALUE)
    (first, *_) = lines_of(io.BytesIO(tar(FILES)), "bundle", SCREENER, 4, 3)
    assert first == Excerpt(5, (begin, Kind.EMAIL, end))


@pytest.mark.parametrize("packing", PACKINGS)
def test_lines_are_shown_out_of_every_package(packing: str) -> None:
    data = PACKINGS[packing](LINE.encode())
    told = list(walk(io.BytesIO(data), "bundle", SCREENER, shown=1))
    for place, member in enumerate(told):
        assert lines_of(io.BytesIO(data), "bundle", SCREENER, place, 1) == member.excerpts


def test_no_more_is_read_than_up_to_the_lines() -> None:
    late = Counted(tar({"a.log": LINE.encode(), "b.log": MANY * 8}))
    assert lines_of(late, "bundle", SCREENER, 0, 3)
    assert late.taken < 1 << 20
    assert len(lines_of(late := Counted(tar({"b.log": MANY * 8})), "bundle", SCREENER, 0, 3)) == 3
    assert late.taken < len(MANY) * 8 // 2


def test_a_place_that_is_not_there_has_no_lines() -> None:
    assert lines_of(io.BytesIO(tar(FILES)), "bundle", SCREENER, 99, 3) == ()
    assert lines_of(io.BytesIO(b""), "bundle", SCREENER, 0, 3) == ()
