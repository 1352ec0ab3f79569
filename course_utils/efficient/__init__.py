"""Attention with less work or memory: keys kept, weights in blocks, near keys only, a state of fixed size."""

from course_utils.efficient.blockwise import blockwise_attention
from course_utils.efficient.cache import KeyValueCache
from course_utils.efficient.linear import linear_attention
from course_utils.efficient.window import sliding_window_attention

__all__ = ["KeyValueCache", "blockwise_attention", "linear_attention", "sliding_window_attention"]
