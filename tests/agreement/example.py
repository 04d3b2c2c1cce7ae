"""One policy with its map, its database and its scenes, drawn from a seed and compared."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from houvast.database.server import Server
from tests.agreement.compare import Comparison
from tests.agreement.live import Live
from tests.agreement.policies import chance, policies
from tests.agreement.scenes import Maker
from tests.agreement.shapes import data_map, some_tables


@dataclass(frozen=True)
class Shape:
    """How large an example is."""

    versions: int = 0  # 0: one to three
    scenes: int = 20


def compare(server: Server, seed: int, shape: Shape = Shape()) -> Comparison:
    """Draw, apply, fill, ask."""
    random = Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    versions = policies(random, now, shape.versions or random.choice((1, 2, 3, 3)))
    tables = some_tables(random)
    direct = frozenset(t for t in tables if chance(random, 15))
    live = Live.new(server)
    try:
        purposes = tuple(sorted({p for v in versions for p in v.purposes}))
        datamap = data_map(live.database, live.prefix, tables, direct, purposes)
        maker = Maker(random, versions, tables, now)
        early = [maker.scene(n, early=True) for n in range(1, shape.scenes // 2 + 1)]
        late = [maker.scene(n) for n in range(len(early) + 1, shape.scenes + 1)]
        stages = [versions[: random.randint(1, len(versions) - 1)]] if len(versions) > 1 and chance(random, 40) else []
        started = time.monotonic()
        live.fill(early)
        filled = time.monotonic()
        for stage in stages:
            live.apply(stage, datamap)
            live.stands(early[::2])
        live.apply(versions, datamap)
        live.stands(early[1::2] if stages else early)
        applied = time.monotonic()
        live.fill(late)
        done = Comparison(live, versions, tables, [*early, *late])
        loaded = time.monotonic()
        done.run()
        done.times = (filled - started, applied - filled, loaded - applied, time.monotonic() - loaded)
        return done
    finally:
        live.drop()
