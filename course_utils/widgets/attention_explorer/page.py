"""The attention explorer as HTML that needs neither a kernel nor a network."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping

from course_utils.widgets.attention_explorer.module import MODULE, SAVED_STATE, STYLE


def fragment(state: Mapping[str, object]) -> str:
    """HTML that becomes the explorer in the given state, once ``page_script()`` stands anywhere on the same page.

    ``state`` is what ``state.saved`` returns: plain values, and bytes, which are written in base64.
    """
    plain = {name: _text(value) for name, value in state.items()}
    saved = json.dumps(plain, separators=(",", ":"), allow_nan=False)
    return (
        '<div class="saved-attention-explorer">'
        f'<script type="application/json">{saved.replace("<", chr(92) + "u003c")}</script>'
        f"<noscript><p>{html.escape(str(state['name']))}: it moves by JavaScript, which is off here. "
        "The still picture beside it shows the same.</p></noscript></div>"
    )


def page_script() -> str:
    """Style and program of every explorer of a page; one copy a page."""
    return f'<style>\n{STYLE}</style>\n<script type="module">\n{MODULE}\n{SAVED_STATE}</script>'


def _text(value: object) -> object:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
