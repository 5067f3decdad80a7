"""Measures our server against bare handlers and peers, in turns, and writes a table: `make bench`."""

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
import uvloop

from bench.lab import Options, open_lab
from bench.row import Measurement, Row, measure_row
from bench.rows import ROWS
from bench.servers import OTHER_CORE, keep_to
from bench.table import table, write
from bench.world import CONVERSATIONS, MESSAGES_EACH, PEOPLE


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([row.name for row in ROWS]))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1), help="Rounds that are counted.")
@click.option(
    "--seconds", default=3.0, show_default=True, type=click.FloatRange(0.1), help="For each contender in each round."
)
def main(names: tuple[str, ...], rounds: int, seconds: float) -> None:
    """Measure the rows of these names, or all; only a run of all writes to bench/results."""
    keep_to(OTHER_CORE)
    options = Options(rounds, seconds)
    rows = [row for row in ROWS if not names or row.name in names]
    with tempfile.TemporaryDirectory(prefix="backchannel-bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # embedded PostgreSQL may have to run as another user
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            try:
                measurements = runner.run(_measure(rows, options, folder))
            except asyncio.CancelledError:
                raise click.Abort from None
    click.echo(table(measurements))
    if not names:
        write(measurements, options)
    if any(each.failure is not None for each in measurements):
        sys.exit(1)


async def _measure(rows: Sequence[Row], options: Options, folder: Path) -> list[Measurement]:
    _leave_on(signal.SIGTERM, signal.SIGHUP)
    measurements = []
    _say(f"Making a world of {PEOPLE:,} people and {CONVERSATIONS * MESSAGES_EACH:,} messages")
    async with open_lab(folder, options) as lab:
        for number, row in enumerate(rows, 1):
            _say(f"{number} of {len(rows)}, {row.name}: {row.work} ({row.unit})")
            started = time.monotonic()
            measurements.append(await measure_row(row, lab))
            _say(f"  {measurements[-1].summary()}; {time.monotonic() - started:.0f} s")
    return measurements


def _say(line: str) -> None:
    click.echo(line, err=True)


def _leave_on(*signals: signal.Signals) -> None:
    """Do on these what is done on Ctrl-C: stop, and leave no process behind."""
    task = asyncio.current_task()
    assert task is not None
    for each in signals:
        asyncio.get_running_loop().add_signal_handler(each, task.cancel)


if __name__ == "__main__":
    main(prog_name="python -m bench")
