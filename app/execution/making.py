"""Objects made fast, where pages hold many of them."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def maker(cls: type[T], *attributes: str) -> Callable[..., T]:
    """A function that makes an object of a class from the values of these attributes, in this order.

    A dataclass's `__init__` that takes keywords only needs two to three times as long. Attributes that are not named
    have to have a default that stands in the class itself.
    """
    lines = [f"def make({', '.join(attributes)}):", "    made = new(cls)"]
    lines += [f"    made.{name} = {name}" for name in attributes]
    names: dict[str, Any] = {"new": object.__new__, "cls": cls}
    exec("\n".join([*lines, "    return made"]), names)  # noqa: S102 - names of ours
    make: Callable[..., T] = names["make"]
    return make
