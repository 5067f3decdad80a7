"""Executes prepared operations."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, cast

import strawberry
from graphql import ExecutionResult
from graphql.execution import Executor, create_source_event_stream
from strawberry.execution import optimized_is_awaitable

from app.execution.compiled.executor import Compiled
from app.execution.documents import Documents, Operation, core_schema
from app.execution.errors import Code, RequestError, masked, masked_exception, request_error
from app.execution.persisted import PersistedDocuments
from app.execution.result import Result
from app.execution.sharing import Answer, SharedAnswer, SharedEvent, Told


class Engine:
    """Executes operations of one schema; what it returns is masked, and it never raises.

    `context` is what resolvers find as `info.context`. Without an executor class the schema's own is used.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        documents: Documents,
        executor_class: type[Executor[Any]] | None = None,
        persisted: PersistedDocuments | None = None,
    ) -> None:
        self.documents = documents
        self.persisted = persisted or PersistedDocuments(documents)
        self._schema = core_schema(schema)
        self._executor_class = executor_class or schema.execution_context_class

    async def execute(self, operation: Operation, *, variables: Mapping[str, Any] | None, context: Any) -> Result:
        """Execute a query or mutation."""
        try:
            self.documents.check_cost(operation, variables)
            outcome = self.begun(operation, variables, context)
            result = await outcome if optimized_is_awaitable(outcome) else outcome
        except RequestError as error:
            return Result.refused(error.errors)
        except Exception as error:  # noqa: BLE001
            return Result.refused([masked_exception(error)])
        return _result(cast("ExecutionResult", result))

    def begun(self, operation: Operation, variables: Mapping[str, Any] | None, context: Any, root: Any = None) -> Any:
        """The result of an operation or an awaitable of it; raises `RequestError` for bad variables."""
        if self._executor_class not in operation.prepared:
            executor = self.executor(operation, variables, context, root)
            operation.prepared[self._executor_class] = executor.prepared() if isinstance(executor, Compiled) else None
        prepared = operation.prepared[self._executor_class]
        if prepared is None:
            return self.executor(operation, variables, context, root).execute_operation()
        outcome = prepared.execute(root, context, variables, self.documents.limits.errors)
        if isinstance(outcome, list):
            raise request_error(Code.BAD_USER_INPUT, outcome)
        return outcome

    async def subscribe(
        self,
        operation: Operation,
        *,
        variables: Mapping[str, Any] | None,
        context: Any,
        event_context: Callable[[], Any],
    ) -> "Subscription | Result":
        """Open a subscription, or say why not.

        The root resolver runs in `context`, each event in a new one of `event_context()`: a DataLoader that lived as
        long as the subscription would answer from its cache for ever.
        """
        try:
            self.documents.check_cost(operation, variables)
            executor = self.executor(operation, variables, context)
            opened = create_source_event_stream(executor)
            source = await opened if executor.is_awaitable(opened) else opened
        except RequestError as error:
            return Result.refused(error.errors)
        except Exception as error:  # noqa: BLE001
            return Result.refused([masked_exception(error)])
        if isinstance(source, ExecutionResult):
            return Result.refused(masked(source.errors or ()))
        return Subscription(self, operation, variables, cast("AsyncIterable[Any]", source), event_context)

    def executor(
        self, operation: Operation, variables: Mapping[str, Any] | None, context: Any, root: Any = None
    ) -> Executor[Any]:
        """An executor for one execution of the operation; raises `RequestError` for bad variables."""
        executor = self._executor_class.build(
            self._schema,
            operation.document,
            root,
            context,
            raw_variable_values=cast("dict[str, Any] | None", variables),
            operation_name=operation.name,
            max_coercion_errors=self.documents.limits.errors,
            is_awaitable=cast("Any", optimized_is_awaitable),
        )
        if isinstance(executor, list):
            raise request_error(Code.BAD_USER_INPUT, executor)
        return executor


