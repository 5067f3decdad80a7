"""The cache of documents is bounded, and what is used again outlives what is not."""

from app.execution.segmented_cache import Capacity, SegmentedCache


def use(cache: SegmentedCache[str], key: str, *, lasting: bool = True) -> bool:
    """Whether it was a hit; a miss adds it, as `Documents` does."""
    if cache.get(key) is not None:
        return True
    cache.add(key, f"value of {key}", len(key), lasting=lasting)
    return False


def test_a_flood_of_documents_used_once_evicts_none_that_is_used_again() -> None:
    cache: SegmentedCache[str] = SegmentedCache(Capacity(entries=40, characters=10_000))
    regulars = [f"regular {i}" for i in range(20)]
    for key in regulars:
        use(cache, key)
        use(cache, key)
    for i in range(1_000):
        use(cache, f"good but used once {i}")
        use(cache, f"bad {i}", lasting=False)
    assert all(use(cache, key) for key in regulars)


def test_failures_stay_newcomers_however_often_they_are_used() -> None:
    cache: SegmentedCache[str] = SegmentedCache(Capacity(entries=8, characters=10_000))
    for i in range(100):
        for _ in range(3):
            use(cache, f"bad {i}", lasting=False)
    assert len(cache) == 2


def test_entries_and_characters_are_bounded() -> None:
    cache: SegmentedCache[str] = SegmentedCache(Capacity(entries=100, characters=400))
    for i in range(1_000):
        for _ in range(2):
            use(cache, f"{i:050}")
    assert len(cache) == 6
    use(cache, "x" * 101)
    assert not use(cache, "x" * 101)


def test_the_least_recently_used_goes_first() -> None:
    cache: SegmentedCache[str] = SegmentedCache(Capacity(entries=4, characters=1_000))
    for key in "abc":
        use(cache, key)
        use(cache, key)
    use(cache, "a")
    use(cache, "d")
    use(cache, "d")
    assert cache.get("b") is None
    assert cache.get("a") == "value of a"
