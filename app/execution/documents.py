"""Documents, prepared once: parsed, held against the limits, validated, costed, and kept by their text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLFormattedError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.execution.admission import checks_viewer
from app.execution.cost import CostOf
from app.execution.errors import Code, RequestError, request_error
from app.execution.limits import LimitExceededError, Limits, check_shape
from app.execution.segmented_cache import Capacity, SegmentedCache
from app.execution.sharing import Sharing


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema inside a strawberry schema, which has no public name for it."""
    return schema._schema  # noqa: SLF001


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a valid document, within all limits but perhaps the cost.

    `cost` counts unknown page sizes at their largest. Where that is too much and `metered` is True, the variables
    decide, see `Documents.check_cost`.
    """

    document: DocumentNode
    node: OperationDefinitionNode
    kind: OperationType
    name: str | None
    cost: int
    metered: bool
    sharing: Sharing | None
    """Of subscriptions: how those of different viewers share executions."""
    checks_viewer: bool = False
    """Whether its resolver sees to it that the viewer may act (`admission.py`)."""
    prepared: dict[type, Any] = field(default_factory=dict)
    """By executor class what executes it without an executor, or None: known once it has been executed."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What became of a document: its operations by name, or why it has none."""

    operations: Mapping[str | None, Operation]
    errors: Sequence[GraphQLFormattedError] = ()

    def operation(self, name: str | None = None) -> Operation:
        """The operation to execute; raises `RequestError` where the document is bad or the name does not decide."""
        if self.errors:
            raise RequestError(self.errors)
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        operation = self.operations.get(name) if name is not None else None
        if operation is None:
            message = "Say which operation by its name." if name is None else f"There is no operation {name!r}."
            raise RequestError.of(Code.OPERATION_RESOLUTION_FAILURE, message)
        return operation


class Documents:
    """Prepares the documents of one schema and remembers them, bad ones too."""

    def __init__(
        self, schema: strawberry.Schema, limits: Limits | None = None, capacity: Capacity | None = None
    ) -> None:
        self.limits = limits or Limits()
        self._schema = core_schema(schema)
        self._rules = _rules(self.limits)
        self._cache: SegmentedCache[Prepared] = SegmentedCache(capacity or Capacity())

    def prepare(self, text: str) -> Prepared:
        """The document of this text; one that is bad is returned with its errors, none is raised."""
        prepared = self._cache.get(text)
        if prepared is None:
            prepared = self._prepare(text)
            self._cache.add(text, prepared, len(text), lasting=not prepared.errors)
        return prepared

    def check_cost(self, operation: Operation, variables: Mapping[str, Any] | None) -> None:
        """Raise `RequestError` if the operation costs too much with these raw variables."""
        cost = operation.cost
        if cost > self.limits.cost and operation.metered:
            cost = CostOf(self._schema, operation.document, operation.node, self.limits, variables or {}).total
        if cost > self.limits.cost:
            raise RequestError.of(Code.LIMIT_EXCEEDED, _too_dear(cost, self.limits.cost))

    def _prepare(self, text: str) -> Prepared:
        try:
            document = self._valid(text)
            operations = [
                self._operation(document, node)
                for node in document.definitions
                if isinstance(node, OperationDefinitionNode)
            ]
        except RequestError as failure:
            return Prepared({}, failure.errors)
        return Prepared({operation.name: operation for operation in operations})

    def _valid(self, text: str) -> DocumentNode:
        document = self._parsed(text)
        try:
            check_shape(document, self.limits)
        except LimitExceededError as error:
            raise RequestError.of(Code.LIMIT_EXCEEDED, str(error)) from None
        errors = validate(self._schema, document, self._rules, max_errors=self.limits.errors)
        if errors:
            raise request_error(Code.GRAPHQL_VALIDATION_FAILED, errors)
        if not any(isinstance(node, OperationDefinitionNode) for node in document.definitions):
            raise RequestError.of(Code.GRAPHQL_VALIDATION_FAILED, "The document has no operation.")
        return document

    def _parsed(self, text: str) -> DocumentNode:
        if len(text) > self.limits.characters:
            message = f"The document has {len(text)} characters, and {self.limits.characters} are allowed."
            raise RequestError.of(Code.LIMIT_EXCEEDED, message)
        try:
            return parse(text, max_lexical_tokens=self.limits.tokens)
        except GraphQLError as error:
            too_long = "more than" in error.message and "tokens" in error.message
            raise request_error(Code.LIMIT_EXCEEDED if too_long else Code.GRAPHQL_PARSE_FAILED, [error]) from None

    def _operation(self, document: DocumentNode, node: OperationDefinitionNode) -> Operation:
        cost = CostOf(self._schema, document, node, self.limits)
        if cost.total > self.limits.cost and not cost.depends:
            raise RequestError.of(Code.LIMIT_EXCEEDED, _too_dear(cost.total, self.limits.cost))
        name = node.name.value if node.name else None
        is_subscription = node.operation is OperationType.SUBSCRIPTION
        sharing = Sharing(self._schema, document, node) if is_subscription else None
        checks = checks_viewer(self._schema, node)
        return Operation(document, node, node.operation, name, cost.total, cost.depends, sharing, checks)


def _rules(limits: Limits) -> tuple[type[ASTValidationRule], ...]:
    """The rules of the specification with the quadratic one on a budget, and strawberry's own two."""

    class BudgetedMergeRule(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = limits.merge_checks

    rules = (BudgetedMergeRule if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules)
    return (*rules, MaybeNullValidationRule, OneOfInputValidationRule)


def _too_dear(cost: int, limit: int) -> str:
    figure = str(cost) if cost < 10**9 else "more than a billion"
    return f"The operation may answer {figure} values, and {limit} are allowed: ask for shorter pages or fewer levels."
