"""Attempts on forms that anybody may send without an account: a complaint (C54), and the way out of messages (C13)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from houvast.proof import Attempt
from houvast.web.look import NOTHING, Look, Seen, made, over, where


def takes_complaints(look: Look) -> Iterator[Attempt]:
    """Anybody finds a form for a complaint that does not ask who they are; a number that nobody has tells nothing."""
    empty = Seen("", 200, {}, (), "<form></form>")
    yield made(
        "a page without a form is found out",
        empty.text,
        "found",
        "found" if _no_complaint(empty) else NOTHING,
        control=True,
    )
    for lang, pages in look.asks.items():
        yield over(f"{lang}: a page that takes no complaint of both kinds, or asks who complains", pages, _no_complaint)
        ways = [one for one in look.pages[lang] if one.is_page and f'href="{pages[0].path}"' not in one.text]
        yield made(
            f"{lang}: a public page from which nobody gets there",
            "GET every public page",
            NOTHING,
            where([one.path for one in ways]),
        )
        told = look.follows[lang]
        seen = "unknown" if told.status == 422 and "<dl" not in told.text and not told.cookies else "told of"
        yield made(f"{lang}: a number that nobody has", f"POST {told.path}", "unknown", seen)


def lets_out(look: Look) -> Iterator[Attempt]:
    """The link in a message ends them with one button and no sign-in, and with none from a mail program (RFC 8058)."""
    for lang, (looked, pressed, clicked) in look.ways_out.items():
        buttons = len(re.findall(r"<button", looked.text)), len(re.findall(r"<input", looked.text))
        plain = looked.status == 200 and not looked.cookies and buttons == (1, 0)
        yield made(
            f"{lang}: the link in a message shows one button and asks nothing",
            "GET /opt-out/CODE/",
            "one button",
            "one button" if plain else "something else",
            control=True,
        )
        for words, page in (("a browser", pressed), ("a mail program", clicked)):
            done = page.status == 200 and not page.cookies and 'role="status"' in page.text and "<form" not in page.text
            yield made(
                f"{lang}: {words} that ends the messages is asked for more",
                f"POST {page.path[:9]}",
                "done",
                "done" if done else "something else",
            )
        told = re.sub(r"[0-9a-f-]{36}", "", pressed.text) != re.sub(r"[0-9a-f-]{36}", "", clicked.text)
        yield made(
            f"{lang}: the answer tells whether a code is one",
            "POST two codes",
            "the same",
            "another" if told else "the same",
        )


def _no_complaint(page: Seen) -> bool:
    """Whether both kinds and the words cannot be given there, or anything else is asked or kept."""
    asked = set(re.findall(r"<(?:input|select|textarea)\b[^>]*\bname=\"(\w+)\"", page.text))
    kinds = set(re.findall(r"name=\"sort\" value=\"(\w+)\"", page.text))
    return (
        page.status != 200
        or bool(page.cookies)
        or asked != {"sort", "about", "words"}
        or not {"breach", "expectation"} <= kinds
    )
