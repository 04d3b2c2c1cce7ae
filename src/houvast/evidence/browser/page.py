"""The page that checks a receipt, from its parts."""

from __future__ import annotations

import base64
import html
import json
from functools import cache
from hashlib import sha256
from pathlib import Path

from houvast.evidence.words import LANGUAGES, wording

FOLDER = Path(__file__).parent
SCRIPT, STYLE = ("verify.js", "page.js"), "page.css"


def part(name: str) -> str:
    """The text of one part, to be served as a file: `verify.js`, `page.js` or `page.css`."""
    if name not in (*SCRIPT, STYLE):
        raise ValueError(f"The page has no part `{name}`.")
    return (FOLDER / name).read_text()


@cache
def names() -> str:
    """What kinds and fields are called in each language, as JSON: `data-names` of the form of a page."""
    return json.dumps({one: {part: dict(wording(one)[part]) for part in ("kinds", "fields")} for one in LANGUAGES})


def page(address: str | None = None) -> str:
    """The page, in HTML.

    address: where the parts are served, with a slash at the end, for a site that allows no inline script and style.
    Without it, all is in the one file, which can be saved; its own policy lets it run that and reach nothing.
    """
    if address is None:
        script = "\n".join(part(name) for name in SCRIPT)
        style = part(STYLE)
        rules = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'"
        head = f"<meta http-equiv=\"Content-Security-Policy\" content=\"{rules}; base-uri 'none'; form-action 'none'\">"
        head += f"\n<style>{style}</style>"
        end = f"<script>{script}</script>"
    else:
        at = html.escape(address)
        head = f'<link rel="stylesheet" href="{at}{STYLE}">'
        end = "\n".join(f'<script src="{at}{name}"></script>' for name in SCRIPT)
    text = (FOLDER / "page.html").read_text().replace("<!-- names -->", html.escape(names()))
    return text.replace("<!-- head -->", head).replace("<!-- end -->", end)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"
