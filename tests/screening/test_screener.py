"""The screener finds each kind as logs, files and people write it, leaves alone what only looks like it, and finds the
same however the bytes come."""

from __future__ import annotations

import base64
import sys
import time
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum import iban as oracle_iban
from stdnum import luhn
from stdnum.nl import bsn as oracle_bsn

from houvast.errors import UsageError
from houvast.screening import Finding, Kind, Screener, engine, keyed
from houvast.screening.checks import is_bsn, is_card, is_iban
from houvast.screening.screener import SEGMENT

SCREENER = Screener(("Noordster", "Project Zwaluw", "Éclair"))
FREE_TEXT = Screener(kinds=frozenset({Kind.SPECIAL}))
TOKEN = base64.urlsafe_b64encode(b"not a token of anybody " * 2).decode().rstrip("=")
JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJ{TOKEN}.{TOKEN}"
AKID = "AKIA" + "Q7EXAMPLE7QEXAMP"

THERE = {
    Kind.EMAIL: (
        "mail to «jan.de-vries+nieuws@sub.voorbeeld.example», please", "GET /a?mail=«jan%40voorbeeld.example»&x=1",
        "<«o'brien@voorbeeld.example»>", 'from="«JAN@VOORBEELD.EXAMPLE»"', "q=mail%3D«jan%2Bx%40voorbeeld.example»",
    ),
    Kind.PHONE: (
        "bel «06-12345678» na zessen", "call «+31 6 1234 5678»", "tel. «(020) 794 60 95»", "«0031204096001»;x",
        "tel=«%2B1-206-832-7081» 200", "phone: «415-339-0872»", "sip:«+31612345678»@x", "«+31(0)6-12345678»", "«06 12 34 56 78»", '"mobiel": "«0612345678»"', "fax: «+49 30 9976759»",
    ),
    Kind.BSN: (
        "(BSN «111222333»)", '"bsn":"«111222333»"', "burgerservicenummer is «1112.22.333»",
        "«111222333» (bsn)", "bsn=«10000008»",
    ),
    Kind.IBAN: ("naar «NL91 ABNA 0417 1643 00» graag", "«NL91ABNA0417164300» IN MEI",
                "«DE89370400440532013000»", "«GB82 WEST 1234 5698 7654 32»"),
    Kind.CARD: ("card=«4111111111111111» ", "«5500 0000 0000 0004»", "amex «378282246310005»", "«4111-1111-1111-1111»,"),
    Kind.ADDRESS: (
        "aan de «Dorpsstraat 12», graag", "«Burgemeester de Vlugtlaan 249a»", "«2e Jan Steenstraat 6-2»", "«712 William Shoal Apt. 3»",
        '"adres":"«Achter de Kerk 3»"', "«1 High Street»", "«Postbus 123», 1234 AB Assen", "«Hauptstraße 5», Berlin",
    ),
    Kind.POSTCODE: ("Dorpsstraat 12, «1234 AB» Utrecht", "<postcode>«1234AB»</postcode>", ",'«1250CJ»','", "zip: «90210»"),
    Kind.CITY: ("Dorpsstraat 12, 1234 AB «Den Helder»", '"woonplaats": "«Utrecht»"', "9 High Street, «Springfield»"),
    Kind.NAME: (
        "opened for «Elodie Weylant» today", "t.n.v. «J.P. van der Berg», afgewezen", '"achternaam":"«Weylant»"', "mevrouw «de Bruin»",
        ";«van Doorn, Lotte»;", "Beste «Lotte»,", "patient «ROBERT ROBINSON» dob", "q=«Lotte+van+den+Velde»&", 'holder="«Mark Johnson»"',
        '{"naam":"«Aim\\u00e9e Jaceps»"', "«Zoë Huisman» belt", "«Sean O'Brien» called", "Mw. «A. Jansen-de Boer» en", "PID|1||123456^^^Z||«Jansen^Petra^A»||19700412|F",
    ),
    Kind.USERNAME: (
        "/home/«jdevries»/.ssh", r"C:\Users\«jdevries»\AppData", "user=«jdevries2» ip", "Failed password for invalid user «pkoster» from 203.0.113.9",
        "«jdevries»-laptop", "opgezocht door «pkoster»\n", "[sudo] password for «janderson»:", "session opened for user «pkoster» by (uid=0)",
        "sudo: «jdevries» : TTY=pts/0", "uid=1000(«jdevries»)", r"CORP\«pkoster1» logged", "jdbc:postgresql://«crm_jan»:hunter2222@db", '203.0.113.9 - «pkoster» [10/Oct/2025:13:55:36 +0000] "GET"',
    ),
    Kind.BIRTH_DATE: (
        "geboren op «12-03-1980» te Assen", "geb. «1 mei 1970»", '"geboortedatum":"«1980-03-12»"', "dob «5/2/1969» called",
        "date of birth: «March 12, 1980»", "PID|1||1^^^Z||A^B||«19700412»|F|||", "7;Lotte de Vries;«12-03-1980»;x",
    ),
    Kind.NUMBER_PLATE: ("kenteken=«XK-495-V» bestuurder", "auto «87-PR-DR» gezien", "license plate: «JT514N»"),
    Kind.PASSPORT: ("paspoort «SPECI2014»", "passport number: «NX1234567»", "reisdocument nr. «SPECI2014»", "rijbewijs nr «5123456789»"),
    Kind.VAT_NUMBER: ("btw: «NL123456789B01»", "VAT no: «DE123456789»"),
    Kind.IP_ADDRESS: (
        "from «203.0.113.9» port", "src: /«10.251.43.115»:46385", "ip=«2001:db8:8808:62c4:4e08:64b6:d481:e83c» ", "«fe80::1ff:fe23:4567:890a»%eth0",
        "[«2001:db8::1»]:443", "http://«192.0.2.1»/x",
    ),
    Kind.MAC_ADDRESS: ("to «00:1b:44:11:3a:b7» via", "«00-1B-44-11-3A-B7»", "hwaddr: «001b44113ab7»", "ether «001b.4411.3ab7» dynamic"),
    Kind.HOST_NAME: ("on «ip-10-0-195-177» systemd", "at «db01.voorbeeld.internal» now", "(«mail.kantoor.example.nl»)"),
    Kind.COORDINATES: ("at «52.37403, 4.88969» now", '"lat": «52.37403»', "longitude=«4.88969»", "geo:«52.37,4.89»;u=1", "POINT(«4.8896 52.374»)"),
    Kind.SECRET: (
        f"Authorization: Bearer «{JWT}»", "Set-Cookie: JSESSIONID=«9wEubT0x65tK3dBjAQK6»; Path=/", f"export AWS_ACCESS_KEY_ID=«{AKID}»",
        "postgresql://crm:«4xw53wxWwbJN»@db01/app", 'password: "«met spaties erin»"', "db_password=«hunter2222»", '"api_key": "«a8f5f167f44f4964e6c998de»"',
        "<wachtwoord>«Welkom01!»</wachtwoord>", "mysql --password «hunter2222» -h", "-----BEGIN PRIVATE KEY-----\n«" + "MIIEvQ" * 10 + "»\n-----END PRIVATE KEY-----",
        "token = «ghp_" + "a1B2" * 9 + "»", "x:«$6$saltsaltsalt$" + "a1B2" * 9 + "»:19000", "sig «sha256~" + "a1B2-" * 9 + "» x",
    ),
    Kind.KEYWORD: ("de «noordster» is kapot", "x«PROJECT ZWALUW»x", "een «éclair» graag"),
}  # fmt: skip
NOT_THERE = (
    "", "De klant belt morgen terug.", "bestelling 2026-001234 van 12 mei, 3 stuks à 19,95", "artikel 100200300 is op",
    "extension-apiserver-authentication::client-ca-file", "kube-system::extension", "std::accumulate(a::begin(), b::end)",
    "version 4.18.0.193", "rev 1.2.3.4 of it", "Chrome/41.0.2272.89", "listening on 127.0.0.1:8080 and 0.0.0.0",
    "948036d9-cd95-41f3-953f-1a2b3c4d5e6f", "081111 004657 17337 INFO dfs.DataNode", "m=+99.343866741,Count:1", "2048 MB of 4096 KB at 1234 AM",
    "blk_-9103764593642564543", "1627982159.5086", "04:30:31.123456789", "Mark Read, Will Start, Grant All and May Fail",
    "Starting Network Manager", "user: root", 'username="system:serviceaccount:openshift-monitoring"', "password: null", "token: ${TOKEN}", "secretName: foo-bar-1",
    "getty@tty1.service", "git@github.com:openshift/x", "sigs.k8s.io/controller-runtime", "org.apache.hadoop.hdfs.StateChange", "@ is een apenstaartje",
    "NL91ABNA0417164301 is geen rekening", "card 4111111111111112", "bsn 111222334", "verzonden op 12-03-2026", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "1,2,'1980-03-12',4", r"C:\Windows\system32", "created by main.main", "for use with etcd", "12 Jan Server Start", "metric 0.1234 0.5678",
)  # fmt: skip
TOLD = (
    "ik heb «diabetes»", "zij is «zwanger»", "mijn «zoon is 12 jaar» en kan niet inloggen", "my «daughter (9)» wants an account", "Ik ben «lid van de vakbond».",
    "ik ben «ziek» thuis", "he was «convicted of» fraud", "mijn «geloof» staat er niet bij", "I have «asthma»", "she is «lesbian»",
)  # fmt: skip
UNTOLD = (
    "een ongeloofwaardige fout", "I am sick of this bug", "Kan de klant 3 jaar garantie krijgen?", "the process is depressed by load", "version 12 years of work",
    "de kerk staat op de kaart", "ik kreeg 14,5% korting",
)  # fmt: skip


