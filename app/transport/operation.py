"""One operation of one socket, from `subscribe` to `complete`."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, Protocol

from graphql import OperationType

from app.execution.documents import Operation
from app.execution.engine import Engine, Subscription
from app.execution.errors import RequestError, masked_exception
from app.execution.result import Result
from app.execution.sharing import Answer
from app.execution.source import Source
from app.transport.outbox import Outbox
from app.transport.protocol import Subscribe, complete_message, error_message, next_frame, next_prefix
from app.transport.reports import Watch


class Host(Protocol):
    """What an operation needs of its socket."""

    @property
    def engine(self) -> Engine:
        """What executes it."""

    @property
    def watch(self) -> Watch:
        """What is told of it."""

    @property
    def max_pending_events(self) -> int:
        """Events that may wait to be answered."""

    async def open_context(self) -> Any:
        """A new context for an operation; raises what the client is to see."""

    def event_context(self) -> Any:
        """A new context for an event."""

    @property
    def outbox(self) -> Outbox:
        """What waits for the peer."""

    def send(self, message: bytes) -> None:
        """Write a message, or have it wait its turn."""

    def fall_behind(self) -> None:
        """More waits than is allowed: close."""

    def release(self, operation_id: str) -> None:
        """The operation is over, and its id free."""


class SocketOperation:
    """Executes one operation and sends what comes of it, in order.

    It has a task until its execution or its subscription stands. A subscription whose source pushes has none after
    that: the operation is its `Sink`, an event that can be answered at once is answered within `push`, and another
    keeps those behind it waiting until its answer is there.
    """

    __slots__ = (
        "_busy",
        "_error",
        "_event",
        "_finished",
        "_host",
        "_id",
        "_over",
        "_pending",
        "_prefix",
        "_subscription",
    )

    def __init__(self, host: Host, message: Subscribe) -> None:
        self._host = host
        self._id = message.id
        self._prefix = next_prefix(message.id)
        self._subscription: Subscription | None = None
        self._event: Any = None
        self._pending: deque[Any] | None = None
        self._finished = False
        self._error: Exception | None = None
        self._over = False
        self._busy: asyncio.Task[None] | Answer | None = asyncio.get_running_loop().create_task(self._run(message))
        """What events wait behind: the task that the operation begins with, or the answer to another event."""

    @property
    def answering(self) -> bool:
        """Whether it is a query or mutation that has yet to be answered, or a subscription that has yet to begin."""
        return self._busy is not None and self._subscription is None

    def cancel(self) -> asyncio.Task[None] | None:
        """End without a word, as the client wished or because the socket closes; the task, if any, is still to end."""
        self._over = True
        self._stop()
        busy = self._busy
        if isinstance(busy, Answer):
            self._busy = None
            return busy.abandon()
        if busy is not None:
            # Not at once: a task that has yet to take its first step would leave the resolvers it is given unawaited.
            asyncio.get_running_loop().call_soon(busy.cancel)
        return busy

    def push(self, event: Any) -> None:
        """Answer an event of the source, or queue it behind those that are being answered."""
        subscription = self._subscription
        if subscription is None:
            return
        if self._busy is None:
            answer = subscription.respond(event)
            if isinstance(answer, Result):
                self._host.outbox.send(answer.enveloped(self._prefix, next_frame))
            else:
                self._wait_for(answer, event)
        elif not self._finished:
            self._keep(event)

    def push_all(self, events: Sequence[Any]) -> None:
        """The same for several: what can be answered at once is written at once."""
        frames = []
        for event in events:
            if self._busy is not None or self._subscription is None:
                self.push(event)
                continue
            answer = self._subscription.respond(event)
            if isinstance(answer, Result):
                frames.append(answer.enveloped(self._prefix, next_frame))
            else:
                self._wait_for(answer, event)
        if frames:
            self._host.outbox.send_all(frames)

    def _keep(self, event: Any) -> None:
        if self._pending is None:
            self._pending = deque((event,))
        elif len(self._pending) < self._host.max_pending_events:
            self._pending.append(event)
        else:
            self._host.fall_behind()

    def finish(self, error: Exception | None = None) -> None:
        """The source has come to its end: say so after the events that are being answered."""
        if self._subscription is None or self._finished:
            return
        self._finished = True
        self._error = error
        if self._busy is None:
            self._end(error)

    @property
    def idle(self) -> bool:
        """Whether all events are answered and the peer has caught up."""
        return self._busy is None and not self._host.outbox.waiting

    async def drained(self) -> None:
        """Wait until all events are answered and the peer has caught up."""
        while (task := self._busy.task if isinstance(self._busy, Answer) else self._busy) and not task.done():
            await asyncio.wait([task])
        await self._caught_up()

    async def _caught_up(self) -> None:
        """Wait until the peer has taken what was sent, and give others their turn in any case."""
        await asyncio.sleep(0)
        await self._host.outbox.drained()

    async def _run(self, message: Subscribe) -> None:
        """The task that every operation begins with."""
        started = time.perf_counter()
        operation = None
        try:
            prepared = self._host.engine.persisted.prepare(message.request.query, message.request.digest)
            operation = prepared.operation(message.request.operation_name)
            outcome = await self._execute(operation, message.request.variables)
        except RequestError as error:
            outcome = Result.refused(error.errors)
        except Exception as error:  # noqa: BLE001
            outcome = Result.refused([masked_exception(error)])
        if isinstance(outcome, Subscription):
            await self._stream(outcome)
            return
        self._host.watch.finished("socket", operation, started, outcome)
        self._conclude(outcome)

    async def _execute(self, operation: Operation, variables: dict[str, Any] | None) -> Result | Subscription:
        host = self._host
        context = await host.open_context()
        if operation.kind is not OperationType.SUBSCRIPTION:
            return await host.engine.execute(operation, variables=variables, context=context)
        return await host.engine.subscribe(
            operation, variables=variables, context=context, event_context=host.event_context
        )

    def _conclude(self, result: Result) -> None:
        """Send the only result of the operation, which ends it."""
        if self._over:  # a resolver has swallowed the cancellation
            return
        self._host.release(self._id)
        if result.executed:
            self._send_next(result)
            self._host.send(complete_message(self._id))
        else:
            self._host.send(error_message(self._id, result.errors))

    async def _stream(self, subscription: Subscription) -> None:
        self._subscription = subscription
        if isinstance(subscription.source, Source):
            try:
                subscription.source.start(self)
            except Exception as raised:  # noqa: BLE001
                self.finish(raised)
            self._busy = None
            self._answer_pending()
            return
        error: Exception | None = None
        try:
            async with aclosing(subscription.results()) as results:
                async for result in results:
                    self._send_next(result)
                    await self._caught_up()
        except Exception as raised:  # noqa: BLE001
            error = raised
        self._end(error)

    def _answer_with(self, answer: Result | Answer, event: Any) -> None:
        if isinstance(answer, Result):
            self._send_next(answer)
        else:
            self._wait_for(answer, event)

    def _wait_for(self, answer: Answer, event: Any) -> None:
        self._busy = answer
        self._event = event
        answer.then(self)

    def answered(self, result: Result | None) -> None:
        """Send what has come, or execute alone where that could not be shared; then go on with what waits."""
        event, self._event, self._busy = self._event, None, None
        if result is not None:
            self._send_next(result)
        elif self._subscription is not None:
            self._answer_with(self._subscription.respond_alone(event), event)
        if self._pending is not None or self._finished:
            self._answer_pending()

    def _answer_pending(self) -> None:
        while self._pending and self._busy is None and self._subscription is not None:
            event = self._pending.popleft()
            self._answer_with(self._subscription.respond(event), event)
        if self._busy is None:
            self._pending = None
            if self._finished:
                self._end(self._error)

    def _send_next(self, result: Result) -> None:
        if not self._over:
            self._host.outbox.send(result.enveloped(self._prefix, next_frame))

    def _end(self, error: Exception | None) -> None:
        self._stop()
        if self._over:
            return
        self._over = True
        self._host.release(self._id)
        if error is None:
            self._host.send(complete_message(self._id))
        else:
            self._host.send(error_message(self._id, [masked_exception(error)]))

    def _stop(self) -> None:
        """Let go of the source."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None and isinstance(subscription.source, Source):
            subscription.source.stop()
