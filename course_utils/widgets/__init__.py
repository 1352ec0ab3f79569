"""Pictures that answer to the hand.

``Explorer``: a pure function draws, a thin shell of ipywidgets asks it to. ``AttentionExplorer``: the page itself
computes and draws, as long as arrays are all it needs.
"""

from course_utils.widgets.attention_explorer import (
    AttentionExplorer,
    PictureAttentionExplorer,
    TimeAttentionExplorer,
)
from course_utils.widgets.explorer import Explorer

__all__ = ["AttentionExplorer", "Explorer", "PictureAttentionExplorer", "TimeAttentionExplorer"]
