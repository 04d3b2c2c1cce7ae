"""The demo's own mail server: takes in whatever is sent to it and keeps it at the desk. Nothing leaves the machine.

What is sent to the address for privacy is taken in, as from any other mailbox.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from houvast.app import intake
from houvast.cases import inbox
from houvast.cases.incoming import READ
from houvast.database import connect, queries

_SQL = queries("houvast.app", "desk.sql")
LOCAL = "127.0.0.1"


class Keeper:
    """Keeps mail; what arrives twice, by its Message-ID, is kept once."""

    def __init__(self, url: str, privacy: str = "") -> None:
        self.url, self.privacy = url, privacy.lower()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message, committed, before it is accepted."""
        await asyncio.to_thread(self.keep, envelope)
        return "250 Message accepted"

    def keep(self, envelope: Envelope) -> None:
        """Write a message down."""
        content = envelope.content or b""
        text = content if isinstance(content, bytes) else content.encode()
        message: EmailMessage = message_from_bytes(text, policy=policy.default)
        part = message.get_body(("plain",))
        values = (str(message["Message-ID"] or ""), envelope.mail_from, list(envelope.rcpt_tos),
                  str(message["Subject"] or ""), part.get_content().replace("\r\n", "\n") if part else "")  # fmt: skip
        with connect(self.url) as connection, connection.transaction():
            connection.execute(_SQL["take_in"], values)
            if self.privacy and self.privacy in map(str.lower, envelope.rcpt_tos) and inbox.there(connection):
                intake.take(connection, text[:READ], size=len(text), own=(self.privacy,))


def open_mailbox(url: str, port: int, privacy: str = "") -> Controller:
    """A mail server on this machine, which keeps mail in the desk at `url`. `port` 0: a free one, in its `port`.

    `privacy`: the address to which people write about their data; "": none.

    Raises OSError for a port that is taken.
    """
    controller = Controller(Keeper(url, privacy), hostname=LOCAL, port=port or free_port())
    controller.start()
    return controller


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as one:
        one.bind((LOCAL, 0))
        return int(one.getsockname()[1])


def main() -> None:
    """`python -m houvast.worker.mailbox URL PORT [ADDRESS]`: until SIGTERM."""
    url, port, privacy = sys.argv[1], int(sys.argv[2]), "".join(sys.argv[3:4])
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    mailbox = open_mailbox(url, port, privacy)
    signal.sigwait(ends)
    mailbox.stop()


if __name__ == "__main__":
    main()
