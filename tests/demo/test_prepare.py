"""What was made of the demo's pictures beforehand is what the server would make of them."""

import hashlib
from typing import Any

import orjson

from app.demo import files
from app.demo.cast import PEOPLE
from app.services import Services

INDEX: dict[str, Any] = orjson.loads(files.INDEX.read_bytes())
STALE = "run `python -m app.demo.prepare`"


def test_every_picture_has_been_prepared_as_it_is_now() -> None:
    pictures = {files.picture_key(path): path.read_bytes() for path, _ in files.pictures()}
    assert {key: files.checksum(data) for key, data in pictures.items()} == {
        key: entry["checksum"] for key, entry in INDEX.items()
    }, STALE


def test_the_prepared_files_are_those_that_the_index_names() -> None:
    named = {sha256 for entry in INDEX.values() for _, _, sha256 in entry["files"].values()}
    assert {path.name for path in files.PREPARED.glob("*.webp")} == {files.prepared_path(s).name for s in named}, STALE
    for sha256 in named:
        assert hashlib.sha256(files.prepared_path(sha256).read_bytes()).hexdigest() == sha256


async def test_a_picture_is_prepared_as_the_server_does(services: Services) -> None:
    path = files.avatar_path(PEOPLE[0].avatar)
    photo, entry = await services.workers.photo(path.read_bytes()), INDEX[files.picture_key(path)]
    assert (photo.width, photo.height, photo.placeholder) == (entry["width"], entry["height"], entry["placeholder"])
    assert set(photo.files) == set(entry["files"])
    for variant, file in photo.files.items():
        assert [file.width, file.height] == entry["files"][variant][:2]
