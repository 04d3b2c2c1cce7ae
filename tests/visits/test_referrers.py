"""The referring site, and nothing else of it."""

from __future__ import annotations

import pytest

from houvast.visits.referrers import site

OWN_HOSTS = frozenset({"www.lakana.example"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.search.co.uk/find?q=ziek#top", "search.co.uk"),
        ("http://jan:geheim@nieuws.krant.nl:8080/a", "krant.nl"),
        ("HTTPS://WWW.KRANT.NL", "krant.nl"),
        ("https://krant.nl.", "krant.nl"),
        ("https://bücher.de/", "xn--bcher-kva.de"),
        ("https://xn--bcher-kva.de/", "xn--bcher-kva.de"),
        ("https://jan.github.io/blog", "jan.github.io"),
        ("https://www.lakana.example:443/producten", "own"),
        ("https://other.lakana.example/", "none"),  # .example is no public suffix
        ("https://krant.nl\\@lakana.nl/", "krant.nl"),  # as browsers read it
        ("https://192.0.2.7/", "none"),
        ("https://0x7f.1/", "none"),
        ("https://2130706433/", "none"),
        ("https://[2001:db8::1]:8080/x", "none"),
        ("https://localhost/", "none"),
        ("https://intranet.firma/", "none"),
        ("https://co.uk/", "none"),
        ("android-app://com.voorbeeld.app", "none"),
        ("data:text/html,hallo", "none"),
        ("about:blank", "none"),
        ("https://", "none"),
        ("https:///krant.nl", "krant.nl"),
        ("https://-a.nl/", "none"),
        ("https://a..nl/", "none"),
        ("https://kr\x00ant.nl/", "none"),
        ("https://krant.nl evil", "none"),
        ("https://" + "a" * 70 + ".nl/", "none"),
        ("https://" + "a.b" * 5000 + ".nl/", "none"),
        ("https://" + "é" * 300 + ".nl/", "none"),
        ("", "none"),
        ("krant.nl", "none"),
    ],
)
def test_a_referrer_is_a_site_or_none(text: str, found: str) -> None:
    assert site(text, OWN_HOSTS) == found
