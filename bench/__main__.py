"""Measures our server against bare handlers and peers, in turns, and writes a table: `make bench`."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import uvloop

from bench.lab import Options, open_lab
from bench.row import Measurement, Row, measure_row
from bench.rows import ROWS
from bench.servers import OTHER_CORE, keep_to
from bench.table import table, write


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
            measurements = runner.run(_measure(rows, options, folder))
    print(table(measurements))
    if not names:
        write(measurements, options)


async def _measure(rows: Sequence[Row], options: Options, folder: Path) -> list[Measurement]:
    async with open_lab(folder, options) as lab:
        return [await measure_row(row, lab) for row in rows]


if __name__ == "__main__":
    main(prog_name="python -m bench")
