"""Objects made fast, where pages hold many of them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def maker(cls: type[T], *attributes: str, row: Sequence[str] = ()) -> Callable[..., T]:
    """A function that makes an object of a class from the values of these attributes, in this order.

    With `row`, its first argument is a row, whose columns become the attributes of these names, in their order. A
    dataclass's `__init__` that takes keywords only needs two to three times as long. Attributes that are not named have
    to have a default that stands in the class itself.
    """
    lines = [f"def make({', '.join((*(['row'] if row else []), *attributes))}):", "    made = new(cls)"]
    if row:
        lines.append(f"    {', '.join(f'made.{name}' for name in row)} = row")
    lines += [f"    made.{name} = {name}" for name in attributes]
    names: dict[str, Any] = {"new": object.__new__, "cls": cls}
    exec("\n".join([*lines, "    return made"]), names)  # noqa: S102 - names of ours
    make: Callable[..., T] = names["make"]
    return make
