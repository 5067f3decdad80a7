"""Tells how many values of root fields were completed by compiled functions, and how many were left to graphql-core.

Only what compiled execution is for counts: objects and lists of them, not leaf values or nulls.
"""

from collections import Counter
from typing import Any

from graphql import GraphQLOutputType, GraphQLResolveInfo, get_named_type, is_composite_type
from graphql.execution import Executor
from graphql.pyutils import Path

from app.execution.compiled import Compiled
from app.execution.compiled.plan import Plans
from app.execution.compiled.reading import PlainReader, Reader
from app.execution.compiled.root import Replay, Root
from app.execution.compiled.run import Complete, Execution

counts: Counter[str] = Counter()
"""`asked`: values to complete. `left`: those that graphql-core has completed."""


class _Asked(Executor[Any]):
    def complete_value(self, *args: Any) -> Any:
        if not isinstance(self.middleware_manager, Replay):  # it was counted before it was left
            counts["asked"] += _counts(*args)
        return super().complete_value(*args)


class _CountedRoot(Root):
    def _completed(self, execution: Execution, value: Any, complete: Complete) -> Any:
        counts["asked"] += value is not None
        return super()._completed(execution, value, complete)


class _Left(Executor[Any]):
    def complete_value(self, *args: Any) -> Any:
        counts["left"] += _counts(*args)
        return super().complete_value(*args)


def _counts(
    return_type: GraphQLOutputType, _details: Any, info: GraphQLResolveInfo[Any], path: Path, result: Any, *_: Any
) -> bool:
    is_whole_root = path.prev is None and return_type is info.return_type
    return is_whole_root and result is not None and is_composite_type(get_named_type(return_type))


class CountedExecutor(_Asked, Compiled, _Left):
    """Compiled execution over graphql-core's plain executor, which counts."""

    def _plans(self) -> tuple[Reader, Plans]:
        reader, plans = super()._plans()
        if plans.root:
            plans.root.__class__ = _CountedRoot
        return reader, plans


def counted(base: type[Executor[Any]]) -> type[Executor[Any]]:
    """The same over another executor class."""
    return type("CountedExecutor", (CountedExecutor, base), {})


class _PathlessReader(PlainReader):
    def may_ask_for_paths(self, _names: frozenset[str]) -> bool:
        return False


def counted_without_paths(base: type[Executor[Any]]) -> type[Executor[Any]]:
    """The same, but that no resolver is told its path: only then are lists of rows read as such."""
    return type("CountedExecutor", (CountedExecutor, base), {"reader_class": _PathlessReader})


def compiled_share() -> float:
    """The share of all values that compiled functions have completed."""
    return 1 - counts["left"] / counts["asked"]
