"""What is measured: rows, whose contenders are run in turns."""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.lab import Lab

OURS = "Backchannel"
BARE = "bare handler"


@dataclass(frozen=True, slots=True)
class Sample:
    """What one contender did in one round; `operations` are what its CPU time is divided by, 0 for no such figure."""

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
    """Whether a first round is thrown away."""
    more_is_better: bool = True


@dataclass
class Measurement:
    """What was measured of each contender of a row, one value a round."""

    row: Row
    values: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    """CPU seconds for each operation."""
    load: dict[str, list[float]] = field(default_factory=dict)
    """The share of its core that the load generator used; near 1 it was what limited the contender."""
    extra: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def median(self, name: str) -> float:
        """A contender's figure."""
        return statistics.median(self.values[name])

    def ratio(self, name: str) -> float:
        """The median over the rounds of ours divided by another's."""
        ours = next(iter(self.values.values()))
        return statistics.median(own / other for own, other in zip(ours, self.values[name], strict=True))

    def median_cpu(self, name: str) -> float | None:
        """CPU seconds for each operation, if that is known."""
        return statistics.median(self.cpu[name]) if self.cpu[name] else None


async def measure_row(row: Row, lab: "Lab") -> Measurement:
    """Run all contenders in turns, round by round."""
    measurement = Measurement(row)
    async with row.contenders(lab) as contenders:
        for number in range(-1 if row.warms_up else 0, lab.options.rounds):
            for contender in contenders:
                await _run(contender, measurement if number >= 0 else Measurement(row))
    print(f"{row.work}: {', '.join(f'{n} {measurement.median(n):,.1f}' for n in measurement.values)}", file=sys.stderr)
    return measurement


async def _run(contender: Contender, measurement: Measurement) -> None:
    used, load, started = contender.cpu_seconds(), time.process_time(), time.perf_counter()
    sample = await contender.run()
    elapsed = time.perf_counter() - started
    name = contender.name
    measurement.values.setdefault(name, []).append(sample.value)
    measurement.load.setdefault(name, []).append((time.process_time() - load) / elapsed)
    cpu = measurement.cpu.setdefault(name, [])
    if sample.operations:
        cpu.append((contender.cpu_seconds() - used) / sample.operations)
    for key, value in sample.extra.items():
        measurement.extra.setdefault(name, {}).setdefault(key, []).append(value)
