"""The sample company's access log: the same for a day and seed, of addresses of documentation, and read whole."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

from houvast.policy import load_versions
from houvast.sample.visits import access_log
from houvast.visits.by_policy import rules_of
from houvast.visits.declaring import load_visits
from houvast.visits.keys_of_day import Keys
from houvast.visits.reading.ingest import Reader
from houvast.visits.reading.streams import Stream

DAY = date(2026, 11, 26)
LAKANA = Path(__file__).parents[2] / "policies" / "lakana"
NOBODYS = [ip_network(one) for one in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]


def lines(number: int = 2_000, seed: int = 1) -> list[str]:
    return list(access_log(DAY, lines=number, seed=seed))


def test_the_same_seed_and_day_give_the_same_lines_in_the_order_of_time() -> None:
    found = lines()
    assert found == lines()
    assert found != lines(seed=2)
    assert abs(len(found) - 2_000) < 50
    times = [datetime.strptime(one.partition("[")[2][:26], "%d/%b/%Y:%H:%M:%S %z") for one in found]
    assert times == sorted(times)
    assert times[-1] < datetime(2026, 11, 26, tzinfo=UTC)


def test_its_addresses_are_nobodys() -> None:
    found = {one.split(" ", 2)[1] for one in lines()}
    assert len(found) > 300
    assert all(any(ip_address(one) in network for network in NOBODYS) for one in found)


def test_all_of_it_can_be_read_and_most_is_counted(tmp_path: Path) -> None:
    said = load_visits(LAKANA, rules_of(load_versions(LAKANA)[-1]))
    (format_,) = [one for one in said.formats if one.name == "edge"]
    log = "".join(lines()).encode()
    reader = Reader(
        tmp_path, said.declared, Keys(tmp_path / "keys", lambda: datetime(2026, 11, 26, 1, tzinfo=UTC)), format=format_
    )
    reader.read(Stream("made up", io.BytesIO(log), len(log)))
    found = reader.totals
    assert found.lines == log.count(b"\n")
    assert set(found.skipped) <= {"status", "gpc"}
    assert found.stored > 0.8 * found.lines
    assert 0.02 < found.robots / found.stored < 0.15
    assert Counter(found.skipped)["gpc"] > 0
