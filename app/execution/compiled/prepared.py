"""Prepared operations: executed many times, without an executor as long as all goes well."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo, GraphQLResolveInfoHelpers, default_field_resolver, default_type_resolver
from graphql.execution.values import VariableValues

from app.execution.compiled.plan import Plans
from app.execution.compiled.reading import Reader
from app.execution.compiled.variables import Variables

if TYPE_CHECKING:
    from app.execution.compiled.executor import Compiled


class Prepared:
    """An operation with a single root field, and what each of its executors would have to find out again."""

    def __init__(self, model: "Compiled", reader: Reader, plans: Plans) -> None:
        self._reader = reader
        self._plans = plans
        self._variables = Variables(model.schema, model.operation)
        self._executor_class = type(model)
        self._model = {
            "schema": model.schema,
            "fragment_definitions": model.fragment_definitions,
            "fragments": model.fragments,
            "operation": model.operation,
            "is_awaitable": model.is_awaitable,
        }

    def execute(self, root_value: Any, context: Any, variables: Mapping[str, Any] | None, max_errors: int) -> Any:
        """The result, or an awaitable of it; a list of errors where the variables are bad."""
        values = self._variables.values(variables or {}, max_errors)
        if isinstance(values, list):
            return values
        execution = PreparedExecution(self._executor_class, self._model, root_value, context, values)
        root, complete = self._plans.root, self._plans.of_root(execution, self._reader)
        if root and complete:
            return root.execute(execution, complete)
        return execution.as_executor().execute_operation()


class PreparedExecution:
    """Stands for an executor, and makes one where more is asked of it."""

    abort_signal = None
    operation_extensions = None
    hide_suggestions = False
    is_awaitable: Any

    def __init__(
        self,
        executor_class: "type[Compiled]",
        model: Mapping[str, Any],
        root_value: Any,
        context_value: Any,
        variable_values: VariableValues,
    ) -> None:
        self.__dict__.update(model)
        self._executor_class = executor_class
        self._model = model
        self.root_value = root_value
        self.context_value = context_value
        self.variable_values = variable_values

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """Those of an executor, should a resolver call them."""
        return GraphQLResolveInfoHelpers(
            gather=lambda values: self.as_executor().gather_async_work(values),
            track=lambda values: self.as_executor().track_async_work(values),
        )

    def build_resolve_info(self, *args: Any) -> GraphQLResolveInfo[Any]:
        """As the executor's."""
        return self._executor_class.build_resolve_info(self, *args)  # type: ignore[arg-type]

    def as_executor(self) -> "Compiled":
        """A new executor."""
        return self._executor_class(
            **self._model,
            root_value=self.root_value,
            context_value=self.context_value,
            variable_values=self.variable_values,
            field_resolver=default_field_resolver,
            type_resolver=default_type_resolver,
            subscribe_field_resolver=default_field_resolver,
        )
