"""The words that somebody wrote: HTML without its marks, a mail without what it quotes. Each takes one pass."""

from __future__ import annotations

import html
import re

_HIDDEN = frozenset(("script", "style", "head", "title"))
_BREAKS = frozenset(("p", "br", "div", "tr", "li", "td", "h1", "h2", "h3", "blockquote", "table"))
_QUOTE = "> "
_WROTE = re.compile(r"^(op|on|am|le) .{0,300}(schreef|wrote|schrieb).{0,200}:$", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^\s*[-_]{2,}\s*(original message|oorspronkelijk bericht|originele bericht|urspr(ü|ue)ngliche nachricht)",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^\s*[-_]{2,}\s*(forwarded message|doorgestuurd bericht|weitergeleitete nachricht)|^begin forwarded message",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^\s*(van|aan|datum|onderwerp|verzonden|from|to|date|sent|subject|cc|von|an|gesendet|betreff)\s*:", re.IGNORECASE
)
_OUTLOOK = re.compile(r"^\s*\*?(van|from|von)\s*:\*? .*", re.IGNORECASE)
_OUTLOOK_NEXT = re.compile(r"^\s*\*?(verzonden|sent|gesendet|datum|date)\s*:", re.IGNORECASE)


def plain_of_html(text: str) -> str:
    """The text of a page, in one pass from "<" to "<": made for mail, not for a browser."""
    words: list[str] = []
    hidden = ""
    first, *chunks = text.split("<")
    words.append(first)
    for chunk in chunks:
        tag, closed, rest = chunk.partition(">")
        name = tag.strip("/ \t\r\n").split(None, 1)[0].lower().rstrip("/") if tag.strip("/ \t\r\n") else ""
        if hidden:
            if not (tag.startswith("/") and name == hidden):
                continue
            hidden = ""
        elif closed and name in _HIDDEN and not tag.startswith("/"):
            hidden = name
            continue
        if not closed:
            continue
        if name in _BREAKS:
            words.append(f"\n{_QUOTE}" if name == "blockquote" and not tag.startswith("/") else "\n")
        words.append(" ".join(rest.split("\n")))
    return html.unescape("".join(words))


def own_words(text: str, *, forwarded: bool = False) -> str:
    """A mail without what it quotes. `forwarded`: it passes another's mail on, whose words count."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    passes_on = forwarded or any(_FORWARDED.match(line) for line in lines[:200])
    for number, line in enumerate(lines):
        if _FORWARDED.match(line):
            continue
        if line.startswith(">") and not passes_on:
            continue
        if not passes_on and (_ORIGINAL.match(line) or _is_outlook(lines, number)):
            break
        if not passes_on and _is_attribution(lines, number):
            continue
        if passes_on and _HEADER.match(line):
            continue
        kept.append(line.lstrip("> ") if passes_on else line)
    return "\n".join(kept).strip()


def _is_outlook(lines: list[str], number: int) -> bool:
    following = lines[number + 1 : number + 3]
    return bool(_OUTLOOK.match(lines[number])) and any(_OUTLOOK_NEXT.match(line) for line in following)


def _is_attribution(lines: list[str], number: int) -> bool:
    """ "On ... wrote:", above a quote, on one line or two."""
    joined = " ".join(line.strip() for line in lines[number : number + 2])
    own = _WROTE.match(lines[number].strip())
    return bool(own or (_WROTE.match(joined) and number + 2 < len(lines) and lines[number + 2].startswith(">")))
