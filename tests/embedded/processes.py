"""What runs, and what listens, on behalf of a data folder."""

import os
import socket
from pathlib import Path

import psutil

from tests.support.patience import PATIENCE


def engines_in(folder: Path) -> list[psutil.Process]:
    """Every living process, of whatever name, that works in the folder or below."""
    return [process for process in psutil.process_iter() if _works_in(process, folder)]


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(folder.resolve()) and process.pid != os.getpid()
    except (psutil.Error, OSError):
        return False


def await_end(folder: Path) -> list[psutil.Process]:
    """Those that are still there when the grandchildren that were killed have had the time to be gone."""
    psutil.wait_procs(engines_in(folder), timeout=PATIENCE)
    return engines_in(folder)


def listeners(folder: Path) -> set[tuple[str, int]]:
    """The TCP addresses that those processes listen on."""
    return {
        (each.laddr.ip, each.laddr.port)
        for process in engines_in(folder)
        for each in process.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN
    }


def is_open(port: int) -> bool:
    """Whether anything listens on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
