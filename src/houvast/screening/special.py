"""Special categories in free text: what GDPR articles 9 and 10 protect, and (8) that somebody is a child under sixteen.

A lane of its own: for what people write (tickets, notes, mail), not for logs. Some words tell it wherever they stand
(`diabetes`); others only when they are said of somebody (`mijn geloof`, not `een geloofwaardige fout`).
"""

from __future__ import annotations

import re

from houvast.screening.engine import Rule, Span
from houvast.screening.keyed import whole
from houvast.screening.kinds import Kind

_NOTHING: tuple[Span, ...] = ()
_HEALTH = (
    "diabet(?:es|icus|icae?|ic)", "suikerziekte", "(?:borst|long|huid|darm|prostaat|hals|maag)?kanker(?:patient|behandeling)?",
    "leuk(?:emie|aemia|emia)", "tumou?r(?:en|s)?", "chemo(?:therapie|therapy|kuur)?", "hiv(?:-positi(?:ef|ve))?", "hepatitis",
    "epilep(?:sie|sy|tisch|tic)", "asth?ma(?:tisch|tic)?", "copd", "reuma(?:tisch)?", "rheumatism", "multiple scleros(?:e|is)",
    "parkinson", "alzheimer", "dement(?:ie|ia|erend)", "schizo(?:frenie|freen|phrenia|phrenic)", "bipolaire?(?: stoornis)?", "bipolar disorder",
    "adhd", "autis(?:me|m|tisch|tic)", "pts[sd]", "burn-?out", "depressie(?:s|f|ve)?", "antidepressi(?:va|vum)", "antidepressants?",
    "anorexia", "bou?limia", "zelfmoord(?:poging)?", "suicidal", "suicide attempt", "zwanger(?:schap)?", "pregnan(?:t|cy)", "miskraam",
    "miscarriage", "abortus", "hart(?:infarct|aanval|patient|falen)", "heart attack", "beroerte", "herseninfarct", "nierdialyse",
    "arbeidsongeschikt(?:heid)?", "rolstoel", "wheelchair user", "ziekte van [a-z]{3,15}", "medicijngebruik",
    "psychiat(?:er|rist|risch|rische|ric)", "psychotherap(?:ie|eut|y|ist)", "alcohol(?:ist|isme|verslaving|ism)", "drugsverslaving", "verslavingszorg",
)  # fmt: skip
_OTHERS = (
    "vakbondslid(?:maatschap)?", "lid van (?:de |een )?(?:vakbond|fnv|cnv|vcp)", "(?:trade )?union member(?:ship)?",
    "homoseksu(?:eel|ele)", "homosexual", "biseksu(?:eel|ele)", "bisexual", "lesbisch", "lesbian", "transgender", "transseksueel",
    "seksuele (?:geaardheid|voorkeur)", "sexual orientation", "strafblad", "veroordeeld (?:voor|wegens|tot)", "gevangenisstraf",
    "taakstraf", "reclassering", "criminal (?:record|conviction)", "convicted (?:of|for)", "prison sentence", "moslima?", "muslim",
    "islamitisch", "joods(?:e)?", "jewish", "katholieke?", "roman catholic", "gereformeerde?", "hindoe", "boeddhist", "jehova'?s? getuigen?",
    "jehovah'?s witness(?:es)?", "etnische (?:afkomst|achtergrond)", "ethnic (?:origin|background)", "politieke (?:voorkeur|overtuiging)",
    "political (?:opinions?|affiliation)", "minderjarige?", "kind(?:eren)? (?:onder|jonger dan) (?:de )?(?:zestien|16)",
    "child(?:ren)? under (?:the age of )?(?:sixteen|16)",
)  # fmt: skip
_OF_SOMEBODY = (
    "zieke?", "ziekmelding", "ziekgemeld", "ziekenhuis", "operatie", "geopereerd", "medicijnen", "medicatie", "allergi(?:e|sch)", "handicap", "gehandicapt",
    "therapie", "therapeut", "psycholoog", "diagnose", "verslaafd", "verslaving", "overspannen", "wia", "wao", "huisarts",
    "sick leave", "illness", "hospital", "surgery", "medication", "allergic", "disab(?:led|ility)", "therapist", "therapy", "diagnosed",
    "addict(?:ed|ion)", "doctor", "vakbond", "trade union", "shop steward", "homo", "gay", "queer", "geloof", "geloofsovertuiging", "religie", "religion", "kerk",
    "church", "moskee", "mosque", "synagoge", "synagogue", "christen", "christian", "islam", "atheist", "gevangenis", "prison", "aangehouden", "arrested",
    "gearresteerd", "verdachte van", "suspect of", "aangifte tegen", "lid van de partij", "basisschool", "primary school",
)  # fmt: skip
_PERSON = re.compile(
    rb"\b(?:ik|mijn|m'n|mij|me|zij|hij|haar|zijn|hem|wij|ons|onze|i|i'm|my|he|she|his|her|our|we|patient|klant|collega|moeder|vader|dochter|zoon"
    rb"|zoontje|dochtertje|kind|man|vrouw|partner|medewerker|mevrouw|meneer|mother|father|daughter|son|child|husband|wife|colleague)\b",
    re.I,
)
_IDIOMS = re.compile(rb"(?:ziek(?: word| ben)? (?:ik )?van|sick of|doctor (?:who|string)|christian name)", re.I)
_AROUND = 70
"""Bytes on either side in which it must be said of whom."""
_YEARS = rb"(?:[1-9]|1[0-5])"
_CHILD = rb"(?:zoon(?:tje)?|dochter(?:tje)?|kind(?:je)?|jongen|meisje|leerling|kleinzoon|kleindochter|son|daughter|child|kid|boy|girl|pupil)"
_AGED = (
    rb"\b" + _YEARS + rb"[- ]?(?:jaar oud|jarige?|years? old|year-old)\b",
    rb"\b(?:ik ben|i am|i'm|aged|leeftijd:?) " + _YEARS + rb"(?: jaar| years?)?\b(?:[^\d%.,:/-]|[.,][^\d]|[.,]?$)",
    rb"\b" + _CHILD + rb"\b[^\d\n.]{0,20}\b" + _YEARS + rb"(?: jaar| years?|\))",
)


