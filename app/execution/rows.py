"""Row classes: objects that are nothing but a row, and what they share with the others of their list.

An object of such a class is made where somebody asks for it. Compiled execution reads the row in its place, so that of
most pages no object is ever made.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from app.execution.making import maker

T = TypeVar("T")


class RowClass(Generic[T]):
    """A class whose objects hold a row in `row`, and in `shared` attributes what all objects of a list have in common.

    Two objects with the same row and the same shared values are the same to everybody: properties may compute what they
    like from them, and keep nothing.
    """

    __slots__ = ("cls", "make", "shared")

    def __init__(self, cls: type[T], *shared: str) -> None:
        self.cls = cls
        self.shared = shared
        self.make: Callable[..., T] = maker(cls, "row", *shared)
        """Makes an object: `(row, *shared)`."""

    def of(self, other: Any) -> T:
        """The object that has the row of another one, and what this shares under the same names."""
        return self.make(other.row, *[getattr(other, name) for name in self.shared])
