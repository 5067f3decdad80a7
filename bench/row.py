"""What is measured: rows, whose contenders are run in turns."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.lab import Lab

OURS = "Backchannel"
BARE = "bare handler"
ROW_SECONDS = 300
"""A row that takes longer is given up."""
SHORT_TURNS = 6
"""Of a round, where a contender can begin and end at once: a machine's speed may change within seconds."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one contender did in one turn; `operations` are what its CPU time is divided by, 0 for no such figure."""

    value: float
    operations: float = 0
    extra: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that does the work of a row; `cpu_seconds` is what its server's processes have used so far."""

    name: str
    run: Callable[[], Awaitable[Sample]]
    cpu_seconds: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Bar:
    """What the ratio of ours to another's figure has to be; no bound: it is only shown."""

    against: str
    at_least: float | None = None
    at_most: float | None = None

    def verdict(self, ratio: float) -> str:
        """For the table."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g} {'✓' if ratio >= self.at_least else '✗'}"
        if self.at_most is not None:
            return f"≤ {self.at_most:g} {'✓' if ratio <= self.at_most else '✗'}"
        return ""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of work. `contenders` opens what it needs and yields them, ours first."""

    name: str
    work: str
    unit: str
    contenders: Callable[["Lab"], AbstractAsyncContextManager[Sequence[Contender]]]
    bars: Sequence[Bar] = ()
    warms_up: bool = True
    """Whether a first round on new servers is thrown away."""
    anew: bool = False
    """Whether each round has new servers: how fast one is differs by a tenth with where its memory comes to lie."""
    turns: int = 1
    """In how many turns, one contender after another, a round is run."""
    more_is_better: bool = True


@dataclass
class Measurement:
    """What was measured of each contender of a row, one value a turn."""

    row: Row
    values: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    """CPU seconds for each operation."""
    load: dict[str, list[float]] = field(default_factory=dict)
    """The share of its core that the load generator used; near 1 it was what limited the contender."""
    statements: dict[str, list[float]] = field(default_factory=dict)
    """What PostgreSQL ran for each operation."""
    extra: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    failure: str | None = None
    """Why the row was given up; what was measured until then does not count."""

    def median(self, name: str) -> float:
        """A contender's figure."""
        return statistics.median(self.values[name])

    def ratio(self, name: str) -> float:
        """The median over the turns of ours divided by another's."""
        ours = next(iter(self.values.values()))
        return statistics.median(own / other for own, other in zip(ours, self.values[name], strict=True))

    def median_cpu(self, name: str) -> float | None:
        """CPU seconds for each operation, if that is known."""
        return statistics.median(self.cpu[name]) if name in self.cpu else None

    def median_statements(self, name: str) -> float | None:
        """Statements for each operation, if that is known."""
        return statistics.median(self.statements[name]) if name in self.statements else None

    def summary(self) -> str:
        """One line: of each contender its figure, and how busy it kept the load generator."""
        if self.failure is not None:
            return f"FAILED: {self.failure}"
        return ", ".join(
            f"{name} {self.median(name):,.4g} (load {statistics.median(self.load[name]):.0%})" for name in self.values
        )


async def measure_row(row: Row, lab: "Lab") -> Measurement:
    """Run all contenders in turns, round by round; a failure is noted."""
    measurement = Measurement(row)
    try:
        async with asyncio.timeout(ROW_SECONDS):
            for rounds in [1] * lab.options.rounds if row.anew else [lab.options.rounds]:
                await _measure_rounds(rounds, measurement, lab)
    except TimeoutError:
        return Measurement(row, failure=f"it took longer than {ROW_SECONDS} s")
    except Exception as error:  # noqa: BLE001 - the other rows are still to be measured
        return Measurement(row, failure=str(error) or type(error).__name__)
    return measurement


async def _measure_rounds(rounds: int, measurement: Measurement, lab: "Lab") -> None:
    row = measurement.row
    lab = replace(lab, options=replace(lab.options, seconds=lab.options.seconds / row.turns))
    async with lab.serving() as serving, row.contenders(serving) as contenders:
        for number in range(-row.turns if row.warms_up else 0, rounds * row.turns):
            for contender in contenders:
                await _run(contender, measurement if number >= 0 else Measurement(row), lab)


async def _run(contender: Contender, measurement: Measurement, lab: "Lab") -> None:
    said = await lab.statements.so_far()
    used, load, started = contender.cpu_seconds(), time.process_time(), time.perf_counter()
    try:
        sample = await contender.run()
    except Exception as error:
        raise RuntimeError(f"{contender.name}: {type(error).__name__}: {error}") from error
    elapsed = time.perf_counter() - started
    name = contender.name
    used, load = contender.cpu_seconds() - used, (time.process_time() - load) / elapsed
    said = await lab.statements.so_far() - said
    measurement.values.setdefault(name, []).append(sample.value)
    measurement.load.setdefault(name, []).append(load)
    if sample.operations:
        measurement.cpu.setdefault(name, []).append(used / sample.operations)
        measurement.statements.setdefault(name, []).append(said / sample.operations)
    for key, value in sample.extra.items():
        measurement.extra.setdefault(name, {}).setdefault(key, []).append(value)
