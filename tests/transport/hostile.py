"""Documents made to cost much more than their length, each of about so many tokens, and no more."""

from collections.abc import Callable

Maker = Callable[[int], str]


def flat(field: str, tokens_each: int) -> Maker:
    return lambda tokens: "{" + field * ((tokens - 2) // tokens_each) + "}"


def numbered(field: str, tokens_each: int) -> Maker:
    return lambda tokens: "{" + "".join(field % i for i in range((tokens - 2) // tokens_each)) + "}"


def doubling(tokens: int) -> str:
    """Each of n fragments spreads the next twice: 2 to the power of n fields."""
    count = min((tokens - 20) // 22, 99)
    return (
        "{dogs{edges{node{...F0}}}}"
        + "".join(
            f"fragment F{i} on Dog{{friends{{...on Dog{{...F{i + 1}}}}}b:friends{{...on Dog{{...F{i + 1}}}}}}}"
            for i in range(count)
        )
        + f"fragment F{count} on Dog{{name}}"
    )


def doubling_flat(tokens: int) -> str:
    """The same without going deeper, so that no limit of depth helps."""
    count = min((tokens - 20) // 15, 99)
    spreads = "".join(f"fragment F{i} on Dog{{...F{i + 1} ...F{i + 1}}}" for i in range(count))
    return "{dogs{edges{node{...F0}}}}" + spreads + f"fragment F{count} on Dog{{name}}"


def clique(tokens: int) -> str:
    """Every fragment spreads all that come after it."""
    count = min(int((tokens / 2) ** 0.5), 99)
    names = [f"...F{i} " for i in range(count)]
    fragments = "".join(f"fragment F{i} on Dog{{name {''.join(names[i + 1 :])}}}" for i in range(count))
    return "{dogs{edges{node{" + "".join(names) + "}}}}" + fragments


def many_fragments(tokens: int) -> str:
    count = min((tokens - 20) // 9, 99)
    fragments = "".join(f"fragment F{i} on Dog{{name}}" for i in range(count))
    return "{dogs{edges{node{" + "".join(f"...F{i} " for i in range(count)) + "}}}}" + fragments


def cycle(tokens: int) -> str:
    count = min((tokens - 20) // 9, 99)
    fragments = "".join(f"fragment F{i} on Dog{{...F{(i + 1) % count}}}" for i in range(count))
    return "{dogs{edges{node{...F0}}}}" + fragments


def operations_times_fragments(tokens: int) -> str:
    """Several rules walk all fragments again for each operation."""
    uses = "box(box:{corner:{x:$x}}) " * max(1, min((tokens - 50 * 14) // 16, 30))
    operations = "".join(f"query Q{i}($x:Int!){{...F}}" for i in range(50))
    return operations + f"fragment F on Query{{{uses}}}"


def deep(tokens: int) -> str:
    levels = min(tokens // 3, 190)
    return "{" + "a{" * levels + "b" + "}" * levels + "}"


def wide_and_deep(tokens: int) -> str:
    return "{" + ("a{" * 19 + "b" + "}" * 19) * ((tokens - 2) // 58) + "}"


HOSTILE: dict[str, Maker] = {
    "the same field": flat(" hello", 1),
    "the same object": flat(" dogs{total}", 4),
    "the same object with other fields": numbered(" dogs{x%d:total}", 6),
    "the same object with arguments": flat(" dogs(first:1){total}", 9),
    "arguments that conflict": numbered(" dogs(first:%d){total}", 9),
    "aliases": numbered(" x%d:hello", 3),
    "unknown fields": numbered(" helo%d", 1),
    "unknown fragments": numbered(" ...F%d", 2),
    "directives": lambda tokens: "{hello" + " @skip(if:true)" * ((tokens - 3) // 7) + "}",
    "directives on many fields": flat(" hello@skip(if:true)", 8),
    "inline fragments": flat(" ...{hello}", 4),
    "inline fragments on types": lambda tokens: (
        "{animals{" + "...on Cat{name}...on Dog{name}" * ((tokens - 6) // 12) + "}}"
    ),
    "inline fragments that conflict": lambda tokens: (
        "{animals{" + "...on Cat{name}...on Dog{name:tricks}" * ((tokens - 6) // 14) + "}}"
    ),
    "a long list": lambda tokens: "{box(box:{corner:[" + "1 " * (tokens - 14) + "]})}",
    "a long object": lambda tokens: "{box(box:{corner:{" + "x:1 " * ((tokens - 14) // 3) + "}})}",
    "many arguments": lambda tokens: "{hello(" + 'name:"a" ' * ((tokens - 6) // 3) + ")}",
    "many variables": lambda tokens: "query(" + "".join(f"$v{i}:Int " for i in range((tokens - 6) // 4)) + "){hello}",
    "many operations": lambda tokens: "".join(f"query Q{i}{{hello}}" for i in range(tokens // 5)),
    "operations times fragments": operations_times_fragments,
    "doubling fragments": doubling,
    "doubling fragments, flat": doubling_flat,
    "a clique of fragments": clique,
    "many fragments": many_fragments,
    "a cycle of fragments": cycle,
    "deep": deep,
    "wide and deep": wide_and_deep,
    "long names": lambda tokens: "{" + ("x" * 500 + " ") * min(tokens, 100) + "}",
    "a long number": lambda _tokens: "{dogs(first:" + "9" * 50_000 + "){total}}",
    "comments": lambda _tokens: "#\n" * 25_000 + "{hello}",
}
