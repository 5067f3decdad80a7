"""Kitchen Friends: eight things to eat, each with a face."""

from collections.abc import Callable
from types import MappingProxyType

from app.demo.art.canvas import Canvas, Fade
from app.demo.art.geometry import arc, box, circle, drop, ellipse, leaf, smooth, turn
from app.demo.art.palette import (
    AMBER,
    BARK,
    BLUSH,
    CLAY,
    CORAL,
    CREAM,
    HONEY,
    LEAF,
    MOSS,
    ROSE,
    RUST,
    TEAL,
    WHITE,
    WOOD,
)
from app.demo.art.stickers.cutting import sheet
from app.demo.art.stickers.features import bright, face, gasp, joyful, laugh, shut, smile, smitten, starry, winking


def ramen() -> Canvas:
    """A bowl of noodles."""
    c = sheet()
    for x in (330, 366):
        c.stroke([(x, 220), (x + 76, 60)], 13, WOOD)
    c.fill(arc((256, 226), 190, 0, 180), Fade(CORAL, RUST))
    c.fill(box(186, 404, 326, 446, 12), RUST)
    c.oval((256, 226), 190, 64, RUST)
    c.oval((256, 226), 170, 50, "#e9b36a")
    for x in range(130, 300, 26):
        c.stroke(smooth([(x, 218), (x + 20, 236), (x + 44, 214), (x + 62, 240)], closed=False), 9, HONEY)
    c.oval((186, 204), 50, 38, WHITE)
    c.oval((186, 206), 26, 19, AMBER)
    c.fill(box(296, 150, 352, 226, 8), MOSS)
    c.oval((282, 224), 36, 24, CREAM)
    c.stroke(arc((282, 224), 11, 0, 290), 6, CORAL)
    face(c, (256, 338), joyful, laugh)
    return c


def avocado() -> Canvas:
    """Half an avocado, its stone for a tummy."""
    c = sheet()
    shape = [(256, 48), (322, 88), (352, 196), (398, 300), (376, 414), (256, 462)]
    whole = [*shape, *((512 - x, y) for x, y in reversed(shape[1:-1]))]
    for size, paint in ((1.0, MOSS), (0.91, LEAF), (0.83, "#dfe8a0")):
        c.fill(smooth([(256 + (x - 256) * size, 262 + (y - 262) * size) for x, y in whole]), paint)
    c.fill(circle((256, 366), 64), Fade(CLAY, WOOD))
    c.fill(ellipse((234, 340), 12, 20, 35), WHITE, 0.5)
    face(c, (256, 224), bright, smile, 0.9)
    return c


def toast() -> Canvas:
    """A slice of toast with butter."""
    c = sheet()
    crust = [
        (90, 130),
        (160, 70),
        (256, 80),
        (352, 70),
        (422, 130),
        (404, 210),
        (400, 430),
        (256, 446),
        (112, 430),
        (108, 210),
    ]
    c.fill(smooth(crust), "#b9743c")
    c.fill(smooth([(256 + (x - 256) * 0.88, 264 + (y - 264) * 0.88) for x, y in crust]), "#f3cd92")
    butter = smooth([(176, 128), (330, 120), (356, 176), (320, 196), (306, 232), (286, 200), (196, 200), (160, 170)])
    c.fill(butter, "#ffe27a")
    c.fill(turn(box(220, 124, 292, 168, 8), (256, 146), -8), "#fff0b0")
    face(c, (256, 290), winking, laugh, 1.05)
    return c


def coffee() -> Canvas:
    """A steaming mug."""
    c = sheet()
    c.stroke(arc((376, 306), 58, -100, 100), 32, TEAL)
    c.fill(box(112, 192, 384, 456, 54), Fade("#41a7a2", TEAL))
    c.oval((248, 202), 136, 42, "#237672")
    c.oval((248, 206), 116, 30, BARK)
    for x in (190, 248, 306):
        c.stroke(smooth([(x, 166), (x - 18, 136), (x + 12, 104), (x - 6, 62)], closed=False), 15, "#d9dee8")
    face(c, (248, 320), starry, smile, 1.1)
    return c


