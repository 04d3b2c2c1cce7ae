"""A real mail server of one's own: aiosmtpd takes mail in over SMTP, dovecot gives it over IMAP, from one Maildir."""

from __future__ import annotations

import mailbox
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from houvast.app.settings import Inbox

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "privacy", "a-made-up-password"
NOBODY = 65534
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {name}
default_internal_group = {group}
default_login_user = {name}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class PostOffice:
    """A mailbox: `deliver` brings mail over SMTP, `inbox` says how it is read."""

    folder: Path
    smtp: int
    imap: int
    imaps: int
    owner: int
    _dovecot: subprocess.Popen[bytes] | None = field(default=None)

    def inbox(self, scheme: str = "imap", mailbox: str = "INBOX", move: str = "") -> Inbox:
        """The settings to read it by."""
        port = self.imaps if scheme == "imaps" else self.imap
        return Inbox(f"{scheme}://{USER}@localhost:{port}", mailbox=mailbox, move=move, password=PASSWORD)

    def deliver(self, raw: bytes, sender: str = "iemand@example.org") -> None:
        """Send a mail over SMTP; it lies in the mailbox when this returns."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=60) as server:
            server.sendmail(sender, ["privacy@lakana.example"], raw)

    def empty(self) -> None:
        """Throw all mail away, and what dovecot knows of it, so that numbers begin anew under another validity."""
        self.stop()
        shutil.rmtree(self.folder / "mail", ignore_errors=True)
        mailbox.Maildir(self.folder / "mail")
        self._give()
        self.start()

    def renumber(self) -> None:
        """Let dovecot forget its numbers: the mail stays, under another validity."""
        self.stop()
        time.sleep(1.1)  # a validity is a second
        for file in (self.folder / "mail").glob("dovecot*"):
            file.unlink()
        self.start()

    def lying(self, folder: str = "") -> list[mailbox.MaildirMessage]:
        """The mail that lies there."""
        found = mailbox.Maildir(self.folder / "mail", create=False)
        return list(found.get_folder(folder) if folder else found)

    def start(self) -> None:
        """Start dovecot, and wait until it answers."""
        argv = [str(DOVECOT), "-F", "-c", self.folder / "dovecot.conf"]
        if os.getuid() == 0:
            self._dovecot = subprocess.Popen(argv, user=NOBODY, group=NOBODY, extra_groups=[])
        else:
            self._dovecot = subprocess.Popen(argv)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.imap), 1) as one:
                if one.recv(4) == b"* OK":
                    return
            time.sleep(0.05)
        log = self.folder / "log"
        raise AssertionError(log.read_text() if log.exists() else "dovecot did not start")

    def stop(self) -> None:
        """Stop it."""
        if self._dovecot:
            self._dovecot.terminate()
            self._dovecot.wait(60)

    def _give(self) -> None:
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, self.owner, -1)


class _Deliver:
    """Writes each mail into the Maildir before it says that it has it."""

    def __init__(self, office: PostOffice) -> None:
        self.office = office

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        maildir = mailbox.Maildir(self.office.folder / "mail")
        key = maildir.add(raw)
        os.chown(self.office.folder / "mail" / "new" / key, self.office.owner, -1)
        return "250 Delivered"


@contextmanager
def post_office() -> Generator[PostOffice]:
    """A mail server. Skips, and says so, where dovecot is not installed; continuous integration installs it."""
    if DOVECOT is None:
        if os.environ.get("CI"):
            pytest.fail("dovecot is not installed: apt-get install dovecot-imapd")
        pytest.skip("DOVECOT IS NOT INSTALLED: nothing is tried of reading a mailbox. apt-get install dovecot-imapd")
    owner = NOBODY if os.getuid() == 0 else os.getuid()
    with tempfile.TemporaryDirectory(prefix="hv-post-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        ports = [_free() for _ in range(3)]
        made = PostOffice(folder, ports[0], ports[1], ports[2], owner)
        _certificate(folder)
        mailbox.Maildir(folder / "mail")
        for one in ("run", "state", "home"):
            (folder / one).mkdir()
        import grp
        import pwd

        group = grp.getgrgid(NOBODY if os.getuid() == 0 else os.getgid()).gr_name
        (folder / "dovecot.conf").write_text(
            CONFIG.format(
                folder=folder, name=pwd.getpwuid(owner).pw_name, group=group, password=PASSWORD, uid=owner,
                gid=NOBODY if os.getuid() == 0 else os.getgid(), imap=made.imap, imaps=made.imaps,
            )
        )  # fmt: skip
        made._give()  # pyright: ignore[reportPrivateUsage]
        controller = Controller(_Deliver(made), hostname="127.0.0.1", port=made.smtp, data_size_limit=80 * 1024 * 1024)
        controller.start()
        try:
            made.start()
            yield made
        finally:
            made.stop()
            controller.stop()


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC) - timedelta(minutes=5)
    until = now + timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(until)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    signed = made.sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
