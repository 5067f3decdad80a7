"""Deletes what the log has kept for long enough."""

import asyncio
import contextlib
import logging
import random
from datetime import timedelta

from app.errors import TryAgainError
from app.store import log
from app.store.database import Database

logger = logging.getLogger(__name__)

# Seconds between sweeps, and between the batches of one; writers of a lane wait for none of it.
SWEEP_SECONDS = 300.0
BATCH_SECONDS = 0.2
# Entries of each lane in one batch.
BATCH = 500


class Retention:
    """Sweeps in the background. Every process has one; the database lets one at a time do it."""

    def __init__(self, database: Database, keep: timedelta) -> None:
        self._database = database
        self._keep = keep
        self._task = asyncio.create_task(self._run(), name="log-retention")

    async def stop(self) -> None:
        """Sweep no more."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311 - so that not all come at once
            try:
                await sweep(self._database, self._keep)
            except TryAgainError as error:
                logger.warning("old events could not be deleted, trying again later: %s", error)
            except Exception:
                logger.exception("old events could not be deleted; trying again later")


async def sweep(database: Database, keep: timedelta) -> None:
    """Delete everything that is older, batch by batch."""
    gone = await log.trim(database, keep, BATCH)
    while gone:
        await asyncio.sleep(BATCH_SECONDS)
        gone = await log.trim(database, keep, BATCH)