class Subscription:
    """An open subscription: a source of events, and the way to answer each of them.

    Either read `results`, or, if the source is a `Source`, start it with a sink that calls `respond`. Between events it
    holds no executor: one takes 3.6 KB, and those that graphql-core derives from one for each event
    (`build_per_event_executor`) share a memo of selections that grows with every event.
    """

    __slots__ = ("_engine", "_event_context", "_operation", "_sharing_key", "_variables", "source")

    def __init__(
        self,
        engine: Engine,
        operation: Operation,
        variables: Mapping[str, Any] | None,
        source: AsyncIterable[Any],
        event_context: Callable[[], Any],
    ) -> None:
        self.source = source
        self._engine = engine
        self._operation = operation
        self._variables = variables
        self._event_context = event_context
        self._sharing_key = operation.sharing.key(variables) if operation.sharing else None

    def respond(self, event: Any) -> Result | Answer:
        """The response to an event: there at once, where no resolver has to wait. Never raises.

        That to a `SharedEvent` may be another subscription's execution, which hands out None where it can't be shared
        after all: call `respond_alone` then.
        """
        key = self._sharing_key
        if key is None or not isinstance(event, SharedEvent):
            return self.respond_alone(event)
        answer = event.answers.get(key)
        if answer is None:
            return self._share(event, key)
        if isinstance(answer, Result):
            return answer
        return answer.joined(event) or self.respond_alone(event)

    def respond_alone(self, event: Any) -> Result | Answer:
        """The same, by an execution of its own."""
        outcome = self._execute(event)
        return outcome if isinstance(outcome, Result) else Answer(outcome)

    def _share(self, event: SharedEvent, key: str) -> Result | Answer:
        """The response to an event that no subscription of this viewer with this key has got yet."""
        try:
            told = event.memo.get(key)
            if told is None:
                assert self._operation.sharing
                told = event.memo[key] = Told(self._operation.sharing.aspects.of(event.root))
            standing = event.standing(told.aspects)
        except Exception as error:  # noqa: BLE001
            return Result(None, [masked_exception(error)])
        if standing is None:
            return self.respond_alone(event)
        answer = told.answers.get(standing)
        given = answer.joined(event) if isinstance(answer, SharedAnswer) else answer
        if answer is None or given is None:  # nobody has executed it yet, or somebody did for no other viewer
            answer = given = self._lead(event, told)
        if isinstance(answer, SharedAnswer) or not answer.errors:
            told.answers[standing] = event.answers[key] = answer
        return given

    def _lead(self, event: SharedEvent, told: Told) -> Result | SharedAnswer:
        """Execute for all who stand alike."""
        outcome = self._execute(event)
        return outcome if isinstance(outcome, Result) else SharedAnswer(outcome, event, told.aspects)

    def _execute(self, event: Any) -> Result | Awaitable[Result]:
        try:
            root = event.root if isinstance(event, SharedEvent) else event
            outcome = self._engine.begun(self._operation, self._variables, self._event_context(), root)
        except Exception as error:  # noqa: BLE001
            return Result(None, [masked_exception(error)])
        if optimized_is_awaitable(outcome):
            return _awaited(cast("Awaitable[ExecutionResult]", outcome))
        return _result(cast("ExecutionResult", outcome))

    async def results(self) -> AsyncGenerator[Result, None]:
        """The responses, one after another; raises what the source raises. To be closed by whoever reads it."""
        async with aclosing(cast("Any", self.source)) as events:
            async for event in events:
                result = self._execute(event)
                yield result if isinstance(result, Result) else await result


async def _awaited(outcome: Awaitable[ExecutionResult]) -> Result:
    try:
        return _result(await outcome)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return Result(None, [masked_exception(RuntimeError(f"a resolver was cancelled: {error}"))])
    except Exception as error:  # noqa: BLE001
        return Result(None, [masked_exception(error)])


def _result(result: ExecutionResult) -> Result:
    return Result(result.data, masked(result.errors) if result.errors else ())
