"""A real browser on the real pages: what it asks for, and what axe-core says of what it shows."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

WHOLE = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
"""With all that draws windows, which what shares a screen needs."""
CHROMIUM = shutil.which("chromium-headless-shell") or WHOLE
"""The same engine without that takes a fifth less of the processor's time."""
NEEDS_CHROMIUM = pytest.mark.skipif(
    not CHROMIUM and not os.environ.get("CI"),
    reason="NO CHROMIUM: no journey was made. Install it (on Debian: apt install chromium chromium-headless-shell).",
)
NEEDS_WINDOWS = pytest.mark.skipif(
    not WHOLE and not os.environ.get("CI"),
    reason="NO WHOLE CHROMIUM: nobody looked along. Install it (on Debian: apt install chromium).",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_FAULTS = """async (rules) => {
    const look = (one) => {
        const own = getComputedStyle(one);
        let found = `${own.color} ${own.fontSize} ${own.fontWeight} ${one.matches(":disabled")}`;
        for (let at = one; at; at = at.parentElement) {
            const style = getComputedStyle(at);
            found += ` ${at.tagName}.${at.getAttribute("class")} ${style.backgroundColor}`;
            found += ` ${style.backgroundImage} ${style.opacity}`;
        }
        return found;
    };
    const words = (one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const kinds = new Map();
    for (const one of document.querySelectorAll("body *")) {
        if (one.checkVisibility() && (words(one) || one.matches("input, select, textarea"))) {
            const kind = look(one);
            if (!kinds.has(kind)) kinds.set(kind, one);
        }
    }
    const bad = {resultTypes: ["violations"]};
    const found = [await axe.run(document, {runOnly: rules, rules: {"color-contrast": {enabled: false}}, ...bad})];
    if (kinds.size) {
        const contrast = {runOnly: {type: "rule", values: ["color-contrast"]}, ...bad};
        found.push(await axe.run({include: [...kinds.values()]}, contrast));
    }
    return found.flatMap((part) => part.violations).map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`);
}"""
"""What axe-core finds, without what it says of all that is well, which of a long page is megabytes. Of texts that look
alike (same elements, classes, colours and letters) one is weighed for its contrast: that rule costs most."""
PHONE, DESKTOP = {"width": 375, "height": 800}, {"width": 1280, "height": 900}
IN_TURN = [("", PHONE, "dark"), pytest.param("/en", DESKTOP, "light", marks=pytest.mark.long)]
"""Language, screen and colours of a page; the second way where there is time."""
_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Visitor:
    """Somebody with a browser of their own. `strange`: what it asked of others; `errors`: its complaints."""

    base: str
    context: BrowserContext
    page: Page
    strange: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])

    @classmethod
    def of(cls, base: str, context: BrowserContext) -> Visitor:
        """A visitor with one page open, watched from the beginning."""
        found = cls(base, context, context.new_page())
        found.page.on("request", lambda request: found.asked(request.url))
        found.page.on("console", lambda said: found.errors.append(said.text) if said.type == "error" else None)
        return found

    def asked(self, address: str) -> None:
        """Note what is asked of another host."""
        if not address.startswith((self.base, "data:")):
            self.strange.append(address)

    def go(self, path: str) -> None:
        """Open a page, as from the address bar."""
        self.page.goto(self.base + path)

    def add_key(self) -> None:
        """Give the device something that keeps passkeys."""
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": _KEY})

    def faults(self) -> list[str]:
        """What is wrong with the page that is open."""
        return faults(self.page)

    def shot(self, name: str) -> None:
        """With HOUVAST_SHOTS, keep a picture of the page that is open in that folder."""
        if folder := os.environ.get("HOUVAST_SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def faults(page: Page) -> list[str]:
    """What is wrong with a page: axe-core's findings, and whether it scrolls sideways."""
    page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_FAULTS, RULES)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return [*found, *(["scrolls sideways"] if page.evaluate(wide) else [])]
