"""The program of a worker process: takes jobs from a socket, one at a time, until its other end closes.

Started by `app.media.workers` as `python -m app.media.worker FD MEMORY_BYTES CPU_SECONDS`.
"""

import os
import pickle
import resource
import signal
import socket
import sys
import time
import traceback
from math import ceil
from queue import SimpleQueue
from threading import Thread

from app.media.images import process_photo
from app.media.rejections import MediaRejectedError, RejectionCode
from app.media.videos import process_video
from app.media.worker_protocol import LENGTH, Answer, Failed, Job, PhotoJob, Ready, Rejected, packed

# Below the server, which shares the cores: a message must not wait for a video.
_NICENESS = 10


def main() -> None:
    """Serve jobs for ever; the process ends with the connection, or by a signal."""
    descriptor, memory_bytes, cpu_seconds = map(int, sys.argv[1:])
    _confine(memory_bytes)
    connection = socket.socket(fileno=descriptor)
    jobs: SimpleQueue[Job] = SimpleQueue()
    Thread(target=_receive, args=(connection, jobs), daemon=True).start()
    connection.sendall(packed(Ready()))
    while True:
        job = jobs.get()
        _limit_cpu(cpu_seconds)
        connection.sendall(packed(_answer(job)))


def _confine(memory_bytes: int) -> None:
    """Bound what a hostile file can make of this process, and leave its end to the server.

    Stopping the server's whole group of processes (Ctrl-C, a closed terminal, a service manager) must not stop a job
    that the server is still waiting for, so those signals are for the server alone.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold people's pictures
    if sys.platform == "linux":  # elsewhere the address space cannot be limited
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _limit_cpu(seconds: int) -> None:
    """Let the kernel end this process if the coming job takes more than this, whatever the server does."""
    limit = ceil(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _receive(connection: socket.socket, jobs: "SimpleQueue[Job]") -> None:
    """Queue what arrives; a thread of its own, so that the end of the server ends a job too, at once."""
    try:
        with connection.makefile("rb") as stream:
            while head := stream.read(LENGTH.size):
                (length,) = LENGTH.unpack(head)
                jobs.put(pickle.loads(stream.read(length)))  # noqa: S301 - from the server, which is trusted
    finally:  # also where the server ended in the middle of a job
        os._exit(0)


def _answer(job: Job) -> Answer:
    try:
        if isinstance(job, PhotoJob):
            return process_photo(job.data, job.limits)
        return process_video(job.source, job.target, job.limits)
    except MediaRejectedError as error:
        return Rejected(error.code, error.reason)
    except MemoryError:
        return Rejected(RejectionCode.TOO_LARGE, "It takes more memory to decode than is allowed.")
    except Exception:  # noqa: BLE001 - whatever it is, the server has to hear of it
        return Failed(traceback.format_exc())


if __name__ == "__main__":
    main()
