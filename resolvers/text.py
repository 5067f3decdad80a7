"""What people type: normalised, and refused where no font or database could show it."""

import re
import unicodedata

from app.auth.handles import is_invisible, is_visible
from app.errors import invalid

_LINE_BREAKS = "\n\t"


def parse_text(text: str, path: str, *, at_most: int, at_least: int = 1) -> str:
    """Text in normal form C, without white space around it.

    Raises:
        InvalidInputError: too short, too long (in characters), or with control characters.
    """
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(cleaned) < at_least:
        raise invalid(path, "Write something." if at_least == 1 else f"Use at least {at_least} characters.")
    if len(cleaned) > at_most:
        raise invalid(path, f"Use at most {at_most} characters; these are {len(cleaned)}.")
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in _LINE_BREAKS for c in cleaned):
        raise invalid(path, "Leave out control characters.")
    if cleaned and not is_visible(cleaned):
        raise invalid(path, "Write something that can be seen.")
    return cleaned


def parse_line(text: str, path: str, *, at_most: int, at_least: int = 1) -> str:
    """The same for a title: one line, whose direction nothing in it turns round.

    Raises:
        InvalidInputError: as `parse_text`, or with line breaks or invisible characters.
    """
    cleaned = parse_text(text, path, at_most=at_most, at_least=at_least)
    if any(c in _LINE_BREAKS or is_invisible(c) for c in cleaned):
        raise invalid(path, "Leave out line breaks and invisible characters.")
    return cleaned


def parse_optional(text: str | None, path: str, *, at_most: int) -> str | None:
    """The same for text that may be left out; blank counts as left out."""
    return (parse_text(text, path, at_most=at_most, at_least=0) or None) if text is not None else None


# A skin-toned, gendered, joined emoji has about ten code points; a flag of a region up to seven.
_EMOJI_MAX = 16
_JOINER = "\u200d"
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")

# Emoji that Unicode does not count among the symbols (category So), from emoji-data.txt.
_OTHER_EMOJI = "\u203c\u2049\u2139\u2194\u25fb\u25fc\u25fd\u25fe\u2934\u2935\u3030\u303d"


def parse_emoji(text: str, path: str = "emoji") -> str:
    """One emoji, as far as that can be told without the newest Unicode tables.

    Raises:
        InvalidInputError: it holds letters, spaces, or more than one emoji would need.
    """
    emoji = text.strip()
    if len(emoji) > _EMOJI_MAX or not (_KEYCAP.fullmatch(emoji) or _is_pictograph(emoji)):
        raise invalid(path, "Use one emoji.")
    return emoji


def _is_pictograph(emoji: str) -> bool:
    """One symbol, several joined ones, or the two letters of a flag."""
    symbols = [c for c in emoji if not _is_modifier(c)]
    flag_letters = sum("\U0001f1e6" <= c <= "\U0001f1ff" for c in symbols)
    expected = 2 if flag_letters else emoji.count(_JOINER) + 1
    return len(symbols) == expected and flag_letters in {0, len(symbols)} and all(map(_is_symbol, symbols))


def _is_symbol(character: str) -> bool:
    # Blocks of emoji are taken whole: each Unicode version fills more of their reserved places.
    in_block = "\U0001f000" <= character <= "\U0001faff"
    return in_block or character in _OTHER_EMOJI or unicodedata.category(character) == "So"


def _is_modifier(character: str) -> bool:
    # Joiner and variation selector, skin tones, and the tag characters of regional flags.
    is_tag = "\U000e0020" <= character <= "\U000e007f"
    return character in {_JOINER, "\ufe0f"} or "\U0001f3fb" <= character <= "\U0001f3ff" or is_tag
