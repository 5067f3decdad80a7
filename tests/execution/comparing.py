"""Runs a random example by graphql-core's executor and by another, and tells whether they differ."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationType, execute, subscribe
from graphql.execution import Executor
from strawberry.execution import optimized_is_awaitable

from tests.execution.faults import FAULTS
from tests.execution.random_documents import RandomDocument
from tests.execution.random_schemas import SchemaPlan
from tests.execution.world import Data, World

EVENTS = 3


@dataclass(frozen=True)
class Example:
    """What is executed: printed where two executors differ, and enough to do it again."""

    plan: SchemaPlan
    schema: GraphQLSchema = field(repr=False)
    document: RandomDocument
    kind: OperationType
    data: tuple[Data, ...]
    quick: bool
    """Whether awaitables are told by strawberry's predicate, as the server does, or by graphql-core's own."""

    @property
    def tells_paths(self) -> bool:
        """Whether resolvers may answer by their path."""
        return "batched" not in self.plan.styles.values()


@dataclass(frozen=True)
class Response:
    """One response, by its text: 1 is not True, and keys have an order. `calls` are the root resolvers that ran."""

    data: str
    errors: tuple[str, ...] = ()
    failed: frozenset[Any] = frozenset()
    """The root fields that have errors below them."""
    calls: tuple[str, ...] = ()

    def agrees_with(self, expected: "Response") -> bool:
        """Whether this is as right as what graphql-core says.

        Root fields of a query run at the same time, and share what is loaded. Which of several that fail below the same
        null does so first, and is told, then depends on how long each has waited, so that it is free.
        """
        if (self.data, self.calls) != (expected.data, expected.calls):
            return False
        if len(self.calls) == 1:
            return self.errors == expected.errors
        if self.data == "None":
            return bool(self.errors) == bool(expected.errors)
        return self.failed == expected.failed


async def run(example: Example, document: DocumentNode, executor: type[Executor[Any]]) -> list[Response]:
    """Execute over all of the data, with each of the variables: all but the first find the document compiled."""
    responses = []
    for data, variables in itertools.product(example.data, example.document.variables):
        world = World(example.schema, data, FAULTS, example.tells_paths)
        async for result in _results(example, world, document, variables, executor):
            responses.append(_response(result, world))
            world.calls.clear()
        await _settled()
    return responses


async def _results(
    example: Example, world: World, document: DocumentNode, variables: dict[str, Any], executor: type[Executor[Any]]
) -> AsyncIterator[Any]:
    options: dict[str, Any] = {"context_value": world, "variable_values": variables, "executor_class": executor}
    if example.quick:
        options["is_awaitable"] = optimized_is_awaitable
    try:
        if example.kind is not OperationType.SUBSCRIPTION:
            outcome = execute(world.schema, document, **options)
            yield await outcome if asyncio.iscoroutine(outcome) else outcome
            return
        stream = subscribe(world.schema, document, **options, subscribe_field_resolver=_events)
        if isinstance(stream, ExecutionResult):
            yield stream
            return
        async for event in cast("AsyncIterator[ExecutionResult]", stream):
            yield event
    except Exception as error:  # noqa: BLE001
        yield error


async def _events(_source: Any, _info: Any, **_arguments: Any) -> AsyncIterator[Any]:
    for number in range(EVENTS):
        yield number


def _response(result: Any, world: World) -> Response:
    if not isinstance(result, ExecutionResult):
        return Response(repr(result))
    errors = result.errors or ()
    failed = frozenset(error.path[0] for error in errors if error.path)
    return Response(repr(result.data), tuple(str(error.formatted) for error in errors), failed, tuple(world.calls))


async def _settled() -> None:
    """Wait for what executions have left behind."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.gather(*others, return_exceptions=True)
