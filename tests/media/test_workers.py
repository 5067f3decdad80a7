import asyncio
import contextlib
import io
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.media.limits import PhotoLimits, VideoLimits
from app.media.processed import PhotoVariant
from app.media.rejections import MediaRejectedError, RejectionCode
from app.media.worker_process import WorkerLimits, WorkerProcess
from app.media.worker_protocol import Ready, unpacked_answer
from app.media.workers import MediaBusyError, MediaWorkerError, MediaWorkers
from tests.support.patience import PATIENCE

from .samples import jpeg_with_metadata, png_bomb, quarters, video

PHOTO = jpeg_with_metadata(quarters(60, 40), 1)


@pytest.fixture
async def hire() -> AsyncIterator[Callable[..., MediaWorkers]]:
    """Make workers that are closed after the test."""
    hired: list[MediaWorkers] = []

    def make(**options: Any) -> MediaWorkers:
        hired.append(MediaWorkers(**options))
        return hired[-1]

    yield make
    for workers in hired:
        await workers.close()


@pytest.fixture(scope="module")
async def workers() -> AsyncIterator[MediaWorkers]:
    """One worker for many tests: whatever they do to it, the next test finds one that works."""
    opened = MediaWorkers(max_workers=1)
    yield opened
    await opened.close()


async def idle_pid(workers: MediaWorkers) -> int:
    """The process of a worker that has done a job and waits for the next."""
    await workers.photo(PHOTO)
    return workers._idle[-1].pid


