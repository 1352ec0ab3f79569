"""Trainable layers: multi-head attention, pooling, positions, and the block that stacks."""

from course_utils.layers.multi_head import MultiHeadAttention
from course_utils.layers.plain import one_head_at_a_time
from course_utils.layers.pooling import AttentionPool, MaxPool, MeanPool
from course_utils.layers.positions import LearnedPositions, RelativeBias, SinusoidalPositions, sinusoidal_positions
from course_utils.layers.transformer import FeedForward, TransformerBlock

__all__ = [
    "AttentionPool",
    "FeedForward",
    "LearnedPositions",
    "MaxPool",
    "MeanPool",
    "MultiHeadAttention",
    "RelativeBias",
    "SinusoidalPositions",
    "TransformerBlock",
    "one_head_at_a_time",
    "sinusoidal_positions",
]
