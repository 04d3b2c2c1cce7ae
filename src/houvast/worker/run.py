"""A worker's life: begin where others left off, do what is due, and end when asked to, without losing anything."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from procrastinate import App, exceptions

from houvast.app import Target, letters
from houvast.app.settings import Settings
from houvast.database import Connection, DatabaseError, connect
from houvast.worker import queue
from houvast.worker.controller import Controller
from houvast.worker.custodian import Custodian, Ender
from houvast.worker.issuers import Issuers
from houvast.worker.jobs import LOG, MAIL, Work, defer, register
from houvast.worker.postman import Postman
from houvast.worker.preparer import Preparer
from houvast.worker.reader import Reader
from houvast.worker.schedule import check_times, due
from houvast.worker.sequencer import Sequencer
from houvast.worker.steward import Steward
from houvast.worker.sweeper import Sweeper

if TYPE_CHECKING:
    from houvast.proof import Extra

GRACE = 5.0
"""Seconds that a job gets to end by itself when the worker is asked to stop; then it stops at its next step."""
AGAIN = 2.0
"""Seconds between two tries to reach a database that is gone; longer each time, a minute at most."""
_GONE = (exceptions.ConnectorException, DatabaseError, OSError)


@dataclass
class Worker:
    """Does jobs of one target. `extra`: attempts of rooms above the proof, for `prove`."""

    target: Target
    settings: Settings
    extra: Sequence[Extra] = ()
    work: Work = field(init=False)
    _stopping: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Raises FileErrors for times that are none."""
        check_times(self.settings)
        self.work = Work(self.target, self.settings, self.extra)
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL + 1)  # it would log errors as they are

    def once(self) -> tuple[int, int]:
        """Do what is due, read and send mail, publish the log, end.

        Returns how many jobs wait to be tried again, and how many failed.
        """
        queue.prepare(self.target.url)
        with connect(self.target.url) as connection:
            _, before = queue.left(connection)
            asyncio.run(self._work(connection, wait=False))
            waiting, failed = queue.left(connection)
        introduced = Issuers(self.target, self.settings).once()
        stewarded = Steward(self.target, self.settings).once()
        controlled = Controller(self.target, self.settings).once()
        read = Reader(self.target, self.settings).once()
        swept = Sweeper(self.target, self.settings).once()
        posted = Postman(self.target, self.settings).once()
        prepared = Preparer(self.target, self.settings).once()
        kept = Custodian(self.target, self.settings).once()
        gone = Ender(self.target, self.settings).once()
        published = Sequencer(self.target, self.settings).once()
        ended = [introduced, read, posted, prepared, stewarded, controlled, kept, gone, swept, published]
        return waiting, failed - before + ended.count(False)

    def forever(self) -> None:
        """Do jobs when they are due, until SIGTERM or SIGINT; a database that is gone is waited for.

        Beside them the log is published, mail is sent to people and read, issuers are asked for their keys,
        other systems do their part of requests, what customers send is screened, and keys of visits are destroyed.
        """
        queue.prepare(self.target.url)
        beside = tuple(
            one(self.target, self.settings)
            for one in (Sequencer, Postman, Steward, Preparer, Reader, Issuers, Controller, Custodian, Ender, Sweeper)
        )
        for one in beside:
            one.start()
        try:
            asyncio.run(self._forever())
        finally:
            for one in beside:
                one.stop()

    async def _forever(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        wait = AGAIN
        while not self._stopping.is_set():
            began = loop.time()
            try:
                with connect(self.target.url) as connection:
                    await self._work(connection, wait=True)
            except _GONE as error:
                LOG.warning("The database cannot be reached (%s); trying again.", type(error).__name__)
            wait = AGAIN if loop.time() - began > 60 else min(wait * 2, 60)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
        LOG.info("The worker has ended.")

    async def _work(self, connection: Connection, *, wait: bool) -> None:
        """Until there is nothing to do (`wait` False), or it is asked to stop, or the database is gone."""
        app = queue.make_app(self.target.url)
        register(app, self.work)
        orphans = queue.live(connection)
        async with app.open_async():
            await queue.take_over(app, orphans)
            await asyncio.to_thread(self._catch_up, app, connection)
            running = asyncio.create_task(
                app.run_worker_async(
                    queues=["houvast"],
                    wait=wait,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE,
                    update_heartbeat_interval=queue.HEARTBEAT,
                    stalled_worker_timeout=queue.STALLED,
                    delete_jobs="successful",
                )
            )
            beside = [asyncio.create_task(self._stopping.wait()), asyncio.create_task(_look_after(app, connection))]
            await asyncio.wait([running, *beside], return_when=asyncio.FIRST_COMPLETED)
            for task in (*beside, running):
                task.cancel()
            ended = await asyncio.gather(running, *beside, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome

    def _catch_up(self, app: App, connection: Connection) -> None:
        """What became due while no worker lived, and letters that were not sent."""
        for kind in due(self.settings, queue.last_begun(connection), datetime.now(UTC)):
            defer(app, kind)
        if self.settings.mail and self.settings.mail.server and letters.waiting(connection):
            defer(app, MAIL)


async def _look_after(app: App, connection: Connection) -> None:
    """Notice when the connection by which this worker is seen to live is lost; take over from those that die."""
    loop = asyncio.get_running_loop()
    looked = loop.time()
    while True:
        await asyncio.sleep(queue.HEARTBEAT)
        await asyncio.to_thread(queue.check, connection)
        if loop.time() - looked > queue.STALLED:
            await queue.take_over(app)
            looked = loop.time()
