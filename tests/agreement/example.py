"""One policy with its map, its database and its scenes, drawn from a seed and compared."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from houvast.database.server import Server
from houvast.policy.model import Policy
from tests.agreement.compare import Comparison
from tests.agreement.live import Live
from tests.agreement.maker import Maker
from tests.agreement.policies import chance, formed, policies
from tests.agreement.scenes import Scene
from tests.agreement.shapes import data_map, some_tables


@dataclass(frozen=True)
class Shape:
    """How large an example is."""

    versions: int = 0  # 0: one or two
    scenes: int = 20
    forms: bool = False  # some uses give the data in another form than as they are


def compare(server: Server, seed: int, shape: Shape = Shape()) -> Comparison:
    """Draw a policy, a map, people and rows; half of them are there before the policy is."""
    random = Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    versions = policies(random, now, shape.versions or random.choice((1, 2)))
    versions = formed(Random(seed), versions) if shape.forms else versions
    tables = some_tables(random)
    direct = frozenset(t for t in tables if chance(random, 15))
    maker = Maker(random, versions, tables, now)
    scenes = [maker.scene(n, early=n % 2 == 0) for n in range(1, shape.scenes + 1)]
    staged = random.randint(1, len(versions) - 1) if len(versions) > 1 and chance(random, 40) else 0
    announced = [v.effective for v in versions[1:] if v.effective < now]
    compiled = random.choice(announced) - timedelta(days=1) if announced and chance(random, 25) else now
    return play(
        server,
        versions,
        tables,
        direct,
        scenes,
        staged=staged,
        random=random,
        compiled=max([compiled, *(v.effective for v in versions[:1])]),
    )


def play(
    server: Server,
    versions: Sequence[Policy],
    tables: tuple[str, ...],
    direct: frozenset[str],
    scenes: Sequence[Scene],
    *,
    staged: int = 0,
    random: Random | None = None,
    every: bool = False,
    compiled: datetime | None = None,
    again: datetime | None = None,
) -> Comparison:
    """Apply, fill, ask. `staged`: so many versions are applied first, and the others when people are there.
    `every`: try every write and every use, not some. `compiled`: when it was applied, before later versions
    took effect. `again`: compare once more after this instant."""
    live = Live.new(server)
    try:
        purposes = tuple(sorted({p for v in versions for p in v.purposes}))
        datamap = data_map(live.database, live.prefix, tables, direct, purposes)
        early = [s for s in scenes if s.early]
        live.fill(early)
        started = time.monotonic()
        if staged:
            live.apply(versions[:staged], datamap, compiled)
            live.stands(early[::2])
        live.apply(versions, datamap, compiled)
        applied = time.monotonic() - started
        live.stands(early[1::2] if staged else early)
        live.fill(s for s in scenes if not s.early)
        done = Comparison(live, versions, tables, scenes, direct, random or Random(0), every, applied)
        done.run()
        if again:
            time.sleep(max(0.0, (again - datetime.now(UTC)).total_seconds() + 0.1))
            done.run()
        return done
    finally:
        live.drop()