def _words(words: tuple[str, ...]) -> bytes:
    return rb"\b(?:" + "|".join(words).encode() + rb")\b"


def _told_of_somebody(data: bytes, begin: int, end: int) -> tuple[Span, ...]:
    first = max(0, begin - _AROUND)
    around = data[first:begin], data[end : end + _AROUND]
    if not (_PERSON.search(around[0]) or _PERSON.search(around[1])) or _IDIOMS.search(data, first, end + 20):
        return _NOTHING
    return ((begin, end),)


RULES = (
    Rule(Kind.SPECIAL, 80, _words(_HEALTH), whole, caseless=True, begins=True),
    Rule(Kind.SPECIAL, 80, _words(_OTHERS), whole, caseless=True, begins=True),
    Rule(Kind.SPECIAL, 60, _words(_OF_SOMEBODY), _told_of_somebody, caseless=True, begins=True),
    *(Rule(Kind.SPECIAL, 70, aged, whole, caseless=True, begins=True) for aged in _AGED),
)


_AHEAD = re.compile(r"\(\?:([a-z |]+)\)(\??)")
_PLAIN = re.compile(r"[a-z]+(?![?{])")


def _begins(word: str) -> set[str]:
    """How the first word of what an expression finds begins, as far as every such word does."""
    if ahead := _AHEAD.match(word):
        rest = _begins(word[ahead.end() :]) if ahead[2] else set[str]()
        return rest | {begin for one in ahead[1].split("|") for begin in _begins(one)}
    plain = _PLAIN.match(word)
    if plain is None:
        raise ValueError(f"it is not known how {word!r} begins")
    return {plain.group()}


_BEGIN = sorted({begin for word in (*_HEALTH, *_OTHERS, *_OF_SOMEBODY) for begin in _begins(word)})
IN_SQL = {
    "begins": "{" + ",".join(dict.fromkeys(begin[:4] for begin in _BEGIN)) + "}",
    "began": rf"^({'|'.join(_BEGIN)})",
    "told": rf"\y({'|'.join((*_HEALTH, *_OTHERS))})\y",
    "somebody": rf"\y({'|'.join(_OF_SOMEBODY)})\y",
    "person": _PERSON.pattern.decode().replace(r"\b", r"\y"),
    "idioms": _IDIOMS.pattern.decode(),
    "aged": "|".join(one.decode().replace(r"\b", r"\y") for one in _AGED),
}
"""The same as expressions of PostgreSQL, for small letters and large: the first four letters of a word without which nothing is told (which is quick to ask) and how it begins, what
tells it wherever it stands, what does only when it is said of somebody, who that can be, what only sounds like it, and ages."""
AROUND = _AROUND

STEMS = (
    r"\y("
    + "|".join((*_HEALTH, *_OTHERS, *_OF_SOMEBODY))
    + r")\y|\y(1[0-5]|[1-9])[- ]?(jaar|jarig|year)|\y(ben|am|aged) (1[0-5]|[1-9])\y"
)
"""What a text must hold for any of these to be found: an expression of PostgreSQL, for small letters and large."""
