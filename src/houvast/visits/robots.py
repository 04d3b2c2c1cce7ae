"""Robots told from people by their user agent: by how it is built, and by words that only programs carry.

A browser says `Mozilla/5.0 (platform) engine browser`, for reasons that are thirty years old. Programs that ask by
themselves mostly do not: they begin with their own name, give an address where to read about them, or name no engine.
What does look like a browser is known by a word (`bot`, `preview`, `monitor`). Old telephones, televisions and apps
that a person holds are exempt from the first. No list of others is in here; `bench/visits/robots.py` measures it on
four. The patterns run in the engine of ua-parser-rs (Rust's regex: linear in the length of the text).
"""

from __future__ import annotations

from typing import Final

from ua_parser_rs import UserAgentExtractor

_BROWSER: Final = ("Mozilla/", "Opera/")
_ENGINE: Final = (
    r"AppleWebKit|Gecko|Trident|KHTML|Presto|MSIE|Opera|Goanna|Servo|NetFront|Android|Kindle|IBrowse|AmigaOS|Konqueror"
    r"|iPhone|iPad|Windows Phone|PlayStation|\[[a-z]{2}(?:-[A-Z]{2})?\]|Windows NT \d|X11; U"
)
"""What draws the page; a Mozilla/5.0 without one is not a browser's. Some old browsers named their system alone."""
_DEVICE: Final = (
    r"MIDP|CLDC|Dalvik/|Android[ /]|iPhone|iPad|iPod|UCWEB|UC ?Browser|AppleWebKit|BREW|Brew|Symbian|NetFront|Obigo"
    r"|UP\.Browser|UP\.Link|Dolfin|Maui|MAUI|Nokia|SonyEricsson|SAMSUNG|BlackBerry|Smart-?TV|SMART-?TV|smarttv|Smart TV"
    r"|Tizen|webOS|Roku|HbbTV|PlayStation|Nintendo|MQQBrowser|Teleca|^Safari/?\d|FBAN/|FBAV/|^Instagram"
    r"|^(?:LG|MOT|SEC|SIE|SAGEM|PHILIPS|Lenovo|HTC|ALCATEL|ZTE|Micromax|Spice|KDDI|DoCoMo|J-PHONE|Xiaomi|HUAWEI|Panasonic)[-_/ ]"
    r"|\((?:iOS|tvOS|Mac OS|macOS|Windows)[ /]\d|watchOS/|\[(?:Watch OS|macOS|Mac OS X|iOS),"
)
"""What a telephone, a television, or an app that a person holds says when it does not begin as browsers do."""
_ROBOT: Final = (  # names that begin with i, k and o (IBrowse, Konqueror, Opera) call themselves compatible too
    r"(?i)bot|crawl|spider|spyder|slurp|scrap|fetch|preview|monitor|headless|phantomjs|lighthouse|check|validat|archive"
    r"|scanner|scan\b|indexer|indexing|inspect|\bfeed|\brss\b|proxy|favicon|http.?client|translate|optimi[sz]er|page ?speed"
    r"|\bptst|google-|googleother|google web|synthetic|observatory|diagnostic|agent\b|catchpoint|pingdom|nutch|python"
    r"|\bjava/|curl|wget|verif|snapshot|screenshot|thumb|tester|testing|search|\bseo|analy[sz]|audit|selenium|puppeteer"
    r"|playwright|cypress|https?:|www\.|[\w.+-]@[a-z][\w-]*\.[a-z]{2}|\w\.(?:com|org|net|io|ai)\b|\+[a-z][\w.-]+\.[a-z]{2}"
    r"|compatible; ?[a-hj-np-z][a-z]*/\d"
)
"""Words that programs carry, and addresses where to read about them."""
_PERSON: Final = (
    r"(?i)cubot|\bbot \d|\bm bot\b|inapp; search|yasearch|yandexsearch|bsalsa\.com|ecosia|qtweb|k-meleon|google-tr"
)
"""Telephones and browsers whose names hold such a word, or that give the address of who made them."""


def is_robot(text: str) -> bool:
    """Whether a user agent is a program's that asks by itself, not a browser that somebody reads with.

    Nothing at all is a robot's: no browser leaves it out.
    """
    known = _ENGINES if text.startswith(_BROWSER) else _DEVICES
    if known.extract(text) is None:
        return True
    return _ROBOTS.extract(text) is not None and _PERSONS.extract(text) is None


def _one(pattern: str) -> UserAgentExtractor:
    return UserAgentExtractor([(pattern, "found", None, None, None, None)])


_ENGINES, _DEVICES, _ROBOTS, _PERSONS = _one(_ENGINE), _one(_DEVICE), _one(_ROBOT), _one(_PERSON)
