"""Operations with a single root field: resolved and completed here, without graphql-core as long as all goes well."""

from collections.abc import Awaitable, Callable
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_introspection_type,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails, FieldDetailsList
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from app.execution.compiled.run import Complete, Execution, Run, log_abandoned
from app.execution.compiled.waves import settle


class Replay:
    """Stands before the root field's resolver, which has run already, and tells what became of it.

    graphql-core takes it for its middleware, which it asks before each resolver: before the root field's first of all.
    """

    def __init__(self, outcome: Callable[[], Any]) -> None:
        self._outcome: Callable[[], Any] | None = outcome

    def get_field_resolver(self, resolver: Callable[..., Any]) -> Callable[..., Any]:
        """What to call instead of a resolver."""
        outcome, self._outcome = self._outcome, None
        return (lambda *_, **__: outcome()) if outcome else resolver


Resolve = Callable[..., Any]
"""What graphql-core calls for a field: `(source, info, **arguments)`."""


class Root:
    """The one root field of an operation."""

    def __init__(self, node: FieldNode, field: GraphQLField, parent_type: GraphQLObjectType, resolve: Resolve) -> None:
        self.node = node
        self.field = field
        self.resolve = resolve
        self.parent_type = parent_type
        self.key = node.alias.value if node.alias else node.name.value
        self.path = Path(None, self.key, parent_type.name)
        self.details: FieldDetailsList = [FieldDetails(node, None)]
        self._has_arguments = bool(field.args or node.arguments)

    @classmethod
    def of(cls, executor: Executor[Any], resolver_of: Callable[[GraphQLField], Resolve]) -> "Root | None":
        """The only root field of an operation, if nothing decides whether it is selected; None where that is not so."""
        operation = executor.operation
        selected = operation.selection_set.selections
        parent_type = executor.schema.get_root_type(operation.operation)
        if len(selected) != 1 or parent_type is None or operation.directives:
            return None
        node = selected[0]
        if not isinstance(node, FieldNode) or node.directives:
            return None
        field = executor.schema.get_field(parent_type, node.name.value)
        if field is None or is_leaf_type(named := get_named_type(field.type)) or is_introspection_type(named):
            return None
        return cls(node, field, parent_type, resolver_of(field))

    def execute(self, execution: Execution, complete: Complete) -> Any:
        """The result of the operation, or an awaitable of it; `complete` is the plan's function for the field."""
        info = execution.build_resolve_info(self.field, [self.node], self.parent_type, self.path)
        try:
            value = self.resolve(execution.root_value, info, **self._arguments(execution))
        except Exception as error:  # noqa: BLE001 - graphql-core reports it
            return self._replayed(execution, _raising(error))
        if execution.is_awaitable(value):
            return self._awaited(execution, value, complete)
        return self._completed(execution, value, complete)

    def _arguments(self, execution: Execution) -> dict[str, Any]:
        if not self._has_arguments:
            return {}
        values, hide = execution.variable_values, execution.hide_suggestions
        return get_argument_values(self.field, self.node, values, None, hide)

    async def _awaited(self, execution: Execution, value: Awaitable[Any], complete: Complete) -> Any:
        try:
            resolved = await value
        except Exception as error:  # noqa: BLE001 - graphql-core reports it
            result = self._replayed(execution, _raising(error))
        else:
            result = self._completed(execution, resolved, complete)
        return await result if execution.is_awaitable(result) else result

    def _completed(self, execution: Execution, value: Any, complete: Complete) -> Any:
        run = Run(execution, {})
        try:
            completed = complete(value, run, self.path)
        except Exception as reason:  # noqa: BLE001 - graphql-core meets it again, and reports it
            run.discard()
            return self._abandoned(execution, value, reason)
        if run.awaited or run.keyed:
            return self._settled(execution, value, run, completed)
        return ExecutionResult({self.key: completed}, None)

    async def _settled(self, execution: Execution, value: Any, run: Run, completed: Any) -> Any:
        try:
            await settle(run)
        except Exception as reason:  # noqa: BLE001 - graphql-core meets it again, and reports it
            run.discard()
            result = self._abandoned(execution, value, reason)
            return await result if execution.is_awaitable(result) else result
        except BaseException:
            run.discard()
            raise
        return ExecutionResult({self.key: completed}, None)

    def _abandoned(self, execution: Execution, value: Any, reason: Exception) -> Any:
        log_abandoned(self.path, reason)
        return self._replayed(execution, lambda: value)

    def _replayed(self, execution: Execution, outcome: Callable[[], Any]) -> Any:
        """Have graphql-core complete the operation, from what the root field's resolver returned or raised."""
        executor = execution.as_executor()
        executor.middleware_manager = Replay(outcome)  # type: ignore[assignment]
        return executor.execute_operation()


def _raising(error: Exception) -> Callable[[], Any]:
    def outcome() -> Any:
        raise error

    return outcome
