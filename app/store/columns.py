"""Lists of columns, as SQL."""

from collections.abc import Iterable

Spared = frozenset[str]
"""Columns, as `m.text`, that need not be read: rows keep their shape, and null stands in their place."""

NOTHING: Spared = frozenset()

STATEMENTS = 64
"""Of how many choices of columns a statement's text is kept."""


def columns(table: str, names: Iterable[str], spared: Spared = NOTHING) -> str:
    """The columns of these names, of a table by its alias."""
    return ", ".join(unless_spared(f"{table}.{name}", f"{table}.{name}", name, spared) for name in names)


def unless_spared(column: str, value: str, name: str, spared: Spared) -> str:
    """What is made of a column, under a name."""
    return f"{'NULL' if column in spared else value} AS {name}"
