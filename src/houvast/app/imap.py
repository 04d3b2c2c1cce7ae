"""Reads a mailbox over IMAP (RFC 3501): by numbers that only grow, the first bytes of each mail, and nothing twice."""

from __future__ import annotations

import imaplib
import re
import ssl
import stat
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from urllib.parse import unquote

from houvast.app import intake
from houvast.app.settings import IMAP_PORTS, IMAP_VARIABLE, Inbox, imap_url
from houvast.cases import inbox as store
from houvast.cases.incoming import READ
from houvast.database import Connection
from houvast.errors import HouvastError

PATIENCE = 60
"""Seconds that the mail server gets for each answer."""
_NUMBER = re.compile(rb"(\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_FAILED = (imaplib.IMAP4.error, ssl.SSLError)
Pause = Callable[[str], None]
"""Called with the name of each step before it is made; a test ends the program there."""


class MailboxFailed(HouvastError):
    """The mailbox cannot be read; what is in it waits there."""

    code = "mailbox"


class MailboxBusy(HouvastError):
    """Another worker reads the mailbox."""

    code = "mailbox-busy"


@dataclass(frozen=True)
class Fetched:
    """The first bytes of a mail, how many it has, and when our own server got it."""

    raw: bytes
    size: int
    received: datetime


def collect(
    connection: Connection, settings: Inbox, own: frozenset[str] = frozenset(), pause: Pause = lambda _step: None
) -> int:
    """Take in what is new in the mailbox; how much that was.

    Each mail and its number are written down in one transaction, and only then is it marked as read or moved: killed at
    any step, the next round goes on where the last one was committed.

    Raises MailboxFailed, MailboxBusy.
    """
    if not store.alone(connection):
        raise MailboxBusy("Another worker reads the mailbox.")
    new = 0
    with _logged_in(settings) as server:
        pause("select")
        validity = _select(server, settings)
        last = store.marked(connection, settings.mailbox, validity)
        for uid in _after(server, last):
            pause("fetch")
            fetched = _fetch(server, uid)
            last = uid
            if fetched is None:
                continue  # taken away meanwhile
            place = intake.Place(settings.mailbox, validity, uid)
            pause("take")
            taken = intake.take(connection, fetched.raw, size=fetched.size, received=fetched.received, place=place,
                                own=own, server=settings.name, before_commit=lambda: pause("commit"))  # fmt: skip
            new += taken is not None
        pause("mark")
        _put_away(server, settings, last)
        pause("end")
    return new


@contextmanager
def _logged_in(settings: Inbox) -> Generator[imaplib.IMAP4]:
    """A connection, signed in. What goes wrong comes out without a word of the server, which may name the user."""
    try:
        server = _connected(settings)
    except (*_FAILED, OSError) as error:
        raise MailboxFailed(
            f"The mail server cannot be reached ({type(error).__name__}).", todo="check `inbox`."
        ) from None
    try:
        try:
            server.login(unquote(imap_url(settings.server).username or ""), _password(settings))
        except _FAILED:
            raise MailboxFailed("The mail server refuses the user or the password.", todo="check `inbox`.") from None
        yield server
    except (*_FAILED, OSError) as error:
        raise MailboxFailed(f"The mail server broke off ({type(error).__name__}).", todo="look at its log.") from None
    finally:
        with suppress(*_FAILED, OSError):
            server.logout()


def _connected(settings: Inbox) -> imaplib.IMAP4:
    parts = imap_url(settings.server)
    host, port = parts.hostname or "", parts.port or IMAP_PORTS[parts.scheme]
    secure = ssl.create_default_context()
    if parts.scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port, ssl_context=secure, timeout=PATIENCE)
    server = imaplib.IMAP4(host, port, timeout=PATIENCE)
    if parts.scheme == "imap+starttls":
        try:
            server.starttls(secure)
        except BaseException:
            server.shutdown()
            raise
    return server


def _password(settings: Inbox) -> str:
    if settings.password:
        return settings.password
    if not settings.password_file:
        raise MailboxFailed(
            "Nobody gave the password of the mailbox.", todo=f"set `password_file`, or {IMAP_VARIABLE}."
        )
    file = Path(settings.password_file)
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise MailboxFailed("Others may read the file with the password of the mailbox.", todo=f"chmod 600 {file}")
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise MailboxFailed(
            "The file with the password of the mailbox cannot be read.", todo=f"look at {file}"
        ) from None


def _select(server: imaplib.IMAP4, settings: Inbox) -> int:
    kind, _ = server.select(f'"{settings.mailbox}"')
    if kind != "OK":
        raise MailboxFailed("The mail server has no such mailbox.", todo="check `mailbox` in `inbox`.")
    found = server.response("UIDVALIDITY")[1]
    number = _NUMBER.search(found[0]) if found and isinstance(found[0], bytes) else None
    if number is None:
        raise MailboxFailed("The mail server gives its mailbox no UIDVALIDITY.", todo="use one that keeps RFC 3501.")
    return int(number[1])


def _after(server: imaplib.IMAP4, last: int) -> Iterator[int]:
    """The numbers after `last`, the lowest first. A server answers "n:*" with its last one also when that is lower."""
    found = _said(server.uid("SEARCH", f"UID {last + 1}:*"))
    yield from sorted(number for number in map(int, (found or b"").split()) if number > last)


def _fetch(server: imaplib.IMAP4, uid: int) -> Fetched | None:
    """Of a mail of any size never more than `READ` bytes come over."""
    kind, parts = server.uid("FETCH", str(uid), f"(RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{READ}>)")
    if kind != "OK":
        raise MailboxFailed("The mail server does not give a mail.", todo="look at its log.")
    for part in parts:
        if isinstance(part, tuple):
            head, raw = cast("tuple[bytes, bytes]", part)
            size, came = _SIZE.search(head), imaplib.Internaldate2tuple(head)
            received = datetime.fromtimestamp(time.mktime(came), UTC) if came else datetime.now(UTC)
            return Fetched(raw, int(size[1]) if size else len(raw), received)
    return None


def _put_away(server: imaplib.IMAP4, settings: Inbox, last: int) -> None:
    """Move what was taken in, or mark it as read: all of it, also what a killed worker left."""
    if not last:
        return
    if settings.move:
        if b"MOVE" not in (server.capability()[1][0] or b"").upper().split():  # it says more once somebody signed in
            raise MailboxFailed("This mail server cannot move mail (RFC 6851).", todo="leave `move` away.")
        if _said(server.uid("SEARCH", f"UID 1:{last}")):
            with suppress(*_FAILED):
                server.create(f'"{settings.move}"')
            if server.uid("MOVE", f"1:{last}", f'"{settings.move}"')[0] != "OK":
                raise MailboxFailed("The mail server does not move mail.", todo="check `move` in `inbox`.")
    elif _said(server.uid("SEARCH", f"UID 1:{last} UNSEEN")):
        server.uid("STORE", f"1:{last}", "+FLAGS.SILENT", r"(\Seen)")


def _said(answer: tuple[str, list[bytes | None]]) -> bytes:
    kind, parts = answer
    if kind != "OK":
        raise MailboxFailed("The mail server does not search its mailbox.", todo="look at its log.")
    return (parts[0] if parts else b"") or b""
