"""age files: another program's are read, and nothing that was changed, cut off or put together anew is."""

from __future__ import annotations

import base64
import io
import os

import pytest

from houvast.backups import BackupDamaged, bech32
from houvast.backups.age import CHUNK, Identity, Reader, Recipient, Writer
from houvast.errors import UsageError

THEIR_KEY = "AGE-SECRET-KEY-122H80DLWUXQXSV5QRG9J34H0DD0KA0N8ACSGP3QTYJWXLRQ2R2CQLZA5L2"
THEIR_PUBLIC = "age177sqxxwmduc0efeggfy2a8wc0m8ttmguqvhhc4m45qggdh6eygyq6s09gz"
THEIRS = base64.b64decode(
    b"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBoSVdkK3NGUW5vR3BBTTVwSXR0TWo0eGxKSjlFOFQzNnZMMHNwYWtOcjNR"
    b"CkNWMG8rSy9yck43Q2d0ekJya3pYbUhyOU9OcFo5L3FocGxMTnlVY2t3aGMKLT4gWDI1NTE5IGlqU3ZsNWVnUlY2VTd4RzAvWHZM"
    b"bHVHMk4zSjJLREZPRjJOTEpjTDhsbm8KSWE1VmZWOHZpMGNuT1pJdkh2UUkzWXJGMERaRXA3R1QrVWQzUnBtVnFITQotPiBMMml5"
    b"YF16LWdyZWFzZSBOM1glIDVkRmh1CmNRCi0tLSBxVUVlYmR5NXVSQ2krNVJXRGF6aFJYL1pkNnFZRWxTempZbG5LVnRadXJzCinx"
    b"EOvA29g4ADnaZA3fumJTo2t5K9zytbbJz8HJ3UdjJ4SW2PioGelgY6np0RUewvZi0UlV46E="
)
"""Made by rage (https://github.com/str4d/rage), for two keys."""
OURS = Identity.generate()


def sealed(content: bytes, *recipients: Recipient, piece: int = 10_240) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, recipients or (OURS.recipient,))
    for start in range(0, len(content), piece):
        writer.write(content[start : start + piece])
    writer.finish()
    return out.getvalue()


def opened(data: bytes, identity: Identity = OURS) -> bytes:
    return Reader(io.BytesIO(data), identity).read()


def test_what_another_program_made_is_read() -> None:
    identity = Identity.from_text(f"# a comment\n{THEIR_KEY}\n")
    assert identity.recipient.to_text() == THEIR_PUBLIC
    assert opened(THEIRS, identity) == b"made by another program"
    assert identity.to_text() == THEIR_KEY


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
def test_what_goes_in_comes_out(size: int) -> None:
    content = os.urandom(size)
    data = sealed(content, Identity.generate().recipient, OURS.recipient)
    assert opened(data) == content
    reader, found = Reader(io.BytesIO(data), OURS), b""
    while part := reader.read(1000):
        found += part
    assert found == content
    assert sealed(content) != sealed(content)


def test_one_flipped_bit_anywhere_is_refused() -> None:
    data = sealed(b"canary " * 9)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(BackupDamaged):
            opened(bytes(changed))


def test_a_file_that_was_cut_off_is_refused_wherever() -> None:
    data = sealed(os.urandom(2 * CHUNK + 9))
    whole = len(data) - (9 + 16)
    ends = (*range(0, 200, 7), whole - CHUNK - 16, whole - 1, whole, whole + 1, len(data) - 1)
    for end in ends:
        with pytest.raises(BackupDamaged):
            opened(data[:end])
    with pytest.raises(BackupDamaged):
        opened(data + b"more")


def test_chunks_that_are_put_together_anew_are_refused() -> None:
    data = sealed(os.urandom(3 * CHUNK))
    head, sealed_chunk = len(data) - 3 * (CHUNK + 16), CHUNK + 16
    first, second, third = (data[head + n * sealed_chunk : head + (n + 1) * sealed_chunk] for n in range(3))
    for parts in ((second, first, third), (first, third), (first, first, third), (first, second, second, third)):
        with pytest.raises(BackupDamaged):
            opened(data[:head] + b"".join(parts))


def test_another_key_opens_nothing_and_says_so() -> None:
    with pytest.raises(BackupDamaged, match="for another key"):
        opened(sealed(b"canary"), Identity.generate())


def test_nothing_can_be_read_in_what_is_stolen() -> None:
    data = sealed(b"canary@lakana.example" * 1000)
    assert b"canary" not in data
    assert b"lakana" not in data
    assert base64.b64encode(b"canary")[:8] not in data


@pytest.mark.parametrize("text", ["", "age1", THEIR_KEY, THEIR_PUBLIC[:-1] + "x", THEIR_PUBLIC[:-5], "age1" + "b" * 58])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Recipient.from_text(text)


@pytest.mark.parametrize("text", ["", THEIR_PUBLIC, f"{THEIR_KEY}\n{THEIR_KEY}", THEIR_KEY[:-1], THEIR_KEY.title()])
def test_what_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Identity.from_text(text)


def test_bech32_has_its_own_vectors() -> None:
    assert bech32.decode("A12UEL5L") == ("a", b"")
    for wrong in ("A1G7SGD8", "split1cheo2y9e2w", "1nwldj5", "a12uEl5l"):
        with pytest.raises(ValueError):  # noqa: PT011 - which mistake it is, nobody asks
            bech32.decode(wrong)