def is_running(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def begun() -> None:
    """Let the tasks just created run until each waits, for a worker's answer or for its turn."""
    await asyncio.sleep(0)


async def test_a_photo_and_a_video_are_processed_elsewhere(workers: MediaWorkers, tmp_path: Path) -> None:
    photo = await workers.photo(PHOTO)
    assert (photo.width, photo.height) == (60, 40)
    assert Image.open(io.BytesIO(photo.files[PhotoVariant.CHAT].data)).size == (60, 40)
    clip = await workers.video(video(tmp_path / "clip"), tmp_path / "clean")
    assert clip.size == (tmp_path / "clean").stat().st_size
    assert clip.poster.placeholder
    assert len(workers._idle) == 1


async def test_the_server_itself_loads_no_decoder() -> None:
    program = "import sys, app.media.workers; print({'PIL', 'av'} & set(sys.modules))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=_root(), stdout=subprocess.PIPE)
    assert (await process.communicate())[0] == b"set()\n"


async def test_a_refusal_keeps_its_code_and_its_worker(workers: MediaWorkers) -> None:
    pid = await idle_pid(workers)
    with pytest.raises(MediaRejectedError) as caught:
        await workers.photo(b"<html>")
    assert caught.value.code is RejectionCode.NOT_AN_IMAGE
    assert caught.value.reason
    assert await idle_pid(workers) == pid


async def test_the_limits_are_those_of_the_installation(hire: Callable[..., MediaWorkers], tmp_path: Path) -> None:
    workers = hire(photo_limits=PhotoLimits(max_bytes=10), video_limits=VideoLimits(max_bytes=10))
    for job in (workers.photo(PHOTO), workers.video(video(tmp_path / "clip"), tmp_path / "clean")):
        with pytest.raises(MediaRejectedError) as caught:
            await job
        assert caught.value.code is RejectionCode.TOO_LARGE


async def test_jobs_run_side_by_side_up_to_the_number_of_workers(hire: Callable[..., MediaWorkers]) -> None:
    workers = hire(max_workers=2)
    await asyncio.gather(*(workers.photo(PHOTO) for _ in range(6)))
    assert len(workers._idle) == 2


async def test_a_job_past_its_time_is_killed_and_the_next_one_goes_on(
    hire: Callable[..., MediaWorkers], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers, hung = hire(max_workers=1, timeout_seconds=0.5), []
    wait_ready = WorkerProcess.wait_ready

    async def hang_when_ready(self: WorkerProcess) -> None:
        await wait_ready(self)
        os.kill(self.pid, signal.SIGSTOP)
        hung.append(self.pid)

    with monkeypatch.context() as patched:
        patched.setattr(WorkerProcess, "wait_ready", hang_when_ready)
        with pytest.raises(MediaRejectedError) as caught:
            await workers.photo(PHOTO)
    assert caught.value.code is RejectionCode.PROCESSING_TIMED_OUT
    workers._limits = replace(workers._limits, timeout_seconds=PATIENCE)
    assert [await idle_pid(workers)] != hung
    await workers.close()
    assert not any(is_running(pid) for pid in hung)
    assert len(hung) == 1


async def test_a_job_whose_worker_is_killed_is_done_by_another(workers: MediaWorkers) -> None:
    pid = await idle_pid(workers)
    os.kill(pid, signal.SIGSTOP)
    job = asyncio.create_task(workers.photo(PHOTO))
    await begun()
    os.kill(pid, signal.SIGKILL)
    assert (await job).width == 60
    assert await idle_pid(workers) != pid


async def test_a_file_that_kills_two_workers_is_damaged(workers: MediaWorkers, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_ready, killed = WorkerProcess.wait_ready, []

    async def die_when_ready(self: WorkerProcess) -> None:
        await wait_ready(self)
        os.kill(self.pid, signal.SIGKILL)
        killed.append(self.pid)

    with monkeypatch.context() as patched:
        patched.setattr(WorkerProcess, "wait_ready", die_when_ready)
        with pytest.raises(MediaRejectedError) as caught:
            await workers.photo(PHOTO)
    assert caught.value.code is RejectionCode.DAMAGED
    assert len(killed) == 2
    assert (await workers.photo(PHOTO)).width == 60


async def test_a_crash_does_not_touch_the_job_beside_it(hire: Callable[..., MediaWorkers]) -> None:
    workers = hire(max_workers=2)
    await asyncio.gather(*(workers.photo(PHOTO) for _ in range(4)))
    for worker in workers._idle:
        os.kill(worker.pid, signal.SIGSTOP)
    victim, survivor = (worker.pid for worker in workers._idle)
    jobs = asyncio.gather(*(workers.photo(PHOTO) for _ in range(2)))
    await begun()
    os.kill(victim, signal.SIGKILL)
    os.kill(survivor, signal.SIGCONT)
    assert [photo.width for photo in await jobs] == [60, 60]
    assert survivor in {worker.pid for worker in workers._idle}


@pytest.mark.skipif(sys.platform != "linux", reason="the address space can only be limited on Linux")
async def test_a_file_that_needs_more_memory_than_allowed_is_too_large(
    hire: Callable[..., MediaWorkers],
) -> None:
    workers = hire(max_workers=1, memory_limit_bytes=300 * 1024 * 1024)
    with pytest.raises(MediaRejectedError) as caught:
        await workers.photo(png_bomb(7000))
    assert caught.value.code is RejectionCode.TOO_LARGE
    assert (await workers.photo(PHOTO)).width == 60


async def test_a_cancelled_job_takes_its_worker_with_it(workers: MediaWorkers) -> None:
    pid = await idle_pid(workers)
    os.kill(pid, signal.SIGSTOP)
    job = asyncio.create_task(workers.photo(PHOTO))
    await begun()
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await idle_pid(workers) != pid


async def test_too_many_waiting_jobs_are_told_to_come_again(hire: Callable[..., MediaWorkers]) -> None:
    workers = hire(max_workers=1, max_waiting=2)
    os.kill(await idle_pid(workers), signal.SIGSTOP)
    jobs = [asyncio.create_task(workers.photo(PHOTO)) for _ in range(3)]
    await begun()
    with pytest.raises(MediaBusyError):
        await workers.photo(PHOTO)
    os.kill(next(iter(workers._busy)).pid, signal.SIGCONT)
    assert [photo.width for photo in await asyncio.gather(*jobs)] == [60, 60, 60]
    assert (await workers.photo(PHOTO)).width == 60


async def test_closing_ends_every_process_and_every_job(hire: Callable[..., MediaWorkers]) -> None:
    workers = hire(max_workers=2)
    await asyncio.gather(*(workers.photo(PHOTO) for _ in range(4)))
    pids = [worker.pid for worker in workers._idle]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    jobs = [asyncio.create_task(workers.photo(PHOTO)) for _ in range(5)]
    await begun()
    await workers.close()
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert all(isinstance(result, MediaBusyError) for result in results)
    assert not any(is_running(pid) for pid in pids)
    with pytest.raises(MediaBusyError):
        await workers.photo(PHOTO)


async def test_workers_that_were_never_needed_are_closed_too() -> None:
    await MediaWorkers().close()


async def test_a_fault_of_the_machine_is_no_refusal(workers: MediaWorkers, tmp_path: Path) -> None:
    with pytest.raises(MediaWorkerError, match="FileNotFoundError"):
        await workers.video(tmp_path / "missing", tmp_path / "clean")


async def test_signals_to_the_whole_group_do_not_end_a_worker(workers: MediaWorkers) -> None:
    pid = await idle_pid(workers)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, number)
    assert await idle_pid(workers) == pid
    assert os.getpgid(pid) != os.getpgid(0)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
async def test_a_worker_does_not_see_the_secrets_of_the_server(
    workers: MediaWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "hush")
    environment = Path("/proc") / str(await idle_pid(workers)) / "environ"
    assert b"hush" not in await asyncio.to_thread(environment.read_bytes)


ORPHANS = """
import asyncio, sys
from app.media.worker_process import WorkerLimits, WorkerProcess
from app.media.worker_protocol import Ready, unpacked_answer
from app.media.workers import MediaWorkers

async def main():
    workers = MediaWorkers(max_workers=1)
    await workers.photo(sys.stdin.buffer.read())
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_workers_end_with_a_server_that_was_killed() -> None:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ORPHANS),
        cwd=_root(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stderr is not None
    server.stdin.write(PHOTO)
    server.stdin.close()
    assert await server.stdout.readline() == b"ready\n"
    server.kill()
    # The worker shares the server's standard error, which ends when the last of both is gone.
    async with asyncio.timeout(PATIENCE):
        assert await server.stderr.read() == b""
    await server.wait()


async def test_a_worker_ends_when_its_server_breaks_off_in_the_middle_of_a_job() -> None:
    worker = await WorkerProcess.start(WorkerLimits(timeout_seconds=PATIENCE, memory_bytes=1 << 30))
    await worker.wait_ready()
    worker._writer.write(b"\0\0\0")
    worker._writer.close()
    async with asyncio.timeout(PATIENCE):
        assert await worker.wait_ended() == 0


@pytest.mark.parametrize(
    "message",
    [
        pickle.dumps(os.getcwd),
        pickle.dumps({"not": "an answer"}),
        b"cos\nsystem\n(S'echo owned'\ntR.",
        b"garbage",
        b"",
    ],
)
def test_an_answer_can_be_nothing_but_an_answer(message: bytes) -> None:
    assert unpacked_answer(pickle.dumps(Ready())) == Ready()
    with pytest.raises(pickle.UnpicklingError):
        unpacked_answer(message)


def _root() -> Path:
    return Path(__file__).resolve().parents[2]
