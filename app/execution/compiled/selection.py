"""A selection: what is asked of the composite values at one place of an operation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLAbstractType, GraphQLObjectType
from graphql.pyutils import Undefined

from app.execution.compiled.run import Abandoned, Complete, Place, Run
from app.execution.compiled.writing import write

if TYPE_CHECKING:
    from app.execution.compiled.plan import Plan

CLASSES_MAX = 64
"""Classes of values that a selection remembers; more than that are made at run time and would fill the memory."""


def _null(_value: None, _run: Run, _path: Any) -> None:
    return None


class Selection:
    """The functions for each object type that comes up here, written when its first value does.

    `known` tells the function by the class of the value, where the class decides.
    """

    __slots__ = ("_calls", "_functions", "_place", "_plan", "_type", "known")

    def __init__(
        self,
        plan: "Plan",
        declared: GraphQLObjectType | GraphQLAbstractType,
        place: Place,
        *,
        nullable: bool,
        calls: bool,
    ) -> None:
        self._plan = plan
        self._type = declared
        self._place = place
        self._calls = calls
        self._functions: dict[tuple[str, type | None, bool], Complete] = {}
        self.known: dict[type, Complete] = {type(None): _null} if nullable else {}

    def meet(self, value: Any, run: Run, path: Any) -> Any:
        """Complete a value whose class is not known."""
        if value is None or value is Undefined or isinstance(value, Exception) or run.is_awaitable(value):
            raise Abandoned
        if self._calls and callable(value):
            raise Abandoned
        cls, is_mapping = type(value), isinstance(value, Mapping)
        lasting = self._plan.reader.type_of(cls, self._type)
        if lasting is not None and len(self.known) < CLASSES_MAX:
            function = self.known[cls] = self._function(lasting, cls, is_mapping=is_mapping)
        else:
            function = self._function(lasting or self._type_of(value, run, path), None, is_mapping=is_mapping)
        return function(value, run, path)

    def _type_of(self, value: Any, run: Run, path: Any) -> GraphQLObjectType:
        """What graphql-core would find the type of this value to be."""
        declared, executor = self._type, run.executor.as_executor()
        info = run.info(self._place, _of_field(path))
        if isinstance(declared, GraphQLObjectType):
            object_type = declared
        else:
            name = (declared.resolve_type or executor.type_resolver)(value, info, declared)
            _refuse_awaitable(name, run)
            object_type = executor.ensure_valid_runtime_type(name, declared, self._place.details, info, value)
        if object_type.is_type_of is not None:
            is_one = object_type.is_type_of(value, info)
            _refuse_awaitable(is_one, run)
            if not is_one:
                raise Abandoned
        return object_type

    def _function(self, object_type: GraphQLObjectType, cls: type | None, *, is_mapping: bool) -> Complete:
        key = (object_type.name, cls, is_mapping)
        function = self._functions.get(key)
        if function is None:
            details = self._place.details
            function = self._functions[key] = write(self._plan, object_type, details, cls, is_mapping=is_mapping)
        return function


def _of_field(path: Any) -> Any:
    """The path of the field that an item of its list stands in."""
    while path is not None and isinstance(path[1], int):
        path = path[0]
    return path


def _refuse_awaitable(value: Any, run: Run) -> None:
    if run.is_awaitable(value):
        close = getattr(value, "close", None)
        if close:
            close()
        raise Abandoned
