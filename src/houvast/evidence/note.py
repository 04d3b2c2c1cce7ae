"""Signed notes (C2SP signed-note v1, tlog-cosignature v1): keys as text, and signing. `verify.py` reads them.

A log signs the text of a checkpoint; a witness signs the same text together with the time at which it did.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from houvast.errors import UsageError
from houvast.evidence.problems import missing_extra
from houvast.evidence.verify import COSIGNATURE, ED25519, Opened, Verifier, open_note, unbase64

__all__ = ["COSIGNATURE", "ED25519", "Opened", "Signer", "Verifier", "open_note", "sign"]

_NAME = re.compile(r"[^\s+]+")
_TEXT = re.compile(r"(?:[^\x00-\x1f]*\n)+")
_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True)
class Signer:
    """A private key with its name: of a log (ED25519), or of a witness (COSIGNATURE). It does not print its secret."""

    name: str
    seed: bytes = field(repr=False)
    kind: int = ED25519

    @classmethod
    def generate(cls, name: str, kind: int = ED25519) -> Signer:
        """A new key. Raises UsageError when the name is empty or holds a space or a plus."""
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        except ImportError as error:
            raise missing_extra(error) from error
        if not _NAME.fullmatch(name):
            raise UsageError(f"`{name}` cannot be the name of a key.", todo="Take one without spaces and plus signs.")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw(), kind)

    @classmethod
    def from_text(cls, text: str) -> Signer:
        """From `PRIVATE+KEY+name+hash+base64`. Raises UsageError; its message holds nothing of the key."""
        name, _, rest = text.removesuffix("\n").removeprefix(_PRIVATE).partition("+")
        try:
            key = unbase64(rest[9:])
        except ValueError:
            key = b""
        if len(key) == 33 and key[0] in (ED25519, COSIGNATURE) and _NAME.fullmatch(name):
            found = cls(name, key[1:], key[0])
            if found.to_text() == text.removesuffix("\n"):
                return found
        raise UsageError(
            "This is no signing key (PRIVATE+KEY+name+hash+base64), or a damaged one.",
            todo="Give the file that Houvast made, or put its copy back.",
        )

    def to_text(self) -> str:
        """For a file that only its owner can read."""
        key = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{key}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._key().public_key().public_bytes_raw(), self.kind)

    def line(self, text: str, seconds: int | None = None) -> str:
        """The line that signs this text, to put under a note.

        seconds: since 1970, when a witness cosigns; a log's signature holds no time. The same text (and time) gives
        the same line.
        """
        if (seconds is None) != (self.kind == ED25519):
            raise ValueError("A witness signs with the time, a log without.")
        stamp = b"" if seconds is None else seconds.to_bytes(8, "big")
        signed = text if seconds is None else f"cosignature/v1\ntime {seconds}\n{text}"
        signature = self.verifier.id + stamp + self._key().sign(signed.encode())
        return f"— {self.name} {base64.b64encode(signature).decode()}\n"

    def _key(self):  # noqa: ANN202  # a type of the extra
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        except ImportError as error:
            raise missing_extra(error) from error
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def sign(text: str, *signers: Signer) -> str:
    """The note with the signatures of these logs' keys; text ends with a newline.

    Add a witness's `line` at the end. Raises ValueError for a text that cannot be signed.
    """
    if not _TEXT.fullmatch(text) or not signers:
        raise ValueError("A note is lines without control characters, and somebody signs it.")
    return text + "\n" + "".join(signer.line(text) for signer in signers)
