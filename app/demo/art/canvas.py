"""A sheet to draw on in design units, kept at several times the final size so that every edge comes out smooth."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from app.demo.art.geometry import Point, box, circle, dice, ellipse

_THICK = 1  # pixels: the radius up to which a line needs no round joints

Pixels = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Fade:
    """A paint that changes evenly from `start` (top or left) to `end` over the shape it fills."""

    start: str
    end: str
    sideways: bool = False


Paint = str | Fade


class Canvas:
    """A sheet `width` by `height` units; `scale` is how many final pixels a unit takes.

    Without a `background` the sheet is transparent (stickers); colours are "#rrggbb".
    """

    def __init__(self, width: int, height: int, scale: float = 1, background: Paint | None = None) -> None:
        self.width, self.height = width, height
        self._final = (round(width * scale), round(height * scale))
        self._zoom = scale * 2  # drawn at twice the final size, then reduced
        size = (self._final[0] * 2, self._final[1] * 2)
        self.image = Image.new("RGBA" if background is None else "RGB", size)
        self._clip: Image.Image | None = None
        if background is not None:
            self.fill(box(-1, -1, width + 1, height + 1), background)

    def fill(self, outline: Sequence[Point], paint: Paint, alpha: float = 1, blur: float = 0) -> None:
        """Fill an outline; `alpha` is 0 to 1, `blur` softens its edge by so many units."""
        area = self._area(outline, blur * 3)
        if area is None:
            return
        mask = Image.new("L", (area[2] - area[0], area[3] - area[1]))
        points = [(x * self._zoom - area[0], y * self._zoom - area[1]) for x, y in outline]
        ImageDraw.Draw(mask).polygon(points, fill=round(255 * alpha))
        self._lay(mask, area, paint, blur)

    def stroke(self, path: Sequence[Point], width: float, paint: Paint, alpha: float = 1, blur: float = 0) -> None:
        """Draw a line of the given width along a path, with round ends."""
        area = self._area(path, width / 2 + 1 + blur * 3)
        if area is None:
            return
        mask = Image.new("L", (area[2] - area[0], area[3] - area[1]))
        points = [(x * self._zoom - area[0], y * self._zoom - area[1]) for x, y in path]
        pen, ink, radius = ImageDraw.Draw(mask), round(255 * alpha), width * self._zoom / 2
        pen.line(points, fill=ink, width=max(1, round(radius * 2)))
        for x, y in points if radius > _THICK else ():  # round joints and ends
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
        self._lay(mask, area, paint, blur)

    def dot(self, centre: Point, radius: float, paint: Paint, alpha: float = 1) -> None:
        """Fill a circle."""
        self.fill(circle(centre, radius), paint, alpha)

    def oval(self, centre: Point, rx: float, ry: float, paint: Paint, alpha: float = 1) -> None:
        """Fill an upright ellipse."""
        self.fill(ellipse(centre, rx, ry), paint, alpha)

    def glow(self, centre: Point, radius: float, paint: str, alpha: float = 1) -> None:
        """Shed light that fades from the centre to nothing at `radius`."""
        area = self._area([(centre[0] - radius, centre[1] - radius), (centre[0] + radius, centre[1] + radius)], 0)
        if area is None:
            return
        whole = [round(v * self._zoom) for v in (centre[0] - radius, centre[1] - radius, 2 * radius)]
        light = _LIGHT.point([round(v * alpha) for v in range(256)]).resize((whole[2], whole[2]))
        left, top = area[0] - whole[0], area[1] - whole[1]
        mask = light.crop((left, top, left + area[2] - area[0], top + area[3] - area[1]))
        self._lay(mask, area, paint, 0)

    @contextmanager
    def within(self, outline: Sequence[Point]) -> Iterator[None]:
        """Keep what is drawn meanwhile inside an outline (and inside the outer ones)."""
        outer, mask = self._clip, Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon([(x * self._zoom, y * self._zoom) for x, y in outline], fill=255)
        self._clip = mask if outer is None else ImageChops.multiply(outer, mask)
        yield
        self._clip = outer

    def blur(self, radius: float) -> None:
        """Put everything drawn so far out of focus."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * self._zoom))

    def vignette(self, paint: str, alpha: float) -> None:
        """Darken the corners."""
        distance = Image.radial_gradient("L").resize(self.image.size)
        mask = distance.point([round(255 * alpha * max(0, (v - 90) / 165) ** 1.6) for v in range(256)])
        self.image.paste(_colour(paint), mask=mask)

    def grain(self, strength: int, seed: str) -> None:
        """Roughen an opaque sheet like paper; `strength` is how far a tone of 255 may move."""
        rolls, tile = dice(seed).randbytes(192 * 192), Image.new("L", self.image.size)
        speck = Image.frombytes("L", (192, 192), rolls).resize((384, 384))
        for x in range(0, self.image.width, 384):
            for y in range(0, self.image.height, 384):
                tile.paste(speck, (x, y))
        levels = tile.point([128 + round((v - 128) / 128 * strength) for v in range(256)])
        offset = Image.merge("RGB", (levels, levels, levels))
        self.image = ImageChops.add(self.image, offset, scale=1, offset=-128)

    def finish(self) -> Image.Image:
        """Give the drawing at its final size."""
        return self.image.reduce(2)

    def _area(self, points: Sequence[Point], margin: float) -> Pixels | None:
        """Give the pixels that an outline can touch, or None when it lies off the sheet."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        left, top = int((min(xs) - margin) * self._zoom) - 1, int((min(ys) - margin) * self._zoom) - 1
        right, bottom = int((max(xs) + margin) * self._zoom) + 2, int((max(ys) + margin) * self._zoom) + 2
        area = max(left, 0), max(top, 0), min(right, self.image.width), min(bottom, self.image.height)
        return area if area[0] < area[2] and area[1] < area[3] else None

    def _lay(self, mask: Image.Image, area: Pixels, paint: Paint, blur: float) -> None:
        """Lay paint through a mask onto the sheet."""
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * self._zoom))
        if self._clip is not None:
            mask = ImageChops.multiply(mask, self._clip.crop(area))
        if isinstance(paint, str):
            self.image.paste(_colour(paint), area, mask)
        else:
            self.image.paste(_ramp(paint, mask.size).convert(self.image.mode), area, mask)


def _colour(paint: str) -> tuple[int, ...]:
    return ImageColor.getrgb(paint)


def _ramp(paint: Fade, size: tuple[int, int]) -> Image.Image:
    """Give the picture of an even change between the two colours."""
    line = Image.linear_gradient("L")
    if paint.sideways:
        line = line.rotate(90)
    line = line.resize(size)
    ends = zip(ImageColor.getrgb(paint.start)[:3], ImageColor.getrgb(paint.end)[:3], strict=True)
    bands = [line.point([round(a + (b - a) * v / 255) for v in range(256)]) for a, b in ends]
    return Image.merge("RGB", bands)


def _light() -> Image.Image:
    """Give a disc of light that falls off softly, 255 at its centre and 0 from the rim on."""
    distance = Image.radial_gradient("L")
    return distance.point([round(255 * max(0.0, 1 - v / 180) ** 2) for v in range(256)])


_LIGHT = _light()
