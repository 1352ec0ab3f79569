"""Text of any origin made safe to read: nothing in it is invisible, and nothing disturbs what stands around it."""

from __future__ import annotations

import unicodedata

LONGEST_TOKEN, LONGEST_NAME = 40, 200  # characters; what is longer is cut
EMPTY = "(empty)"
SIGNS = {"\n": "⏎", "\u2028": "⏎", "\u2029": "⏎", "\t": "⇥"}
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they would turn the text around them
RIGHT_TO_LEFT = {"R", "AL", "AN"}
INVISIBLE = {"Cf", "Mn", "Me", "Zs"}  # alone, without a letter to stand on


def visible(text: str, longest: int = LONGEST_NAME) -> str:
    """The text with a sign in place of each character that has no shape: line breaks, tabs, spaces at either end.

    A text without any visible character is named by its code points, an empty one ``(empty)``; what is longer than
    ``longest`` characters is cut.
    """
    if not text:
        return EMPTY
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    shown = "".join(_sign(character) for character in text)
    inner = shown.strip()
    if not inner:
        return "␣" * len(shown)
    if all(unicodedata.category(character) in INVISIBLE for character in inner):
        return " ".join(f"U+{ord(character):04X}" for character in inner)
    before = len(shown) - len(shown.lstrip())
    return "␣" * before + inner + "␣" * (len(shown) - len(inner) - before)


def apart(shown: str) -> str:
    """The text kept in its own direction of writing, where it runs from right to left (Unicode's isolates)."""
    turned = any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in shown)
    return f"\N{FIRST STRONG ISOLATE}{shown}\N{POP DIRECTIONAL ISOLATE}" if turned else shown


def _sign(character: str) -> str:
    if character in SIGNS:
        return SIGNS[character]
    category = unicodedata.category(character)
    if category == "Cc" and ord(character) < 32:
        return chr(0x2400 + ord(character))  # Unicode's control pictures
    return UNREADABLE if category in ("Cc", "Cs") or character in TURNS else character
