"""Search: by the beginning of a handle or of a word of the name, in any case, page by page."""

import pytest

from tests.rules.paging import PAGE, assert_pages_well
from tests.support.graphql_client import Json
from tests.support.people import People, Person, operation

SEARCH = f"""query Search($text: String!, $first: Int!, $after: String) {{
  searchUsers(text: $text, first: $first, after: $after) {{ edges {{ cursor node {{ handle }} }} {PAGE} }}
}}"""


async def found(person: Person, text: str) -> list[str]:
    """The handles found, in order."""
    answer = await person.ask("people/search-users", text=text)
    return [edge["node"]["handle"] for edge in answer["searchUsers"]["edges"]]


async def test_the_beginning_of_the_handle_or_of_a_word_of_the_name_is_enough(people: People) -> None:
    word = people.suffix
    ann = await people.join("ann", displayName=f"José Zo{word} Müller-Straße")
    bob = await people.join("bob")
    for text in (f"ann{word[:6]}", f"@ANN{word}", f"zo{word[:5]}", f"ZO{word} mÜller", f"JOSE\u0301 zo{word}",
                 f"zo{word}  müller-STRASSE", f" Zo{word} "):  # fmt: skip
        assert await found(bob, text) == [ann.handle], text
    for text in (f"nn{word}", f"o{word}", f"zo{word}%", f"zo_{word}"):
        assert await found(bob, text) == [], text
    assert await found(ann, ann.handle) == [ann.handle]


async def test_a_new_name_is_found_and_the_old_one_no_more(people: People) -> None:
    word = people.suffix
    ann = await people.join("ann", displayName=f"Old{word}")
    await ann.do("people/update-profile", displayName=f"New{word}")
    await ann.do("people/update-profile", bio="still new")
    assert await found(ann, f"new{word}") == [ann.handle]
    assert await found(ann, f"old{word}") == []
    assert await found(ann, ann.handle) == [ann.handle]


async def test_results_come_by_handle_page_by_page(people: People) -> None:
    word = people.suffix
    crowd = [await people.join(name, displayName=f"X{word} x{word}") for name in ("d", "b.b", "a", "c", "b")]

    async def fetch(first: int, after: str | None) -> Json:
        answer = await crowd[0].client.execute(SEARCH, {"text": f"x{word}", "first": first, "after": after})
        return answer["searchUsers"]  # type: ignore[no-any-return]

    edges = await assert_pages_well(fetch)
    assert [edge["node"]["handle"] for edge in edges] == sorted(person.handle for person in crowd)


async def test_whoever_is_behind_a_block_is_not_found(people: People) -> None:
    ann, bob, cat = [await people.join(name, displayName=f"Y{people.suffix}") for name in ("ann", "bob", "cat")]
    await ann.do("people/block-user", userId=bob.id)
    text = f"y{people.suffix}"
    assert await found(ann, text) == [ann.handle, cat.handle]
    assert await found(bob, text) == [bob.handle, cat.handle]
    assert await found(cat, text) == [ann.handle, bob.handle, cat.handle]


@pytest.mark.parametrize("text", ["", "  ", "@", "x" * 101, "a\0", "ﷺ" * 100])
async def test_a_text_that_can_not_be_searched_is_refused(crowd: People, text: str) -> None:
    reply = await crowd.anyone.raw(operation("people/search-users"), {"text": text})
    assert reply.codes == ["INVALID_INPUT"]
