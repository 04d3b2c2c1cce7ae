"""Folders and mailboxes that fsspec reaches: whose a message or file is, and each file changed whole, or not at all."""

from __future__ import annotations

import mailbox
import os
import re
import tempfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol, cast

import fsspec  # pyright: ignore[reportMissingTypeStubs]

from houvast.screening.standing import alone
from houvast.systems.connector import Away, Change, Counts, Needles, Part, Remains, Unfit
from houvast.systems.model import System
from houvast.systems.reading_files import Opens, remaining

LARGEST = 200 << 20
"""Bytes of a file that is changed; at a larger one the step waits for somebody to look. It is searched all the same."""
_OURS = ".houvast-"
COLUMNS = ("file", "date", "from", "subject", "text")
_FROM = re.compile(rb"^From .*\r?\n", re.MULTILINE)


class _Files(Opens, Protocol):
    """What is needed of fsspec, which has no types."""

    def find(self, path: str) -> list[str]: ...
    def info(self, path: str) -> dict[str, Any]: ...
    def cat_file(self, path: str) -> bytes: ...
    def pipe_file(self, path: str, value: bytes) -> None: ...
    def rm_file(self, path: str) -> None: ...


class Folder:
    """The way to the files of one system."""

    def __init__(self, system: System, url: str) -> None:
        self.system = system
        self.of = f"system `{system.name}`"
        try:
            files, root = cast("tuple[_Files, str]", fsspec.core.url_to_fs(url, use_listings_cache=False)  # pyright: ignore[reportUnknownMemberType]
                               if "://" in url else (fsspec.filesystem("file"), url))  # fmt: skip  # pyright: ignore[reportUnknownMemberType]
        except (ImportError, ValueError, TypeError) as error:
            raise Unfit(f"The files of {self.of} cannot be reached: {type(error).__name__}.",
                        todo="Write a folder, or a URL that fsspec knows.") from None  # fmt: skip
        self.files, self.root = files, root
        self.is_here = "://" not in url or url.startswith("file://")

    def look(self) -> None:
        with self._reached():
            for _ in self._names():
                break

    def read(self, needles: Needles) -> Iterator[Part]:
        rows: list[tuple[str | None, ...]] = []
        with self._reached():
            for name in self._names():
                data = self.files.cat_file(name)
                rows += [_row(self._short(name), one, self.system.form) for one in self._of(data, needles)]
        yield Part(self.system.name, COLUMNS, tuple(", ".join(self.system.holds) for _ in COLUMNS), tuple(rows))

    def erase(self, needles: Needles) -> Counts:
        found = changed = 0
        with self._reached():
            for name in list(self._names()):
                count = len(self._of(self.files.cat_file(name), needles))
                found += count
                if count and self.system.erasure != "keep":
                    self._change(name, needles, lambda data: self._without(data, needles))
                    changed += count
        return Counts(found, changed, found - changed)

    def correct(self, needles: Needles, change: Change) -> Counts:
        """What was written stays as it was written: a message or document is not corrected, but found, and counted as kept."""
        asked = Needles(needles.person, {**needles.values, "external": (change.old,)})
        with self._reached():
            found = sum(len(self._of(self.files.cat_file(name), asked)) for name in self._names())
        return Counts(found, 0, found)

    def remaining(self, needles: Needles) -> Remains:
        with self._reached():
            return remaining(self.files, self._every(), self._short, needles, stays=self.system.erasure == "keep")

    def _names(self) -> Iterator[str]:
        """The files that hold data, each small enough to be changed."""
        for name in self._every():
            if name.rsplit("/", 1)[-1].startswith(_OURS):
                continue
            if (self.files.info(name).get("size") or 0) > LARGEST:
                raise Unfit(f"A file of {self.of} is larger than {LARGEST >> 20} MB.", todo="Split it.")
            yield name

    def _every(self) -> Iterator[str]:
        """Every file; also one that was being written when Houvast was killed."""
        for name in sorted(self.files.find(self.root)):
            info = self.files.info(name)
            if info.get("islink"):
                raise Unfit(f"A link lies among the files of {self.of}.", todo="Take it out: it may lead anywhere.")
            if info.get("type") == "file":
                yield name

    def _short(self, name: str) -> str:
        return name.removeprefix(self.root).lstrip("/") or name.rsplit("/", 1)[-1]

    def _of(self, data: bytes, needles: Needles) -> list[bytes]:
        """The messages, or the file, in which one of the values stands."""
        patterns = _patterns(needles.texts)
        return [one for one in _pieces(data, self.system.form) if _is_about(one, patterns, self.system.form)]

    def _without(self, data: bytes, needles: Needles) -> bytes | None:
        """What is left of a file; None: nothing."""
        patterns = _patterns(needles.texts)
        if self.system.erasure == "redact":
            return _redacted(data, patterns)
        kept = [one for one in _pieces(data, self.system.form) if not _is_about(one, patterns, self.system.form)]
        if self.system.form != "mbox":
            return b"".join(kept) if kept else None
        return b"".join(kept)

    def _change(self, name: str, needles: Needles, change: Callable[[bytes], bytes | None]) -> None:
        if not self.is_here:
            made = change(self.files.cat_file(name))
            self.files.rm_file(name) if made is None else self.files.pipe_file(name, made)
            return
        with _locked(Path(name), mbox=self.system.form == "mbox"):
            made = change(Path(name).read_bytes())
            if made is None:
                Path(name).unlink()
            else:
                _replace(Path(name), made)

    @contextmanager
    def _reached(self) -> Generator[None]:
        try:
            if not self.files.find(self.root) and self.is_here and not Path(self.root).exists():
                raise Away(f"{self.of.capitalize()} is away: its folder is not there.")
            yield
        except (OSError, mailbox.ExternalClashError) as error:
            raise Away(f"{self.of.capitalize()} cannot be read or written ({type(error).__name__}).",
                       todo="Nothing has to be done: it is tried again.") from None  # fmt: skip


