"""One execution of an event for all subscriptions that would get the same from their own.

Subscriptions share an execution if they have the same operation, the same values of the variables that matter, and
viewers whose *standing* is the same in all aspects that the answer depends on (`viewer_aspects.py`). Whether a viewer
gets an event at all is decided before it comes here.

An execution that has errors is not shared: each subscription executes on its own. So is one during which viewers may
have come to differ (`SharedEvent.holds`).
"""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Awaitable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from app.execution.result import Result
from app.execution.viewer_aspects import ViewerAspects

logger = logging.getLogger(__name__)

TAKERS_AT_ONCE = 128
"""Subscriptions that get an answer before others have a turn."""


class Taker(Protocol):
    """A subscription that waits for a response."""

    def answered(self, result: Result | None) -> None:
        """Take it; None where the subscription has to execute on its own after all. Does not raise."""


class SharedEvent:
    """An event as one viewer gets it, with what others have made of it. To be subclassed.

    Events with the same memo have roots that differ in nothing but fields that are marked, and that have the same keys
    of batched fields and types of unions.
    """

    # No `ABC`, whose instance check takes seven times as long: there is one for each subscription that gets an event.
    __slots__ = ("answers", "memo", "viewer")

    memo: "Memo"
    viewer: Hashable
    """Who gets it: events of the same viewer differ in nothing."""
    answers: "dict[str, Result | SharedAnswer]"
    """What the viewer's subscriptions get, by sharing key; empty at first."""

    @property
    @abstractmethod
    def root(self) -> Any:
        """The value of the subscription field."""

    @abstractmethod
    def standing(self, aspects: int) -> Hashable | None:
        """How the viewer stands in these aspects: those who stand alike get the same. None: nobody else gets it."""

    @abstractmethod
    async def holds(self, aspects: int) -> bool:
        """Whether nobody's standing in these has changed since the event; asked when the execution has read."""


class Answer:
    """A response that is still to come."""

    __slots__ = ("_takers", "task")

    def __init__(self, coming: Awaitable[Result]) -> None:
        self._takers: list[Taker] = []
        self.task = asyncio.get_running_loop().create_task(self._come(coming), name="answer")

    def then(self, taker: Taker) -> None:
        """Hand it over when it is there."""
        self._takers.append(taker)

    def abandon(self) -> "asyncio.Task[None] | None":
        """The taker has no use for it any more; the task, if it is to end for that."""
        # Not at once: a task that has yet to take its first step would leave the resolvers it is given unawaited.
        asyncio.get_running_loop().call_soon(self.task.cancel)
        return self.task

    async def _come(self, coming: Awaitable[Result]) -> None:
        self._hand_out(await coming)

    def _hand_out(self, result: Result | None, number: int | None = None) -> None:
        takers, self._takers[:number] = self._takers[:number], ()
        for taker in takers:
            try:
                taker.answered(result)
            except Exception:  # one subscription's trouble must not cost the others the event
                logger.exception("an answer could not be handed on")


class SharedAnswer(Answer):
    """A response that is still to come, for many. It comes even if the one who executes it is gone."""

    __slots__ = ("_aspects", "_event", "_is_mixed", "_result")

    def __init__(self, coming: Awaitable[Result], event: SharedEvent, aspects: int) -> None:
        super().__init__(coming)
        self._event = event
        self._aspects = aspects
        self._is_mixed = False
        self._result: Result | None = None

    def abandon(self) -> None:
        """Let the others have it."""

    def joined(self, event: SharedEvent) -> "Result | SharedAnswer | None":
        """What another subscription gets: this or its result; None if it has to execute on its own."""
        viewer = self._event.viewer
        is_mixed = self._is_mixed or not (event.viewer is viewer or event.viewer == viewer)
        if self.task.done() or self._result is not None:
            return self._result if self._is_mixed or not is_mixed else None
        self._is_mixed = is_mixed
        return self

    async def _come(self, coming: Awaitable[Result]) -> None:
        result = await coming
        self._hand_out(result, 1)  # to the one who executes it
        if not result.errors and (not self._is_mixed or await self._still_holds()):
            self._result = result
        while self._takers:
            self._hand_out(self._result, TAKERS_AT_ONCE)
            await asyncio.sleep(0)

    async def _still_holds(self) -> bool:
        try:
            return await self._event.holds(self._aspects)
        except Exception:
            logger.exception("it could not be told whether an answer may be shared")
            return False


@dataclass(slots=True)
class Told:
    """What the subscriptions of one sharing key make of an event: what they depend on, and answers by standing."""

    aspects: int
    answers: "dict[Hashable, Result | SharedAnswer]" = field(default_factory=dict)


Memo = dict[str, Told]
"""What was made of one event, by sharing key; empty at first. It is good while the event is told."""


class Sharing:
    """What decides which subscriptions of one operation share: derived once, when it is prepared."""

    __slots__ = ("_operation", "_variables", "aspects")

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self.aspects = ViewerAspects(schema, document, operation)
        fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._operation = operation
        self._variables = frozenset(_variables_of_root(operation.selection_set, fragments, set()))

    def key(self, variables: Mapping[str, Any] | None) -> str | None:
        """The same for subscriptions that may share, by their raw variables; None for one that can't.

        Variables that only the subscription field itself is given make no difference: its resolver has run, and the
        event is its value.
        """
        matter = {name: value for name, value in (variables or {}).items() if name in self._variables}
        try:
            # Text: the bytes that orjson returns keep the whole buffer in which they were written, 4 KiB.
            return f"{id(self._operation)} {orjson.dumps(matter, option=orjson.OPT_SORT_KEYS).decode()}"
        except TypeError:
            return None


Fragments = Mapping[str, FragmentDefinitionNode]


def _variables_of_root(selections: SelectionSetNode, fragments: Fragments, spread: set[str]) -> Iterator[str]:
    for node in selections.selections:
        for directive in node.directives or ():
            yield from _variables_below(directive, fragments, spread)
        if isinstance(node, FieldNode):
            if node.selection_set:
                yield from _variables_below(node.selection_set, fragments, spread)
        elif isinstance(node, InlineFragmentNode):
            yield from _variables_of_root(node.selection_set, fragments, spread)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
            spread.add(node.name.value)
            fragment = fragments[node.name.value]
            yield from _variables_of_root(fragment.selection_set, fragments, spread)


def _variables_below(node: Node, fragments: Fragments, spread: set[str]) -> Iterator[str]:
    if isinstance(node, VariableNode):
        yield node.name.value
    if isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
        spread.add(node.name.value)
        yield from _variables_below(fragments[node.name.value], fragments, spread)
    for key in node.keys:
        value = getattr(node, key, None)
        for child in value if isinstance(value, list | tuple) else (value,):
            if isinstance(child, Node):
                yield from _variables_below(child, fragments, spread)
