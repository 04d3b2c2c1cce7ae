"""One request in, one visit out, or the reason why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.visits.edge import Left, Minimiser, Numbers, Reason
from houvast.visits.keys_of_day import visitor
from houvast.visits.model import Address, Precision, Visit
from tests.visits.requests import AT, CHROME, FIREFOX, FixedKeys, declared, request


def minimiser(*gone: date, **rules: object) -> Minimiser:
    return Minimiser(declared(**rules), FixedKeys(*gone))


def visited(found: Visit | Left) -> Visit:
    assert isinstance(found, Visit)
    return found


def test_a_visit_is_five_facts_and_a_page() -> None:
    key = FixedKeys().of(AT.date())
    assert key
    number = visitor(key, "shop", "192.0.2.7", CHROME.encode())
    assert minimiser().visit(request(target="/producten/12?email=jan@lakana.example#top")) == Visit(
        datetime(2026, 11, 25, 14, tzinfo=UTC), "shop", "product", "chrome", 144, "nl", "search.co.uk", False, number
    )


def test_the_minute_is_kept_only_when_the_policy_says_so() -> None:
    assert visited(minimiser(precision=Precision.MINUTE).visit(request())).at == AT.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"method": "POST"}, Reason.METHOD),
        ({"method": "HEAD"}, Reason.METHOD),
        ({"status": 404}, Reason.STATUS),
        ({"status": 301}, Reason.STATUS),
        ({"status": 500}, Reason.STATUS),
        ({"status": 0}, Reason.STATUS),
        ({"host": "evil.example"}, Reason.HOST),
        ({"host": ""}, Reason.HOST),
        ({"host": "www.lakana.example.evil.example"}, Reason.HOST),
        ({"gpc": "1"}, Reason.GPC),
        ({"gpc": " 1 "}, Reason.GPC),
    ],
)
def test_what_is_not_counted_says_why_and_nothing_else(changes: dict[str, object], reason: Reason) -> None:
    assert minimiser().visit(request(**changes)) == Left(reason)


@given(st.ip_addresses().map(str), st.binary(max_size=300), st.binary(min_size=32, max_size=32))
def test_numbers_are_those_of_the_day_s_key(address: str, agent: bytes, key: bytes) -> None:
    assert Numbers(key, ["shop", "desk"]).of("desk", address, agent) == visitor(key, "desk", address, agent)


@pytest.mark.parametrize("gpc", ["", "0", "yes", "11"])
def test_only_a_one_is_global_privacy_control(gpc: str) -> None:
    assert visited(minimiser().visit(request(gpc=gpc))).site == "shop"


@pytest.mark.parametrize("host", ["WWW.Lakana.Example", "www.lakana.example:8443", "www.lakana.example."])
def test_a_host_is_the_same_in_capitals_with_a_port_and_with_a_dot(host: str) -> None:
    assert visited(minimiser().visit(request(host=host))).site == "shop"


def test_a_line_without_a_host_is_of_the_site_by_default() -> None:
    told = Minimiser(replace(declared(), site_by_default="desk"), FixedKeys())
    assert visited(told.visit(request(host=""))).site == "desk"


def test_304_was_seen_too() -> None:
    assert visited(minimiser().visit(request(status=304))).site == "shop"


def test_a_visitor_is_one_number_a_day_and_site_and_another_one_elsewhere() -> None:
    ours = minimiser()

    def number(**changes: object) -> int | None:
        return visited(ours.visit(request(**changes))).visitor

    same = number()
    assert same == number(target="/hulp", language="", at=AT + timedelta(hours=3))
    others = {number(host="hulp.lakana.example"), number(at=AT + timedelta(days=1)), number(agent=FIREFOX),
              number(remote="192.0.2.8")}  # fmt: skip
    assert len(others) == 4
    assert same not in others


def test_truncated_addresses_of_one_network_are_one() -> None:
    ours = minimiser(address=Address.TRUNCATED)
    first, second, third = (visited(ours.visit(request(remote=remote))).visitor for remote in ("192.0.2.7", "192.0.2.200", "192.0.3.7"))  # fmt: skip
    assert first == second != third


def test_without_the_key_of_its_day_a_visit_has_no_number() -> None:
    assert visited(minimiser(AT.date()).visit(request())).visitor is None


def test_without_an_address_a_visit_has_no_number() -> None:
    assert visited(minimiser().visit(request(remote="nobody knows"))).visitor is None


def test_a_key_that_was_destroyed_is_used_no_longer_than_a_flush() -> None:
    keys = FixedKeys()
    ours = Minimiser(declared(), keys)
    assert visited(ours.visit(request())).visitor is not None
    keys.gone.add(AT.date())
    ours.forget()
    assert visited(ours.visit(request())).visitor is None


@pytest.mark.parametrize(
    ("remote", "forwarded", "believed"),
    [
        ("198.51.100.1", "192.0.2.7", "198.51.100.1"),  # nobody's proxy
        ("10.1.2.3", "203.0.113.9, 192.0.2.7", "192.0.2.7"),  # what the visitor said comes first
        ("10.1.2.3", "192.0.2.7, 10.9.9.9", "192.0.2.7"),
        ("10.1.2.3", "192.0.2.7, <script>", "10.1.2.3"),
        ("::ffff:10.1.2.3", "::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_only_declared_proxies_are_believed(remote: str, forwarded: str, believed: str) -> None:
    ours = minimiser()
    lied, plain = ours.visit(request(remote=remote, forwarded=forwarded)), ours.visit(request(remote=believed))
    assert visited(lied).visitor == visited(plain).visitor


@pytest.mark.parametrize("at", [datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_a_clock_that_jumps_puts_a_visit_where_it_says_and_nothing_breaks(at: datetime) -> None:
    assert visited(minimiser(at.date()).visit(request(at=at))).at.date() == at.date()


def test_days_are_of_utc_wherever_the_server_is() -> None:
    late = datetime(2026, 11, 26, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert visited(minimiser().visit(request(at=late))).at == datetime(2026, 11, 25, 22, tzinfo=UTC)


def test_headers_of_a_megabyte_are_read_no_further_than_they_mean_something() -> None:
    long = "A" * 1_000_000
    found = visited(minimiser().visit(request(agent=CHROME + long, language="nl," + long, referrer="https://search.co.uk/" + long, target="/hulp/" + long, forwarded=long)))  # fmt: skip
    assert (found.browser, found.language, found.referrer, found.page) == ("chrome", "nl", "search.co.uk", "other")


def test_what_a_visitor_wrote_into_a_header_does_not_come_out_in_a_terminal() -> None:
    evil = "\x1b]0;owned\x07\r\n\x00"
    found = visited(minimiser().visit(request(agent=CHROME + evil, language=evil, referrer="https://a" + evil + ".example/", target=evil)))  # fmt: skip
    assert (found.page, found.language, found.referrer) == ("other", "none", "none")
