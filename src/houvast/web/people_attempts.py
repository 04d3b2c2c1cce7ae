"""Attempts on pages where people speak up: complaints (C54), leaving messages (C13), objection, consent (G08, G09)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from houvast.people.rules import Answer, concerns, objection_to
from houvast.policy import Policy
from houvast.policy.model import Basis, PurposeKind
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


_FORM = re.compile(r'<div class="equal">(.*?)</form>', re.DOTALL)
_BUTTON = re.compile(r'<button class="([^"]*)" name="choice" value="([^":]*):(\w+)"([^>]*)>')
_SECTION = re.compile(r'<section[^>]*aria-labelledby="object">(.*?)</section>', re.DOTALL)
_EQUAL = '<div class="equal"><button class="btn" name="choice" value="x:yes"></button></div></form>'


def weighs_the_same(look: Look) -> Iterator[Attempt]:
    """Yes and no are two buttons of one form that look the same, for everything that rests on consent (GDPR 7(3))."""
    found = "found" if _unequal(_EQUAL) else NOTHING
    yield made("a page with a yes and no no is found out", _EQUAL, "found", found, control=True)
    for lang, kind, page in _pages(look):
        yield made(f"{lang}, {kind}: a yes that is easier than its no", "/me/choices/", NOTHING, where(_unequal(page)))
        wanted = {name for name in _ordinary(look.policy, kind) if Basis.CONSENT in _bases(look.policy, name)}
        lacking = sorted(wanted - {purpose for purpose, _ in _offered(page)})
        yield made(f"{lang}, {kind}: consent that cannot be taken back", "/me/choices/", NOTHING, where(lacking))


def objects_apart(look: Look) -> Iterator[Attempt]:
    """Everything that people may object to stands in a part of its own, with nothing else in it (GDPR 21(4))."""
    kinds = tuple(kind for _, kind, _ in _pages(look))
    empty = "found" if _not_apart(look.policy, kinds, "") else NOTHING
    yield made("a page without its part for objections is found out", "", "found", empty, control=True)
    for lang, kind, page in _pages(look):
        wrong = _not_apart(look.policy, (kind,), page)
        yield made(f"{lang}, {kind}: an objection not offered, or not apart", "/me/choices/", NOTHING, where(wrong))
        object_, consent = page.find('id="object"'), page.find('id="consent"')
        late = ["/me/choices/"] if -1 < consent < object_ else []
        yield made(f"{lang}, {kind}: consent comes before objection", "/me/choices/", NOTHING, where(late))


def _pages(look: Look) -> Iterator[tuple[str, str, str]]:
    for lang, kinds in look.choices.items():
        for kind, page in kinds.items():
            yield lang, kind, page


def _offered(page: str) -> list[tuple[str, str]]:
    return [(purpose, choice) for _, purpose, choice, _ in _BUTTON.findall(page)]


def _unequal(page: str) -> list[str]:
    """Purposes whose two buttons do not look the same, or of which one is missing."""
    wrong: list[str] = []
    for form in _FORM.findall(page):
        buttons = _BUTTON.findall(form)
        looks = {(look, more) for look, _, _, more in buttons}
        pair = [choice for _, _, choice, _ in buttons]
        if len(looks) != 1 or pair not in (["yes", "no"], ["allow", "object"]):
            wrong += sorted({purpose for _, purpose, _, _ in buttons})
    return wrong


def _not_apart(policy: Policy, kinds: tuple[str, ...], page: str) -> list[str]:
    """Purposes to which people may object that are not in the part for it, and those there that do not belong."""
    apart = "".join(_SECTION.findall(page))
    there = {purpose for purpose, choice in _offered(apart) if choice in ("object", "no")}
    every = {name for kind in kinds for name in _ordinary(policy, kind)}
    wanted = {name for name in every if objection_to(policy, name) is not Answer.NOTHING}
    return sorted(wanted ^ there)


def _ordinary(policy: Policy, kind: str) -> list[str]:
    return [
        name
        for name, one in policy.purposes.items()
        if one.kind is PurposeKind.ORDINARY and concerns(policy, name, kind)
    ]


def _bases(policy: Policy, purpose: str) -> set[Basis]:
    return {basis for use in policy.uses if purpose in use.purposes for basis in use.basis}