def marked(text: str) -> tuple[bytes, list[tuple[int, int]]]:
    """A text without its marks, and what stands between them, in bytes."""
    data, spans = b"", list[tuple[int, int]]()
    for number, part in enumerate(text.replace("»", "«").split("«")):
        if number % 2:
            spans.append((len(data), len(data) + len(part.encode())))
        data += part.encode()
    return data, spans


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in THERE.items() for text in texts])
def test_what_is_there_is_found_whole(kind: Kind, text: str) -> None:
    data, spans = marked(text)
    found = SCREENER.find(data)
    assert [(one.offset, one.end) for one in found if one.kind is kind] == spans


@pytest.mark.parametrize("text", NOT_THERE)
def test_what_only_looks_like_it_is_not_found(text: str) -> None:
    assert SCREENER.find(text.encode()) == []


@pytest.mark.parametrize("text", TOLD)
def test_what_people_tell_of_health_faith_crime_and_children_is_found(text: str) -> None:
    data, spans = marked(text)
    assert [(one.offset, one.end) for one in FREE_TEXT.find(data)] == spans
    assert Kind.SPECIAL not in {one.kind for one in SCREENER.find(data)}


@pytest.mark.parametrize("text", UNTOLD)
def test_words_that_are_said_of_nobody_are_not(text: str) -> None:
    assert FREE_TEXT.find(text.encode()) == []


