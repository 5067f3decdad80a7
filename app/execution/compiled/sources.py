"""Where generated functions read from: an object, or a row that stands for one."""

from collections.abc import Mapping
from typing import Protocol


class Source(Protocol):
    """Writes expressions for what a field's value comes from.

    An attribute's name may be one of an attribute's: `view.has_senders`.
    """

    opening: list[str]
    """Lines that come before whatever is read."""

    @property
    def object(self) -> str:
        """The object."""

    def open(self, line: str) -> None:
        """Begin with a line, once."""
        if line not in self.opening:
            self.opening.append(line)

    def attribute(self, name: str) -> str:
        """What it holds under a name."""

    def opened(self, name: str) -> str:
        """The same for what is read often."""

    def field(self, name: str) -> str:
        """What graphql-core's default resolver would read."""


class ObjectSource(Source):
    """An object, in the variable `o`."""

    object = "o"

    def __init__(self, *, is_mapping: bool) -> None:
        self.opening = []
        self._is_mapping = is_mapping

    def attribute(self, name: str) -> str:
        """An attribute, or an item of a mapping."""
        return f"o[{name!r}]" if self._is_mapping else f"o.{name}"

    def opened(self, name: str) -> str:
        """A variable, in which the function begins to hold an attribute."""
        self.open(f"held_{name} = o.{name}")
        return f"held_{name}"

    def field(self, name: str) -> str:
        """Null where there is none."""
        return f"o.get({name!r})" if self._is_mapping else f"getattr(o, {name!r}, None)"


class RowSource(Source):
    """A row, and what objects of its class share; the object is made once, where it is asked for.

    `parts` are the expressions of both, by the names of the attributes, in the order in which `make` takes them.
    """

    def __init__(self, opening: list[str], parts: Mapping[str, str], make: str, variable: str) -> None:
        self.opening = opening
        self._parts = parts
        self._make = make
        self._variable = variable

    @property
    def object(self) -> str:
        """The object, made by the first who asks."""
        variable = self._variable
        self.open(f"{variable} = None")
        return f"({variable} or ({variable} := {self._make}({', '.join(self._parts.values())})))"

    def attribute(self, name: str) -> str:
        """A part, or what the object makes of its parts."""
        first, dot, rest = name.partition(".")
        return f"{self._parts[first]}{dot}{rest}" if first in self._parts else f"{self.object}.{name}"

    def opened(self, name: str) -> str:
        """The same: parts are variables."""
        return self.attribute(name)

    def field(self, name: str) -> str:
        """Null where there is none."""
        return f"getattr({self.object}, {name!r}, None)"
