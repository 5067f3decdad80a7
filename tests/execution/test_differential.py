"""Compiled execution answers as graphql-core does, whatever the schema, the document, the data and what goes wrong."""

import asyncio
import gc
import logging
import os
from collections.abc import Iterator

import pytest
from graphql import OperationType, parse, validate
from graphql.execution.incremental import IncrementalExecutor
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.execution.comparing import Example, run
from tests.execution.faults import FAULTS
from tests.execution.random_documents import documents
from tests.execution.random_schemas import schema_plans
from tests.execution.suite.counting import compiled_share, counted, counted_without_paths, counts
from tests.execution.world import Data, Fault

# What faulty data gave at first is let go of where a value is completed again, coroutines in a list with it. Python may
# tell of that amid code without imports (named tuples are made by such), where a warning can't be shown.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <coroutine:pytest.PytestUnraisableExceptionWarning"),
]

logger = logging.getLogger(__name__)

FEW = 40
EXAMPLES = int(os.environ.get("DIFFERENTIAL_EXAMPLES", str(FEW)))
"""Examples of each test. Few are always the same ones; more are other ones every time, and are shrunk if they fail."""

ROOT_NAMES = {
    OperationType.QUERY: "Query.query",
    OperationType.MUTATION: "Mutation.mutation",
    OperationType.SUBSCRIPTION: "Subscription.subscription",
}
KINDS = st.sampled_from(list(FAULTS))
SEEDS = st.integers(0, 9)

COMPILED = counted(IncrementalExecutor)
WITHOUT_PATHS = counted_without_paths(IncrementalExecutor)

thorough = settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= FEW,
    phases=[Phase.generate] if EXAMPLES <= FEW else [Phase.generate, Phase.shrink],
    print_blob=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    gc.collect()


@st.composite
def examples(draw: st.DrawFn, kind: OperationType) -> Example:
    plan = draw(schema_plans())
    schema = plan.build()
    document = draw(documents(schema, kind))
    root = f"{ROOT_NAMES[kind]}0"
    selected = [field for field in plan.styles if field.partition(".")[2] in document.text]
    faults = st.builds(Fault, st.sampled_from([root, *selected]), KINDS, st.integers(1, 3))
    faulty = st.builds(Data, SEEDS, st.lists(faults, min_size=1, max_size=3).map(tuple))
    data = (Data(draw(SEEDS)), Data(draw(SEEDS)), *draw(st.lists(faulty, min_size=2, max_size=5)))
    return Example(plan, schema, document, kind, data, draw(st.booleans()))


def compare(example: Example, loop: asyncio.AbstractEventLoop) -> None:
    document = parse(example.document.text)
    assume(not validate(example.schema, document))
    expected = loop.run_until_complete(run(example, document, IncrementalExecutor))
    compiled = COMPILED if example.tells_paths else WITHOUT_PATHS
    found = loop.run_until_complete(run(example, document, compiled))
    for one, other in zip(found, expected, strict=True):
        assert one.agrees_with(other), f"\ncompiled: {one}\nexpected: {other}"


@thorough
@given(example=examples(OperationType.QUERY))
def test_queries_are_answered_alike(example: Example, loop: asyncio.AbstractEventLoop) -> None:
    compare(example, loop)


@thorough
@given(example=examples(OperationType.MUTATION))
def test_mutations_are_answered_alike_and_none_runs_twice(example: Example, loop: asyncio.AbstractEventLoop) -> None:
    compare(example, loop)


@thorough
@given(example=examples(OperationType.SUBSCRIPTION))
def test_events_are_answered_alike(example: Example, loop: asyncio.AbstractEventLoop) -> None:
    compare(example, loop)


def test_these_examples_are_really_compiled() -> None:
    """What is left to graphql-core is so because something is wrong with it: mostly on purpose."""
    if not counts:
        pytest.skip("none was executed")
    share = compiled_share()
    logger.info("%.0f %% of %d root values were completed by compiled functions", share * 100, counts["asked"])
    assert share > 0.25
