"""Photos and videos are processed in processes of their own, a few at a time, off the event loop.

Decoders fed by strangers crash, hang and swell; here they do so alone. Each worker is a fresh Python process (not a
fork of the server, which has threads, sockets and secrets) that does one job at a time. When it goes wrong, that
one process is killed and the next job starts another: no job suffers from its neighbour, which a pool of
`concurrent.futures` does not promise. Workers are started when first needed and end with the server, however it ends.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.media.limits import PhotoLimits, VideoLimits
from app.media.processed import ProcessedPhoto, ProcessedVideo
from app.media.rejections import MediaRejectedError, RejectionCode
from app.media.worker_process import WorkerCrashedError, WorkerLimits, WorkerProcess, WorkerStartError
from app.media.worker_protocol import Answer, Failed, Job, PhotoJob, Rejected, VideoJob

# A job whose worker dies gets one more: the kernel, short of memory, may have picked an innocent one.
_TRIES = 2


class MediaBusyError(Exception):
    """Too many jobs are waiting, or the server is stopping: the same file may be sent again later."""


class MediaWorkerError(Exception):
    """A fault of this machine or program, not of the file (a full disk, a bug); the text is for the log."""


class MediaWorkers:
    """Up to `max_workers` processes. Beyond `max_waiting` jobs that wait for one, `MediaBusyError` is raised.

    Both methods raise `MediaRejectedError` for a file that is refused (PROCESSING_TIMED_OUT if it takes more than
    `timeout_seconds`, by the clock or of CPU) and `MediaWorkerError` if it could not be processed for other reasons.
    A cancelled call takes its worker with it.
    """

    def __init__(
        self,
        *,
        max_workers: int = 2,
        max_waiting: int = 32,
        timeout_seconds: float = 30,
        memory_limit_bytes: int = 1536 * 1024 * 1024,
        photo_limits: PhotoLimits | None = None,
        video_limits: VideoLimits | None = None,
    ) -> None:
        self._limits = WorkerLimits(timeout_seconds, memory_limit_bytes)
        self._photo_limits = photo_limits or PhotoLimits()
        self._video_limits = video_limits or VideoLimits()
        self._max_workers, self._slots = max_workers, asyncio.Semaphore(max_workers)
        self._max_waiting, self._waiting = max_waiting, 0
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._ended: set[WorkerProcess] = set()
        self._closed = False

    async def photo(self, data: bytes) -> ProcessedPhoto:
        """Process an uploaded photo; see `app.media.images.process_photo`."""
        answer = await self._run(PhotoJob(data, self._photo_limits))
        if not isinstance(answer, ProcessedPhoto):
            raise MediaWorkerError(f"a worker answered a photo with {type(answer).__name__}")
        return answer

    async def video(self, source: Path, target: Path) -> ProcessedVideo:
        """Process an uploaded video from file to file; see `app.media.videos.process_video`.

        After any error `target` may be left behind, incomplete.
        """
        answer = await self._run(VideoJob(source, target, self._video_limits))
        if not isinstance(answer, ProcessedVideo):
            raise MediaWorkerError(f"a worker answered a video with {type(answer).__name__}")
        return answer

    async def close(self) -> None:
        """Kill all workers and wait for their end; jobs that run or wait end with `MediaBusyError`."""
        if self._closed:
            return
        self._closed = True
        for worker in [*self._idle, *self._busy]:
            self._end(worker)
        self._idle.clear()
        for _ in range(self._max_workers):  # each job that held or awaited a slot has ended then
            await self._slots.acquire()
        while self._ended:
            await self._ended.pop().wait_ended()

    async def _run(self, job: Job) -> Answer:
        async with self._slot():
            try:
                answer = await self._answer(job)
            except (MediaRejectedError, MediaWorkerError) as error:
                if self._closed:  # it was we who ended the worker
                    raise MediaBusyError("the server is stopping") from error
                raise
        if isinstance(answer, Rejected):
            raise MediaRejectedError(answer.code, answer.reason)
        if isinstance(answer, Failed):
            raise MediaWorkerError(answer.traceback)
        return answer

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """Wait for a turn, unless too many do."""
        self._refuse_if_closed()
        if self._slots.locked() and self._waiting >= self._max_waiting:
            raise MediaBusyError("too many files are being processed; try again later")
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            self._refuse_if_closed()
            yield
        finally:
            self._slots.release()

    async def _answer(self, job: Job) -> Answer:
        for _ in range(_TRIES):
            try:
                async with self._lent_worker() as worker:
                    return await worker.ask(job)
            except TimeoutError:
                raise _timed_out() from None
            except WorkerCrashedError:
                if await worker.wait_ended() == -signal.SIGXCPU:
                    raise _timed_out() from None
            except WorkerStartError as error:
                raise MediaWorkerError(str(error)) from error
        raise MediaRejectedError(RejectionCode.DAMAGED, "It cannot be processed.")

    @asynccontextmanager
    async def _lent_worker(self) -> AsyncIterator[WorkerProcess]:
        """Lend a worker, and take it back only if all went well."""
        worker = self._idle.pop() if self._idle else await WorkerProcess.start(self._limits)
        self._busy.add(worker)
        try:
            self._refuse_if_closed()  # while it was started
            await worker.wait_ready()
            yield worker
        except BaseException:
            self._end(worker)
            raise
        self._busy.discard(worker)
        self._idle.append(worker)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise MediaBusyError("the server is stopping")

    def _end(self, worker: WorkerProcess) -> None:
        worker.kill()
        self._busy.discard(worker)
        self._ended = {ended for ended in self._ended if not ended.has_ended()} | {worker}


def _timed_out() -> MediaRejectedError:
    return MediaRejectedError(RejectionCode.PROCESSING_TIMED_OUT, "It takes too long to process.")
