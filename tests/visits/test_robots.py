"""Robots told from people, by user agents as they are built (made up, or as browsers' own pages write them)."""

from __future__ import annotations

import time

import pytest

from houvast.visits.agents import BROWSERS, FAMILIES, HIGHEST, ROBOT, Agent, Agents
from houvast.visits.model import OTHER
from houvast.visits.robots import is_robot
from tests.visits.requests import CHROME, FIREFOX

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
PEOPLE = {
    CHROME: Agent("chrome", 144, robot=False),
    FIREFOX: Agent("firefox", 146, robot=False),
    f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/144.0.0.0 Mobile Safari/537.36": Agent("chrome", 144, robot=False),
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0": Agent("edge", 144, robot=False),
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/144.0.0.0 Safari/537.36 OPR/120.0.0.0": Agent("opera", 120, robot=False),
    f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": Agent("samsung internet", 28, robot=False),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15": Agent("safari", 26, robot=False),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1": Agent("safari", 26, robot=False),
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko": Agent("internet explorer", 11, robot=False),
    "Nokia6230/2.0 (04.44) Profile/MIDP-2.0 Configuration/CLDC-1.1": Agent(OTHER, None, robot=False),
    f"Mozilla/5.0 (Linux; Android 12; CUBOT NOTE 30) {WEBKIT} Chrome/120.0.0.0 Mobile Safari/537.36": Agent("chrome", 120, robot=False),
}  # fmt: skip
ROBOTS = (
    "", "-", "Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.11.0", "python-requests/2.32.3", "Go-http-client/2.0", "Wget/1.21",
    "Mozilla/5.0 (compatible; Voorbeeld/1.0; +https://voorbeeld.example/robot)",
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/144.0.0.0 Safari/537.36",
    f"{CHROME} Chrome-Lighthouse", f"{FIREFOX} voorbeeldbot", f"{CHROME} (info@voorbeeld.example)",
    f"Mozilla/5.0 {WEBKIT}; compatible; VoorbeeldBot/1.0", "Mozilla/5.0", "Mozilla/5.0 (compatible)", "Jakarta Commons-HttpClient/3.1",
    "facebookexternalhit/1.1", "WhatsApp/2.23.20 A", "Slack-ImgProxy", "okhttp/4.12.0", "Feedly/1.0",
)  # fmt: skip


@pytest.mark.parametrize(("text", "agent"), PEOPLE.items())
def test_a_person_s_browser_is_its_family_and_major_version(text: str, agent: Agent) -> None:
    assert Agents().of([text]) == [agent]


@pytest.mark.parametrize("text", ROBOTS)
def test_a_program_is_a_robot_and_nobody_asks_which(text: str) -> None:
    assert is_robot(text)
    assert Agents().one(text) == ROBOT


def test_a_browser_that_is_in_no_list_is_another_one() -> None:
    assert Agents().one("Mozilla/5.0 (X11; U; Linux i686; nl) Gecko/20100101 Voorbeeld/7").browser in BROWSERS
    assert len(BROWSERS) <= len(set(FAMILIES.values())) + 1 <= 19


@pytest.mark.parametrize("version", ["12345", "999", "٣٤", "1e3", "0x10"])
def test_a_version_that_no_browser_has_is_not_kept(version: str) -> None:
    found = Agents().one(f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/{version}.0.0.0 Safari/537.36")
    assert found.version is None or found.version <= HIGHEST
    assert str(found.version) != version


def test_what_is_known_is_bounded() -> None:
    agents = Agents(most=10)
    agents.of([f"{CHROME} {number}" for number in range(100)])
    assert len(agents._known) <= 10  # pyright: ignore[reportPrivateUsage]


def test_a_megabyte_that_was_made_to_be_slow_is_read_at_once() -> None:
    began = time.process_time()
    for text in ("a" * 1_000_000, "Mozilla/5.0 " + "(" * 1_000_000, "@a." * 300_000, "+a-" * 300_000, "bo" * 500_000):
        Agents().one(text)
    assert time.process_time() - began < 2
