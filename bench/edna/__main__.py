"""python -m bench.edna: one person's erasure in applications of the shape and size of those of Edna (SOSP 2023).

`removed`: from the beginning until the data are gone, the plan included; `transaction`: what of that changes rows;
`whole`: with the search of the whole database, the vacuum and the certificate, which Edna has none of. One person after
the other over the same connections, as Edna's were; `first_`: each over new ones, as `houvast person erase` does it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import report
from houvast.app.erasing import erase
from houvast.app.project import Project
from houvast.app.target import Target
from houvast.compiler.apply import apply
from houvast.database import Connection, connect, run, run_query
from houvast.database.server import Server
from houvast.database.sessions import Sessions
from houvast.datamap import load_datamap
from houvast.policy.model import Action, Basis, Category, Period, Policy, Promise, Purpose, PurposeKind, Term, Use

HERE = Path(__file__).parent
KINDS = ("account", "text", "activity")
ALL = (Action.READ, Action.UPDATE, Action.DELETE)
ASKED = (("request.open",),)
FIRST = 7
"""So many are erased over new connections."""
WARMING = 3
"""So many erasures are not counted: the first after filling the tables write what they learn of each page."""


@dataclass(frozen=True)
class Application:
    """`people`: SQL of the keys of those who are erased, in that order; `bar`: milliseconds, Edna's median."""

    name: str
    bar: float
    people: str


APPLICATIONS = (
    Application("hotcrp", 63.8, "SELECT id FROM person WHERE reviewer ORDER BY md5(id::text)"),
    Application("lobsters", 13.4, "SELECT id FROM users ORDER BY md5(id::text)"),
)


def policy() -> Policy:
    """Accounts are used by the site; people may see, correct and erase what is held about them."""
    return Policy(
        "edna", 1, datetime(2020, 1, 1, tzinfo=UTC),
        promises={name: Promise(name, "must") for name in ("C01", "C05", "C07", "C13", "C30", "C33", "C38", "G05")},
        categories={name: Category(name, ("user",), promise="C01") for name in KINDS},
        purposes={
            "use": Purpose("use", promise="C07", instead={"en": "Let the user do it."}),
            "rights": Purpose("rights", kind=PurposeKind.RIGHTS, one="person", promise="C33"),
        },
        uses=(
            Use("U1", KINDS, ("use",), (Basis.CONTRACT,), (Action.READ, Action.INSERT, Action.UPDATE), promise="C07"),
            Use("U2", KINDS, ("rights",), (Basis.LEGAL_DUTY,), ALL, ASKED, survives_closing=True, promise="C33"),
        ),
        terms=tuple(Term(name, "account.closed", Period(days=30), promise="C30") for name in KINDS),
    )  # fmt: skip


def measure(application: Application, server: Server, times: int) -> dict[str, object]:
    """Milliseconds of so many people, and how many rows each had: medians, and the 95th percentiles."""
    target = _made(application, server)
    with connect(target.url) as admin:
        people = [row[0] for row in run_query(admin, application.people)][: WARMING + times + FIRST]
    with Sessions() as sessions:
        again = [_erased(replace(target, sessions=sessions), f"user:{key}") for key in people[: WARMING + times]]
    first = [_erased(target, f"user:{key}") for key in people[WARMING + times :]]
    return {"bar_ms": application.bar, "people": times, **_told("", again[WARMING:]), **_told("first_", first)}


def _told(which: str, took: Sequence[tuple[float, ...]]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for number, name in enumerate(("removed", "transaction", "whole", "rows")):
        each = sorted(one[number] for one in took)
        figures[f"{which}{name}_median"] = round(median(each), 1)
        figures[f"{which}{name}_p95"] = round(each[int(0.95 * (len(each) - 1))], 1)
    return figures


def _made(application: Application, server: Server) -> Target:
    url = server.url(application.name)
    datamap = load_datamap(HERE / f"{application.name}.yaml")
    with connect(server.url()) as admin:
        run(admin, f"CREATE DATABASE {application.name}")
    with connect(url) as admin:
        run(admin, "GRANT CREATE ON SCHEMA public TO edna_owner; SET ROLE edna_owner")
        run(admin, (HERE / f"{application.name}.sql").read_text())
        run(admin, "RESET ROLE")
        apply(admin, (policy(),), datamap, now=datetime.now(UTC))
        run(admin, "VACUUM (ANALYZE)")
    return Target(Project((policy(),), datamap, HERE), url)


def _erased(target: Target, person: str) -> tuple[float, float, float, float]:
    """(removed, transaction, whole) in milliseconds, and how many rows were changed."""
    marks: dict[str, float] = {}

    def step(what: str) -> None:
        marks.setdefault("first", time.perf_counter())
        marks.setdefault(what, time.perf_counter())

    begun = time.perf_counter()
    done = erase(target, person, verified_by="code", step=step)
    ended = time.perf_counter()
    counts = done.certificate.plan.counts()
    if done.certificate.absence.left or not counts["emptied"]:
        raise RuntimeError(f"the erasure was not whole: {counts}")
    rows = counts["erased"] + counts["emptied"]
    ms = 1000.0
    return (marks["search"] - begun) * ms, (marks["search"] - marks["first"]) * ms, (ended - begun) * ms, rows


def roles(admin: Connection) -> None:
    """The logins of both applications."""
    for name in ("edna_owner", "edna_site", "edna_officer"):
        run(admin, f"CREATE ROLE {name} LOGIN")


def main() -> None:
    """Make both, measure, write bench/results/edna.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.edna", description=__doc__)
    parser.add_argument("--times", type=int, default=25, help="how many people are erased")
    asked = parser.parse_args()
    found: dict[str, dict[str, object]] = {}
    for application in APPLICATIONS:
        with tempfile.TemporaryDirectory(prefix="houvast-edna-") as folder:
            server = Server.start(Path(folder) / "data", settings={"shared_buffers": "1GB", "autovacuum": "off"})
            try:
                with connect(server.url()) as admin:
                    roles(admin)
                    found[application.name] = measure(application, server, asked.times)
                    ratios = {name: _of_the_bar(figures) for name, figures in found.items()}
                    report.write("edna", admin, ratios, {"milliseconds": found})
            finally:
                server.stop()
        print(application.name, found[application.name])


def _of_the_bar(figures: Mapping[str, object]) -> float:
    """Below 1 is reached."""
    return round(float(str(figures["transaction_median"])) / float(str(figures["bar_ms"])), 4)


if __name__ == "__main__":
    main()