def test_only_the_kinds_that_are_asked_for_are_found() -> None:
    data = b"jan@voorbeeld.example at 203.0.113.9"
    assert {one.kind for one in Screener(kinds=frozenset({Kind.IP_ADDRESS})).find(data)} == {Kind.IP_ADDRESS}
    assert Screener(kinds=frozenset()).find(data) == []


def test_keywords_are_found_in_either_case_and_in_latin_1() -> None:
    assert [one.length for one in SCREENER.find("ÉCLAIR".encode("latin-1"))] == [6]
    assert Screener(("a.b",)).find(b"axb") == []


_SOUP = st.lists(
    st.one_of(
        st.sampled_from([marked(text)[0] for texts in THERE.values() for text in texts]),
        st.binary(max_size=40), st.sampled_from([b"\n", b" ", b"\0", b"x" * 300]),
    ),
    max_size=12,
).map(b"".join)  # fmt: skip


@given(_SOUP, st.lists(st.integers(1, 90), min_size=1, max_size=8))
@example(b"jan@voorbeeld.example", [1])
def test_findings_are_the_same_whatever_the_sizes_of_the_pieces(data: bytes, sizes: list[int]) -> None:
    found = SCREENER.find(data)
    assert in_pieces(data, sizes) == found
    assert all(one.end <= other.offset for one, other in pairwise(found))
    assert all(one.offset >= 0 and one.length > 0 and one.end <= len(data) for one in found)


