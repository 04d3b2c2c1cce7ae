"""Sends letters over SMTP. A letter that is sent twice carries the same Message-ID, by which mail systems keep one."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from houvast.app.settings import Mail
from houvast.errors import HouvastError, UsageError

PATIENCE = 30
"""Seconds that the mail server gets for each answer."""
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class MailFailed(HouvastError):
    """The mail server did not take a letter; nothing is lost, and it is tried again."""

    code = "mail"


@dataclass(frozen=True)
class Letter:
    """A letter. `number` tells it from every other, for good."""

    number: str
    subject: str
    body: str


def check_server(url: str) -> SplitResult:
    """The parts of a mail server's URL. Raises UsageError for one that cannot be understood."""
    parts = urlsplit(url)
    with suppress(ValueError):
        if parts.scheme in PORTS and parts.hostname and (parts.port or 1) > 0:
            return parts
    raise UsageError(
        "The mail server's URL cannot be understood.",
        todo="write smtp://host:port, smtp+starttls://user:password@host or smtps://user:password@host.",
    )


def send(mail: Mail, letters: Sequence[Letter]) -> None:
    """Send letters, in one connection. Raises MailFailed, without what the server said of an address."""
    parts = check_server(mail.server)
    try:
        written = [_message(mail, letter) for letter in letters]
    except (ValueError, IndexError, AttributeError):  # of the parser of addresses; its words may quote one
        raise MailFailed("A letter cannot be written as mail.", todo="look at its address and subject.") from None
    try:
        with _connected(parts) as server:
            for message in written:
                server.send_message(message)
    except smtplib.SMTPResponseException as error:
        raise MailFailed(f"The mail server refused ({error.smtp_code}).", todo="look at its log.") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        name = type(error).__name__
        raise MailFailed(f"The mail server cannot be reached or refused ({name}).", todo="check its address.") from None


def _connected(parts: SplitResult) -> smtplib.SMTP:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    secure = ssl.create_default_context()
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=secure)
    else:
        server = smtplib.SMTP(host, port, timeout=PATIENCE)
    try:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=secure)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _message(mail: Mail, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, ", ".join(mail.to), letter.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{letter.number}@{mail.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message
