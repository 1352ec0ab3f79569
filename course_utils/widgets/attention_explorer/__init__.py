"""Attention to explore by hand: choose a query, see its weights, open the arithmetic of a pair."""

from course_utils.widgets.attention_explorer.explorer import AttentionExplorer
from course_utils.widgets.attention_explorer.picture import PictureAttentionExplorer
from course_utils.widgets.attention_explorer.time import TimeAttentionExplorer

__all__ = ["AttentionExplorer", "PictureAttentionExplorer", "TimeAttentionExplorer"]