def _pieces(data: bytes, form: str) -> list[bytes]:
    """The messages of an mbox; a file whole."""
    if form != "mbox":
        return [data]
    starts = [
        one.start()
        for one in _FROM.finditer(data)
        if one.start() == 0 or data.endswith((b"\n\n", b"\r\n\r\n"), 0, one.start())
    ]
    if not starts:
        return [data] if data.strip() else []
    if starts[0] > 0:
        starts.insert(0, 0)
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def _is_about(piece: bytes, patterns: Sequence[re.Pattern[str]], form: str) -> bool:
    text = (_message(piece) if form in ("mbox", "mail") else _text(piece)).lower()
    return any(pattern.search(text) for pattern in patterns)


def _text(piece: bytes) -> str:
    """In UTF-16 when its first two bytes say so."""
    return piece.decode("utf-16" if piece.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8", errors="replace")


def _parsed(piece: bytes) -> EmailMessage:
    return message_from_bytes(
        _FROM.sub(b"", piece, count=1) if piece.startswith(b"From ") else piece, policy=policy.default
    )


def _message(piece: bytes) -> str:
    """Everything that a message says: its headers decoded, its texts, and the names and texts of what is attached."""
    found: list[str] = [piece.decode(errors="replace")]
    message = _parsed(piece)
    for part in message.walk():
        with suppress(LookupError, ValueError, TypeError, AttributeError):
            found += [f"{name}: {value}" for name, value in part.items()]
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            found.append(
                payload.decode(part.get_content_charset("utf-8") or "utf-8", errors="replace")
                if _known(part)
                else payload.decode(errors="replace")
            )
    return "\n".join(found)


def _known(part: EmailMessage) -> bool:
    try:
        "".encode(part.get_content_charset("utf-8") or "utf-8")
    except LookupError:
        return False
    return True


def _row(name: str, piece: bytes, form: str) -> tuple[str | None, ...]:
    if form not in ("mbox", "mail"):
        return name, None, None, None, _text(piece)
    message = _parsed(piece)
    body = message.get_body(("plain", "html"))
    text = ""
    with suppress(LookupError, ValueError, KeyError):
        text = str(body.get_content()) if body else ""
    return name, _header(message, "Date"), _header(message, "From"), _header(message, "Subject"), text


def _header(message: EmailMessage, name: str) -> str | None:
    with suppress(ValueError, TypeError, AttributeError):
        value = message[name]
        return None if value is None else str(value)
    return None


def _patterns(texts: Sequence[str]) -> list[re.Pattern[str]]:
    return [alone(one) for one in texts]


def _redacted(data: bytes, patterns: Sequence[re.Pattern[str]]) -> bytes:
    """A text without the values: signs in their place, of one length whatever stood there."""
    text = data.decode("utf-8", errors="surrogateescape")
    for pattern in patterns:
        text = re.sub(pattern.pattern, "[erased]", text, flags=re.IGNORECASE)
    return text.encode("utf-8", errors="surrogateescape")


@contextmanager
def _locked(file: Path, *, mbox: bool) -> Generator[None]:
    """An mbox is locked as mail programs do, so that no message is lost that comes in meanwhile."""
    if not mbox:
        yield
        return
    box = mailbox.mbox(file, create=False)
    try:
        box.lock()
        yield
    finally:
        box.close()


def _replace(file: Path, data: bytes) -> None:
    """Put a file in the place of another when all of it is on the disk."""
    number, name = tempfile.mkstemp(prefix=_OURS, dir=file.parent)
    try:
        with os.fdopen(number, "wb") as new:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
        Path(name).chmod(file.stat().st_mode & 0o7777)
        Path(name).replace(file)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
