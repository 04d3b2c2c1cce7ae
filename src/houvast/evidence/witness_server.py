"""A witness at work: its HTTP server (C2SP tlog-witness), on the standard library alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import BoundedSemaphore, Lock
from typing import cast

from houvast.evidence.note import Signer, Verifier
from houvast.evidence.problems import EvidenceError
from houvast.evidence.witness import MOST, Answer, answer
from houvast.evidence.witness_memory import Memory

PATH = "/add-checkpoint"
AT_ONCE = 32
"""Connections that are served at a time; others are closed."""
PATIENCE = 10.0
"""Seconds in which whoever connected must go on."""


def _go_on(_step: str) -> None:
    """Where a test may end the program."""


class WitnessServer(ThreadingHTTPServer):
    """Serves `POST /add-checkpoint`; one request at a time is answered, however many come."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        listen: tuple[str, int],
        signer: Signer,
        logs: Sequence[Verifier],
        memory: Memory,
        *,
        say: Callable[[str], None] = lambda line: None,
        pause: Callable[[str], None] = _go_on,
    ) -> None:
        """say: told of every refusal of what a known log signed, in a line. Raises EvidenceError: no such address."""
        self._signer, self._logs, self._memory, self._say, self._pause = signer, logs, memory, say, pause
        self._turn, self._room = Lock(), BoundedSemaphore(AT_ONCE)
        try:
            super().__init__(listen, _Handler)
        except OSError as error:
            raise EvidenceError(
                f"Nothing can listen at {listen[0]}:{listen[1]}: {error.strerror or error}.",
                todo="Choose another port.",
            ) from error

    @property
    def url(self) -> str:
        """Where it is reached: the submission prefix."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def add_checkpoint(self, data: bytes) -> Answer:
        """Answer one request; the note is on disk before its cosignature leaves."""
        with self._turn:
            found = answer(data, self._logs, self._memory.notes, self._signer, int(time.time()))
            if found.keep:
                self._pause("checked")
                try:
                    self._memory.keep(found.origin, found.keep)
                except EvidenceError as error:
                    self._say(str(error))
                    return Answer(500, "The checkpoint could not be kept, so it was not cosigned.\n")
                self._pause("kept")
            elif found.origin:
                self._say(f"refused ({found.status}) {found.origin}: {found.body.strip()}")
        return found

    def process_request(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """A connection, while there is room."""
        if self._room.acquire(timeout=PATIENCE):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """It makes room for another when it ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Somebody hung up; nothing is said of who."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server_version, sys_version = "houvast-witness", ""

    def do_POST(self) -> None:
        """The only thing that a witness is asked."""
        if self.path != PATH:
            return self._send(Answer(404, f"A witness answers at {PATH}.\n"), close=True)
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return self._send(Answer(411, "Say how long the request is (Content-Length).\n"), close=True)
        if len(length) > 9 or int(length) > MOST:
            return self._send(Answer(413, f"A request has {MOST} bytes at most.\n"), close=True)
        data = self.rfile.read(int(length))
        if len(data) < int(length):
            self.close_connection = True
            return None
        return self._send(cast("WitnessServer", self.server).add_checkpoint(data))

    def do_GET(self) -> None:
        """Not what a witness is asked."""
        self._send(Answer(405, f"A witness is asked by POST {PATH}.\n"), close=True)

    def _send(self, found: Answer, *, close: bool = False) -> None:
        body = found.body.encode()
        with suppress(OSError):
            self.send_response(found.status)
            self.send_header("Content-Type", found.sort)
            self.send_header("Content-Length", str(len(body)))
            if close:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Who asks is nobody's business."""
