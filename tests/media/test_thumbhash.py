import base64

import pytest
from PIL import Image

from app.media.thumbhash import thumb_hash


def gradients(width: int, height: int, *, opaque: bool) -> Image.Image:
    rising = Image.linear_gradient("L").resize((width, height))
    round_ = Image.radial_gradient("L").resize((width, height))
    alpha = Image.new("L", (width, height), 255) if opaque else round_
    falling = rising.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return Image.merge("RGBA", (rising, round_, falling, alpha))


# From the JavaScript encoder of the author of the format (npm `thumbhash` 0.1.1), given the same pixels.
REFERENCE = {
    (100, 75, True): "IOgFnZr4h4h4d4h/hniIiJhweQRI",
    (100, 75, False): "YsiBbJAY+LiIeI+KhwiHV3CFf4h392eHCA==",
    (75, 100, True): "IOgFnRr4h3iH+Gd4h4iIiJhweQRI",
    (75, 100, False): "YsiBbBAY+IiI96h4iwiHV3CFf4h3+Gd3CA==",
    (100, 100, True): "IOgFnxr4h4iIh3h/hniIh4h4iAmYR3AE",
    (100, 100, False): "YsiBbRAY+LiIeI+Kt4hweAVX+IeIh392iA==",
    (100, 3, True): "IPgFkZj4h4h4d9hnmHB4BFg=",
    (100, 3, False): "YdiBWY4Y+Kh4eIuYcHgEZ/iHeHd9hig=",
    (7, 100, True): "IOgFmRr4iPdnh4iImIB5BEc=",
    (7, 100, False): "YsiBYRAY6Ij4iLiIcHgFV/iHiId/dog=",
    (1, 1, True): "3wc+BwAI9wiIh4hwj3CI+AiIcH/4CIgA",
    (1, 1, False): "3we+BQB3CPeIh3B/+PeHj4AICPeIh3B/+A==",
}


@pytest.mark.parametrize(("width", "height", "opaque"), REFERENCE)
def test_a_hash_is_the_one_of_the_reference_encoder(width: int, height: int, opaque: bool) -> None:
    image = gradients(width, height, opaque=opaque)
    expected = REFERENCE[width, height, opaque]
    assert base64.b64encode(thumb_hash(image)).decode() == expected


def test_a_large_picture_is_hashed_as_its_thumbnail() -> None:
    image = gradients(900, 300, opaque=True).convert("RGB")
    small = image.copy()
    small.thumbnail((100, 100))
    assert thumb_hash(image) == thumb_hash(small)


@pytest.mark.parametrize("colour", [(255, 255, 255, 255), (0, 0, 0, 0), (0, 0, 255, 255)])
def test_a_flat_picture_has_a_hash_without_waves(colour: tuple[int, int, int, int]) -> None:
    first, second = (thumb_hash(Image.new("RGBA", size, colour)) for size in ((80, 80), (50, 50)))
    assert first == second