@pytest.mark.parametrize("filler", [b"x " * 37 + b"\n", b"x" * 75, b"A1" * 37 + b";"])
def test_they_are_so_where_segments_are_cut_also_in_one_long_line(filler: bytes) -> None:
    line = b'user=jdevries2 mail jan@voorbeeld.example, "bsn":"111222333" Dorpsstraat 12, 1234 AB Utrecht '
    data = (filler * 12 + line) * (3 * SEGMENT // (12 * len(filler) + len(line)))
    found = SCREENER.find(data)
    assert in_pieces(data, [65_537]) == found == in_pieces(data, [SEGMENT + 1])
    assert [one.kind for one in found].count(Kind.EMAIL) == data.count(b"@")
    assert [one.kind for one in found].count(Kind.BSN) == data.count(b"bsn")


def in_pieces(data: bytes, sizes: list[int]) -> list[Finding]:
    stream, found, at, turn = SCREENER.stream(), list[Finding](), 0, 0
    while at < len(data):
        found += stream.feed(data[at : at + sizes[turn % len(sizes)]])
        at += sizes[turn % len(sizes)]
        turn += 1
    return [*found, *stream.close()]


def test_memory_is_bounded_however_much_comes() -> None:
    block = (b"x" * 5000 + b" jan@voorbeeld.example\n") * 50
    SCREENER.find(block)
    tracemalloc.start()
    stream = SCREENER.stream()
    count = sum(len(stream.feed(block)) for _ in range(100)) + len(stream.close())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 5000
    assert peak < 12 << 20


@pytest.mark.parametrize(
    "bait",
    [b"a" * 300_000, b"1" * 300_000, b"1 " * 150_000, b"A. " * 100_000, b"Jan " * 75_000, b"a:" * 150_000, b"::" * 150_000,
     b"a.b." * 75_000 + b"nl", b"user=" * 60_000, b"password=\"" * 30_000, b"cookie: a=" * 30_000, b"-----BEGIN PRIVATE KEY-----" * 8_000,
     b"bsn " * 75_000, b"geboren " * 37_500, b"+" * 300_000, b"//a:" * 75_000, b"@" * 300_000, b"van der " * 37_500, b"\0" * 300_000, b"%40" * 100_000],
    ids=lambda bait: bait[:12].decode("latin-1"),
)  # fmt: skip
def test_bait_for_expressions_takes_no_time(bait: bytes) -> None:
    begin = time.process_time()
    SCREENER.find(bait)
    assert time.process_time() - begin < 2


@given(st.integers(0, 10**9 - 1))
@example(111222333)
@example(0)
def test_the_eleven_test_is_that_of_the_oracle(number: int) -> None:
    text = f"{number:09}"
    assert is_bsn(text.encode()) == (oracle_bsn.is_valid(text) and number > 0)


@given(st.from_regex(r"\A[3-6][0-9]{12,18}\Z"))
@example("4111111111111111")
def test_the_test_of_cards_is_that_of_the_oracle(text: str) -> None:
    assert is_card(text.encode()) == (luhn.is_valid(text) and len(set(text)) > 1)


@settings(max_examples=200)
@given(st.sampled_from(["NL", "DE", "GB", "BE", "FR", "ES"]), st.text("0123456789ABCDEFG", min_size=8, max_size=26))
@example("NL", "ABNA0417164300")
def test_accounts_that_the_oracle_knows_are_accounts(country: str, rest: str) -> None:
    for text in (f"{country}91{rest}", f"{country}{oracle_iban.calc_check_digits(f'{country}00{rest}')}{rest}"):
        if oracle_iban.is_valid(text, check_country=False):
            assert is_iban(text.encode())
        elif is_iban(text.encode()):  # the oracle also knows which places of a country are letters
            assert oracle_iban.calc_check_digits(text) == text[2:4]


def test_without_hyperscan_nothing_is_screened_and_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    engine._hyperscan.cache_clear()  # pyright: ignore[reportPrivateUsage]
    try:
        with pytest.raises(UsageError) as refused:
            engine.compiled([engine.Rule(Kind.NAME, 1, b"x", keyed.whole)])
    finally:
        engine._hyperscan.cache_clear()  # pyright: ignore[reportPrivateUsage]
    assert "houvast[diagnostics]" in str(refused.value.todo)
