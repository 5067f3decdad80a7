"""What was measured, as a table, a plot and raw figures in `bench/results`."""

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
import pygal
from pygal.style import Style

from bench.lab import Options
from bench.row import OURS, Bar, Measurement

RESULTS = Path(__file__).parent / "results"
HEAD = """| work | Backchannel | against | | ratio | bar | CPU, µs | its CPU, µs | statements | its statements |
|---|---|---|---|---|---|---|---|---|---|"""
ABOUT = """Medians of {rounds} rounds of {seconds:g} s in turns; the ratio is the median of the turns' ratios. A
server has one core; PostgreSQL and the load share another. Ours runs as in production: authentication, access rules,
cost limits and error masking are on; the bare handlers (aiohttp, asyncpg, orjson) and the peers check nothing. CPU (the
server's own) and SQL statements are for each operation. {cores} cores, Python {python}. How to read it:
[CONTRIBUTING.md](../../CONTRIBUTING.md#speed)."""


def table(measurements: Sequence[Measurement]) -> str:
    """One line for each comparison."""
    lines = [_line(each, bar) for each in measurements for bar in _bars(each)]
    failures = [f"\n**{each.row.work}: not measured.** {each.failure}" for each in measurements if each.failure]
    return "\n".join([HEAD, *lines, *failures])


def write(measurements: Sequence[Measurement], options: Options) -> None:
    """Write all three files."""
    RESULTS.mkdir(exist_ok=True)
    about = ABOUT.format(**asdict(options), cores=psutil.cpu_count(), python=platform.python_version())
    text = f"# Latest measurement\n\n{about}\n\n{table(measurements)}\n\n![Ratios](latest.svg)\n"
    (RESULTS / "latest.md").write_text(text, encoding="utf-8")
    raw = {each.row.name: _raw(each) for each in measurements}
    (RESULTS / "latest.json").write_text(json.dumps(raw, indent=2) + "\n", encoding="utf-8")
    (RESULTS / "latest.svg").write_text(plot(measurements), encoding="utf-8")


def plot(measurements: Sequence[Measurement]) -> str:
    """Each ratio as a bar, the larger the better, on a logarithmic scale."""
    chart = pygal.HorizontalBar(
        title="Backchannel against others (1 is equal, more is better)",
        style=Style(background="white", plot_background="white"),
        logarithmic=True,
        print_values=True,
        show_legend=False,
        value_formatter=lambda value: f"{value:.2f}",
        height=90 + 34 * sum(len(_bars(each)) for each in measurements),
        disable_xml_declaration=False,
        js=(),
    )
    rows = [(each, bar) for each in measurements for bar in _bars(each)][::-1]
    chart.x_labels = [f"{each.row.work}, {bar.against}" for each, bar in rows]
    chart.add("ratio", [_goodness(each, bar) for each, bar in rows])
    return str(chart.render(is_unicode=True))


def _bars(measurement: Measurement) -> list[Bar]:
    """What is shown of a row: a peer that could not run is not."""
    return [bar for bar in measurement.row.bars if bar.against in measurement.values]


def _goodness(measurement: Measurement, bar: Bar) -> float:
    ratio = measurement.ratio(bar.against)
    return ratio if measurement.row.more_is_better else 1 / ratio


def _line(measurement: Measurement, bar: Bar) -> str:
    ratio = measurement.ratio(bar.against)
    cells = [
        f"{measurement.row.work} ({measurement.row.unit})",
        _figure(measurement, OURS),
        bar.against,
        _figure(measurement, bar.against),
        f"{ratio:.2f}",
        bar.verdict(ratio),
        *(_micros(measurement.median_cpu(name)) for name in (OURS, bar.against)),
        *(_statements(measurement.median_statements(name)) for name in (OURS, bar.against)),
    ]
    return f"| {' | '.join(cells)} |"


def _figure(measurement: Measurement, name: str) -> str:
    value = measurement.median(name)
    extra = {key: statistics.median(values) for key, values in measurement.extra.get(name, {}).items()}
    return ", ".join([_number(value), *(f"{key} {_number(figure)}" for key, figure in extra.items())])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _micros(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1e6:,.3g}" if seconds < 1e-4 else f"{seconds * 1e6:,.0f}"


def _statements(count: float | None) -> str:
    return "" if count is None else f"{count:,.1f}"


def _raw(measurement: Measurement) -> dict[str, Any]:
    return {
        "work": measurement.row.work,
        "unit": measurement.row.unit,
        "values": measurement.values,
        "cpu": measurement.cpu,
        "load": measurement.load,
        "statements": measurement.statements,
        "extra": measurement.extra,
        "failure": measurement.failure,
        "ratios": {bar.against: measurement.ratio(bar.against) for bar in _bars(measurement)},
    }
