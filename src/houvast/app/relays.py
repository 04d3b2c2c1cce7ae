"""Servers of our own by which two browsers find one another (ICE, RFC 8445): what settings.yaml says of them."""

from __future__ import annotations

import base64
import hmac
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from houvast.errors import UsageError
from houvast.reading import Section

_URL = re.compile(
    r"(?P<scheme>stuns?|turns?):(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\?transport=(udp|tcp))?"
)


@dataclass(frozen=True)
class Relays:
    """STUN (RFC 8489) and TURN (RFC 8656) servers; none by default, so that browsers meet within one network only.

    `secret_file`: what a TURN server shares with us (coturn: `static-auth-secret`); only its owner may read it.
    """

    urls: tuple[str, ...] = ()
    secret_file: str = ""

    def given(self, until: datetime) -> Sequence[Mapping[str, object]]:
        """What a browser is told, with a name and password that end with the session.

        Raises UsageError when the secret cannot be read, or others may read it.
        """
        if not self.urls:
            return ()
        if not self.secret_file:
            return ({"urls": self.urls},)
        name = str(int(until.timestamp()))
        password = base64.b64encode(hmac.digest(self._secret(), name.encode(), "sha1")).decode()
        return ({"urls": self.urls, "username": name, "credential": password},)

    def _secret(self) -> bytes:
        file = Path(self.secret_file)
        try:
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise UsageError(
                    "Others may read the file with the secret of the TURN server.", todo=f"chmod 600 {file}"
                )
            found = file.read_bytes().strip()
        except OSError:
            found = b""
        if not found:
            raise UsageError("The secret of the TURN server cannot be read, or is empty.", todo=f"Look at {file}.")
        return found


def read_relays(section: Section, folder: Path) -> Relays:
    """`looking:` of settings.yaml; the secret's file is seen from the project's folder."""
    urls, file = section.texts("servers"), section.text("secret_file")
    for url in urls:
        if not _URL.fullmatch(url):
            section.wrong("relay", "servers", f"`{url}` is no server by which browsers find one another.",
                          "Write stun:host:port, turn:host:port or turns:host:port.")  # fmt: skip
    if any(url.startswith("turn") for url in urls) and not file:
        section.wrong("relay", "servers", "A TURN server needs a secret, or everybody could use it.",
                      "Name the file with its `static-auth-secret`: `secret_file`.")  # fmt: skip
    section.close()
    return Relays(urls, str(folder / file) if file else "")
