"""Going through a connection page by page."""

from collections.abc import Awaitable, Callable

from tests.support.graphql_client import Json

PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"

FetchPage = Callable[[int, str | None], Awaitable[Json]]


async def edges_of_all_pages(fetch: FetchPage, size: int) -> list[Json]:
    """All edges of a connection by pages of `size`; checks that page info and cursors agree on the way."""
    edges: list[Json] = []
    after = None
    while True:
        page = await fetch(size, after)
        info = page["pageInfo"]
        assert info["hasPreviousPage"] is (after is not None)
        assert (info["startCursor"], info["endCursor"]) == _ends(page["edges"])
        edges += page["edges"]
        if not info["hasNextPage"]:
            assert len(page["edges"]) <= size
            return edges
        assert len(page["edges"]) == size
        after = info["endCursor"]


async def assert_pages_well(fetch: FetchPage) -> list[Json]:
    """Pages of every size make up the whole, and every edge's cursor is a place to continue from; return the edges."""
    whole = (await fetch(100, None))["edges"]
    for size in range(1, len(whole) + 2):
        assert await edges_of_all_pages(fetch, size) == whole
    for number, edge in enumerate(whole):
        assert (await fetch(100, edge["cursor"]))["edges"] == whole[number + 1 :]
    return whole  # type: ignore[no-any-return]


def _ends(edges: list[Json]) -> tuple[str | None, str | None]:
    return (edges[0]["cursor"], edges[-1]["cursor"]) if edges else (None, None)
