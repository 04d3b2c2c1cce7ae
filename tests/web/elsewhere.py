"""Where else people sign in: a real provider in a program of its own, and one that answers what it is told."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from houvast.app import oidc
from houvast.app.issuers import Issuer
from houvast.database import Connection
from tests.web.asking import Answer, Reader, served_at
from tests.web.provider import CLIENT, PASSWORD, SECRET

Sent = tuple[str, dict[str, list[str]]]
"""The header that says who asks, and the form."""
LABEL = {"nl": "Acme", "en": "Acme"}


def known(connection: Connection, issuer: Issuer) -> Issuer:
    """Let the database know an issuer, as the worker does."""
    oidc.declare(connection, [issuer])
    oidc.keep(connection, issuer, oidc.describe(issuer))
    return issuer


@dataclass(frozen=True)
class Provider:
    """The real one. `base`: where it is."""

    base: str
    program: subprocess.Popen[str]

    @property
    def issuer(self) -> str:
        return f"{self.base}/o"

    def allow(self, **said: object) -> None:
        """A redirect address, or somebody: name, email, checked."""
        assert self.program.stdin
        assert self.program.stdout
        self.program.stdin.write(json.dumps(said) + "\n")
        self.program.stdin.flush()
        assert self.program.stdout.readline() == "done\n"

    def signed_in(self, address: str, name: str) -> str:
        """Somebody follows an address there and signs in; where they are sent back to."""
        there = Reader(served_at(self.base))
        found = there.get(_path(address))
        while found.headers.get("Location", "").startswith("/"):
            login = found.headers["Location"]
            there.get(login)
            found = there.post(login, {"username": name, "password": PASSWORD})
            found = there.get(found.headers["Location"])
        return found.headers["Location"]


@contextmanager
def provided(folder: Path) -> Generator[Provider]:
    """The real provider, in a program of its own."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    root = Path(__file__).parents[2]
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.web.provider", str(port), str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root,
    )  # fmt: skip
    try:
        base, deadline = f"http://localhost:{port}", time.monotonic() + 60
        while time.monotonic() < deadline and program.poll() is None:
            try:
                urllib.request.urlopen(f"{base}/o/.well-known/openid-configuration", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Provider(base, program)
    finally:
        program.terminate()
        program.wait(20)
        for stream in (program.stdin, program.stdout):
            assert stream
            stream.close()


@dataclass
class Hostile:
    """A provider that answers what it is told. `answers`: path -> status and body; `waits`: seconds between bytes."""

    base: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict[str, tuple[int, bytes]])
    asked: list[Sent] = field(default_factory=list[Sent])
    drips: frozenset[str] = frozenset()

    def describe(self, **more: object) -> None:
        """Say of itself what is right, but for this."""
        said: dict[str, object] = {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/in",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/keys",
            **more,
        }
        self.say("/.well-known/openid-configuration", said)
        self.say("/keys", {"keys": [self.key.as_dict(private=False)]})

    def say(self, path: str, said: object, status: int = 200) -> None:
        """Answer this from now on."""
        self.answers[path] = (status, json.dumps(said).encode())

    def token(
        self, said_back: str, key: RSAKey | None = None, head: Mapping[str, str] | None = None, **more: Any
    ) -> str:
        """A token that says this; claims that are None are left out."""
        now = int(time.time())
        said = {"iss": self.base, "aud": CLIENT, "sub": "1", "nonce": said_back, "iat": now, "exp": now + 60, **more}
        whole = {name: one for name, one in said.items() if one is not None}
        return jwt.encode({"alg": "RS256", "kid": "1", **(head or {})}, whole, key or self.key)


@contextmanager
def hostile() -> Generator[Hostile]:
    """A provider that answers what it is told."""
    found = Hostile()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.asked.append((self.headers.get("Authorization", ""), parse_qs(sent)))
            self._answer()

        def _answer(self) -> None:
            status, body = found.answers.get(self.path, (404, b"{}"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "http://localhost:1/elsewhere")
            self.end_headers()
            try:
                for start in range(0, len(body), 1 if self.path in found.drips else len(body) or 1):
                    self.wfile.write(body[start : start + 1] if self.path in found.drips else body)
                    time.sleep(0.5 if self.path in found.drips else 0)
            except OSError:
                return

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.base = f"http://localhost:{server.server_address[1]}"
    found.describe()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def issuer_at(url: str, folder: Path, **more: Any) -> Issuer:
    """An issuer as the settings have it, with our secret in a file."""
    file = folder / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    values: dict[str, Any] = {"by_mail": True, "secret_file": str(file), **more}
    return Issuer("acme", url, CLIENT, LABEL, **values)


def asked_for(answer: Answer) -> dict[str, str]:
    """What an address asks of an issuer."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def basic_of(header: str) -> str:
    """Name and secret, as they were sent."""
    return base64.b64decode(header.removeprefix("Basic ")).decode()


def strange_key() -> RSAKey:
    """A key that nobody published."""
    return RSAKey.import_key(rsa.generate_private_key(65537, 2048), {"kid": "1"})
