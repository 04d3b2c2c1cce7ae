"""What the page about files says, in Dutch and English."""

# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Mapping

from houvast.screening.kinds import Kind

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "What is in your files",
        "lead": "We looked through {name} and found {found} pieces of personal data in {with_findings} of {files} files. "
        "Nothing has left your computer.",
        "clean": "We looked through {name}, {files} files, and found no personal data. Nothing has left your computer.",
        "files": "files",
        "with_findings": "files with findings",
        "closed": "files that could not be screened",
        "found": "pieces of personal data",
        "where": "Where it was found",
        "others": "{count} other files: nothing found",
        "other": "1 other file: nothing found",
        "count": "{count} found",
        "kinds": "What was found",
        "kind": "Kind",
        "times": "How often",
        "lines": "The first lines",
        "lines_of": "Findings in {path}",
        "not_screened": "What could not be screened",
        "not_screened_lead": "We do not know what is in these files. Do not send them, or look at them yourself.",
        "left_out": "What was left out",
        "left_out_lead": "These files are not in {out}.",
        "more": "And {count} more files.",
        "next": "What to do",
        "redact": "Have what was found replaced by stand-ins: houvast scan PATH --redact OUT. Does a kind of data need "
        "to stay, and may it? Add --keep and its name.",
        "written": "{out} holds the same files with stand-ins. We looked through it again and found nothing.",
    },
    "nl": {
        "title": "Wat er in uw bestanden staat",
        "lead": "Wij hebben {name} bekeken en vonden {found} persoonsgegevens in {with_findings} van de {files} bestanden. "
        "Niets heeft uw computer verlaten.",
        "clean": "Wij hebben {name} bekeken, {files} bestanden, en vonden geen persoonsgegevens. Niets heeft uw computer "
        "verlaten.",
        "files": "bestanden",
        "with_findings": "bestanden met vondsten",
        "closed": "bestanden die wij niet konden bekijken",
        "found": "persoonsgegevens",
        "where": "Waar ze staan",
        "others": "{count} andere bestanden: niets gevonden",
        "other": "1 ander bestand: niets gevonden",
        "count": "{count} gevonden",
        "kinds": "Wat er gevonden is",
        "kind": "Soort",
        "times": "Hoe vaak",
        "lines": "De eerste regels",
        "lines_of": "Vondsten in {path}",
        "not_screened": "Wat wij niet konden bekijken",
        "not_screened_lead": "Wij weten niet wat er in deze bestanden staat. Stuur ze niet mee, of bekijk ze zelf.",
        "left_out": "Wat weggelaten is",
        "left_out_lead": "Deze bestanden zitten niet in {out}.",
        "more": "En nog {count} bestanden.",
        "next": "Wat u kunt doen",
        "redact": "Laat wat gevonden is vervangen: houvast scan PAD --redact UIT. Moet een soort gegevens blijven staan, en "
        "mag dat? Zet er dan --keep bij, met de naam van die soort.",
        "written": "{out} bevat dezelfde bestanden met vervangingen. Wij hebben het nog eens bekeken en vonden niets.",
    },
}

LABELS: Mapping[Kind, Mapping[str, str]] = {
    Kind.EMAIL: {"en": "e-mail", "nl": "e-mail"},
    Kind.PHONE: {"en": "phone", "nl": "telefoon"},
    Kind.BSN: {"en": "BSN", "nl": "BSN"},
    Kind.IBAN: {"en": "bank account", "nl": "rekening"},
    Kind.CARD: {"en": "payment card", "nl": "betaalkaart"},
    Kind.ADDRESS: {"en": "address", "nl": "adres"},
    Kind.POSTCODE: {"en": "postcode", "nl": "postcode"},
    Kind.CITY: {"en": "place", "nl": "woonplaats"},
    Kind.NAME: {"en": "name", "nl": "naam"},
    Kind.USERNAME: {"en": "user name", "nl": "gebruikersnaam"},
    Kind.BIRTH_DATE: {"en": "date of birth", "nl": "geboortedatum"},
    Kind.NUMBER_PLATE: {"en": "number plate", "nl": "kenteken"},
    Kind.PASSPORT: {"en": "identity document", "nl": "identiteitsbewijs"},
    Kind.VAT_NUMBER: {"en": "VAT number", "nl": "btw-nummer"},
    Kind.IP_ADDRESS: {"en": "IP address", "nl": "IP-adres"},
    Kind.MAC_ADDRESS: {"en": "MAC address", "nl": "MAC-adres"},
    Kind.HOST_NAME: {"en": "host name", "nl": "computernaam"},
    Kind.COORDINATES: {"en": "coordinates", "nl": "co\u00f6rdinaten"},
    Kind.SECRET: {"en": "secret", "nl": "geheim"},
    Kind.KEYWORD: {"en": "word of your own", "nl": "eigen woord"},
    Kind.SPECIAL: {"en": "special data", "nl": "bijzonder gegeven"},
}
"""One of each kind, as it stands in the place of a value."""

