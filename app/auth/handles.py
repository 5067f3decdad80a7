"""Handles: what people are called by, unique beyond case.

Only ASCII letters, digits, `_` and `.` are allowed, so that no handle can hold an invisible character or a letter of
another script that looks like a Latin one. Among the ASCII look-alikes, `0`/`o` and `1`/`l`/`i` count as the same, and
so do `_`, `.` and nothing.
"""

import re
import unicodedata

from app.errors import invalid

HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9]|[._](?=[a-z0-9])){1,29}", re.ASCII)
LOOK_ALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "_": None, ".": None})

# Names that would let a stranger pose as the installation.
RESERVED = frozenset({"admin", "administrator", "backchannel", "help", "moderator", "official", "root", "security",
                      "staff", "support", "system"})  # fmt: skip

DISPLAY_NAME_MAX = 50
BIO_MAX = 500


def parse_handle(text: str, path: str = "handle") -> str:
    """The handle in lower case.

    Raises:
        InvalidInputError: it breaks the rules above, or is reserved.
    """
    handle = written_handle(text)
    if handle is None:
        raise invalid(path, "Use 2 to 30 of a-z, 0-9, _ and ., starting and ending with a letter or digit.")
    if handle_key(handle) in _RESERVED_KEYS:
        raise invalid(path, "This handle is reserved.")
    return handle


def written_handle(text: str) -> str | None:
    """The handle as somebody typed it, in lower case and without the @; None where it can't be one."""
    handle = text.strip().removeprefix("@").lower() if text.isascii() else ""
    return handle if HANDLE.fullmatch(handle) else None


def handle_key(handle: str) -> str:
    """What must be unique: the handle with look-alikes made one."""
    return handle.translate(LOOK_ALIKES)


_RESERVED_KEYS = frozenset(map(handle_key, RESERVED))


def parse_display_name(text: str, path: str = "displayName") -> str:
    """A name in normal form C without control or invisible characters.

    Raises:
        InvalidInputError: empty, too long, or it holds such characters.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > DISPLAY_NAME_MAX:
        raise invalid(path, f"Use 1 to {DISPLAY_NAME_MAX} characters.")
    if any(is_invisible(character) for character in name):
        raise invalid(path, "Leave out invisible and control characters.")
    if not is_visible(name):
        raise invalid(path, "Use a name that can be seen.")
    return name


def is_invisible(character: str) -> bool:
    """Whether nobody sees a character, though it may change what stands beside it.

    Cc are controls, Cf formats (bidi overrides, zero-width), Cs surrogates, Co private use. The joiner U+200D and the
    non-joiner U+200C are kept: emoji and several scripts are written with them.
    """
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} and character not in "\u200c\u200d"


# Letters and symbols that are drawn as nothing: the Hangul fillers and the empty Braille pattern.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def is_visible(text: str) -> bool:
    """Whether there is anything to see in a text: not only spaces, formats and marks on nothing."""
    drawn = (unicodedata.category(c) for c in text if c not in _BLANK)
    return any(category[0] not in "ZCM" or category == "Cn" for category in drawn)


def search_terms(handle: str, display_name: str) -> list[str]:
    """What a search by prefix compares with: the handle, and the name from each of its words on."""
    words = fold(display_name).split()
    return [handle, handle_key(handle), *(" ".join(words[n:]) for n in range(len(words)))]


def fold(text: str) -> str:
    """Text as searches compare it: compatibility form, case folded, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
