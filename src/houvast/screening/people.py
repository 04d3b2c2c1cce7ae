"""Names of people: those of the lists, and words where a name is written.

A list alone would call `Mark Read` a person and miss `Elodie Weylant`; so a given name that is a word as well needs a
surname of the list, and behind `achternaam` any word with a capital is one.
"""

from __future__ import annotations

import lzma
import re
from functools import lru_cache
from importlib import resources

from houvast.screening.engine import Judge, Rule, Span
from houvast.screening.keyed import EDGE, SIGN, Check, apart, key, near, value
from houvast.screening.kinds import Kind

_NOTHING: tuple[Span, ...] = ()
_NO_NAMES = frozenset(
    b"""
    mark grant page will bill art max may april june july august summer dean chase drew sandy rose ray virginia paris sydney
    austin jordan israel china prince major van case server ruby jade pearl crystal amber ember dot lane data star sky angel
    destiny king queen royal blue forest ocean river storm rain snow autumn winter spring monday friday sunday
    """.split()
)
"""Given names that are words of logs; beside those that the list says are words."""
_NO_SURNAMES = frozenset(
    b"""
    server service manager controller operator client agent node cluster config configuration error warning info debug trace
    fatal notice alert exception failure failed message request response session connection thread process task job stage
    executor block file directory folder path port host network address interface device driver disk volume memory cache
    queue topic partition table column row index key value type class method function object module package library version
    update upgrade release build test check status state start started starting stop stopped stopping end begin complete
    completed successfully found not and or the for from with into onto over under this that these those is are was were be
    user users group groups role account password login logout token certificate authority policy rule rules resource
    resources api http https url uri json yaml xml html css sql log logs logger event events metric metrics monitor system
    kernel boot init mode read write open close create created delete deleted remove removed add added set get list map
    string number integer boolean date time day week month year utc gmt january february march april may june july august
    september october november december monday tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug
    sep oct nov dec mon tue wed thu fri sat sun linux windows mac android apple google microsoft amazon azure cloud docker
    container pod image registry deployment namespace secret schema standard default general public private center street
    road avenue university college school hospital company inc ltd bv corporation group team department office hat
    faults running requests saturation
    """.split()
)
"""Words with a capital that follow a given name by chance."""
_NOBODY = frozenset(
    b"""
    klant klanten customer customers all team allen iedereen everyone heer mevrouw sir madam user gebruiker collega relatie
    beste dear hallo hello dag geachte lezer medewerker client patient unknown onbekend none null nil true false test naam name voornaam achternaam
    the this that een het de not no yes geen niet is was has id with for met voor van and en or of in on op aan bij
    """.split()
)
"""What stands where a name stands, and is none."""

_SMALL = rb"[a-z\x80-\xff]"
_CAPITAL = rb"(?:[A-Z]|\xc3[\x80-\x9e])"
_PART = rb"(?:[vV]an|[dD]ie|en van|[dD]e[rn]?|[hH]et|'t|[tT]e[nr]?|von|zu|el|al|bin|di|da|dos|du|la|le|op|in)"
_WORD = _CAPITAL + rb"(?:[a-z\x80-\xff'\xe2]|(?<=[a-z'])[A-Z](?=[a-z])){1,30}"
_DOUBLE = _WORD + rb"(?:-(?:" + _PART + rb" ){0,2}" + _CAPITAL + _SMALL + rb"{1,20})?"
_SPACE = rb"(?: |\+|%20|&nbsp;)"
_INFIX = rb"(?:" + _PART + _SPACE + rb"|d'){0,3}"
_INITIALS = rb"(?:[A-Z]\.[ ]?){1,5}"
_BEHIND = rb"(?![0-9A-Za-z@]|[.:/-][0-9A-Za-z]|\\(?![nrt])[0-9A-Za-z])"
_BEFORE = rb"(?<![0-9A-Za-z@./\\-])"

_PAIR = re.compile(
    rb"(" + _DOUBLE + rb")(?:" + _SPACE + rb"[A-Z]\.)?" + _SPACE + rb"(" + _INFIX + rb")(" + _DOUBLE + rb")" + _BEHIND
)
_FIRST = re.compile(_WORD)
_NEXT = re.compile(_SPACE + rb"(" + _INFIX + rb")(" + _DOUBLE + rb")" + _BEHIND)
_TURNED = re.compile(
    rb"((?:" + _PART + rb" ){0,3})(" + _DOUBLE + rb"),[ ]?(" + _DOUBLE + rb")((?: [A-Z]\.){0,3})" + _BEHIND
)
_BIG = rb"[A-Z][A-Z'\x80-\xff]{1,20}"
_BIG_PAIR = re.compile(
    rb"(" + _BIG + rb")(?: [A-Z]\.?)?[ +]((?:(?:VAN|DE|DER|DEN|TEN|TER|VON)[ +]){0,3})(" + _BIG + rb")(?![0-9A-Za-z-])"
)
_SHORTENED = re.compile(_INITIALS + rb"((?:" + _PART + rb" ){0,3})(" + _DOUBLE + rb")" + _BEHIND)


