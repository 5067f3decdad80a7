"""The rows, each a file: what is measured, of whom, and what the ratio has to be."""

from bench.row import Row
from bench.rows import deep, fan_out, history, inbox, latency, memory, resume, send, workers

ROWS: list[Row] = [
    history.ROW,
    inbox.ROW,
    send.ROW,
    fan_out.ROW,
    memory.ROW,
    *latency.ROWS,
    resume.ROW,
    deep.ROW,
    workers.ROW,
]
