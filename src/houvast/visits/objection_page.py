"""The page on which a visitor objects to being counted: no cookie, no script, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final

_STYLE: Final = (
    "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1.25rem;color:#17211f}"
    "button{font:inherit;padding:.6rem 1.2rem;border:2px solid #17211f;background:#fff;border-radius:.3rem;cursor:pointer}"
    "button:focus-visible{outline:3px solid #b45309;outline-offset:2px}"
)
HEADERS: Final = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-"
     + b64encode(sha256(_STYLE.encode()).digest()).decode() + "'"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)  # fmt: skip
"""What the page is sent with."""
_WORDS: Final = {
    "en": {
        "title": "Do not count my visit",
        "what": "We count visits to our pages. We use no cookies for it, and keep nothing that says who you are.",
        "how": "You can object. From then on we do not count visits from your network with your browser, until midnight (UTC). For that we keep a number that means nothing any more once the day is over.",
        "always": "Do you never want to be counted, here and elsewhere? Let your browser send Global Privacy Control.",
        "button": "Do not count me today",
        "done": "You are not counted any more, until midnight (UTC).",
        "failed": "This did not work: we could not see which network you come from, or not keep it. Try again, or let your browser send Global Privacy Control.",
        "gpc": "Your browser sends Global Privacy Control. You are not counted, and need not do anything.",
    },
    "nl": {
        "title": "Tel mijn bezoek niet mee",
        "what": "Wij tellen bezoeken aan onze pagina's. Wij gebruiken daarvoor geen cookies, en bewaren niets dat zegt wie u bent.",
        "how": "U kunt bezwaar maken. Vanaf dat moment tellen wij bezoeken vanaf uw netwerk met uw browser niet meer mee, tot middernacht (UTC). Wij bewaren daarvoor een getal dat na die dag niets meer zegt.",
        "always": "Wilt u nooit meetellen, ook op andere sites niet? Laat uw browser dan Global Privacy Control sturen.",
        "button": "Tel mij vandaag niet mee",
        "done": "Wij tellen u niet meer mee, tot middernacht (UTC).",
        "failed": "Dit is niet gelukt: wij zagen niet vanaf welk netwerk u komt, of konden het niet bewaren. Probeer het opnieuw, of laat uw browser Global Privacy Control sturen.",
        "gpc": "Uw browser stuurt Global Privacy Control. Wij tellen u niet mee. U hoeft niets te doen.",
    },
}  # fmt: skip


def page(language: str, *, gpc: bool, done: bool | None) -> bytes:
    """The page in Dutch, or else in English.

    `gpc`: the browser sends the signal. `done`: somebody objected just now, and whether that was kept; None: nobody did.
    """
    words = {name: escape(text) for name, text in _WORDS["nl" if language == "nl" else "en"].items()}
    said = words["gpc"] if gpc else "" if done is None else words["done" if done else "failed"]
    asks = "" if gpc or done else f'<form method="post"><p><button>{words["button"]}</button></p></form>'
    told = f'<p role="status"><strong>{said}</strong></p>' if said else ""
    return (
        f'<!doctype html><html lang="{"nl" if language == "nl" else "en"}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{words["title"]}</title><style>{_STYLE}</style>'
        f"<main><h1>{words['title']}</h1>{told}<p>{words['what']}</p><p>{words['how']}</p>{asks}"
        f"<p>{words['always']}</p></main></html>"
    ).encode()
