"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re
import zlib
from enum import Enum

HEAD = 4096
"""Bytes that tell what it is."""


class Form(Enum):
    """What is done with a file: unpacked, opened as an archive or document, looked through as text, or closed."""

    GZIP = "gzip"
    ZLIB = "zlib"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"
    TAR = "tar"
    ZIP = "zip"
    SEVEN_ZIP = "7z"
    SQLITE = "sqlite"
    CAPTURE = "capture"
    TEXT = "text"
    WIDE = "wide text"  # UTF-16 or UTF-32
    CLOSED = "closed"


PACKED = (Form.GZIP, Form.ZLIB, Form.BZIP2, Form.XZ, Form.ZSTD)
_OPENED = (
    (b"\x1f\x8b\x08", Form.GZIP), (b"BZh", Form.BZIP2), (b"\xfd7zXZ\x00", Form.XZ), (b"\x28\xb5\x2f\xfd", Form.ZSTD),
    (b"PK\x03\x04", Form.ZIP), (b"PK\x05\x06", Form.ZIP), (b"7z\xbc\xaf\x27\x1c", Form.SEVEN_ZIP),
    (b"SQLite format 3\x00", Form.SQLITE), (b"\xd4\xc3\xb2\xa1", Form.CAPTURE), (b"\xa1\xb2\xc3\xd4", Form.CAPTURE),
    (b"\x4d\x3c\xb2\xa1", Form.CAPTURE), (b"\xa1\xb2\x3c\x4d", Form.CAPTURE), (b"\x0a\x0d\x0d\x0a", Form.CAPTURE),
)  # fmt: skip
_CLOSED = (
    (b"%PDF-", "a PDF"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"), (b"MM\x00*", "a picture"), (b"RIFF", "sound, film or a picture"), (b"ID3", "sound"),
    (b"OggS", "sound or film"), (b"Rar!\x1a\x07", "a RAR archive"), (b"MSCF", "a CAB archive"),
    (b"\x1f\x9d", "an archive of compress"),
    (b"\x04\x22\x4d\x18", "an LZ4 archive"), (b"LZIP", "an lzip archive"), (b"!<arch>\n", "an ar archive"),
    (b"070701", "a cpio archive"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document of before 2007"),
    (b"PAR1", "a Parquet file"), (b"Salted__", "encrypted"), (b"age-encryption.org/", "encrypted"),
    (b"-----BEGIN PGP MESSAGE", "encrypted"), (b"\xed\xab\xee\xdb", "an RPM package"),
    (b"LPKSHHRH", "a journal of systemd"), (b"PK", "a damaged zip archive"),
)  # fmt: skip
_MARKS = ((b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"),
          (b"\xfe\xff", "utf-16-be"))  # fmt: skip
_CONTROLS = bytes(set(range(32)) - set(b"\0\t\n\v\f\r\b\x1b")) + b"\x7f"
_FEW, _ODD = 2, 50
"""One in so many bytes that no text has is too many."""
_HALF = 0.4
LARGE = 16 << 10
"""Bytes of something unknown that are named rather than passed over."""
_PIECE = 1024
"""Bytes of a text that are held against that at once: a little that is no text may not hide in much that is."""
ZLIB = (b"x\x01", b"x^", b"x\x9c", b"x\xda")
"""How a stream of zlib begins (RFC 1950): two bytes that also stand in texts."""
_IN_MIDST = (
    b"\x1f\x8b\x08", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"SQLite format 3\x00",
    b"\x04\x22\x4d\x18", b"\x89PNG\r\n",
)  # fmt: skip
_BZIP2 = re.compile(rb"BZh[1-9]1AY")
_GLANCE, _TRIED, _MOST_TRIED, _CAME_OUT = 64, 4096, 5000, 32


def form_of(head: bytes) -> Form:
    """What a file is that begins so (`HEAD` bytes of it, or all when it is shorter)."""
    for begin, form in _OPENED:
        if head.startswith(begin) and (form is not Form.BZIP2 or head[3:4].isdigit()):
            return form
    if head.startswith(ZLIB) and inflates(head):
        return Form.ZLIB
    if _is_tar(head):
        return Form.TAR
    if any(head.startswith(begin) for begin, _ in _CLOSED):
        return Form.CLOSED
    if width_of(head):
        return Form.WIDE
    return Form.CLOSED if is_binary(head) else Form.TEXT


def to_open(data: bytes) -> bool:
    """Whether it is to be opened as a file, or named as one that cannot be: it is no text, nor a few bytes of a digest."""
    return form_of(data[:HEAD]) is not Form.TEXT and not is_passed_over(data)


def is_passed_over(data: bytes) -> bool:
    """Whether it is a few bytes that are neither a text nor of a known kind: a key, a digest, a part of a certificate."""
    known = any(data.startswith(begin) for begin, _ in _CLOSED)
    return len(data) <= LARGE and not known and form_of(data[:HEAD]) is Form.CLOSED


def closed_because(head: bytes) -> str:
    """Why nobody can look into a closed file."""
    for begin, what in _CLOSED:
        if head.startswith(begin):
            return f"it is {what}: only its plain text was looked through"
    if head.startswith(b"\x7fELF"):
        what = "a memory image" if head[16:18] in (b"\x04\x00", b"\x00\x04") else "a program"
        return f"it is {what}: only its plain text was looked through"
    return "it is of a kind that is not known: only its plain text was looked through"


def width_of(head: bytes) -> str:
    """The encoding of a text whose letters take two or four bytes, by its mark or by where its zeros are; else none."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    size = len(head) // 4 * 4
    if size < 8 or b"\0" not in head:
        return ""
    zeros = [head[at:size:4].count(0) / (size // 4) for at in range(4)]
    if min(zeros[1:]) > 2 * _HALF and not zeros[0]:
        return "utf-32-le"
    if min(zeros[:3]) > 2 * _HALF and not zeros[3]:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if odd > _HALF and even < odd / 8:
        return "" if _is_noise(head[0:size:2]) else "utf-16-le"
    if even > _HALF and odd < even / 8:
        return "" if _is_noise(head[1:size:2]) else "utf-16-be"
    return ""


def is_binary(data: bytes) -> bool:
    """Whether no text has such bytes: too many that no one types. Zeros do not count: logs are padded with them, but
    nothing but zeros is no text."""
    zeros = data.count(0)
    rest = len(data) - zeros
    if zeros > rest:
        return True
    odd = rest - len(data.translate(None, _CONTROLS)) + zeros
    return odd > _FEW and odd * _ODD > rest


def has_binary(text: bytes) -> bool:
    """Whether any part of it is binary."""
    if b"\0" not in text and len(text) == len(text.translate(None, _CONTROLS)):
        return False
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return any(is_binary(one) for one in pieces if one.strip(b"\0"))


def inflates(data: bytes, fewest: int = _CAME_OUT) -> bool:
    """Whether zlib can unpack it, or the beginning of it: so many bytes."""
    unpacker = zlib.decompressobj()
    try:
        made = unpacker.decompress(data[:_TRIED], _TRIED)
    except zlib.error:
        return False
    return unpacker.eof or len(made) >= fewest


def packed_in(text: bytes) -> int:
    """How many packed files begin in a text, as far as their first bytes tell."""
    if text.isascii() and b"x^" not in text and len(text) == len(text.translate(None, _CONTROLS)):
        return 0
    count = sum(text.count(one) for one in _IN_MIDST)
    if b"BZh" in text:
        count += len(_BZIP2.findall(text))
    return count + _inflating(text)


def _inflating(text: bytes) -> int:
    count = tried = 0
    for head in ZLIB:
        at = text.find(head)
        while at >= 0:
            if inflates(text[at : at + _GLANCE], 0):
                count += tried >= _MOST_TRIED or inflates(text[at : at + _TRIED])
                tried += 1
            at = text.find(head, at + 1)
    return count


def _is_noise(letters: bytes) -> bool:
    return len(letters) - len(letters.translate(None, _CONTROLS)) > len(letters) // _ODD


def _is_tar(head: bytes) -> bool:
    """By the sum in its first header (POSIX.1-2024, pax); that of before 1988 has no other mark."""
    if len(head) < 512:
        return False
    said = head[148:156].strip(b" \0")
    try:
        total = int(said, 8)
    except ValueError:
        return False
    return total == sum(head[:148]) + 8 * 32 + sum(head[156:512])