_DUTCH: Mapping[str, str] = {
    "what is packed in it: ": "wat erin ingepakt is: ",
    "the rest of it: ": "de rest ervan: ",
    "it has a password": "er staat een wachtwoord op",
    "it is cut off": "het is afgebroken",
    "it is damaged, or no database that can be opened": "het is beschadigd, of geen database die te openen is",
    "it is damaged: what is said of a file is longer than any name": "het is beschadigd",
    "it is damaged": "het is beschadigd",
    "it is a device": "het is een apparaat",
    "it is a pipe": "het is een pijp",
    "it is a link that leads out of the archive": "het is een verwijzing naar buiten het archief",
    "it is an entry of a kind that is not known": "het is van een onbekende soort",
    "it is a file with holes": "het is een bestand met gaten",
    "its name leads out of the archive": "de naam wijst naar buiten het archief",
    "there is no room to write it again": "er is geen ruimte om het opnieuw te schrijven",
    "it could not be read": "het was niet te lezen",
    "what was found in it cannot be taken out of a file of its kind": "wat erin gevonden is, is er niet uit te halen",
    "its archive has two files of this name": "er zijn twee bestanden met deze naam",
    "its archive has two files of one name": "er zijn twee bestanden met \u00e9\u00e9n naam",
    "its sum or its size is wrong": "de controlesom of de grootte klopt niet",
    "its entries overlap": "de onderdelen overlappen elkaar",
    "its list says something else than its entries, or names one twice": "de inhoudsopgave klopt niet met de inhoud",
    "its list leaves out entries": "de inhoudsopgave klopt niet met de inhoud",
    "something else stands between its entries": "er staat iets anders tussen de onderdelen",
    "something else stands behind the end of an entry": "er staat iets anders achter een onderdeel",
    "something else stands behind its list": "er staat iets anders achter de inhoudsopgave",
    "something else stands behind its end": "er staat iets anders achter het einde",
    "what is said behind an entry is not what it holds": "de controlesom of de grootte klopt niet",
    "where an entry that cannot be opened ends is not said": "waar een onderdeel eindigt staat er niet bij",
    "where an entry ends is said behind it only": "waar een onderdeel eindigt staat er niet bij",
    "it is packed in a way that is not opened": "het is ingepakt op een manier die wij niet openen",
    "unpacking it asks for too much memory": "uitpakken vraagt te veel geheugen",
    "there are more archives in archives than are looked through": "er zitten te veel archieven in elkaar",
    "something is hidden in it more often than is looked through": "er is iets te vaak in verstopt",
    "parts of it are no text": "delen ervan zijn geen tekst",
    "something packed stands in the midst of it": "er staat iets ingepakts middenin",
    "it says that its letters take more than a byte, and has others": "het zegt dat letters meer dan \u00e9\u00e9n byte hebben, en heeft andere",
    "looking through it takes too long": "het bekijken duurt te lang",
    "more comes out of it than is looked through": "er komt meer uit dan wij bekijken",
}
_DUTCH_ALSO: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"it is (.*): only its plain text was looked through"), "dit is een soort bestand waarvan wij alleen de "
     "leesbare tekst bekijken"),
    (re.compile(r"it is a network capture: only .*"), "van netwerkverkeer bekijken wij alleen adressen en leesbare tekst"),
    (re.compile(r"it is larger than the (\d+) MiB .*"), r"het is groter dan de \1 MiB die wij van zulke bestanden bekijken"),
    (re.compile(r"Base64 in it is longer than the (\d+) MiB .*"), r"er staat Base64 in van meer dan \1 MiB"),
    (re.compile(r"more comes out of it than the (\d+) MiB .*"), r"er komt meer dan \1 MiB uit"),
    (re.compile(r"more than ([\d,]+) files are in it"), r"er zitten meer dan \1 bestanden in"),
    (re.compile(r"more than (\d+) times as much comes out of .*"), r"er komt meer dan \1 keer zoveel uit als erin ging"),
)  # fmt: skip


def reason(why: str, language: str) -> str:
    """Why something could not be screened, in that language."""
    if language == "en":
        return why
    for begin in ("what is packed in it: ", "the rest of it: "):
        if why.startswith(begin):
            return _DUTCH[begin] + reason(why.removeprefix(begin), language)
    for pattern, said in _DUTCH_ALSO:
        if found := pattern.fullmatch(why):
            return found.expand(said)
    return _DUTCH[why]