def tomato() -> Canvas:
    """A blushing tomato."""
    c = sheet()
    c.fill(
        smooth(
            [
                (256, 138),
                (370, 122),
                (446, 220),
                (420, 370),
                (330, 446),
                (256, 440),
                (182, 446),
                (92, 370),
                (66, 220),
                (142, 122),
            ]
        ),
        Fade("#f4614e", "#d2402f"),
    )
    c.fill(ellipse((144, 216), 20, 40, 30), WHITE, 0.4)
    for lean in (-112, -62, 0, 62, 112):
        c.fill(turn(leaf((256, 146), (256, 56), 46), (256, 146), lean), MOSS if lean % 4 else LEAF)
    c.stroke([(256, 146), (270, 70)], 18, MOSS)
    face(c, (256, 290), bright, gasp, 1.2)
    return c


def egg() -> Canvas:
    """A fried egg fast asleep."""
    c = sheet()
    white = [
        (120, 130),
        (220, 70),
        (330, 108),
        (430, 150),
        (452, 270),
        (396, 352),
        (370, 440),
        (250, 424),
        (140, 436),
        (72, 350),
        (94, 240),
    ]
    c.fill(smooth(white), "#e6e3ea")
    c.fill(smooth([(x * 0.95 + 13, y * 0.95 + 6) for x, y in white]), "#fffdf6")
    c.fill(circle((258, 262), 128), Fade("#ffcf5a", AMBER))
    c.fill(ellipse((190, 186), 16, 30, 42), WHITE, 0.7)
    face(c, (258, 258), shut, smile, 1)
    return c


def dumpling() -> Canvas:
    """A dumpling in love."""
    c = sheet()
    body = [
        (256, 150),
        (350, 176),
        (436, 282),
        (450, 388),
        (350, 438),
        (256, 444),
        (162, 438),
        (62, 388),
        (76, 282),
        (162, 176),
    ]
    c.fill(smooth(body), Fade("#fff3dc", "#eccb9c"))
    for lean in (-66, -40, -14, 14, 40, 66):
        pleat = turn(drop((256, 140), 104), (256, 260), lean)
        c.fill(pleat, "#f8e2bd")
        c.stroke(turn([(256, 118), (256, 176)], (256, 260), lean), 6, "#d9ab74")
    face(c, (256, 322), smitten, smile, 1.2)
    return c


def cake() -> Canvas:
    """A slice of birthday cake with a candle."""
    c = sheet()
    c.fill(box(244, 88, 268, 180, 6), TEAL)
    c.fill(drop((256, 62), 58), AMBER)
    c.fill(box(96, 190, 416, 440, 26), HONEY)
    c.fill(box(96, 330, 416, 356), ROSE)
    c.fill(box(96, 394, 416, 440, 20), CLAY)
    icing = [(96, 250), (96, 196), (140, 160), (256, 152), (372, 160), (416, 196), (416, 250)]
    c.fill([*icing, *(p for x in (376, 296, 216, 136) for p in arc((x, 250), 40, 0, 180))], "#fbe4ea")
    for x, y, paint in ((140, 200, CORAL), (196, 182, TEAL), (316, 186, AMBER), (370, 206, BLUSH), (256, 208, LEAF)):
        c.fill(turn(box(x - 12, y - 4, x + 12, y + 4, 4), (x, y), x), paint)
    face(c, (256, 326), joyful, laugh, 1.1)
    return c


KITCHEN: MappingProxyType[str, Callable[[], Canvas]] = MappingProxyType(
    {
        "ramen": ramen,
        "avocado": avocado,
        "toast": toast,
        "coffee": coffee,
        "tomato": tomato,
        "egg": egg,
        "dumpling": dumpling,
        "cake": cake,
    }
)
"""The friends by name, in the pack's order."""
