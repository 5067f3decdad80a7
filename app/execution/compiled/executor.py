"""The executor that completes the values of root fields by compiled functions."""

import logging
from collections.abc import Awaitable
from functools import cache
from importlib.metadata import version
from typing import Any, ClassVar, Final

from graphql import (
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    OperationType,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.incremental import IncrementalExecutor
from graphql.pyutils import Path, is_async_iterable, is_awaitable

from app.execution.compiled.plan import PlanCache, Plans
from app.execution.compiled.prepared import Prepared
from app.execution.compiled.reading import PlainReader, Reader
from app.execution.compiled.run import Loaded, Run, log_abandoned
from app.execution.compiled.waves import settle

logger = logging.getLogger(__name__)

VERSIONS: Final = {"graphql-core": "3.3.2", "strawberry-graphql": "0.341.2"}
"""Of the libraries whose internals are built upon. With others everything is left to graphql-core."""


Readers = dict[type[Reader], tuple[Reader, PlanCache]]

READERS: Final = "_compiled"
"""The attribute of a schema that holds what was learnt of it: both refer to each other, so they have to go together."""


@cache
def is_supported(library: str) -> bool:
    """Whether the installed version of a library is the one that this was made for; says so in the log if it is not."""
    installed = version(library)
    if installed != VERSIONS[library]:
        logger.warning("compiled execution is off: it was made for %s %s, and %s is installed",
                       library, VERSIONS[library], installed)  # fmt: skip
    return installed == VERSIONS[library]


class Compiled(Executor[Any]):
    """Mixed into an executor class, it completes the values of root fields by compiled functions where it can."""

    reader_class: ClassVar[type[Reader]] = PlainReader
    libraries: ClassVar[tuple[str, ...]] = ("graphql-core",)
    predicates: ClassVar[tuple[Any, ...]] = (is_awaitable,)
    """The functions that tell awaitables and that agree with graphql-core's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begin()

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """Made when asked for: kept, they and the executor would hold each other, and with them all that was loaded.

        Such a circle waits for the garbage collector, which took a seventh of the time of a page of history.
        """
        return GraphQLResolveInfoHelpers(gather=self.gather_async_work, track=self.track_async_work)

    @async_helpers.setter
    def async_helpers(self, _kept: GraphQLResolveInfoHelpers) -> None:
        pass

    def _begin(self) -> None:
        self._begun: set[str | int] = set()
        self._loaded: Loaded = {}

    def as_executor(self) -> "Compiled":
        """What `Execution` asks for."""
        return self

    def execute_operation(self, serially: bool | None = None) -> Any:
        """Execute an operation; one with a single root field without graphql-core, as long as all goes well."""
        if self._can_be_compiled():
            reader, plans = self._plans()
            complete = plans.of_root(self, reader)
            if plans.root and complete:
                return plans.root.execute(self, complete)
        return super().execute_operation(serially)

    def prepared(self) -> Prepared | None:
        """The same operation for any variables, root value and context; None where it takes the longer way."""
        if not self._can_be_compiled():
            return None
        reader, plans = self._plans()
        return Prepared(self, reader, plans) if plans.root else None

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """An executor for one event, which shares nothing that was loaded for another."""
        executor = super().build_per_event_executor(payload)
        if isinstance(executor, Compiled):
            executor._begin()  # noqa: SLF001 - of this class
        return executor

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete the value of a root field, once, by compiled functions, and any other as graphql-core does."""
        if path.prev is None and path.key not in self._begun:
            self._begun.add(path.key)
            completed = self._completed(field_details_list, info, path, result)
            if completed is not None:
                if not is_awaitable(completed):
                    return completed
                again = (return_type, field_details_list, info, path, result, position_context)
                return self._awaited(completed, again)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def _completed(self, details: FieldDetailsList, info: GraphQLResolveInfo[Any], path: Path, value: Any) -> Any:
        """The completed value, or an awaitable that may raise; None where graphql-core has to complete it."""
        if value is None or not self._can_be_compiled():
            return None
        run = Run(self, {} if self.operation.operation is OperationType.MUTATION else self._loaded)
        try:
            reader, plans = self._plans()
            plan = plans.plan(self, reader)
            complete = plan and plan.root(str(path.key), info.parent_type, details)
            completed = complete(value, run, path) if complete else None
        except Exception as reason:  # noqa: BLE001 - graphql-core meets it again, and reports it
            run.discard()
            log_abandoned(path, reason)
            return None
        return _settled(run, completed) if run.awaited or run.keyed else completed

    async def _awaited(self, completed: Awaitable[Any], again: tuple[Any, ...]) -> Any:
        try:
            return await completed
        except Exception as reason:  # noqa: BLE001 - graphql-core meets it again, and reports it
            log_abandoned(again[3], reason)
            outcome = super().complete_value(*again)
        return await outcome if self.is_awaitable(outcome) else outcome

    def _can_be_compiled(self) -> bool:
        return (
            self.middleware_manager is None
            and self.abort_signal is None
            and self.hooks is None
            and self.field_resolver is default_field_resolver
            and self.type_resolver is default_type_resolver
            and self.is_async_iterable is is_async_iterable
            and self.is_awaitable in self.predicates
            and all(map(is_supported, self.libraries))
        )

    def _plans(self) -> tuple[Reader, Plans]:
        readers: Readers = vars(self.schema).setdefault(READERS, {})
        known = readers.get(self.reader_class)
        if known is None:
            reader = self.reader_class(self.schema)
            known = readers[self.reader_class] = (reader, PlanCache(reader))
        reader, plans = known
        return reader, plans.plans(self)


class CompiledExecutor(Compiled, IncrementalExecutor):
    """For schemas of graphql-core: pass it as `executor_class`."""


async def _settled(run: Run, completed: Any) -> Any:
    try:
        await settle(run)
    except BaseException:
        run.discard()
        raise
    return completed
