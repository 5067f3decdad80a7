"""The committed drawings of the demo world: all there, readable, small enough to commit."""

import av
import pytest
from PIL import Image

from app.demo.art.clips import CLIPS
from app.demo.draw import ASSETS
from app.demo.packs import PACKS

STICKERS = [(pack.folder, art.file) for pack in PACKS for art in pack.stickers]


@pytest.mark.parametrize(("folder", "file"), STICKERS)
def test_a_sticker_is_a_square_cut_out(folder: str, file: str) -> None:
    path = ASSETS / "stickers" / folder / file
    with Image.open(path) as image:
        image.load()
        assert (image.format, image.mode, image.size) == ("WEBP", "RGBA", (512, 512))
        alpha = image.getchannel("A")
        corners = [alpha.getpixel((x, y)) for x in (0, 511) for y in (0, 511)]
    assert alpha.getextrema() == (0, 255)
    assert corners == [0, 0, 0, 0]
    assert path.stat().st_size < 40_000


def test_no_sticker_lies_about_without_a_pack() -> None:
    found = sorted((path.parent.name, path.name) for path in (ASSETS / "stickers").rglob("*.*"))
    assert found == sorted(STICKERS)


def test_every_sticker_has_words_of_its_own() -> None:
    names = [art.name for pack in PACKS for art in pack.stickers]
    assert len(set(names)) == len(names) == 24


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_plays_from_its_first_frame_to_its_last(name: str) -> None:
    path = ASSETS / "clips" / f"{name}.mp4"
    with av.open(str(path)) as clip:
        stream = clip.streams.video[0]
        sizes = {(frame.width, frame.height) for frame in clip.decode(stream)}
        frames = stream.frames
        codec = stream.codec_context.name
    assert sizes == {(360, 640) if name == "bouncing_ball" else (640, 360)}
    assert (codec, frames) == ("h264", CLIPS[name].seconds * 24)
    assert path.stat().st_size < 300_000