@lru_cache(maxsize=1)
def _lists() -> tuple[frozenset[bytes], frozenset[bytes], frozenset[bytes]]:
    """Given names, those that are words as well, and surnames; in UTF-8 and, where that differs, in Latin-1."""
    packed = resources.files("houvast.screening").joinpath("names.txt.xz").read_bytes()
    given, words, surnames = (part.split("\n") for part in lzma.decompress(packed).decode().split("\n\n"))
    return _both(given), _both(words) | _NO_NAMES, _both(surnames)


def _both(names: list[str]) -> frozenset[bytes]:
    return frozenset(name.encode(how, "replace") for name in names for how in ("utf-8", "latin-1"))


def is_given(word: bytes) -> bool:
    """Whether it is a given name of the list, in small letters or large; a double one by its first half."""
    low = word.lower()
    return low in _lists()[0] or (b"-" in low and low.split(b"-")[0] in _lists()[0])


def _is_sure(word: bytes) -> bool:
    return is_given(word) and word.lower() not in _lists()[1]


def _is_surname(word: bytes) -> bool:
    low = word.lower()
    return (low in _lists()[2] or low.split(b"-")[0] in _lists()[2]) and low not in _NO_SURNAMES


def _go_together(given: bytes, infix: bytes, surname: bytes) -> bool:
    if not is_given(given) or surname.lower() in _NO_SURNAMES or given.lower() in _NOBODY:
        return False
    return bool(infix) or _is_surname(surname) or _is_sure(given)


