"""Keeps a number of worker processes serving one port: replaces those that die or hang, restarts all one by one."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence

from app.config import Settings
from app.errors import ConfigurationError
from app.serving.stop_signals import StopSignals
from app.serving.worker_process import BEATS, COVER, LEAVE, WorkerProcess

logger = logging.getLogger(__name__)

# Beyond the time that sockets are closed over, for what a worker does at its end.
END_SECONDS = 30.0

# Before a replacement that follows one that did not even begin to serve.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 10.0


class Slot:
    """The place of one worker, which has a share of the port, and who holds it at the moment."""

    def __init__(self, place: int, worker: WorkerProcess) -> None:
        self.place = place
        self.worker = worker
        self.changing = asyncio.Lock()


class Supervisor:
    """Workers with one environment, each at its own of the `listeners`; the others cover for one that has died."""

    def __init__(
        self, listeners: Sequence[Sequence[socket.socket]], environment: Mapping[str, str], settings: Settings
    ) -> None:
        self._listeners = listeners
        self._environment = environment
        self._drain_seconds = settings.drain_seconds
        self._silence_seconds = settings.worker_silence_seconds
        self._started: set[WorkerProcess] = set()
        self._slots: list[Slot] = []
        self._vacant: set[int] = set()
        self._rolling = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, announce: Callable[[], None], stop: StopSignals) -> None:
        """Serve until told to stop, and end when every worker has.

        Raises:
            ConfigurationError: in one line, why no worker can serve.
        """
        starting = asyncio.create_task(self._start_all())
        asked = asyncio.create_task(stop.asked.wait())
        try:
            await asyncio.wait([starting, asked], return_when=asyncio.FIRST_COMPLETED)
            if not stop.asked.is_set():
                await starting
                announce()
                await asked
        finally:
            for task in (starting, asked, *self._tasks):
                task.cancel()
            await asyncio.gather(starting, asked, *self._tasks, return_exceptions=True)
            await self._stop_all(stop)

    def restart(self) -> None:
        """Begin to replace every worker by a new one, one after the other: the new one serves before the old drains."""
        if not self._rolling.locked() and self._slots:
            self._spawn(self._roll())

    # Starting.

    async def _start_all(self) -> None:
        """Start one, to see whether it can serve at all, then the others."""
        first, *others = range(len(self._listeners))
        slots = [await self._occupied(first)]
        for outcome in await asyncio.gather(*map(self._occupied, others), return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
            slots.append(outcome)
        self._slots = slots
        for slot in self._slots:
            self._spawn(self._watch(slot))
        self._spawn(self._guard())

    async def _occupied(self, place: int) -> Slot:
        worker, problem = await self._start(place)
        if problem:
            raise ConfigurationError(problem)
        return Slot(place, worker)

    async def _start(self, place: int) -> tuple[WorkerProcess, str | None]:
        """A new worker that serves, or why it does not."""
        worker = await WorkerProcess.start(place, self._listeners, self._environment)
        self._started.add(worker)
        problem = await worker.starts()
        if problem:
            self._started.discard(worker)
        else:
            for vacant in self._vacant:
                worker.tell(COVER, vacant)
        return worker, problem

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Keeping.

    async def _watch(self, slot: Slot) -> None:
        while True:
            worker = slot.worker
            code = await worker.ended()
            self._started.discard(worker)
            async with slot.changing:
                if slot.worker is worker:
                    logger.error("worker %d ended with code %d: starting another", worker.pid, code)
                    self._tell_others(slot, COVER)
                    slot.worker = await self._replacement(slot)
                    self._tell_others(slot, LEAVE)

    async def _guard(self) -> None:
        """Kill workers that hang; who watches them replaces them.

        Where this process did not run itself, because it or the machine was stopped, nobody's silence counts.
        """
        loop = asyncio.get_running_loop()
        while True:
            looked_at = loop.time()
            await asyncio.sleep(self._silence_seconds / BEATS)
            away = loop.time() - looked_at
            was_away = away > self._silence_seconds / 2
            if was_away:
                logger.warning("did not run for %.1f s: nobody's silence counts", away)
            for worker in [slot.worker for slot in self._slots]:
                if was_away:
                    worker.excuse()
                elif worker.silence() > self._silence_seconds:
                    logger.error("worker %d has hung for %g s: killing it", worker.pid, self._silence_seconds)
                    worker.excuse()
                    worker.signal(signal.SIGKILL)

    def _tell_others(self, slot: Slot, command: bytes) -> None:
        (self._vacant.add if command == COVER else self._vacant.discard)(slot.place)
        for other in self._slots:
            if other is not slot:
                other.worker.tell(command, slot.place)

    async def _replacement(self, slot: Slot) -> WorkerProcess:
        pause = FIRST_PAUSE_SECONDS
        while True:
            worker, problem = await self._start(slot.place)
            if problem is None:
                logger.info("worker %d serves", worker.pid)
                return worker
            logger.error("a worker does not start, trying again in %g s: %s", pause, problem)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _roll(self) -> None:
        async with self._rolling:
            logger.info("restarting %d workers, one after the other", len(self._slots))
            for slot in self._slots:
                if not await self._renew(slot):
                    return
            logger.info("all workers are restarted")

    async def _renew(self, slot: Slot) -> bool:
        async with slot.changing:
            worker, problem = await self._start(slot.place)
            if problem:
                logger.error("a new worker does not start, so the old ones stay: %s", problem)
                return False
            old, slot.worker = slot.worker, worker
        old.drain()
        await old.end(self._drain_seconds + END_SECONDS)
        return True

    # Stopping.

    async def _stop_all(self, stop: StopSignals) -> None:
        """Have all workers drain, or end at once if it is urgent."""
        for listener in {each for listeners in self._listeners for each in listeners}:
            listener.close()
        workers = list(self._started)
        for worker in workers:
            worker.drain()
        hurrying = asyncio.create_task(self._hurry(workers, stop))
        await asyncio.gather(*(worker.end(self._drain_seconds + END_SECONDS) for worker in workers))
        hurrying.cancel()

    async def _hurry(self, workers: Sequence[WorkerProcess], stop: StopSignals) -> None:
        await stop.hurried.wait()
        for worker in workers:
            worker.signal(signal.SIGINT)
