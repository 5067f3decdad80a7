"""The cost of an operation is an upper bound of the values in its response."""

from typing import Any

import pytest

from app.execution.documents import Documents
from app.execution.errors import RequestError
from app.execution.limits import Limits
from tests.transport.toy import schema


def cost_of(text: str) -> int:
    return Documents(schema, Limits(cost=10**30)).prepare(text).operation().cost


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ hello }", 1),
        ("{ hello whoami }", 2),
        ("{ dogs(first: 5) { total } }", 2),
        ("{ dogs(first: 5) { edges { cursor node { name } } } }", 1 + 1 + 5 * 3),
        ("{ dogs(first: 5, last: 7) { edges { cursor node { name } } } }", 1 + 1 + 7 * 3),
        ("{ dogs { edges { cursor } } }", 1 + 1 + 100),
        ("{ dogs(first: null) { edges { cursor } } }", 1 + 1 + 100),
        ("{ dogs(first: 2000000000) { edges { cursor } } }", 1 + 1 + 2_000_000_000),
        ("query ($n: Int) { dogs(first: $n) { edges { cursor } } }", 1 + 1 + 100),
        ("{ dogs(first: 5) { ...C } } fragment C on Connection { edges { cursor } }", 1 + 1 + 5),
        ("{ animals { __typename } }", 1 + 10),
        ("{ animals { ... on Cat { name lives } ... on Dog { name tricks friends { __typename } } } }", 1 + 10 * 5),
        ("{ animals { ... on Dog { friends(first: 3) { __typename } } } }", 1 + 10 * (1 + 3)),
        ("{ __schema { types { name } } }", 20_000),
    ],
)
def test_lists_multiply_what_they_hold(text: str, cost: int) -> None:
    assert cost_of(text) == cost


def check(documents: Documents, text: str, variables: dict[str, Any] | None) -> None:
    documents.check_cost(documents.prepare(text).operation(), variables)


@pytest.mark.parametrize(
    ("declared", "variables", "allowed"),
    [
        ("$n: Int", {"n": 5}, True),
        ("$n: Int", {"n": 50}, False),
        ("$n: Int", {}, False),
        ("$n: Int = 5", {}, True),
        ("$n: Int = 5", None, True),
        ("$n: Int = 5", {"n": 50}, False),
        ("$n: Int", {"n": "5"}, False),
    ],
)
def test_a_page_size_in_a_variable_is_counted_when_it_is_known(
    declared: str, variables: dict[str, Any] | None, allowed: bool
) -> None:
    documents = Documents(schema, Limits(cost=20))
    text = f"query ({declared}) {{ dogs(first: $n) {{ edges {{ cursor }} }} }}"
    if allowed:
        check(documents, text, variables)
    else:
        with pytest.raises(RequestError) as raised:
            check(documents, text, variables)
        assert raised.value.code == "LIMIT_EXCEEDED"


def test_a_dear_operation_is_refused_when_it_is_prepared() -> None:
    prepared = Documents(schema, Limits(cost=20)).prepare("{ dogs(first: 50) { edges { cursor } } }")
    assert "may answer 52 values, and 20 are allowed" in prepared.errors[0]["message"]
