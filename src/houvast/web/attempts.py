"""Attempts on the pages: that they ask nothing of a device (G17), and that everybody can read them (G19).

Every public page is asked for in every language, as a browser would, and looked at as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from houvast.policy.plain import plainness
from houvast.proof import Attempt, Extra
from houvast.web.form_attempts import PROMISE, Search, is_kept_to
from houvast.web.look import NOTHING, Look, Seen, made, over, visit, where
from houvast.web.page_check import structure
from houvast.web.people_attempts import lets_out, objects_apart, takes_complaints, weighs_the_same
from houvast.web.serve import application
from houvast.web.settings import hang_up
from houvast.web.site import Site

COOKIES, PLAIN, COMPLAINT, MARKETING, OBJECTION, CONSENT = "G17", "G19", "C54", "C13", "G08", "G09"
_TAG = re.compile(r"<(?:script|iframe|object|embed|video|audio)\b|\son[a-z]+=", re.IGNORECASE)
_LOADED = re.compile(r"<(?:link|img|source|use)\b[^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"", re.IGNORECASE)
_CLOSED = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
_ALONE = ("form-action 'none'", "script-src 'self'")
_OURS = re.compile(r'<script src="/static/check/[a-z.]+\?[0-9a-f]{12}" defer></script>')
_OFFICIALESE = {
    "nl": (
        "Ingevolge de desbetreffende bepalingen worden persoonsgegevens door verwerkingsverantwoordelijke, "
        "onverminderd hetgeen elders in onderhavige verklaring bepaald is, uitsluitend rechtmatig verwerkt, "
        "terwijl betrokkenen, zodra zulks redelijkerwijs noodzakelijk geacht wordt, geïnformeerd worden."
    ),
    "en": (
        "Notwithstanding any provision hereof, personally identifiable information is processed by controllers, "
        "although individuals, whenever reasonably considered necessary, are informed accordingly, provided that "
        "applicable jurisdictional requirements, which are interpreted restrictively, are satisfied."
    ),
}


def extras(site: Site, ready: Callable[[], None], search: Search) -> tuple[Extra, ...]:
    """What `prove` tries on the pages of a site, made in this process when they are asked for.

    `ready` is called first, to make the desk when there is none. `search`: of the whole database.
    """
    looked: list[Look] = []

    def look() -> Look:
        if not looked:
            ready()
            looked.append(visit(site, application(site)))
            hang_up(site)
        return looked[0]

    def forms() -> list[Attempt]:
        ready()
        try:
            return list(is_kept_to(site.project(), lambda: application(site), search))
        finally:
            hang_up(site)

    tried: dict[str, Callable[[], Iterable[Attempt]]] = {
        PROMISE: forms,
        COOKIES: lambda: asks_nothing_of_a_device(look()),
        PLAIN: lambda: is_plain(look()),
        COMPLAINT: lambda: takes_complaints(look()),
        MARKETING: lambda: lets_out(look()),
        OBJECTION: lambda: objects_apart(look()),
        CONSENT: lambda: weighs_the_same(look()),
    }
    return tuple(Extra(frozenset({promise}), make, beside=True) for promise, make in tried.items())


def asks_nothing_of_a_device(look: Look) -> Iterator[Attempt]:
    """No cookie, no script, nothing from elsewhere, no mark that tells readers apart (AVG 5(1)(c); Tw 11.7a)."""
    cookie = "cookie seen" if look.entrance.cookies else NOTHING
    yield made("signing in sets a cookie, so that one would be seen", "/sign-in/", "cookie seen", cookie, control=True)
    checks: Mapping[str, Callable[[Seen], bool]] = {
        "a cookie on a page": lambda page: bool(page.cookies),
        "a script, or a frame of others": lambda page: page.is_page and bool(_TAG.search(page.text)),
        "something that is fetched from another host": lambda page: page.is_page and bool(_foreign(page.text)),
        "a page whose policy lets scripts or others in": lambda page: page.is_page and not _closed(page),
    }
    for lang, pages in look.pages.items():
        for words, is_wrong in checks.items():
            yield over(f"{lang}: {words}", pages, is_wrong)
    for lang, page in look.checks.items():
        yield over(f"{lang}: a page that checks a receipt and could tell somebody of it", [page], _could_tell)
    first = next(iter(look.pages.values()))
    told = [one.path for one in first if one.headers.get("etag", "") != look.again[one.path]]
    yield made("a mark of a page that tells two visitors apart", "ETag", NOTHING, where(told))


def is_plain(look: Look) -> Iterator[Attempt]:
    """The text is within the measures of plain language, and every page is built so that all can read it."""
    for lang, pages in look.pages.items():
        hard = plainness(_OFFICIALESE[lang], lang, "") if lang in _OFFICIALESE else None
        if hard is not None:
            seen = "hard" if hard.missed and hard.hard else "plain"
            yield made(f"{lang}: the measure finds officialese hard", _OFFICIALESE[lang], "hard", seen, control=True)
        if lang in look.policy.texts:
            text = plainness(look.policy.texts[lang], lang, "")
            missed = ", ".join(text.missed) or "plain"
            yield made(f"{lang}: the text of the policy", "houvast notice --plain", "plain", missed)
        pages = (*pages, look.checks[lang])
        yield over(f"{lang}: a page that does not answer", pages, lambda page: page.status != 200)
        broken = {page.path: frozenset(structure(page.text, lang)) for page in pages if page.is_page}
        for words in ("language", "headings", "labels", "pictures", "tables", "landmarks"):
            yield over(f"{lang}: {_WORDS[words]}", pages, _in(broken, words))
    bad = '<html lang="xx"><body><h3>A</h3><img src="a"><input><table><tr><td>1</td></tr></table></body></html>'
    seen = "found" if set(structure(bad, "nl")) >= {"language", "headings", "labels", "pictures"} else NOTHING
    yield made("a page that is built badly is found out", bad, "found", seen, control=True)


_WORDS = {
    "language": "a page in another language than it says",
    "headings": "headings that skip a level, or not exactly one at the top",
    "labels": "a field or a link without a name",
    "pictures": "a picture without words",
    "tables": "a table without headings",
    "landmarks": "a page without its main part, its title, or a way past the menu",
}


def _in(broken: Mapping[str, frozenset[str]], words: str) -> Callable[[Seen], bool]:
    return lambda page: words in broken.get(page.path, frozenset())


def _foreign(text: str) -> list[str]:
    return [address for address in _LOADED.findall(text) if not re.match(r"/(?!/)|#", address)]


def _closed(page: Seen) -> bool:
    said = page.headers.get("content-security-policy", "")
    return all(part in said for part in _CLOSED) and "script-src" not in said and "unsafe" not in said


def _could_tell(page: Seen) -> bool:
    """Whether it sets a cookie, has a script that is not a file of ours, or whether its policy lets anything out."""
    said = page.headers.get("content-security-policy", "")
    out = "connect-src" in said or "unsafe" in said or any(part not in said for part in (*_CLOSED, *_ALONE))
    foreign = len(_TAG.findall(page.text)) != len(_OURS.findall(page.text)) or bool(_foreign(page.text))
    return bool(page.cookies) or out or foreign
