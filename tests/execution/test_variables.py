"""Variables coerced by what is known of an operation are the same as graphql-core's, good and bad ones."""

from typing import Any

import pytest
from graphql import build_schema, parse
from graphql.execution.values import get_variable_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.execution.compiled.variables import Variables

SCHEMA = build_schema("""
    enum Colour { RED GREEN }
    input Point { x: Int! y: Int = 3 label: String }
    input Tree { name: String! children: [Tree!] }
    type Query {
        f(id: ID, text: String, flag: Boolean, number: Int, share: Float, colour: Colour, point: Point, tree: Tree,
            ids: [ID!]): String
    }
""")
DEFINITIONS = [
    "$id: ID!", "$text: String", "$flag: Boolean = true", "$number: Int!", "$share: Float", "$colour: Colour!",
    "$point: Point", "$tree: Tree", "$ids: [ID!]!",
]  # fmt: skip
NAMES = [definition.split(":")[0][1:] for definition in DEFINITIONS]

texts = st.text("ab1", max_size=2) | st.just("RED")
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
points = st.fixed_dictionaries({}, optional={"x": leaves, "y": leaves, "label": leaves, "z": leaves})
trees: Any = st.recursive(
    st.fixed_dictionaries({"name": leaves}),
    lambda inner: st.fixed_dictionaries({"name": leaves}, optional={"children": st.lists(inner, max_size=2)}),
    max_leaves=4,
)
values = leaves | points | trees | st.lists(leaves, max_size=2)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.sampled_from(DEFINITIONS)), st.dictionaries(st.sampled_from(NAMES), values))
def test_they_are_the_same(definitions: set[str], inputs: dict[str, Any]) -> None:
    declared = f"({' '.join(sorted(definitions))})" if definitions else ""
    [operation] = parse(f"query {declared} {{ __typename }}").definitions
    expected = get_variable_values(SCHEMA, operation.variable_definitions or (), inputs, 5)  # type: ignore[attr-defined]
    found = Variables(SCHEMA, operation).values(inputs, 5)  # type: ignore[arg-type]
    assert _told(found) == _told(expected)


@pytest.mark.parametrize("depth", [10, 5000])
def test_what_is_nested_too_deeply_is_refused(depth: int) -> None:
    tree: dict[str, Any] = {"name": "leaf"}
    for _ in range(depth):
        tree = {"name": "node", "children": [tree]}
    [operation] = parse("query ($tree: Tree) { __typename }").definitions
    found = Variables(SCHEMA, operation).values({"tree": tree}, 5)  # type: ignore[arg-type]
    assert isinstance(found, list) is (depth > 1000)


def _told(result: Any) -> Any:
    if isinstance(result, list):
        return [(error.message, error.path) for error in result]
    return repr(result.coerced), {name: repr(source.value) for name, source in result.sources.items()}
