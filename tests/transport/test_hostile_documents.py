"""Documents that expand, or that make validation quadratic, take work in proportion to their text."""

import cProfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from app.execution.documents import Documents, Prepared
from app.execution.limits import LimitExceededError, Limits, Shapes, check_shape
from tests.transport.hostile import HOSTILE, clique, doubling, doubling_flat
from tests.transport.toy import schema

UNSHAPED = replace(Limits(), depth=10**9, fields=10**9, aliases=10**9, root_fields=10**9, directives=10**9, cost=10**99)
"""Limits that leave all the work to validation."""


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions were called, built-in ones too: work that does not depend on the machine."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_document_is_answered_with_bounded_work(kind: str) -> None:
    """The standard introspection query takes 32,000 calls for its 183 tokens, validation of pairs some 300,000."""
    prepared: list[Prepared] = []
    text = HOSTILE[kind](1_000)
    assert calls_of(lambda: prepared.append(Documents(schema).prepare(text))) < 500_000
    assert not any("tokens" in error["message"] for error in prepared[0].errors), "made too long to be a test"


@pytest.mark.parametrize("kind", HOSTILE)
def test_validation_alone_is_bounded_too(kind: str) -> None:
    text = HOSTILE[kind](500)
    assert calls_of(lambda: Documents(schema, UNSHAPED).prepare(text)) < 400_000


@pytest.mark.parametrize("maker", [doubling, doubling_flat, clique])
def test_each_selection_is_looked_at_once(maker: Callable[[int], str]) -> None:
    document = parse(maker(1_000))
    shapes = Shapes(document)
    selections = document.definitions[0].selection_set  # type: ignore[attr-defined]
    fields = shapes.of(selections).fields
    assert fields > 10**6
    assert shapes.visits < 1_000


def test_no_document_makes_a_long_answer() -> None:
    text = "{" + " ".join(f"{'x' * 500}{i}" for i in range(30)) + "}"
    errors = Documents(schema).prepare(text).errors
    assert len(errors) <= Limits().errors + 1
    assert all(len(error["message"]) <= 500 for error in errors)


def test_the_introspection_of_playgrounds_is_within_the_limits() -> None:
    text = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    )
    prepared = Documents(schema).prepare(text)
    assert prepared.errors == ()
    assert prepared.operation().cost <= Limits().cost


@pytest.mark.parametrize(
    ("limits", "text", "what"),
    [
        (Limits(depth=2), "{ dogs { edges { node { name } } } }", "4 levels of fields"),
        (Limits(depth=2), "{ ...A } fragment A on Query { dogs { ...B } } fragment B on T { edges { c } }", "3 levels"),
        (Limits(fields=2), "{ ...A } fragment A on Query { hello whoami colour }", "3 fields"),
        (Limits(aliases=1), "{ a: hello ...A } fragment A on Query { b: hello }", "2 aliases"),
        (Limits(root_fields=1), "{ hello ... { whoami } }", "2 root fields"),
        (Limits(directives=1), "query ($a: Int @x) @y { hello }", "2 directives"),
        (Limits(operations=1), "query A { hello } query B { hello }", "2 operations"),
        (Limits(fragments=1), "{ ...A ...B } fragment A on Query { a } fragment B on Query { a }", "2 fragments"),
    ],
)  # fmt: skip
def test_a_limit_is_named_with_its_figure(limits: Limits, text: str, what: str) -> None:
    with pytest.raises(LimitExceededError, match=f"The document has {what}"):
        check_shape(parse(text), limits)


def test_the_length_of_a_document_is_limited() -> None:
    documents = Documents(schema, Limits(characters=20, tokens=5))
    for text in ("{ hello } # " + "x" * 20, "{ a b c d e f }"):
        assert [error["extensions"]["code"] for error in documents.prepare(text).errors] == ["LIMIT_EXCEEDED"]