def _pair(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    first = _FIRST.match(data, begin)
    if not first or not is_given(first[0]):
        return _NOTHING
    found = _PAIR.match(data, begin)
    if not found or data[max(0, begin - 1) : begin] in (b".", b"-", b"/", b"@", b"$"):
        return _NOTHING
    if not _go_together(found[1], found[2], found[3]):
        return _NOTHING
    more = _NEXT.match(data, found.end())
    last = more.end() if more and (more[1] or _is_surname(more[2]) or _is_sure(more[2])) else found.end()
    return ((begin, last),)


def _turned(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
    line = max(0, end - 60)
    found = _TURNED.search(data, line, end + 40)
    while found and found.end() < end:
        found = _TURNED.search(data, found.start() + 1, end + 40)
    if not found or found.start() >= end or data[max(0, found.start() - 1) : found.start()].isalnum():
        return _NOTHING
    return (found.span(),) if _go_together(found[3], found[1], found[2]) and is_given(found[3]) else _NOTHING


def _big_pair(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    found = _BIG_PAIR.match(data, begin)
    if not found or not is_given(found[1]):
        return _NOTHING
    return (found.span(),) if _is_surname(found[3]) or (found[2] and found[3].lower() not in _NO_SURNAMES) else _NOTHING


def _shortened(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    found = _SHORTENED.match(data, begin)
    if not found or data[max(0, begin - 1) : begin] in (b".", b"-", b"/", b"@", b"$"):
        return _NOTHING
    if found[2].lower() in _NO_SURNAMES or (found[1] and not found[1].strip()):
        return _NOTHING
    return (found.span(),)


_LETTER = rb"(?:[\w'\x80-\xff]|\\u00[0-9a-f]{2})"
_NAME = (
    rb"((?:"
    + _INITIALS
    + rb"|(?:"
    + _PART
    + _SPACE
    + rb"){0,3})"
    + _CAPITAL
    + _LETTER
    + rb"{1,30}(?:-"
    + _LETTER
    + rb"{1,20})?"
    rb"(?:,?"
    + _SPACE
    + rb"(?:"
    + _INITIALS
    + rb")?(?:"
    + _PART
    + _SPACE
    + rb"){0,3}"
    + _CAPITAL
    + rb"(?:"
    + _LETTER
    + rb"|-){0,30}\.?){0,4})"
    rb"(?![0-9A-Za-z@:(/=])"
)
_LEADING = re.compile(rb"(?:" + _PART + _SPACE + rb")+")


def _is_name(text: bytes) -> bool:
    first = re.split(rb"[ +,%]", _LEADING.sub(b"", text, count=1), maxsplit=1)[0].lower()
    return first not in _NOBODY and (not text.isupper() or _has_given(text))


def _has_given(text: bytes) -> bool:
    """Whether it is of several words, a given name and a surname among them."""
    words = re.findall(rb"[\w'\x80-\xff-]{2,}", text)
    return len(words) > 1 and (_go_together(words[0], b"", words[-1]) or _go_together(words[-1], b"", words[0]))


def _is_somebody(text: bytes) -> bool:
    words = re.findall(rb"[\w'\x80-\xff-]{2,}", text)
    return (
        bool(words) and words[0].lower() not in _NOBODY and (is_given(words[0]) or words[0].lower() in (b"van", b"de"))
    )


def _is_somebody_or_shaped(text: bytes) -> bool:
    """Also initials, or `van` and the like, before a surname."""
    return _is_somebody(text) or re.match(_INITIALS + rb"\w|" + _PART + rb" " + _CAPITAL, text) is not None


_TITLE = rb"(?:mevrouw|mevr\.?|mw\.|meneer|dhr\.?|de heer|heer|mrs?\.|ms\.|dr\.|drs\.|ir\.|mr\.|prof\.|fam\.|familie)"
_ROLE = rb"(?:t\.n\.v\.?|tnv|ten name van|klant|pati(?:\xc3\xab|\xeb|e)nt|cli(?:\xc3\xab|\xeb)nt|namens|attn:?|t\.a\.v\.?|bestuurder|verzekerde|werknemer|medewerker|signed by|ondertekend door)"
_GREETING = (
    rb"(?:beste|dear|hallo|hi|hello|hey|hoi|dag|geachte|groet(?:en|jes)?,?|regards,?|wishes,?|thanks,?|mvg,?|cheers,?)"
)


def _behind(words: bytes, check: Check) -> Judge:
    """A name behind words that lead to one."""
    search = re.compile(rb"(?<![0-9A-Za-z.])(?i:" + words + rb")[ \r\n]{1,3}" + _NAME).search

    def judge(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
        found = search(data, max(0, end - 40), end + 200)
        return (found.span(1),) if found and found.start(1) < end and check(found[1]) else _NOTHING

    return judge


def _before_a_name(words: bytes) -> bytes:
    return rb"\b(?i:" + words + rb")[ \r\n]{1,3}(?:" + _PART + rb" ){0,3}(?:[A-Z]\.|" + _CAPITAL + _SMALL + rb")"


_STRONG = key(
    rb"(?:voor|achter|familie|roep|klant|doop|geboorte|meisjes)_?naam", rb"(?:volledige|eigen)_?naam", rb"naam", rb"(?:first|last|given|family|middle|full|real|maiden)[_ -]?name",
    rb"(?:customer|patient|employee|contact|client|person|holder|cardholder|passenger|guest|student|recipient|sender)[_ -]?name", rb"surname", rb"(?:card)?holder", rb"bestuurder", rb"contactpersoon", rb"patient", rb"verzekerde", rb"actor", rb"rekeninghouder", rb"begunstigde", rb"geadresseerde",
)  # fmt: skip
_WEAK = (
    rb"(?i:(?:display|user|account|owner|author|nick|[^a-z0-9])_?name|author|owner|contact|assignee|reporter|customer|client|klant|employee|gecos|[^a-z0-9]cn|from)"
    + SIGN
    + rb"[ \t]{0,3}[\"'\\]{0,4}"
    + _CAPITAL
)
_GIVEN_NEXT = (
    _CAPITAL + _SMALL + rb"{1,20}(?:-" + _CAPITAL + _SMALL + rb"{1,20})?(?: [A-Z]\.)?" + _SPACE + _INFIX + _CAPITAL + rb"[a-z\x80-\xff']"
)  # fmt: skip

RULES = (
    Rule(Kind.NAME, 85, EDGE + _GIVEN_NEXT, apart(_pair), begins=True),
    Rule(Kind.NAME, 85, _SMALL + rb", ?" + _CAPITAL + _SMALL + rb"{2}", _turned),
    Rule(Kind.NAME, 80, EDGE + rb"[A-Z]{2,20}[ +](?:[A-Z]\.? )?(?:(?:VAN|DE|DER|DEN|TEN|TER|VON)[ +]){0,3}[A-Z]{2}", apart(_big_pair), begins=True),
    Rule(Kind.NAME, 75, EDGE + rb"(?:[A-Z]\.[ ]?){1,5}(?:" + _PART + rb" ){0,3}" + _CAPITAL + _SMALL + rb"{2}", apart(_shortened), begins=True),
    Rule(Kind.NAME, 92, _STRONG, value(_NAME, _is_name), caseless=True),
    Rule(Kind.NAME, 85, _WEAK, near(SIGN + rb"[ \t]{0,3}[\"'\\]{0,4}" + _NAME, 12, _has_given, ahead=200)),
    Rule(Kind.NAME, 88, _before_a_name(_TITLE), _behind(_TITLE, _is_name)),
    Rule(Kind.NAME, 85, _before_a_name(_ROLE), _behind(_ROLE, _is_somebody_or_shaped)),
    Rule(Kind.NAME, 85, _before_a_name(_GREETING), _behind(_GREETING, _is_somebody)),
)  # fmt: skip
