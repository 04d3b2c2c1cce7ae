"""Reports of visits of one target: what one would cost, publishing it once, and giving out what was published."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Literal

from houvast.app.evidence import Log
from houvast.app.target import Target
from houvast.app.visits import Counting, counting
from houvast.compiler.visiting import rules as cap_of
from houvast.database import Connection
from houvast.errors import DatabaseRefusal, UsageError
from houvast.evidence import Tiles
from houvast.evidence.checkpoint import opened
from houvast.evidence.problems import EvidenceError
from houvast.evidence.receipt import make
from houvast.reading import did_you_mean
from houvast.visits import store as visits
from houvast.visits.release import store
from houvast.visits.release.model import Budget, Cost, Draft, Guarantee, Question, Report
from houvast.visits.release.store import Left

Format = Literal["json", "csv", "pdf", "receipt"]
FORMATS: tuple[Format, ...] = ("json", "csv", "pdf", "receipt")


def compose(target: Target, question: Question, connection: Connection | None = None) -> Draft:
    """What a report would cost; no visit is looked at. `connection`: one that is open already, such as of the pages.

    Raises DatabaseRefusal; UsageError for a site that is not declared.
    """
    from houvast.visits.release.mechanism import expected, method

    found = _counting(target, question)
    with _connected(target, connection) as db:
        left, known = store.left(db, question.since, question.until), store.answering(db, question)
    cost = _cost(left, question)
    within, least = expected(question, cost, found.declared.rules)
    return Draft(question, cost, left.budget, method(question).most, within, least, known[0] if known else None)


def publish(target: Target, question: Question, *, by: str, code: str, connection: Connection | None = None) -> Report:
    """Spend, count, add noise, publish. Asked again, the same report, which costs nothing.

    by, code: an officer, and the code that their authenticator app shows now (decision 0019). Should this program end
    before it is published, what was spent stays spent.

    Raises DatabaseRefusal: the budget does not allow it, or it may not be published; UsageError.
    """
    from houvast.visits.release.mechanism import answer, method, ready

    found = _counting(target, question)
    with _connected(target, connection) as db:
        known = store.answering(db, question)
        if known:
            return Report.from_bytes(known[1])
        left = store.left(db, question.since, question.until)
        cost = _cost(left, question)
        ready()
        paid = store.pay(db, question, cost, by, code)
        files = visits.files(found.folder, question.since, question.until)
        told = answer(files, question, cost, found.declared.rules)
        how = method(question)
        guarantee = Guarantee(
            cost, how.most, found.declared.rules.group, told.least, how.name, left.cap, left.budget.period
        )
        policy = target.project.version_at(datetime.now(UTC))
        report = Report(
            paid.number, policy.controller.get("name", policy.name), f"{policy.name} {policy.version}",
            datetime.now(UTC), question, told.rows, told.totals, told.whole, guarantee,
            {site.name: site.label for site in found.declared.sites},
        )  # fmt: skip
        content = report.to_bytes()
        store.publish(db, paid, content)
    return Report.from_bytes(content)


def budget(target: Target, connection: Connection | None = None) -> Budget:
    """What may be released now. Raises DatabaseRefusal."""
    today = datetime.now(UTC).date()
    with _connected(target, connection) as db:
        return store.left(db, today, today).budget  # of a day of which nothing can be told yet: the period alone counts


def reports(target: Target, connection: Connection | None = None) -> tuple[Report, ...]:
    """What was published, newest first. Raises DatabaseRefusal."""
    with _connected(target, connection) as db:
        return tuple(Report.from_bytes(one) for one in store.published(db))


def report_bytes(
    target: Target, number: int, fmt: Format, language: str = "nl", connection: Connection | None = None
) -> bytes:
    """A report as a file; the same bytes each time. A receipt proves with the log's key that this report was published.

    Raises UsageError: there is no such report; DocumentError; EvidenceError: the log does not have it yet.
    """
    from houvast.visits.release.formats import as_csv, as_pdf

    with _connected(target, connection) as db:
        content = store.read(db, number)
        if content is None:
            raise UsageError(f"There is no report {number}.", todo="houvast visits release list")
        if fmt == "receipt":
            return _receipt(target, db, number)
    if fmt == "json":
        return content
    report = Report.from_bytes(content)
    return as_csv(report, language) if fmt == "csv" else as_pdf(report, language)


def _receipt(target: Target, db: Connection, number: int) -> bytes:
    log, found = Log.of(target), store.entry(db, number)
    note, key = log.note(), log.verifier()
    size = opened(note, key).size
    if found is None or found[0] >= size:
        raise EvidenceError(
            f"The log does not have report {number} yet.", todo="Publish what waits: houvast evidence integrate"
        )
    return make(found[1], found[0], note, key, Tiles(log.store, size).read, {}).encode()


def _counting(target: Target, question: Question) -> Counting:
    """How the project counts, when the question can be asked of it. Raises UsageError."""
    found = counting(target.project)
    sites = [site.name for site in found.declared.sites]
    if question.site and question.site not in sites:
        raise UsageError(f"There is no site `{question.site}`.", todo=did_you_mean(question.site, sites))
    if question.until >= datetime.now(UTC).date():
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        raise UsageError("A report is about days that are over (promise C24).", todo=f"Let it end on {yesterday}.")
    if cap_of(target.project.version_at(datetime.now(UTC))) is None:
        raise DatabaseRefusal(
            "The policy lets nothing out about visits: it names no budget (promise C24).",
            todo="Add `budget` to its section visits.",
        )
    return found


def _cost(left: Left, question: Question) -> Cost:
    cap = left.cap
    return Cost(
        max(1, cap.rho_millionths * question.share // 100), max(1, cap.delta_trillionths * question.share // 100)
    )


@contextmanager
def _connected(target: Target, connection: Connection | None) -> Generator[Connection]:
    if connection is not None:
        yield connection
        return
    with target.connect() as found:
        yield found
