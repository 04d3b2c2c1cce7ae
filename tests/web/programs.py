"""Programs that ask the API, in this process."""

from __future__ import annotations

import json
from typing import Any

from tests.web.asking import Answer, Reader


class Program:
    """A program with a token; what it is answered is read as JSON."""

    def __init__(self, reader: Reader, token: str) -> None:
        self.reader, self.token = reader, token

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        sent = json.dumps(body).encode() if body is not None else b""
        found = self.answer(method, path, sent, **headers)
        return found.status, json.loads(found.text) if found.text else None

    def answer(self, method: str, path: str, sent: bytes = b"", **headers: str) -> Answer:
        given: dict[str, str] = {"HTTP_AUTHORIZATION": f"Bearer {self.token}"} if self.token else {}
        return self.reader._ask(method, path, sent, {"CONTENT_TYPE": "application/json", **given, **headers})  # pyright: ignore[reportPrivateUsage]
