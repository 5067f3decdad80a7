"""A drawing cut out as a sticker: a white border all around it and a faint shadow under that."""

from PIL import Image, ImageFilter

from app.demo.art.canvas import Canvas

SIZE = 512
BORDER = 8  # the blur that widens the shape; the border comes out 1.6 times as many pixels wide


def sheet() -> Canvas:
    """Give a transparent sheet; what is drawn should keep 36 units from its edges, for the border."""
    return Canvas(SIZE, SIZE)


def cut_out(canvas: Canvas) -> Image.Image:
    """Give the finished sticker, 512 by 512 pixels with transparency."""
    drawing = canvas.finish()
    solid = drawing.getchannel("A").point([255 * (v > 127) for v in range(256)])
    border = solid.filter(ImageFilter.GaussianBlur(BORDER)).point([min(255, max(0, (v - 10) * 36)) for v in range(256)])
    sticker = Image.new("RGBA", drawing.size)
    shadow = border.filter(ImageFilter.GaussianBlur(4)).point([v // 4 for v in range(256)])
    sticker.alpha_composite(_flat((43, 42, 61), shadow), (0, 5))
    sticker.alpha_composite(_flat((255, 255, 255), border))
    sticker.alpha_composite(drawing)
    return sticker


def _flat(colour: tuple[int, int, int], alpha: Image.Image) -> Image.Image:
    """Give one colour seen through a mask."""
    layer = Image.new("RGBA", alpha.size, colour)
    layer.putalpha(alpha)
    return layer
