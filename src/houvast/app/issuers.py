"""Where else people may sign in (OpenID Connect): what settings.yaml says of each issuer, and where our secret lies."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from houvast.errors import UsageError
from houvast.reading import Section

LOCAL = ("localhost", "127.0.0.1", "::1")
LANGUAGES = ("nl", "en")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Issuer:
    """An issuer. `name`: in our addresses; `client`: who we are to it; `label`: language -> what people call it.

    `by_mail`: whether a mail address that it has checked, and that is on file, links an account the first time; without
    it people link theirs when signed in. `level`: how sure it is at most, 2 like a code, 3 when the token says one of
    `acr`. `secret_file`: only its owner may read it; the environment goes first.
    """

    name: str
    issuer: str
    client: str
    label: Mapping[str, str]
    by_mail: bool = False
    level: int = 2
    acr: tuple[str, ...] = ()
    secret_file: str = ""

    @property
    def variable(self) -> str:
        """The variable of the environment that may hold our secret."""
        return f"HOUVAST_OIDC_{self.name.upper().replace('-', '_')}_SECRET"

    def secret(self) -> str:
        """Our secret with this issuer. Raises UsageError when it cannot be had, or others may read it."""
        if found := os.environ.get(self.variable, ""):
            return found
        file, of = Path(self.secret_file), f"our secret with `{self.name}`"
        if not self.secret_file:
            raise UsageError(f"Nobody gave {of}.", todo=f"Set `secret_file` under `oidc`, or {self.variable}.")
        try:
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise UsageError(f"Others may read the file with {of}.", todo=f"chmod 600 {file}")
            found = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if not found:
            raise UsageError(f"The file with {of} cannot be read, or is empty.", todo=f"Look at {file}.")
        return found


def is_safe(url: str) -> bool:
    """Whether a URL can be asked: https, or http on this machine; no name, password or fragment in it."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and parts.hostname in LOCAL
        whole = parts.hostname and parts.port != 0 and parts.username is None and not parts.fragment
    except ValueError:
        return False
    return bool((parts.scheme == "https" or plain) and whole and url.isascii() and not re.search(r"[\s\\\"<>]", url))


def read_issuers(root: Section, folder: Path) -> tuple[Issuer, ...]:
    """The issuers in the settings; files are seen from the project's folder. What is wrong is noted with its place."""
    found: list[Issuer] = []
    for one in root.sections("oidc", "issuer"):
        issuer = _issuer(one, folder)
        if any(issuer.name == other.name or issuer.issuer == other.issuer for other in found):
            one.wrong("issuer", "name", "This issuer stands here twice.", "Let each have a name of its own.")
        found.append(issuer)
    return tuple(found)


def _issuer(section: Section, folder: Path) -> Issuer:
    name, url, client = (section.required(key) for key in ("name", "issuer", "client"))
    if name and not _NAME.fullmatch(name):
        section.wrong("issuer", "name", f"`{name}` cannot stand in an address.", "Write small letters, digits, dashes.")
    if url and (not is_safe(url) or urlsplit(url).query):
        section.wrong("issuer", "issuer", f"`{_without_user(url)}` is no issuer.",
                      "Write https://HOST, as it calls itself; http:// is for this machine only.")  # fmt: skip
    if "secret" in section:
        section.text("secret")
        section.wrong("issuer", "secret", "A secret stands in this file.",
                      "Put it in a file of its own (`secret_file`), or in the environment.")  # fmt: skip
    label = section.pairs("label")
    for language in LANGUAGES:
        if language not in label:
            section.wrong("issuer", "label", f"`label` has no `{language}`.", "Add `label: {nl: ..., en: ...}`.")
    match = section.choice("match", ("linked", "email"), "linked")
    level, acr = int(section.choice("level", ("2", "3"), "2")), section.texts("acr")
    if (level == 3) != bool(acr):
        section.wrong("issuer", "acr" if acr else "level", "`level: 3` and `acr` go together.",
                      "Name under `acr` what the token must say of a sign-in there, or leave both out.")  # fmt: skip
    file = section.text("secret_file")
    section.close()
    return Issuer(name, url, client, label, match == "email", level, acr, str(folder / file) if file else "")


def _without_user(url: str) -> str:
    return url if "@" not in url else f"{url.partition('://')[0]}://...@{url.rpartition('@')[2]}"
