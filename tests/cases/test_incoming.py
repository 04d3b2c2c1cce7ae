"""Mail as it is read: bounded, whatever it holds; what a machine sent, what came back, and whose it says it is."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
import yaml

from houvast.cases.incoming import LONGEST, READ, Incoming, read
from houvast.cases.plain import own_words, plain_of_html
from houvast.cases.proposing import LANGUAGES, language_of, lexicon, propose
from tests.cases.measuring import RESULTS, measure

HERE = Path(__file__).parent
TUNING = yaml.safe_load((HERE / "tuning" / "labels.yaml").read_text("utf-8"))
LONG = 600 * 1024
BOMBS = {
    "nested": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(20_000)),
    "mails in mails": b"Content-Type: message/rfc822\n\n" * 20_000,
    "just few enough": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(19))
    + b"x\n" * 250_000,
    "headers without end": b"".join(b"X-%d: y\n" % n for n in range(60_000)),
    "one header": b"Subject: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nhi",
    "addresses": b"From: " + b"a@b.example, " * 4_000 + b"\n\nhi",
    "brackets": b"From: " + b"(" * 60_000 + b"\n\nhi",
    "tags": b"Content-Type: text/html\n\n" + b"<script" * 80_000,
    "entities": b"Content-Type: text/html\n\n&#" + b"1" * LONG,
    "zeros": b"\n\n" + b"\0" * LONG,
    "lines": b"\n\n" + b"\n" * LONG,
    "attributions": b"\n\n" + b"Op schreef \n" * 50_000,
    "a slow codec": b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * LONG,
    "parameters": b"Content-Type: text/plain; " + b"".join(b"a*%d=b; " % n for n in range(4_000)) + b"\n\nx",
}


def mail(*headers: str, body: str = "Hallo, stuur mij een kopie van mijn gegevens.") -> Incoming:
    """A mail with these headers."""
    return read("\r\n".join([*headers, "", body]).encode())


@pytest.mark.parametrize("name", TUNING)
def test_each_mail_of_the_tuning_set_is_understood(name: str) -> None:
    wanted = TUNING[name]
    found = read((HERE / "tuning" / f"{name}.eml").read_bytes())
    proposal = propose(found)
    assert sorted(right.value for right in proposal.rights) == sorted(wanted["rights"])
    assert (proposal.language, proposal.is_request) == (wanted["language"], wanted["is_request"])
    assert (found.is_auto, found.is_bounce) == (wanted["is_auto"], wanted["is_bounce"])
    assert proposal.reasons.keys() == {right.value for right in proposal.rights}
    assert all(proposal.reasons.values())


@pytest.mark.parametrize("bomb", BOMBS)
def test_no_mail_takes_long_or_says_more_than_is_kept(bomb: str) -> None:
    began = time.process_time()
    found = read(BOMBS[bomb])
    propose(found)
    assert time.process_time() - began < 5
    assert len(found.text) <= LONGEST
    assert "\0" not in found.text


def test_of_a_mail_of_fifty_megabytes_the_headers_are_taken_and_the_rest_is_said_not_to_be() -> None:
    head = b"From: Iemand <iemand@example.org>\r\nSubject: Inzage\r\nMIME-Version: 1.0\r\n" + (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        b"Welke gegevens heeft u over mij?\r\n--b\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment\r\n\r\n"
    )
    found = read((head + b"A" * READ)[:READ], size=50 * 1024 * 1024)
    assert (found.sender, found.notes) == ("iemand@example.org", ("rest", "attachments"))
    assert [right.value for right in propose(found).rights] == ["access"]


def test_what_is_broken_anyhow_is_read_as_something_that_a_database_takes() -> None:
    chance = random.Random(7)
    known = [(HERE / "tuning" / f"{name}.eml").read_bytes() for name in TUNING]
    junk = (b"\0", b"\xff", b"=?utf-8?b?", b"=?x?q?a?=", b'Content-Type: multipart/mixed; boundary="a"\n',
            b"\n\n", b"--a\n", b"charset=idna", b"&#x110000;", b"message/rfc822",
            b"Content-Transfer-Encoding: base64\n", b"\xed\xa0\x80")  # fmt: skip
    for _ in range(400):
        broken = bytearray(chance.choice(known))
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(broken) + 1)
            broken[at : at + chance.choice((0, 3, 20))] = chance.choice(junk)
        found = read(bytes(broken))
        for text in (found.sender, found.subject, found.text):
            assert "\0" not in text
            text.encode()  # no half of a pair
        propose(found)


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Precedence: bulk", "List-Id: <a.example>",
     "Return-Path: <>", "X-Autoreply: yes", "Subject: Out of office: hello"],
)  # fmt: skip
def test_nobody_answers_a_machine_or_a_list(header: str) -> None:
    found = mail("From: iemand@example.org", header)
    assert (found.is_auto, found.is_answerable) == (True, False)
    assert found.is_list is header.startswith(("List", "Precedence"))
    assert mail("From: iemand@example.org", "Auto-Submitted: no").is_answerable


@pytest.mark.parametrize(
    "sender",
    ["a@example.org, b@example.org", "nobody", "", "<>", "a@b@example.org", "no-reply@example.org",
     "MAILER-DAEMON@example.org",
     "x <a@example.org>\r\nFrom: y <b@example.org>", "=?utf-8?q?victim=40example=2Ecom?= <>", "a b@example.org"],
)  # fmt: skip
def test_nobody_answers_an_address_that_is_none_or_not_one(sender: str) -> None:
    assert not mail(f"From: {sender}").is_answerable


def test_no_address_hides_in_a_name() -> None:
    assert mail("From: =?utf-8?q?victim=40example=2Ecom?= <a@Example.ORG>").sender == "a@example.org"
    assert mail('From: "victim@example.com" <a@example.org>').sender == "a@example.org"


def test_only_our_own_server_is_believed_about_a_sender() -> None:
    raw = b"Authentication-Results: mx.lakana.example; dmarc=pass\r\nFrom: a@example.org\r\n\r\nhi"
    assert read(raw, server="mx.lakana.example").passed == "pass"
    assert read(raw).passed == ""
    forged = raw.replace(b"mx.lakana.example", b"elsewhere.example")
    assert read(forged, server="mx.lakana.example").passed == ""
    below = b"Authentication-Results: mx.lakana.example; dmarc=fail\r\n" + raw
    assert read(below, server="mx.lakana.example").passed == "fail"


def test_the_same_mail_is_the_same_whatever_servers_wrote_above_it_and_another_is_not() -> None:
    first = b"Message-ID: <1@x.example>\r\nFrom: a@example.org\r\n\r\nhallo"
    assert read(first).digest == read(b"Received: from b\r\nDelivered-To: c\r\n" + first).digest
    assert read(first).digest != read(first + b"!").digest
    assert read(first).digest != read(first.replace(b"a@", b"b@")).digest


def test_a_report_of_a_failure_for_good_names_our_mail_and_one_of_a_delay_does_not() -> None:
    report = "\r\n".join(
        (
            "From: MAILER-DAEMON@mx.example",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "\r\n--b",
            "Content-Type: text/plain\r\n\r\nSorry.\r\n--b",
            "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n",
            "Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b",
            "Content-Type: message/rfc822\r\n\r\nMessage-ID: <7@lakana.example>\r\n\r\nhello\r\n--b--\r\n",
        )
    )
    assert read(report.encode()).bounced == ("7@lakana.example",)
    headers = report.replace("message/rfc822", "text/rfc822-headers")
    assert read(headers.encode()).bounced == ("7@lakana.example",)
    delay = report.replace("5.1.1", "4.2.2").replace("failed", "delayed")
    assert (read(delay.encode()).is_bounce, read(delay.encode()).bounced) == (True, ())


def test_what_is_quoted_is_not_what_was_written_but_what_is_passed_on_is() -> None:
    quoted = "Dank u wel!\n\nOp di 3 nov schreef Lakana <x@lakana.example>:\n> U kunt uw gegevens laten wissen."
    assert own_words(quoted) == "Dank u wel!"
    outlook = "Thanks.\n\nFrom: Lakana\nSent: today\nTo: me\n\nWe erase your data."
    assert own_words(outlook) == "Thanks."
    passed_on = "Zie onder.\n\n---------- Doorgestuurd bericht ---------\nVan: A\nAan: B\n\nWis mijn gegevens."
    assert "Wis mijn gegevens." in own_words(passed_on)


def test_html_is_read_without_its_marks_and_what_it_hides() -> None:
    page = "<html><head><title>t</title><style>p{}</style></head><body><p>Wis&nbsp;<b>alles</b></p><script>x</script>"
    assert plain_of_html(page).split() == ["Wis", "alles"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lexicon_has_words_for_every_right_and_its_groups_are_used(language: str) -> None:
    found = lexicon(language)
    assert len(found.rights) == 11
    used = {g for rules in found.rights.values() for rule in rules for g in (*rule.here, *rule.absent, *rule.anywhere)}
    assert set(found.groups) == used
    assert language_of(" ".join(sorted(found.common))) == language


def test_the_same_mail_always_gets_the_same_proposal() -> None:
    found = mail("From: iemand@example.org", "Subject: vraag")
    assert propose(found) == propose(found)


def test_what_was_measured_on_the_sixty_mails_is_what_comes_out() -> None:
    found = measure()
    assert found == json.loads(RESULTS.read_text("utf-8"))
    assert found["mails"] == 60
    assert min(found["recall"], found["precision"]) > 0.9


@pytest.mark.parametrize(
    "sender",
    [
        "=?utf-8?b?CgpCY2M6?=@voorbeeld.example",
        "=?utf-8?q?a=40b.example=2C?=@voorbeeld.example",
        "=?utf-8?q?=00?=@voorbeeld.example",
        "a@voorbeeld..example",
    ],
)
def test_nobody_is_answered_at_an_address_that_is_another_when_it_is_decoded(sender: str) -> None:
    found = mail(f"From: {sender}")
    assert (found.sender, found.is_answerable) == ("", False)
