"""The JavaScript and the style of the attention explorer, each as one text; nothing has to be built or fetched."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
PARTS = (
    "mathematics.js",
    "words.js",
    "arithmetic.js",
    "elements.js",
    "weight_map.js",
    "tokens_stage.js",
    "canvas.js",
    "picture_stage.js",
    "time_stage.js",
    "explorer.js",  # the only one that exports, and the last
)


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


MODULE = "\n".join(map(_read, PARTS))
STYLE = _read("explorer.css")
SAVED_STATE = _read("saved_state.js")
