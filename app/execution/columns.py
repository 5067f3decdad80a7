"""Column fields: a field's value is read as it is from the row that its object wraps."""

from dataclasses import dataclass
from typing import Final

COLUMN: Final = "column"
"""Under which a field's metadata hold its `ColumnField`."""


@dataclass(frozen=True, slots=True)
class ColumnField:
    """The value is the item `column` of what the parent's attribute `row` holds, which always has it."""

    row: str
    column: str
