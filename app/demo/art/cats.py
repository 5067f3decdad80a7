"""Photos of Marmalade, the cat."""

from app.demo.art.canvas import Canvas, Fade
from app.demo.art.geometry import Point, arc, box, dice, drop, leaf, mirror, move, smooth, turn
from app.demo.art.palette import BARK, CORAL, CREAM, HONEY, INK, LEAF, MOSS, PAPER, ROSE, TEAL, WHITE

FUR, STRIPE = "#f0963f", "#cf6d22"


def cat_head(c: Canvas, at: Point, *, asleep: bool = False) -> None:
    """Draw Marmalade's head, about 150 units wide."""
    x, y = at
    ear = move(smooth([(-66, -30), (-76, -78), (-68, -108), (-36, -84), (-12, -60)]), x, y)
    inner = move(smooth([(-56, -50), (-62, -78), (-58, -90), (-40, -74), (-30, -60)]), x, y)
    for shape, paint in ((ear, FUR), (inner, ROSE)):
        c.fill(shape, paint)
        c.fill(mirror(shape, x), paint)
    skull = [(0, -72), (52, -56), (78, -12), (70, 36), (34, 62), (0, 66), (-34, 62), (-70, 36), (-78, -12), (-52, -56)]
    shape = move(smooth(skull), x, y)
    c.fill(shape, FUR)
    with c.within(shape):
        for dx, end in ((0, -24), (-22, -36), (22, -36)):
            c.fill(leaf((x + dx, y - 82), (x + dx, y + end), 13), STRIPE)
        for s in (-1, 1):
            for dy in (0, 22):
                c.fill(leaf((x + s * 90, y + dy), (x + s * 46, y + dy + 4), 10), STRIPE)
        c.oval((x, y + 46), 44, 32, CREAM)
    _cat_face(c, at, asleep=asleep)


def _cat_face(c: Canvas, at: Point, *, asleep: bool) -> None:
    x, y = at
    for s in (-1, 1):
        if asleep:
            c.stroke(arc((x + s * 32, y - 10), 15, 20, 160), 5, BARK)
        else:
            c.oval((x + s * 32, y - 4), 17, 18, "#d7ec9c")
            c.oval((x + s * 32, y - 4), 7, 16, INK)
            c.dot((x + s * 32 + 4, y - 11), 4, WHITE)
        c.stroke(arc((x + s * 11, y + 34), 11, 5, 175), 4, BARK)
        for lean in (-8, 0, 8):
            c.stroke([(x + s * 40, y + 34 + lean * 0.6), (x + s * 100, y + 30 + lean * 2.2)], 2, PAPER)
    c.fill(move(smooth([(-10, 20), (10, 20), (0, 32)]), x, y), ROSE)


def windowsill(scale: float) -> Canvas:
    """Draw Marmalade on the windowsill, watching the rain."""
    c, rolls = Canvas(600, 800, scale, "#e7d3bd"), dice("sill")
    c.fill(box(70, 40, 530, 620), PAPER)
    c.fill(box(92, 62, 508, 610), Fade("#7d97b0", "#b9c9cf"))
    with c.within(box(92, 62, 508, 610)):
        for i in range(6):
            c.fill(box(i * 90 + 60, 300 + (i * 47) % 130, i * 90 + 130, 620), "#6c86a0", 0.7, blur=4)
            c.fill(box(i * 90 + 84, 380 + (i * 47) % 90, i * 90 + 100, 400 + (i * 47) % 90), HONEY, 0.7, blur=2)
        for _ in range(80):
            x, y = rolls.uniform(92, 508), rolls.uniform(62, 600)
            c.fill(drop((x, y), rolls.uniform(8, 20)), WHITE, rolls.uniform(0.25, 0.7))
        for _ in range(14):
            x, y = rolls.uniform(92, 508), rolls.uniform(62, 400)
            c.stroke([(x, y), (x + rolls.uniform(-4, 4), y + rolls.uniform(40, 140))], 2.5, WHITE, 0.3)
    c.stroke([(300, 50), (300, 612)], 14, PAPER)
    c.fill([(40, -5), (150, -5), (120, 300), (60, 560), (10, 600), (-5, -5)], CORAL)
    c.fill(mirror([(20, -5), (150, -5), (120, 300), (60, 560), (10, 600), (-5, -5)], 300), CORAL)
    for s in (30, 70, 104):
        fold = smooth([(s, -5), (s * 0.9, 280), (s * 0.5, 560)], closed=False)
        c.stroke(fold, 5, "#d65a47", 0.7)
        c.stroke(mirror(fold, 300), 5, "#d65a47", 0.7)
    c.fill(box(20, 604, 580, 660, 6), WHITE)
    c.fill(box(30, 656, 570, 690), "#d9c2a8")
    _sitting(c)
    c.fill([(420, 520), (500, 520), (490, 606), (430, 606)], TEAL)
    for lean in (-50, -20, 10, 40):
        c.fill(turn(leaf((460, 522), (460, 420), 34), (460, 522), lean), LEAF if lean % 20 else MOSS)
    c.grain(5, "sill")
    return c


def _sitting(c: Canvas) -> None:
    tail = smooth([(300, 596), (340, 640), (330, 720), (370, 752), (404, 726)], closed=False)
    c.stroke(tail, 28, FUR)
    c.stroke(tail[-14:], 28, STRIPE)
    body = smooth([(170, 612), (150, 520), (180, 430), (240, 396), (300, 430), (332, 520), (320, 612)])
    c.fill(body, FUR)
    with c.within(body):
        for y in (470, 510, 550):
            c.fill(leaf((340, y), (270, y + 6), 16), STRIPE)
            c.fill(leaf((146, y), (206, y + 6), 16), STRIPE)
        c.oval((240, 520), 42, 76, CREAM)
    for x in (212, 268):
        c.oval((x, 606), 28, 17, "#f7b26b")
    cat_head(c, (240, 370))
