"""What jobs do. Each is one call of `app`, may be made again at any time, and says only what may stand in a log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision, exceptions
from procrastinate.jobs import Job

from houvast.app import Target, alarms, desk, keep, letters, proving, scanning
from houvast.app.recording import said
from houvast.app.settings import NEVER, Settings
from houvast.database import DatabaseError, connect
from houvast.errors import HouvastError

if TYPE_CHECKING:
    from houvast.proof import Extra

LOG = logging.getLogger("houvast.worker")
QUEUE = "houvast"
KINDS: tuple[desk.Kind, ...] = ("prove", "drift", "scan")
MAIL = "mail"
TRIES = {MAIL: 12}
"""How often a job is tried again before it fails for good; the others FEW times."""
FEW = 4
LONGEST_WAIT = 3600
Tell = Callable[[str, int, int], None]


class JobFailed(Exception):
    """A job did not end; the message holds nothing of a row, and neither does its traceback."""


class Backoff(BaseRetryStrategy):
    """Again after 5 s, 20 s, 80 s and so on, an hour at most; at once after the worker was asked to stop."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None: it has failed for good."""
        if isinstance(exception, exceptions.JobAborted):
            return RetryDecision(retry_in={"seconds": 0})
        if is_last(job):
            return None
        return RetryDecision(retry_in={"seconds": min(5 * 4**job.attempts, LONGEST_WAIT)})


def is_last(job: Job) -> bool:
    """Whether a job is not tried again when it fails now."""
    return job.attempts >= TRIES.get(job.task_name, FEW)


@dataclass(frozen=True)
class Work:
    """What jobs work on."""

    target: Target
    settings: Settings
    extra: Sequence[Extra] = ()
    pause: Callable[[str], None] = field(default=lambda _kind: None)  # a test stops a job there

    def prove(self, tell: Tell) -> str:
        """Try to break every promise."""
        report = proving.prove(self.target, progress=tell, extra=self.extra)
        return f"{len(report.broken)} broken of {len(report.promises)} promises"

    def drift(self, tell: Tell) -> str:
        """What PostgreSQL grants now and did not."""
        return f"{len(keep.drift(self.target))} differences"

    def scan(self, tell: Tell) -> str:
        """What nobody declared."""
        return f"{len(scanning.scan(self.target, progress=tell).keys)} findings"

    def mail(self, tell: Tell) -> str:
        """Letters about new alarms."""
        mail = self.settings.mail
        if mail is None or not mail.server:
            return "no mail server"
        with connect(self.target.url) as connection:
            return f"{letters.mail_alarms(connection, mail, self.target.project.datamap.policy)} letters"


def register(app: App, work: Work) -> None:
    """Tell the queue what can be done, and when it is due."""
    doing = {"prove": work.prove, "drift": work.drift, "scan": work.scan, MAIL: work.mail}
    for name, do in doing.items():
        add = app.task(name=name, queue=QUEUE, lock=name, queueing_lock=name, retry=Backoff(), pass_context=True)
        task = add(_job(work, name, do))
        time = work.settings.times.get(name, NEVER)
        if time != NEVER:
            app.periodic(cron=time, periodic_id=name)(task)


def _job(work: Work, name: str, do: Callable[[Tell], str]) -> Callable[..., None]:
    def job(context: JobContext, timestamp: int = 0) -> None:
        def tell(_what: str, _done: int, _total: int) -> None:
            if context.should_abort():
                raise exceptions.JobAborted

        try:
            work.pause(name)
            if context.job.attempts > TRIES.get(name, FEW):
                raise HouvastError("its worker was ended each time it was tried.")
            began = datetime.now(UTC)
            LOG.info("%s: %s", name, do(tell))
            if name in KINDS and not _is_stored(work, name, began):
                raise HouvastError("its result could not be stored.")
        except (HouvastError, DatabaseError) as error:
            why = said(error)
            LOG.warning("%s failed: %s", name, why)
            if is_last(context.job):
                _fail(work, name, why)
            raise JobFailed(why) from None
        finally:
            if name != MAIL:
                _then_mail(context.app, work)

    return job


def _is_stored(work: Work, name: str, began: datetime) -> bool:
    with connect(work.target.url) as connection:
        run = desk.last(connection, cast("desk.Kind", name))
        return run is not None and run.started >= began


def _fail(work: Work, name: str, why: str) -> None:
    with connect(work.target.url) as connection:
        alarms.fail(connection, cast("desk.Kind", name), why)


def _then_mail(app: App, work: Work) -> None:
    """Have new alarms mailed; where that cannot be asked now, the next worker sees them."""
    if not (work.settings.mail and work.settings.mail.server):
        return
    with suppress(DatabaseError, exceptions.ConnectorException), connect(work.target.url) as connection:
        if letters.waiting(connection):
            defer(app, MAIL)


def defer(app: App, name: str) -> None:
    """Put a job into the queue, unless it waits there already."""
    try:
        app.configure_task(name, queue=QUEUE, lock=name, queueing_lock=name).defer()
    except exceptions.AlreadyEnqueued:
        LOG.debug("%s waits already", name)
