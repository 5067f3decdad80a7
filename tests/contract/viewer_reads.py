"""Which fields are made by code that reads the viewer, found in the bytecode of all that it calls in a package.

What is handed on as an argument or an attribute under another name is not seen.
"""

import dis
import inspect
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import CodeType
from typing import Any

from strawberry.types.field import StrawberryField

from app.execution.batching import BATCHED, BatchedField
from app.execution.plain_fields import PLAIN_FIELD, ColumnField, ComputedField, EitherField, ItselfField

VIEWER = frozenset({"viewer", "viewer_id", "me", "IS_HIDDEN"})
"""Attributes of the context, and of objects that were wrapped for a viewer; and columns that depend on the viewer."""

ATTRIBUTES = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
NAMES = ATTRIBUTES | {"LOAD_GLOBAL"}


def reads_viewer(field: StrawberryField, owner: type, package: str) -> bool:
    """Whether code of this package that makes the field's value reads the viewer. `owner` is the type that has it."""
    reading = _Reading(owner, package)
    return any(reading.finds_viewer(each) for each in _makers(field, owner))


def _makers(field: StrawberryField, owner: type) -> Iterator[Any]:
    """What makes the field's value, and what that is loaded by."""
    batched, plain = field.metadata.get(BATCHED), field.metadata.get(PLAIN_FIELD)
    if isinstance(batched, BatchedField):
        yield from (batched.batch, batched.part, batched.arguments)
        where = batched.standing.where if batched.standing else None
        held = (name for name in (batched.key, batched.preloaded, where) if isinstance(name, str))
        yield from (inspect.getattr_static(owner, name, None) for name in held)
    elif isinstance(plain, EitherField):
        yield plain.compute
    elif isinstance(plain, ColumnField | ComputedField):
        yield from (plain.compute, plain.serialised)
    elif not isinstance(plain, ItselfField) and field.base_resolver is not None:
        yield field.base_resolver.wrapped_func


class _Reading:
    """Goes through functions, each once; attributes are taken for those of the type that has the field."""

    def __init__(self, owner: type, package: str) -> None:
        self._owner = owner
        self._package = package
        self._seen: set[CodeType] = set()

    def finds_viewer(self, called: Any) -> bool:
        """Whether this, or what it calls, reads the viewer."""
        if isinstance(called, property):
            called = called.fget
        function = getattr(called, "__func__", called)
        is_own = inspect.isfunction(function) and (function.__module__ or "").split(".")[0] == self._package
        return is_own and self._finds_in(function.__code__, function)

    def _finds_in(self, code: CodeType, function: Callable[..., Any]) -> bool:
        if code in self._seen:
            return False
        self._seen.add(code)
        names = {each.argval for each in dis.get_instructions(code) if each.opname in NAMES}
        attributes = {each.argval for each in dis.get_instructions(code) if each.opname in ATTRIBUTES}
        nested = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        return (
            not VIEWER.isdisjoint(names)
            or any(self.finds_viewer(inspect.getattr_static(self._owner, name, None)) for name in attributes)
            or any(self.finds_viewer(each) for each in _named(code, function))
            or any(self._finds_in(each, function) for each in nested)
        )


def _named(code: CodeType, function: Callable[..., Any]) -> Iterator[Any]:
    """What the code calls by name: globals, variables of the functions around it, imports, and methods of classes."""
    around = inspect.getclosurevars(function).nonlocals
    module: Any = None
    for instruction, following in pairwise(dis.get_instructions(code)):
        name, found = instruction.argval, None
        if instruction.opname == "LOAD_GLOBAL":
            found = function.__globals__.get(name)
        elif instruction.opname == "LOAD_DEREF":
            found = around.get(name)
        elif instruction.opname == "IMPORT_NAME":
            module = __import__(name, fromlist=["*"])
        elif instruction.opname == "IMPORT_FROM":
            found = getattr(module, name)
        yield found
        if isinstance(found, type) and following.opname in ATTRIBUTES:
            yield inspect.getattr_static(found, following.argval, None)
